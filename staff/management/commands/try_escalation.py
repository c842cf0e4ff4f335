"""``manage.py try_escalation``: the ladder on last month's data, before it is switched on."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from requests_app.models import Property
from staff.house.steps import in_lines, trial_of


class Command(BaseCommand):
    help = "Whom the steps would have warned, of what, how often and at what hour. Sends nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--property", default="", help="its slug; needed where there are many")
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--drafts", action="store_true", help="only steps that are drafts")
        parser.add_argument("--language", default="en")

    def handle(
        self,
        *args: Any,
        property: str,  # noqa: A002  (the option's name)
        days: int,
        drafts: bool,
        language: str,
        **options: Any,
    ) -> None:
        hotels = Property.objects.all()
        found = list((hotels.filter(slug=property) if property else hotels)[:2])
        if len(found) != 1:
            raise CommandError("Name one property: --property SLUG.")
        now = timezone.now()
        with translation.override(language):
            trial = trial_of(
                found[0], since=now - timedelta(days=days), until=now, drafts_only=drafts
            )
            for line in in_lines(trial):
                self.stdout.write(line)
