"""A guest's words: stored first, by themselves, then acknowledged; understood in a second step that
may fail, be killed and be resumed."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import IntegrityError, connection
from django.db.models import F, QuerySet

from requests_app import metrics
from requests_app.actions import messages
from requests_app.actions.flood import FLOOD_TEXTS, is_flood, join_line
from requests_app.actions.journal import change
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.replying import answer
from requests_app.actions.understanding import decide
from requests_app.house import house_of
from requests_app.incoming import IncomingMessage, clean_text
from requests_app.models import Contact, Desk, Message, Property, Request, UnroutedMessage
from requests_app.prepared import Bound, Prepared, insert

__all__ = [
    "FLOOD_TEXTS",
    "MAX_READ_ATTEMPTS",
    "receive_text",
    "understand",
    "understand_or_leave",
    "unread_messages",
]

log = logging.getLogger(__name__)

MAX_READ_ATTEMPTS = 5


def receive_text(incoming: IncomingMessage) -> Message | None:
    """Store a text durably. None: nothing new (the same id again), or no property has the number.

    When this returns, the words are on disk and may be acknowledged.
    """
    contact = _contact.first(recipient=incoming.recipient, sender=incoming.sender)
    hotel = contact.property if contact else _hotel_of(incoming.recipient)
    if hotel is None:
        _keep_unrouted(incoming)
        return None
    try:
        with change():
            contact = _writes_on(contact, incoming, hotel)
            message = Message(
                property=hotel,
                contact=contact,
                stay_id=contact.stay_id,
                direction=Message.Direction.IN,
                channel=incoming.channel,
                body=clean_text(incoming.body),
                intent=incoming.keyword,
                at=incoming.received_at,
                external_id=incoming.external_id,
                media=[clean_text(url) for url in incoming.media_urls],
                automatic=incoming.carrier_handles_opt_out,
            )
            insert(message)
    except IntegrityError:
        if not Message.objects.filter(external_id=incoming.external_id).exists():
            raise  # refused for another reason: the carrier must not believe that we have it
        metrics.texts_repeated.inc()
        return None
    metrics.texts_in.labels(incoming.channel).inc()
    return message


def _hotel_of(number: str) -> Property | None:
    return Property.objects.filter(text_number=number).first()


def _writes_on(contact: Contact | None, incoming: IncomingMessage, hotel: Property) -> Contact:
    """We answer on the channel they wrote on last."""
    if contact is None:
        contact, _created = Contact.objects.get_or_create(
            property=hotel, address=incoming.sender, defaults={"channel": incoming.channel}
        )
    contact.property = hotel
    if contact.channel != incoming.channel:
        contact.channel = incoming.channel
        contact.save(update_fields=["channel"])
    return contact


def _keep_unrouted(incoming: IncomingMessage) -> None:
    try:
        with change():
            UnroutedMessage.objects.create(
                external_id=incoming.external_id,
                sender=incoming.sender[:40],
                recipient=incoming.recipient[:40],
                body=clean_text(incoming.body),
                received_at=incoming.received_at,
            )
    except IntegrityError:
        metrics.texts_repeated.inc()
    else:
        metrics.texts_unrouted.inc()


_contact = Prepared(
    lambda: Contact.objects.filter(
        property__text_number=Bound("recipient"), address=Bound("sender")
    ).select_related("property")
)


def understand(message: Message, *, now: datetime) -> None:
    """Turn stored words into requests, answers and replies, once; safe to repeat and to race.

    Raises whatever the reading raises, with nothing written but the count of attempts.
    """
    with change():
        if connection.features.has_select_for_update:
            # One guest's texts are understood one after another: what was asked, answered and
            # opened for the one before decides what the next one means. (SQLite has one writer.)
            list(Contact.objects.select_for_update().filter(messages=message).values("pk"))
        found = _not_understood.first(message=message.pk)
        if found is None:
            return
        contact = found.contact
        if contact is None:
            give_to_front_desk(found, now=now)
            return
        contact.property = found.property
        said = messages.spoken_lately(contact, now)
        house = house_of(found.property, now)
        if is_flood(said):
            join_line(found, contact, house, now=now)
        else:
            answer(contact, decide(found, contact, house, now=now), said=said, now=now)


@Prepared
def _not_understood() -> QuerySet[Message]:
    again = Message.objects.filter(pk=Bound("message"), understood_at=None, held=False)
    if connection.features.has_select_for_update_skip_locked:
        again = again.select_for_update(skip_locked=True, of=("self",))
    return again.select_related("property", "contact")


def understand_or_leave(message: Message, *, now: datetime) -> bool:
    """``understand``, but a failure is counted and left to the clock: the words are safe.

    After MAX_READ_ATTEMPTS the words go to the front desk unread by us. Never raises.
    """
    try:
        understand(message, now=now)
    except Exception:
        log.exception("message %s could not be understood yet", message.pk)
        _count_failure(message, now=now)
        return False
    return True


def _count_failure(message: Message, *, now: datetime) -> None:
    try:
        with change():
            Message.objects.filter(pk=message.pk).update(read_attempts=F("read_attempts") + 1)
            message.refresh_from_db(fields=["read_attempts"])
            if message.read_attempts >= MAX_READ_ATTEMPTS:
                give_to_front_desk(message, now=now)
    except Exception:
        log.exception("message %s waits for the clock", message.pk)


def give_to_front_desk(message: Message, *, now: datetime) -> None:
    """As it was written, once. Asks nothing of what may have failed: reading, catalogue, clocks."""
    with change():
        if not Message.objects.filter(pk=message.pk, understood_at=None).update(
            understood_at=now, held=False
        ):
            return
        desks = Desk.objects.filter(property_id=message.property_id)
        desk = desks.filter(slug="front-desk").first() or desks.first()
        if desk is None:
            return  # a hotel without desks: the administrator finds the words in the conversation
        open_requests(
            message.property,
            [Wanted(desk=desk, kind=Request.Kind.UNSORTED, words=message.body)],
            channel=message.channel,
            at=now,
            room=message.stay.room if message.stay else None,
            stay=message.stay,
            contact=message.contact,
            cause=message,
        )


def unread_messages(*, before: datetime) -> list[Message]:
    """Stored and not yet understood, older than a moment: a crash or a failure left them."""
    return list(
        Message.objects.filter(
            direction=Message.Direction.IN, understood_at=None, held=False, at__lt=before
        )
        .select_related("property", "contact", "stay__room", "room__property")
        .order_by("at", "pk")[:100]
    )
