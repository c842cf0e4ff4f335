"""``manage.py backup FILE``: the whole hotel in one file, while it is open."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from concierge import backups


class Command(BaseCommand):
    help = "Write every row, picture and key into one file. The hotel may stay open."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            made = backups.back_up(file)
        except FileExistsError as error:
            raise CommandError(
                f"{file} is there already; backups are never overwritten."
            ) from error
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        rows = sum(about["rows"] for about in made.tables.values())
        self.stdout.write(
            f"{rows} rows of {len(made.tables)} tables and {len(made.pictures_and_keys)} files"
            f" in {file} ({file.stat().st_size / 1e6:.1f} MB)."
        )
        if not any(name.startswith("keys/secret-key") for name in made.files):
            self.stdout.write("SECRET_KEY is in your environment, not in this file: keep it too.")
