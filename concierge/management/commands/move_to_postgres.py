"""``manage.py move_to_postgres postgres://…``: a hotel from SQLite to PostgreSQL, nothing lost."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

import dj_database_url
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from concierge import backups, records

TARGET = "target"
BEATS_EVERY = timedelta(seconds=15)
"""Longer than between two heartbeats of a clock that lives."""


class Command(BaseCommand):
    help = "Copy this hotel from SQLite into an empty PostgreSQL database. Stop the hotel first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="postgres://user:password@host:5432/name")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("This hotel is not on SQLite: nothing to move.")
        if not url.startswith(("postgres://", "postgresql://")):
            raise CommandError("Name the new database as postgres://user:password@host:5432/name")
        pattern = connections.databases["default"]
        connections.databases[TARGET] = (
            {
                k: v
                for k, v in pattern.items()
                if k in {"ATOMIC_REQUESTS", "AUTOCOMMIT", "TIME_ZONE"}
            }
            | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "OPTIONS": {}, "TEST": {}}
            | dict(dj_database_url.parse(url))
        )
        try:
            self.move()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        except backups.NotRestorable as why:
            raise CommandError(f"Nothing was moved. {why}") from why
        finally:
            connections[TARGET].close()
            del connections[TARGET]
            del connections.databases[TARGET]

    def move(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=0, database=TARGET)
        if records.has_a_hotel(TARGET):
            raise CommandError("That database has a hotel already; name an empty one.")
        self.refuse_an_open_hotel()
        models, moved = records.tables(), 0
        # IMMEDIATE: as long as this takes, nobody can write what would be left behind.
        with transaction.atomic(), transaction.atomic(using=TARGET):
            records.empty_tables(models, alias=TARGET)
            sums = {model: records.Sum() for model in models}
            for model, found in sums.items():
                rows = records.summed(records.rows_of(model, alias="default"), found)
                records.write_rows(model, rows, alias=TARGET)
            for model, found in sums.items():
                there = records.sum_of(model, alias=TARGET)
                backups.compare(records.name_of(model), vars(found), there)
                moved += found.rows
                if found.rows:
                    self.stdout.write(f"  {records.name_of(model):42} {found.rows:9}  the same")
            records.reset_sequences(models, alias=TARGET)
        self.stdout.write(
            f"Moved {moved} rows, each compared. Pictures and keys stay where they are: DATA_DIR.\n"
            "Now set DATABASE_URL to that address and start again. Do not open the old one: what"
            " happens there from now on is not in the new one."
        )

    def refuse_an_open_hotel(self) -> None:
        """What it writes after we have read would be lost."""
        before = last_heartbeat()
        if before is None or timezone.now() - before > BEATS_EVERY:
            return
        self.stdout.write("Looking whether the hotel is closed …")
        until = timezone.now() + BEATS_EVERY
        while timezone.now() < until:
            time.sleep(0.5)
            if last_heartbeat() != before:
                raise CommandError("The hotel is open. Stop it first, so that nothing is lost.")


def last_heartbeat() -> datetime | None:
    from requests_app.models import Heartbeat

    return Heartbeat.objects.filter(name="clock").values_list("at", flat=True).first()
