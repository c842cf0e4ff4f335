"""Whose telephone number is this? Settled by room and surname, by room, or by the front desk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F
from rapidfuzz import fuzz

from requests_app import queries
from requests_app.actions.journal import By, change, move, take_sequence
from requests_app.actions.opening import Wanted, open_requests
from requests_app.house import House
from requests_app.models import Contact, Message, Request, Stay
from requests_app.models.messages import Awaiting
from requests_app.reading import Reading
from requests_app.states import EventKind, Status

if TYPE_CHECKING:
    from staff.models import Person

SAME_NAME = 85
"""rapidfuzz ratio (0 to 100) from which a surname is the one in the register, misspelt."""

_WORD = re.compile(r"\w+", re.UNICODE)


def _plain(name: str) -> str:
    """Without diacritics and case: Yılmaz, YILMAZ and yilmaz are one name."""
    decomposed = unicodedata.normalize("NFKD", name.replace("ı", "i").replace("ø", "o"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def identify(
    contact: Contact, text: str, house: House, *, stays: Sequence[Stay], now: datetime
) -> Stay | None:
    """Settle a number to a stay by what its holder wrote; None if that does not settle it.

    With ``stays`` (a number shared by several) the room is enough, since the register already has
    the number. Otherwise room *and* surname must fit: a room number alone is no proof.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    rooms = [house.rooms[w] for w in words if w in house.rooms]
    if stays:
        found = [s for s in stays if s.room_id in {r.pk for r in rooms}]
    else:
        names = [_plain(w) for w in words if not w.isdigit()]
        found = [
            stay
            for stay in Stay.objects.in_house(now)
            .filter(property_id=contact.property_id, room__in=rooms)
            .select_related("guest", "room")
            if _is_named(stay, names)
        ]
    if len(found) != 1:
        return None
    settle(contact, found[0], now=now, actor=By.GUEST)
    return found[0]


def _is_named(stay: Stay, names: Sequence[str]) -> bool:
    surname = _plain(stay.guest.last_name)
    parts = surname.split()
    return any(
        fuzz.ratio(part, name) >= SAME_NAME
        for part in (surname, *parts)
        for name in names
        if len(name) > 1
    ) or surname in " ".join(names)


def settle(
    contact: Contact, stay: Stay, *, now: datetime, by: Person | None = None, actor: str = ""
) -> None:
    """This number belongs to this stay; the card that asked who it was is closed."""
    with change():
        contact.stay = stay
        contact.awaiting = Awaiting.NOTHING
        contact.awaiting_request = None
        contact.tries = 0
        contact.language = contact.language or stay.guest.language
        contact.save(update_fields=["stay", "awaiting", "awaiting_request", "tries", "language"])
        for card in queries.cards(
            Request.objects.filter(
                property_id=contact.property_id, contact=contact, kind=Request.Kind.UNKNOWN_GUEST
            ).on_board()
        ):
            move(
                card,
                Status.CANCELLED,
                EventKind.IDENTIFIED,
                at=now,
                by=by,
                actor=actor,
                data={"room": stay.room.number},
                holder=None,
                stay=stay,
                closed_at=now,
                hold_reason="",
            )


def open_unknown_guest(
    contact: Contact, message: Message, house: House, reading: Reading, *, now: datetime
) -> None:
    """One card at the front desk for a number nobody knows, in the guest's own words."""
    card = (
        Request.objects.filter(
            property_id=contact.property_id, contact=contact, kind=Request.Kind.UNKNOWN_GUEST
        )
        .on_board()
        .first()
    )
    if card is None:
        open_requests(
            contact.property,
            [
                Wanted(
                    desk=house.front_desk,
                    kind=Request.Kind.UNKNOWN_GUEST,
                    words=message.body,
                    urgent=reading.urgent,
                    urgent_words=", ".join(reading.urgent_words),
                )
            ],
            channel=message.channel,
            at=now,
            contact=contact,
            language=reading.language,
            cause=message,
        )
        return
    Request.objects.filter(pk=card.pk).update(
        unanswered=F("unanswered") + 1,
        words=f"{card.words}\n{message.body}"[:2000],
        urgent=card.urgent or reading.urgent,
        urgent_words=card.urgent_words or ", ".join(reading.urgent_words)[:120],
        version=F("version") + 1,
        sequence=take_sequence(contact.property_id),
    )
