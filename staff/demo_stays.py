"""Who stayed in the demo hotel before today's guests came."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from requests_app.models import Contact, Guest, Property, Room, Stay

NUMBERS_OF_NOBODY = 447700900000
"""+44 7700 900000 to 900999 are kept for drama: they ring nowhere (Ofcom)."""

HAS_A_TELEPHONE = 0.6
LANGUAGES = ("en",) * 6 + ("fi",) * 3 + ("tr",) * 2


def make_stays(
    hotel: Property, names: dict[str, Any], *, now: datetime, days: int, chance: random.Random
) -> list[Stay]:
    """Stays back to ``days`` before now, room by room without overlap, and today's, with their
    rooms and guests. None has departed yet: see ``depart``."""
    present = {
        stay.room_id: stay
        for stay in Stay.objects.in_house(now)
        .filter(property=hotel)
        .select_related("guest", "room")
    }
    guests: list[Guest] = []
    stays: list[Stay] = []
    for room in Room.objects.filter(property=hotel).order_by("number"):
        until = present[room.pk].arrived_at if room.pk in present else now
        until -= timedelta(hours=chance.uniform(3, 22))
        while until > now - timedelta(days=days + 1):
            nights = timedelta(days=chance.choice((1, 1, 2, 2, 3, 4)), hours=-4)
            guest = _guest(hotel, names, len(guests), chance)
            guests.append(guest)
            stays.append(
                Stay(
                    property=hotel,
                    guest=guest,
                    room=room,
                    arrived_at=until - nights,
                    leaves_at=until,
                )
            )
            until -= nights + timedelta(hours=chance.choice((5, 8, 30)))
    Guest.objects.bulk_create(guests)
    Stay.objects.bulk_create(stays)
    return [*stays, *present.values()]


def _guest(hotel: Property, names: dict[str, Any], n: int, chance: random.Random) -> Guest:
    language = chance.choice(LANGUAGES)
    return Guest(
        property=hotel,
        first_name=chance.choice(names[language]["first"]),
        last_name=chance.choice(names[language]["last"]),
        telephone=f"+{NUMBERS_OF_NOBODY + n}" if chance.random() < HAS_A_TELEPHONE else "",
        language=language,
    )


def depart(stays: list[Stay], *, now: datetime) -> None:
    """Those whose time is over have left; their numbers are nobody's any more."""
    gone = [stay for stay in stays if stay.leaves_at <= now]
    for stay in gone:
        stay.departed_at = stay.leaves_at
    Stay.objects.bulk_update(gone, ["departed_at"])
    Contact.objects.filter(stay__in=gone).update(
        stay=None, awaiting="", awaiting_request=None, asked_at=None
    )
