"""Many texts from one number within a minute: all are kept, one line on the board opens them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from requests_app import queries
from requests_app.actions.journal import By, record, take_sequence
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.replying import waiting_reply
from requests_app.actions.understanding import keyword, read_text
from requests_app.house import House
from requests_app.models import Contact, Message, Promise, Request, Stay
from requests_app.reading import Intent
from requests_app.states import EventKind, Status

FLOOD_TEXTS = 8
FLOOD_WITHIN = timedelta(seconds=60)
"""So many texts from one number within so long (see ``messages.spoken_lately``) are a flood."""


def is_flood(said: list[tuple[str, bool, datetime]]) -> bool:
    return sum(way == "in" for way, _automatic, _at in said) >= FLOOD_TEXTS


def join_line(message: Message, contact: Contact, house: House, *, now: datetime) -> None:
    """Nobody is answered; what is urgent puts the line on top, and STOP is obeyed all the same."""
    reading = read_text(message, contact, house, now=now)
    if reading.intent in {Intent.STOP, Intent.START}:
        keyword(message, contact, reading, now=now)
        return
    waiting = waiting_reply(contact, now=now)
    if waiting is not None:
        waiting.delete()
    stays = queries.stays_of(contact, now)
    stay = stays[0] if len(stays) == 1 else None
    line = (
        Request.objects.filter(
            property_id=contact.property_id, contact=contact, kind=Request.Kind.MANY_TEXTS
        )
        .on_board()
        .exclude(status=Status.DONE)
        .first()
    )
    alarms = list(reading.urgent_words)
    urgent = reading.urgent
    if line is None:
        line = _open_line(message, contact, stay, house, now=now)
        folded = _fold(contact, line, now=now)
        urgent = urgent or any(r.urgent for r in folded)
        alarms += [r.urgent_words for r in folded if r.urgent_words]
    # Not ``move``: a guest who goes on writing must not make the desk's next tap a stale one.
    Request.objects.filter(pk=line.pk).update(
        urgent=line.urgent or urgent,
        urgent_words=line.urgent_words or ", ".join(alarms)[:120],
        unanswered=F("unanswered") + 1,
        sequence=take_sequence(contact.property_id),
    )
    Message.objects.filter(pk=message.pk).update(
        understood_at=now, stay=stay, request=line, language=reading.language, intent=reading.intent
    )


def _open_line(
    message: Message, contact: Contact, stay: Stay | None, house: House, *, now: datetime
) -> Request:
    (line,) = open_requests(
        contact.property,
        [Wanted(desk=house.front_desk, kind=Request.Kind.MANY_TEXTS, words=message.body)],
        channel=message.channel,
        at=now,
        room=stay.room if stay else None,
        stay=stay,
        contact=contact,
        language=contact.language,
        cause=message,
    )
    return line


def _fold(contact: Contact, line: Request, *, now: datetime) -> list[Request]:
    """What the first texts of the flood had opened, and nobody has taken yet, joins the line."""
    folded = []
    for request in Request.objects.filter(
        property_id=contact.property_id,
        contact=contact,
        status__in=[Status.NEW, Status.SCHEDULED],
        created_at__gt=now - FLOOD_WITHIN,
    ).exclude(pk=line.pk):
        # Somebody may take it at this moment: then it is theirs, and stays.
        if Request.objects.filter(
            pk=request.pk, version=request.version, status=request.status
        ).update(
            status=Status.CANCELLED,
            closed_at=now,
            next_look_at=None,
            warned="",
            version=F("version") + 1,
            sequence=take_sequence(contact.property_id),
        ):
            record(request, EventKind.MERGED, at=now, actor=By.CLOCK, data={"into": line.pk}).save(
                force_insert=True
            )
            folded.append(request)
    Promise.objects.filter(request__in=folded, replaced_at=None).update(replaced_at=now)
    theirs = Q(caused__in=folded) | Q(contact=contact, held=True, request=None)
    heard = set(Message.objects.filter(theirs).values_list("pk", flat=True))
    Message.objects.filter(pk__in=heard).update(request=line)
    Request.objects.filter(pk=line.pk).update(unanswered=F("unanswered") + len(heard))
    return folded
