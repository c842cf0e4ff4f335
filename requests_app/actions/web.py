"""What a guest does on their room's page. As with texts: words are stored first, by themselves, and
understood in a second step that may fail, be killed and be resumed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import F

from requests_app import queries
from requests_app.actions import praise
from requests_app.actions.incoming import MAX_READ_ATTEMPTS
from requests_app.actions.journal import change
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.visitors import Visitor, form_id, hear, read_words, receive_words
from requests_app.actions.wanted import wanted_of
from requests_app.house import House, house_of
from requests_app.incoming import clean_text
from requests_app.models import Message, Request, Service
from requests_app.models.messages import Channel
from requests_app.reading import Intent, Reading
from requests_app.reading.catalogue import load_catalogue

log = logging.getLogger(__name__)

MANY_REQUESTS = 20
MANY_WITHIN = timedelta(minutes=10)
"""So many requests of one browser within so long: the free words that follow are one line on the
board."""


@dataclass(slots=True)
class Asked:
    """What asking came to. ``intent`` is that of free words; ``many``: see MANY_REQUESTS."""

    requests: list[Request] = field(default_factory=list)
    intent: str = ""
    many: bool = False
    again: bool = False
    """The same form a second time: nothing new was done."""


def ask(visitor: Visitor, *, words: str, submission: UUID, at: datetime) -> Asked:
    """Free words: stored, then understood. A form sent twice asks once.

    Does not raise for anything that was written: what cannot be understood now is read again by
    the clock, and goes to the front desk in the end.
    """
    try:
        message, is_new = receive_words(visitor, words=words, submission=submission, at=at)
    except IntegrityError:  # the same form at the same moment: the other one does it
        return Asked(again=True)
    if not is_new:
        return Asked(requests=_caused_by(message, visitor), again=True)
    return understand_or_leave(message, now=at) or Asked()


def _caused_by(message: Message, visitor: Visitor) -> list[Request]:
    return list(Request.objects.filter(cause=message, browser=visitor.browser).order_by("pk"))


def understand(message: Message, *, now: datetime) -> Asked | None:
    """Turn stored words into requests or praise, once; safe to repeat and to race (then None)."""
    with change():
        again = Message.objects.filter(pk=message.pk, understood_at=None)
        if connection.features.has_select_for_update_skip_locked:
            again = again.select_for_update(skip_locked=True, of=("self",))
        found = again.select_related("room__property", "stay__room").first()
        if found is None or found.room is None:
            return None
        visitor = Visitor(
            room=found.room, browser=found.browser, stay=found.stay, language=found.language
        )
        house = house_of(visitor.hotel, now)
        reading = read_words(found.body, visitor, house, now=now)
        Message.objects.filter(pk=found.pk).update(
            understood_at=now, language=reading.language, intent=reading.intent
        )
        asked = Asked(intent=reading.intent)
        if reading.intent is Intent.PRAISE:
            praise.commend(
                visitor.hotel,
                words=found.body,
                at=now,
                channel=Channel.WEB,
                language=reading.language,
                stay=visitor.stay,
                message=found,
            )
        wanted = wanted_of(reading, house, body=found.body)
        if wanted and _is_too_much(visitor, now=now):
            _add_to_line(visitor, found, reading, house, now=now)
            return Asked(intent=reading.intent, many=True)
        asked.requests = _open(visitor, wanted, cause=found, now=now)
    return asked


def understand_or_leave(message: Message, *, now: datetime) -> Asked | None:
    """``understand``, but a failure is counted and left to the clock: the words are safe.

    After MAX_READ_ATTEMPTS they go to the front desk as they were written.
    """
    try:
        return understand(message, now=now)
    except Exception:
        log.exception("message %s could not be understood yet", message.pk)
    with change():
        Message.objects.filter(pk=message.pk).update(read_attempts=F("read_attempts") + 1)
        message.refresh_from_db(fields=["read_attempts"])
        if message.read_attempts >= MAX_READ_ATTEMPTS and message.room is not None:
            visitor = Visitor(
                room=message.room,
                browser=message.browser,
                stay=message.stay,
                language=message.language,
            )
            to_front_desk(visitor, message, at=now)
            Message.objects.filter(pk=message.pk).update(understood_at=now)
    return None


def to_front_desk(
    visitor: Visitor, message: Message | None = None, *, at: datetime
) -> list[Request]:
    """Words, or a picture without words, for a person to look at."""
    desk = house_of(visitor.hotel, at).front_desk
    words = message.body if message is not None else ""
    wanted = Wanted(desk=desk, kind=Request.Kind.UNSORTED, words=words)
    return _open(visitor, [wanted], cause=message, now=at)


def ask_for_service(
    visitor: Visitor,
    service: Service,
    *,
    submission: UUID,
    at: datetime,
    quantity: int | None = None,
    wanted_at: datetime | None = None,
    words: str = "",
) -> Asked:
    """One service of the page's list, with the guest's own words beside it. ``wanted_at`` is UTC.

    A form sent twice, at once or later, makes one request.
    """
    earlier = Request.objects.filter(submission=submission, browser=visitor.browser).first()
    if earlier is not None:
        return Asked(requests=[earlier], again=True)
    house = house_of(visitor.hotel, at)
    reading = read_words(words, visitor, house, now=at)
    alarm = reading.urgent or _is_urgent(service)
    wanted = Wanted(
        desk=service.desk,
        service=service,
        quantity=quantity,
        wanted_at=wanted_at,
        words=clean_text(words),
        urgent=alarm,
        urgent_words=", ".join(reading.urgent_words) or (service.name if alarm else ""),
        complaint=reading.intent is Intent.COMPLAINT,
        submission=submission,
    )
    try:
        with change():
            # However many there are: a pick of the list says exactly what is wanted.
            message = _words_beside(visitor, words, submission, reading, at=at) if words else None
            return Asked(requests=_open(visitor, [wanted], cause=message, now=at))
    except IntegrityError:
        return Asked(
            requests=list(Request.objects.filter(submission=submission, browser=visitor.browser)),
            again=True,
        )


def _is_urgent(service: Service) -> bool:
    """Somebody's health may depend on it, whatever the words beside it: a doctor."""
    entry = load_catalogue().get(service.slug)
    return entry is not None and entry.urgent


