"""The same project through the handler that Concierge uses."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.floors.insert.settings"

import django

django.setup()

from django.conf import settings

settings.MAX_BODY_BYTES = 1_000_000

from concierge.one_hop import OneHopHandler

application = OneHopHandler()
