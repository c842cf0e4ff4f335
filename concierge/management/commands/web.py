"""``manage.py web``: one of several web processes; clock and outbox are ``manage.py work``'s."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from concierge.management.commands import serve


class Command(serve.Command):
    help = "Serve pages, sockets and webhooks. Any number may run, on one port or on many."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        refuse_to_be_alone()
        self.open(host, port, works=False, shared=True)


def refuse_to_be_alone() -> None:
    """Of what needs others to know: raises CommandError where they could not."""
    if not settings.REDIS_URL:
        raise CommandError(
            "Without REDIS_URL several processes would tell no board what the others change."
            " Set it, or let `manage.py serve` do everything in one."
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        raise CommandError(
            "Several processes need PostgreSQL: set DATABASE_URL, and see `manage.py"
            " move_to_postgres`. Or let `manage.py serve` do everything in one."
        )
