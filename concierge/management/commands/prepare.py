"""``manage.py prepare``: all between installing and serving, in one process; safe to repeat."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from concierge.doors import open_door, why_shut


class Command(BaseCommand):
    help = "Compile translations, collect static files, bring the database up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="and the demo hotel, where there is no hotel yet"
        )

        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument(
            "--port", type=int, help="refuse at once where this port is taken: `serve` needs it"
        )

    def handle(self, *args: Any, demo: bool, host: str, port: int | None, **options: Any) -> None:
        if port is not None:
            try:
                open_door(host, port, shared=False).close()
            except OSError as error:
                raise CommandError(why_shut(host, port, error)) from error
        call_command("compile_translations")
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        if demo:
            call_command("demo", stdout=self.stdout)