def _words_beside(
    visitor: Visitor, words: str, submission: UUID, reading: Reading, *, at: datetime
) -> Message:
    return Message.objects.create(
        property=visitor.hotel,
        stay=visitor.stay,
        room=visitor.room,
        browser=visitor.browser,
        direction=Message.Direction.IN,
        channel=Channel.WEB,
        body=clean_text(words),
        language=reading.language,
        intent=reading.intent,
        at=at,
        external_id=form_id(submission, words),
        understood_at=at,
    )


def _open(
    visitor: Visitor, wanted: list[Wanted], *, cause: Message | None, now: datetime
) -> list[Request]:
    return open_requests(
        visitor.hotel,
        wanted,
        channel=Channel.WEB,
        at=now,
        room=visitor.room,
        stay=visitor.stay,
        browser=visitor.browser,
        language=visitor.language,
        cause=cause,
    )


def _is_too_much(visitor: Visitor, *, now: datetime) -> bool:
    return (
        queries.web_requests_since(visitor.room, visitor.browser, now - MANY_WITHIN)
        >= MANY_REQUESTS
    )


def _add_to_line(
    visitor: Visitor, message: Message, reading: Reading, house: House, *, now: datetime
) -> None:
    """All words are kept, one line on the front desk's board opens them; alarms still show."""
    line = (
        Request.objects.filter(
            property=visitor.hotel,
            room=visitor.room,
            browser=visitor.browser,
            contact=None,
            kind=Request.Kind.MANY_TEXTS,
        )
        .on_board()
        .first()
    )
    if line is None:
        wanted = Wanted(desk=house.front_desk, kind=Request.Kind.MANY_TEXTS, words=message.body)
        (line,) = _open(visitor, [wanted], cause=message, now=now)
    hear(line, message, reading, at=now)
