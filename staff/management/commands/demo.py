"""``manage.py demo``: the demo hotel, where the database has no property yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from requests_app.models import Property
from staff.demo import make_hotel
from staff.demo_history import make_history


class Command(BaseCommand):
    help = "Make the demo hotel, unless this database already has a hotel."

    def handle(self, *args: Any, **options: Any) -> None:
        if Property.objects.exists():
            self.stdout.write("This database has a hotel already; nothing was changed.")
            return
        now = timezone.now()
        make_history(make_hotel(now=now), now=now)
        self.stdout.write("The demo hotel is open.")
