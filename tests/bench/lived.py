"""``python -m tests.bench.lived --days 365``: a 500-room hotel that has been open for so long.

A day is 220 requests and 900 messages, with all that hangs on them: history, promises, fulfilments,
ratings, praise, stays that have ended. Today is the same, whatever came before. Prints one JSON
object: sessions, and the addresses of pages.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from requests_app.actions.journal import change
from requests_app.models import (
    Commendation,
    CommendedPerson,
    Contact,
    Fulfilment,
    Guest,
    Message,
    Outgoing,
    Promise,
    Property,
    Rating,
    Request,
    RequestEvent,
    Room,
    Service,
    Stay,
)
from staff.demo import make_hotel
from staff.manager.counts import Count
from staff.models import Person
from tests.bench.hotel import open_cards, session_of

ROOMS = 500
STAYS_A_DAY = 150
REQUESTS_A_DAY = 220
OPEN = 60
WORDS = [
    "Could we have two more pillows please?",
    "The lamp by the bed is broken, could somebody look at it",
    "extra blanket",
    "Klima çalışmıyor, çok sıcak",
    "Tuokaa huoneeseen kaksi pyyhettä, kiitos",
    "Please bring an iron and some hangers before seven, thank you",
]
PRAISE = "Maria found my ring under the bed and brought it up at once. What a team!"
REPLY = "Housekeeping will be there by 18:40."


class Past:
    """Makes one day after another, in rows that know each other by keys of their own."""

    def __init__(self, hotel: Property, rooms: Sequence[Room]) -> None:
        self.hotel, self.rooms = hotel, rooms
        self.services = list(Service.objects.filter(property=hotel, active=True))
        self.people = list(Person.objects.filter(property=hotel, role="desk"))
        self.dice = random.Random(7)
        self.telephone = 0

    def day(self, noon: datetime) -> Iterator[list[Model]]:
        """Its rows, a list of one kind after the other, what is pointed at first."""
        stays = self._stays(noon)
        yield from stays
        contacts: Sequence[Any] = stays[2]
        asked, said, sent, more = [], [], [], []
        for _ in range(REQUESTS_A_DAY):
            contact = self.dice.choice(contacts)
            at = noon + timedelta(minutes=self.dice.randrange(-360, 300))
            service, person = self.dice.choice(self.services), self.dice.choice(self.people)
            words = self.dice.choice(WORDS)
            cause = self._message(contact, "in", words, at)
            done = at + timedelta(minutes=self.dice.randrange(4, 40))
            request = Request(
                property=self.hotel, desk_id=service.desk_id, service=service, contact=contact,
                room=contact.stay.room, room_now=contact.stay.room, stay=contact.stay,
                language="en", channel="sms", cause=cause, words=words, status="confirmed",
                holder=None, version=5, created_at=at, respond_by=at + timedelta(minutes=5),
                due_at=at + timedelta(minutes=20), promised_at=at,
                responded_at=at + timedelta(minutes=2),
                accepted_at=at + timedelta(minutes=2), done_at=done, confirmed_at=done,
                closed_at=done + timedelta(minutes=2),
                submission=uuid.UUID(int=self.dice.getrandbits(120)),  # 00…: a copy says which
            )  # fmt: skip
            asked.append(request)
            said.append(cause)
            for words_of_ours, later in [(REPLY, 0), ("Did everything arrive?", 20)]:
                reply = self._message(contact, "out", words_of_ours, at + timedelta(minutes=later))
                said.append(reply)
                sent.append(Outgoing(message=reply, state="sent", due_at=at, attempts=1))
            said.append(self._message(contact, "in", "1", done))
            more.append((request, person, at, done))
        yield said
        yield sent
        yield asked
        yield from self._around(more)

    def _stays(self, noon: datetime) -> list[list[Any]]:
        guests, stays, contacts = [], [], []
        for n in range(STAYS_A_DAY):
            self.telephone += 1
            number = f"+1404{self.telephone:07d}"
            guest = Guest(
                property=self.hotel, first_name="Robin", last_name=f"Guest{self.telephone}",
                telephone=number, language="en",
            )  # fmt: skip
            stay = Stay(
                property=self.hotel, guest=guest, room=self.rooms[n % len(self.rooms)],
                arrived_at=noon - timedelta(days=1), leaves_at=noon + timedelta(days=1),
                departed_at=noon + timedelta(hours=6),
            )  # fmt: skip
            contacts.append(
                Contact(
                    property=self.hotel, address=number, channel="sms", stay=stay, language="en"
                )
            )
            guests.append(guest)
            stays.append(stay)
        return [guests, stays, contacts]

    def _message(self, contact: Any, way: str, words: str, at: datetime) -> Message:
        return Message(
            property=self.hotel, contact=contact, stay=contact.stay, direction=way, channel="sms",
            body=words, language="en", at=at, automatic=way == "out", understood_at=at,
            external_id=f"SM{self.dice.getrandbits(128):032x}",
            delivery="delivered" if way == "out" else "",
        )  # fmt: skip

    def _around(self, more: list[tuple[Request, Person, datetime, datetime]]) -> Iterator[Any]:
        yield [
            RequestEvent(request=r, kind=kind, by=by, person=p if by == "staff" else None, at=when)
            for r, p, at, done in more
            for kind, by, when in [
                ("created", "guest", at), ("accepted", "staff", at + timedelta(minutes=2)),
                ("done", "staff", done), ("confirmed", "guest", done),
            ]
        ]  # fmt: skip
        yield [
            Promise(
                property=self.hotel, request=r, due_at=r.due_at, made_at=at, kept=done <= r.due_at
            )
            for r, _p, at, done in more
        ]
        yield [Fulfilment(request=r, by=p, at=done) for r, p, _at, done in more]
        yield [
            Rating(property=self.hotel, request=r, score=5, at=done)
            for r, _p, _at, done in more[::5]
        ]
        praised = [
            (Commendation(property=self.hotel, request=r, stay=r.stay, channel="sms", language="en",
                          words=PRAISE, at=done, acknowledged_at=done, passed_on_at=done), p)
            for r, p, _at, done in more[::25]
        ]  # fmt: skip
        yield [commendation for commendation, _p in praised]
        yield [CommendedPerson(commendation=c, person=p, how="named") for c, p in praised]


KINDS: list[type[Model]] = [
    Guest, Stay, Contact, Message, Outgoing, Request, RequestEvent, Promise, Fulfilment, Rating,
    Commendation, CommendedPerson,
]  # fmt: skip
AT_A_TIME = 28
"""Days are made one by one, and then copied by SQL: a year is thirteen times as many."""

APART = 10_000_000
"""Between the keys of a copy and those of the next."""


def copy_further_back(copy: int, first: dict[type[Model], int]) -> None:
    """The days that were made, once more, ``copy`` times as long ago."""
    days, on_postgres = copy * AT_A_TIME, connection.vendor == "postgresql"
    earlier = (
        f"{{0}} - interval '{days} days'"
        if on_postgres
        else f"strftime('%Y-%m-%d %H:%M:%f', {{0}}, '-{days} days')"
    )
    submission = f"'{copy:02x}' || substr(CAST(submission AS text), 3)"
    others = {
        "external_id": f"external_id || '-{copy}'",
        "telephone": f"'+1' || ({404 + copy}) || substr(telephone, 6)",
        "address": f"'+1' || ({404 + copy}) || substr(address, 6)",
        "submission": f"CAST({submission} AS uuid)" if on_postgres else submission,
    }
    with change(), connection.cursor() as cursor:
        for kind in KINDS:
            columns, values = [], []
            for field in kind._meta.concrete_fields:
                columns.append(field.column)
                if field.primary_key or field.related_model in KINDS:
                    values.append(f"{field.column} + {copy * APART}")
                elif field.get_internal_type() == "DateTimeField":
                    values.append(earlier.format(field.column))
                else:
                    values.append(others.get(field.column, field.column))
            cursor.execute(
                f"INSERT INTO {kind._meta.db_table} ({', '.join(columns)})"
                f" SELECT {', '.join(values)} FROM {kind._meta.db_table}"
                f" WHERE id > {first[kind]} AND id < {APART}"
            )


def live(hotel: Property, days: int, now: datetime) -> None:
    first = {kind: kind._base_manager.order_by("pk").last() for kind in KINDS}
    last_keys = {kind: row.pk if row else 0 for kind, row in first.items()}
    make(hotel, min(days, AT_A_TIME), now)
    for copy in range(1, days // AT_A_TIME):
        copy_further_back(copy, last_keys)


def make(hotel: Property, days: int, now: datetime) -> None:
    rooms = Room.objects.bulk_create(
        Room(property=hotel, number=f"{n // 100 + 20}-{n % 100:02d}", floor=str(n // 100 + 20))
        for n in range(ROOMS)
    )
    past = Past(hotel, rooms)
    noon = now - timedelta(hours=7)
    for ago in range(days - 1, -1, -1):
        with change():
            for rows in past.day(noon - timedelta(days=ago)):
                # Keys of what they point at are known by now, and must be taken over.
                for row in rows:
                    for field in row._meta.concrete_fields:
                        if field.is_relation and field.is_cached(row):
                            pointed = getattr(row, field.name)
                            setattr(row, field.attname, pointed.pk if pointed else None)
                if rows:
                    type(rows[0])._base_manager.bulk_create(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, required=True)
    wanted = parser.parse_args()
    call_command("prepare", verbosity=0)
    now = timezone.now()
    with change():
        hotel = make_hotel(now=now)
    open_cards(hotel, OPEN, now=now)
    live(hotel, wanted.days, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    one = Request.objects.filter(closed_at=None, stay__isnull=False).order_by("pk").first()
    over = Request.objects.exclude(closed_at=None).order_by("-pk").first()
    assert one is not None
    assert over is not None
    praise = Commendation.objects.first()
    assert praise is not None
    assert one.room is not None
    staff = [
        "/boards/all/", "/boards/housekeeping/", f"/requests/{one.pk}/", f"/requests/{over.pk}/",
        "/search/?q=pillows", "/search/?q=207", "/requests/new/", "/my/thanks/",
        "/house/", f"/house/rooms/{one.room.pk}/", "/house/services/", "/house/words/",
        "/house/texts/", "/house/settings/", "/manager/", "/manager/numbers/", "/manager/thanks/",
        "/manager/thanks/?since=week", f"/manager/thanks/{praise.pk}/",
        *(f"/manager/requests/?count={count}" for count in Count),
        f"/r/{one.room.token}/", "/readyz", "/metrics",
    ]  # fmt: skip
    session = session_of(Person.objects.get(email="admin@demo.example"))
    counts = {m.__name__: m._base_manager.count() for m in (Request, Message, RequestEvent, Stay)}
    print(json.dumps({"session": session, "pages": staff, "counts": counts}))  # noqa: T201


if __name__ == "__main__":
    main()
