"""Served as the documentation says: Django's own ASGI handler."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.floors.insert.settings"

from django.core.asgi import get_asgi_application

application = get_asgi_application()
