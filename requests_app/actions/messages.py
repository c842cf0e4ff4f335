"""What the hotel says: written in the transaction that caused it, sent by the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from requests_app import wording
from requests_app.actions.journal import change
from requests_app.errors import OptedOut
from requests_app.models import Contact, Message, Outgoing, Request
from requests_app.models.messages import Channel, Delivery
from requests_app.prepared import Bound, PreparedRows, insert

if TYPE_CHECKING:
    from staff.models import Person

AUTOMATIC_PER_HOUR = 12
"""Bound on what we say by ourselves to one number: two machines must not talk for ever."""

ONE_REPLY_A = timedelta(seconds=60)
"""What is understood within so long of our last answer is answered together, in one text."""


def write_note(request: Request, *, text: str, by: Person, at: datetime) -> Message:
    """An internal note in the conversation; never sent to anybody."""
    return Message.objects.create(
        property_id=request.property_id,
        contact=request.contact,
        stay=request.stay,
        room=request.room_now,
        browser=request.browser,
        request=request,
        direction=Message.Direction.NOTE,
        channel=Channel.COUNTER,
        body=text,
        at=at,
        author=by,
        understood_at=at,
    )


def say(request: Request, *, text: str, by: Person | None, at: datetime) -> Message:
    """Tell the guest of a request something, where they asked: by text, or on their room's page.

    Raises OptedOut where the guest refused texts; an automatic one (``by`` None) is then dropped
    by the callers, who ask ``may_text`` first.
    """
    if request.contact is not None:
        return text_to(request.contact, text=text, by=by, at=at, request=request)
    return Message.objects.create(
        property_id=request.property_id,
        stay=request.stay,
        room=request.room_now,
        browser=request.browser,
        request=request,
        direction=Message.Direction.OUT,
        channel=Channel.WEB if request.browser else Channel.COUNTER,
        body=text,
        at=at,
        author=by,
        automatic=by is None,
        understood_at=at,
        delivery=Delivery.DELIVERED if request.browser else "",
    )


def tell(request: Request, words: Callable[[str], str], *, at: datetime) -> Message | None:
    """Say something by ourselves, in the guest's language (``words`` is given its code); None where
    they refused texts or have heard enough of us this hour, or where they cannot be reached."""
    if request.contact is not None and not may_answer(request.contact, at=at):
        return None
    if request.contact is None and not request.browser:
        return None
    with wording.language_of(request.language, request.property) as language:
        text = words(language)
    return say(request, text=text, by=None, at=at)


def text_to(
    contact: Contact,
    *,
    text: str,
    by: Person | None,
    at: datetime,
    request: Request | None = None,
    due_at: datetime | None = None,
    intent: str = "",
) -> Message:
    """Write a text and what must be sent, in one transaction. Raises OptedOut."""
    if contact.opted_out_at is not None:
        raise OptedOut
    with change():
        message = Message(
            property_id=contact.property_id,
            contact=contact,
            stay_id=contact.stay_id or (request.stay_id if request else None),
            request=request,
            direction=Message.Direction.OUT,
            channel=contact.channel,
            body=text,
            language=contact.language,
            intent=intent,
            at=at,
            author=by,
            automatic=by is None,
            understood_at=at,
            delivery=Delivery.WAITING,
        )
        insert(message)
        insert(Outgoing(message_id=message.pk, due_at=due_at or at))
    return message


def spoken_lately(contact: Contact, now: datetime) -> list[tuple[str, bool, datetime]]:
    """(direction, automatic, at) of what we said by ourselves within the hour, and of what the
    guest wrote within the minute; at most 200 rows, the latest first."""
    rows = _spoken.all(
        contact=contact.pk, hour_ago=now - timedelta(hours=1), minute_ago=now - ONE_REPLY_A
    )
    return [(way, automatic, at) for way, automatic, at in rows]


_spoken: PreparedRows[tuple[str, bool, datetime]] = PreparedRows(
    lambda: (
        Message.objects.filter(contact=Bound("contact"), at__gte=Bound("hour_ago"))
        .filter(
            Q(direction=Message.Direction.OUT, automatic=True)
            | Q(direction=Message.Direction.IN, at__gt=Bound("minute_ago"))
        )
        .order_by("-at")
        .values_list("direction", "automatic", "at")[:200]
    )
)


def may_answer(contact: Contact, *, at: datetime) -> bool:
    """Whether we may say something by ourselves: not refused, and under the hourly bound."""
    if contact.opted_out_at is not None:
        return False
    said = Message.objects.filter(
        contact=contact,
        direction=Message.Direction.OUT,
        automatic=True,
        at__gte=at - timedelta(hours=1),
    ).count()
    return said < AUTOMATIC_PER_HOUR
