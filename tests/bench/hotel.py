"""``python -m tests.bench.hotel``: the demo hotel in DATA_DIR, with more guests and requests.

Prints one JSON object: a session key of somebody signed in.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from requests_app.actions.journal import change
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.requests import accept_request
from requests_app.models import Contact, Guest, Property, Request, Room, Service, Stay
from staff.demo import make_hotel
from staff.models import Person
from tests.bench.texts import LANGUAGES, number, room


def check_in(hotel: Property, count: int, *, now: datetime) -> None:
    """``count`` guests with a telephone, each in a room of their own, who have texted before."""
    with change():
        rooms = Room.objects.bulk_create(
            Room(property=hotel, number=room(n), floor=str(n // 100 + 10)) for n in range(count)
        )
        guests = Guest.objects.bulk_create(
            Guest(
                property=hotel,
                first_name="Robin",
                last_name=f"Guest{n}",
                telephone=number(n),
                language=LANGUAGES[n % 4],
            )
            for n in range(count)
        )
        stays = Stay.objects.bulk_create(
            Stay(
                property=hotel,
                guest=guest,
                room=room,
                arrived_at=now - timedelta(days=1),
                leaves_at=now + timedelta(days=2),
            )
            for guest, room in zip(guests, rooms, strict=True)
        )
        Contact.objects.bulk_create(
            Contact(
                property=hotel,
                address=stay.guest.telephone,
                channel="sms",
                stay=stay,
                language=stay.guest.language,
            )
            for stay in stays
        )


def open_cards(hotel: Property, count: int, *, now: datetime) -> None:
    """``count`` open requests over all desks, every third of them accepted."""
    services = list(Service.objects.filter(property=hotel).select_related("desk"))
    stays = list(Stay.objects.filter(property=hotel).select_related("guest", "room"))
    taker = Person.objects.get(email="supervisor@demo.example")
    for n in range(count):
        service, stay = services[n % len(services)], stays[n % len(stays)]
        (request,) = open_requests(
            hotel,
            [
                Wanted(
                    desk=service.desk,
                    service=service,
                    quantity=1 + n % 3 if service.counted else None,
                    words="Could we have this please, as soon as you can? Thank you!",
                    urgent=n % 50 == 0,
                )
            ],
            channel="sms",
            at=now - timedelta(minutes=n % 40),
            room=stay.room,
            stay=stay,
            language=stay.guest.language,
        )
        if n % 3 == 0:
            accept_request(request, by=taker, at=now)


def closed_requests(hotel: Property, count: int) -> None:
    """``count`` confirmed requests of the past, copied from one by SQL: a million take a minute."""
    pattern = Request.objects.filter(property=hotel).order_by("pk").first()
    assert pattern is not None
    over = {
        "status": "'confirmed'",
        "holder_id": "NULL",
        "urgent": "0",
        "created_at": "datetime('now', '-' || (n / 200 + 1) || ' hours')",
        "done_at": "datetime('now', '-' || (n / 200) || ' hours')",
        "confirmed_at": "datetime('now', '-' || (n / 200) || ' hours')",
        "closed_at": "datetime('now', '-' || (n / 200) || ' hours')",
        "next_look_at": "NULL",
        "warned": "''",
        "submission": "lower(hex(randomblob(16)))",
        "sequence": "0",
    }
    columns = [f.column for f in Request._meta.concrete_fields if not f.primary_key]
    chosen = ", ".join(over.get(column, column) for column in columns)
    with change(), connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {count} - 1)"
            f" INSERT INTO requests_app_request ({', '.join(columns)})"
            f" SELECT {chosen} FROM c, requests_app_request WHERE id = {pattern.pk}"
        )
        cursor.execute("ANALYZE")


def session_of(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--guests", type=int, default=0)
    parser.add_argument("--open", type=int, default=0)
    parser.add_argument("--closed", type=int, default=0)
    parser.add_argument("--files", action="store_true", help="only collect the pages' files")
    wanted = parser.parse_args()
    now = timezone.now()
    call_command("collectstatic", verbosity=0, interactive=False)
    if wanted.files:
        return
    call_command("migrate", verbosity=0)
    hotel = make_hotel(now=now)
    if wanted.guests:
        check_in(hotel, wanted.guests, now=now)
    if wanted.open:
        open_cards(hotel, wanted.open, now=now)
    if wanted.closed:
        closed_requests(hotel, wanted.closed)
    person = Person.objects.get(email="supervisor@demo.example")
    print(json.dumps({"session": session_of(person)}))  # noqa: T201


if __name__ == "__main__":
    main()
