"""``manage.py restore FILE``: a backup back into an empty hotel, counted and compared."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from concierge import backups


class Command(BaseCommand):
    help = "Read a backup back. Stop the hotel first. Nothing is changed unless all of it comes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="the hotel that is here")
        parser.add_argument("--check", action="store_true", help="only whether the file is whole")

    def handle(self, *args: Any, file: Path, replace: bool, check: bool, **options: Any) -> None:
        try:
            if check:
                made = backups.check(file)
            else:
                call_command("prepare")
                made = backups.restore(file, replace=replace)
        except backups.NotRestorable as why:
            raise CommandError(f"{file} was not restored. {why}") from why
        rows = sum(about["rows"] for about in made.tables.values())
        done = "The file is whole" if check else "Restored and compared"
        self.stdout.write(
            f"{done}: {rows} rows of {len(made.tables)} tables and"
            f" {len(made.pictures_and_keys)} files, as they were at {made.made_at}"
            f" ({made.database})."
        )
