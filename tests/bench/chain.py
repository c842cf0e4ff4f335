"""``python -m tests.bench.chain --hotels 200``: so many hotels in one database, each with its day.

Copies of the demo hotel by SQL, with a number, rooms, desks and a catalogue of their own. Prints
one JSON object: the text numbers.
"""

from __future__ import annotations

import argparse
import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from requests_app import clock
from requests_app.actions.journal import change
from requests_app.models import Desk, Property, Request, Room, Service
from staff.demo import make_hotel
from tests.bench.hotel import open_cards
from tests.bench.lived import KINDS, make

OPEN = 60
APART = 1_000_000
SPREAD_SECONDS = 600
HOUSE: list[type[Model]] = [Property, Desk, Service, Room]


def number(copy: int) -> str:
    """The text number of a copy."""
    return f"+1202666{copy:04d}"


def copy_hotel(copy: int) -> None:
    others = {
        (Property, "slug"): f"slug || '-{copy}'",
        (Property, "text_number"): f"'{number(copy)}'",
        (Room, "token"): f"substr('c{copy:04d}' || token, 1, 43)",
        # Two hundred hotels are not asked for the same thing in the same second.
        (Request, "next_look_at"): (
            f"strftime('%Y-%m-%d %H:%M:%S', next_look_at, '+{copy * 7 % SPREAD_SECONDS} seconds')"
            " || substr(next_look_at, 20)"  # to the microsecond: the clock compares and swaps
        ),
    }
    everywhere = {
        "external_id": f"external_id || '-{copy}'",
        "submission": f"'{copy:04x}' || substr(submission, 5)",
    }
    kinds = [*HOUSE, *KINDS]
    with connection.cursor() as cursor:
        for kind in kinds:
            columns, values = [], []
            for field in kind._meta.concrete_fields:
                columns.append(f'"{field.column}"')
                if field.primary_key or field.related_model in kinds:
                    values.append(f'"{field.column}" + {copy * APART}')
                else:
                    special = others.get((kind, field.column)) or everywhere.get(field.column)
                    values.append(special or f'"{field.column}"')
            cursor.execute(
                f"INSERT INTO {kind._meta.db_table} ({', '.join(columns)})"
                f" SELECT {', '.join(values)} FROM {kind._meta.db_table} WHERE id < {APART}"
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hotels", type=int, required=True)
    wanted = parser.parse_args()
    call_command("prepare", verbosity=0)
    now = timezone.now()
    with change():
        hotel = make_hotel(now=now)
    open_cards(hotel, OPEN, now=now)
    make(hotel, 1, now)
    # A copy says which it is in the first four digits; the pattern's are zero.
    with change(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_request SET submission = '0000' || substr(submission, 5)"
        )
    for copy in range(1, wanted.hotels):
        with change():
            copy_hotel(copy)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # What fell due before anybody was open is no part of an hour, however busy.
    while clock.due(timezone.now()):
        clock.tick()
    numbers = [hotel.text_number, *(number(copy) for copy in range(1, wanted.hotels))]
    print(json.dumps({"numbers": numbers}))  # noqa: T201


if __name__ == "__main__":
    main()
