"""What the hotel is made of: words of the catalogue, rooms' tokens, who is in which room."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from requests_app import queries
from requests_app.actions import identify, incoming
from requests_app.actions.journal import By, change, house_changed, move
from requests_app.errors import Missing
from requests_app.models import Contact, Message, Request, Room, Service, Stay, TaughtWord
from requests_app.models.hotel import new_room_token
from requests_app.states import EventKind

if TYPE_CHECKING:
    from staff.models import Person


def teach_word(
    service: Service, *, word: str, language: str, by: Person, at: datetime
) -> TaughtWord:
    """From now on this word, in this language and hotel, means this service.

    Raises Missing for a word too short to mean anything.
    """
    word = " ".join(word.split()).casefold()[:80]
    if len(word) < 2:
        raise Missing(_("Choose a word of at least two letters."))
    with change():
        taught, _created = TaughtWord.objects.update_or_create(
            property_id=service.property_id,
            language=language or "en",
            word=word,
            defaults={"service": service, "taught_by": by, "taught_at": at},
        )
        house_changed(service.property_id)
    return taught


def forget_word(taught: TaughtWord) -> None:
    with change():
        taught.delete()
        house_changed(taught.property_id)


def renew_token(room: Room, *, at: datetime) -> Room:
    """A new QR code for a room; the old one leads to a friendly page and no further."""
    room.token = new_room_token()
    room.token_renewed_at = at
    room.save(update_fields=["token", "token_renewed_at"])
    return room


def settle_number(contact: Contact, stay: Stay, *, by: Person, at: datetime) -> None:
    """The front desk says whose number it is; what was kept is read now."""
    with change():
        identify.settle(contact, stay, now=at, by=by)
        kept = Message.objects.filter(contact=contact, held=True, understood_at=None)
        ids = list(kept.values_list("pk", flat=True))
        kept.update(held=False)
    for message in Message.objects.filter(pk__in=ids).select_related("property", "contact", "stay"):
        incoming.understand_or_leave(message, now=at)


def move_stay(stay: Stay, *, to: Room, at: datetime, by: Person | None = None) -> Stay:
    """The guest changes rooms: open requests follow, and remember where they were asked from."""
    if to.property_id != stay.property_id:
        raise Missing(_("Choose one of this hotel's rooms."))
    with change():
        old = stay.room
        stay.room = to
        stay.save(update_fields=["room"])
        for request in queries.cards(
            Request.objects.filter(property_id=stay.property_id, stay=stay).on_board()
        ):
            move(
                request,
                None,
                EventKind.MOVED,
                at=at,
                by=by,
                actor=By.CLOCK,
                data={"from": old.number, "to": to.number},
                room_now=to,
            )
    return stay
