"""Who asks on a room's page, and their words: stored, read, and heard on a card."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F

from requests_app.actions.journal import By, change, record, take_sequence
from requests_app.house import House
from requests_app.incoming import clean_text
from requests_app.models import Message, Request, Room, Stay
from requests_app.models.messages import Channel
from requests_app.reading import Reading, read
from requests_app.states import EventKind

if TYPE_CHECKING:
    from requests_app.models import Property


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks: a room's page in a browser (``browser`` is its key), read in ``language``.

    ``stay`` is the register's present one; a page of a room without one works as well.
    """

    room: Room
    browser: str
    stay: Stay | None
    language: str

    @property
    def hotel(self) -> Property:
        return self.room.property


def receive_words(
    visitor: Visitor, *, words: str, submission: UUID, at: datetime, request: Request | None = None
) -> tuple[Message, bool]:
    """Store a guest's words durably; False: the same form again, nothing new.

    Raises IntegrityError where the same form comes twice at the same moment.
    """
    external_id = form_id(submission, words)
    earlier = Message.objects.filter(external_id=external_id).first()
    if earlier is not None:
        return earlier, False
    message = Message(
        property=visitor.hotel,
        stay=visitor.stay,
        room=visitor.room,
        browser=visitor.browser,
        request=request,
        direction=Message.Direction.IN,
        channel=Channel.WEB,
        body=clean_text(words),
        language=visitor.language,
        at=at,
        external_id=external_id,
        understood_at=at if request is not None else None,
    )
    with change():
        message.save(force_insert=True)
    return message, True


def form_id(submission: UUID, words: str) -> str:
    """The same number with other words is another form: one that was kept while its card changed,
    or gone back to and written anew. Its words must never be taken for said already."""
    return f"web:{submission.hex}:{hashlib.sha256(clean_text(words).encode()).hexdigest()[:24]}"


def read_words(text: str, visitor: Visitor, house: House, *, now: datetime) -> Reading:
    """In the language of the page, unless the words are plainly of another."""
    setting = house.setting_at(visitor.hotel, now, language=visitor.language, awaiting=False)
    return read(text, setting)


def hear(request: Request, message: Message, reading: Reading, *, at: datetime) -> None:
    """The guest wrote about a request: its card shows so, and an alarm puts it on top."""
    with change():
        Message.objects.filter(pk=message.pk).update(
            request=request, understood_at=at, language=reading.language, intent=reading.intent
        )
        # Not ``move``: staff changing the card at this moment is no reason to refuse words.
        Request.objects.filter(pk=request.pk).update(
            unanswered=F("unanswered") + 1,
            urgent=request.urgent or reading.urgent,
            urgent_words=request.urgent_words or ", ".join(reading.urgent_words)[:120],
            sequence=take_sequence(request.property_id),
        )
        record(request, EventKind.HEARD, at=at, actor=By.GUEST, reason=message.body).save(
            force_insert=True
        )
