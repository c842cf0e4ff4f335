"""``python -m tests.bench.floors.insert.make``: an empty database for the floor."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.floors.insert.settings"

import django

django.setup()

from django.db import connection

from tests.bench.floors.insert.models import Text

with connection.schema_editor() as editor:
    editor.create_model(Text)
