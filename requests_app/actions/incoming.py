"""A guest's words: stored first, by themselves, then acknowledged; understood in a second step that
may fail, be killed and be resumed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from django.db import IntegrityError, connection
from django.db.models import F, QuerySet

from requests_app import metrics
from requests_app.actions import messages, pictures
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
    "NoSuchNumber",
    "receive_text",
    "store",
    "understand",
    "understand_or_leave",
    "unread_messages",
]

log = logging.getLogger(__name__)

MAX_READ_ATTEMPTS = 5


class NoSuchNumber(Exception):
    """No property has the number that was written to."""


def receive_text(incoming: IncomingMessage) -> Message | None:
    """Store a text durably. None: nothing new (the same id again), or no property has the number.

    When this returns, the words are on disk and may be acknowledged.
    """
    try:
        (message,) = store([incoming])
    except NoSuchNumber:
        _keep_unrouted(incoming)
        return None
    except IntegrityError:
        if not Message.objects.filter(external_id=incoming.external_id).exists():
            raise  # refused for another reason: the carrier must not believe that we have it
        metrics.texts_repeated.inc()
        return None
    return message


def store(texts: Sequence[IncomingMessage]) -> list[Message]:
    """Store all of them durably, in one transaction, or none.

    Raises NoSuchNumber, and IntegrityError where one of them is known already.
    """
    with change():
        messages = [_as_message(text) for text in texts]
        insert(*messages)
        pictures.expect(messages)
    for message in messages:
        metrics.texts_in.labels(message.channel).inc()
    return messages


def _as_message(incoming: IncomingMessage) -> Message:
    contact = _contact.first(recipient=incoming.recipient, sender=incoming.sender)
    hotel = contact.property if contact else _hotel_of(incoming.recipient)
    if hotel is None:
        raise NoSuchNumber
    contact = _writes_on(contact, incoming, hotel)
    return Message(
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


def understand(*messages: Message, now: datetime) -> None:
    """Turn stored words into requests, answers and replies, once; safe to repeat and to race.

    Several are of one property, and of one transaction. Raises whatever the reading raises, with
    nothing written but the count of attempts.
    """
    with change():
        if connection.features.has_select_for_update:
            # One guest's texts are understood one after another: what was asked, answered and
            # opened for the one before decides what the next one means. (SQLite has one writer.)
            # In the order of their keys, so that two who hold some never wait for each other.
            senders = Contact.objects.select_for_update().filter(messages__in=messages)
            list(senders.order_by("pk").values("pk"))
        by_contact = {message.contact_id: message for message in reversed(messages)}
        first_of_each = [m for m in messages if by_contact[m.contact_id] is m]
        for found in _not_understood(len(first_of_each)).all(**_named(first_of_each)):
            _understand(found, now=now)
        # What the same guest wrote after that is read anew, since their contact has changed.
        for message in messages:
            if by_contact[message.contact_id] is not message:
                understand(message, now=now)


def _understand(message: Message, *, now: datetime) -> None:
    contact = message.contact
    if contact is None:
        give_to_front_desk(message, now=now)
        return
    contact.property = message.property
    said = messages.spoken_lately(contact, now)
    house = house_of(message.property, now)
    if is_flood(said):
        join_line(message, contact, house, now=now)
    else:
        answer(contact, decide(message, contact, house, now=now), said=said, now=now)


@cache
def _not_understood(count: int) -> Prepared[Message]:
    def not_understood() -> QuerySet[Message]:
        again = Message.objects.filter(
            pk__in=[Bound(f"message_{n}") for n in range(count)], understood_at=None, held=False
        )
        if connection.features.has_select_for_update_skip_locked:
            again = again.select_for_update(skip_locked=True, of=("self",))
        return again.select_related("property", "contact").order_by("pk")

    return Prepared(not_understood)


def _named(found: Sequence[Message]) -> dict[str, int]:
    return {f"message_{n}": message.pk for n, message in enumerate(found)}


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
