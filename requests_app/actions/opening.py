"""How requests come to be: one for each thing wanted, with its history and its promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from requests_app.actions.journal import By, change, record, take_sequence
from requests_app.ladder import next_look
from requests_app.models import (
    Contact,
    Desk,
    Message,
    Promise,
    Property,
    Request,
    Room,
    Service,
    Stay,
)
from requests_app.prepared import insert
from requests_app.promises import times_for
from requests_app.states import EventKind, Status

if TYPE_CHECKING:
    from staff.models import Person

MAX_QUANTITY = 99

NOTHING_TOLD = frozenset({Request.Kind.UNKNOWN_GUEST, Request.Kind.MANY_TEXTS})
"""Kinds of which the guest is told no time: due for us, and no promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One thing to open a request for. ``wanted_at`` is UTC."""

    desk: Desk
    service: Service | None = None
    kind: str = Request.Kind.SERVICE
    quantity: int | None = None
    wanted_at: datetime | None = None
    words: str = ""
    note: str = ""
    urgent: bool = False
    urgent_words: str = ""
    complaint: bool = False
    suggested: Service | None = None
    submission: UUID | None = None
    told: bool = True
    """Whether the guest is told its time: what we plan by ourselves is no promise to anybody."""


def open_requests(
    hotel: Property,
    wanted: Sequence[Wanted],
    *,
    channel: str,
    at: datetime,
    room: Room | None = None,
    stay: Stay | None = None,
    contact: Contact | None = None,
    browser: str = "",
    language: str = "",
    cause: Message | None = None,
    by: Person | None = None,
) -> list[Request]:
    """Open one request per thing wanted, each with its event and promise, in one transaction."""
    if not wanted:
        return []
    with change():
        sequence = take_sequence(hotel.pk)
        requests = []
        for thing in wanted:
            times = times_for(
                thing.service,
                desk=thing.desk,
                hotel=hotel,
                now=at,
                wanted_at=thing.wanted_at,
                urgent=thing.urgent,
            )
            later = times.starts_at is not None
            request = Request(
                property=hotel,
                kind=thing.kind,
                desk=thing.desk,
                service=thing.service,
                suggested=thing.suggested,
                room=room,
                room_now=stay.room if stay else room,
                stay=stay,
                contact=contact,
                browser=browser,
                language=language,
                channel=channel,
                cause=cause,
                words=thing.words,
                note=thing.note[:500],
                quantity=min(thing.quantity, MAX_QUANTITY) if thing.quantity else None,
                wanted_at=thing.wanted_at,
                urgent=thing.urgent,
                urgent_words=thing.urgent_words[:120],
                complaint=thing.complaint,
                status=Status.SCHEDULED if later else Status.NEW,
                starts_at=times.starts_at if later else None,
                respond_by=times.respond_by,
                due_at=times.due_at,
                created_at=at,
                promised_at=at,
                sequence=sequence,
                submission=thing.submission or uuid4(),
            )
            request.next_look_at = next_look(request, hotel, since=at)
            requests.append(request)
        insert(*requests)
        insert(*(record(r, EventKind.CREATED, at=at, by=by, actor=By.GUEST) for r in requests))
        promised = [
            request
            for request, thing in zip(requests, wanted, strict=True)
            if thing.told and request.kind not in NOTHING_TOLD
        ]
        told_at = at if contact is None or contact.opted_out_at is None else None
        insert(
            *(
                Promise(
                    property_id=r.property_id,
                    request_id=r.pk,
                    due_at=r.due_at,
                    made_at=at,
                    by=by,
                    told_at=told_at,
                )
                for r in promised
            )
        )
    return requests


def promise_again(
    request: Request,
    *,
    due_at: datetime,
    by: Person | None,
    at: datetime,
    reason: str = "",
    told_by: Message | None = None,
) -> Promise:
    """A new row of the ledger replaces the old; an equal time, not yet missed, changes nothing.

    What is replaced after its time had passed was broken, and stays so. ``told_by`` is what told
    the guest; without it they do not know of the new time.
    """
    old = Promise.objects.filter(request=request, replaced_at=None).first()
    if old is not None and old.due_at == due_at and old.kept is None:
        return old
    with change():
        in_time = None
        if old is not None:
            in_time = told_by is not None and told_by.at <= old.due_at
            broken = {"kept": False} if old.kept is None and old.due_at < at else {}
            Promise.objects.filter(pk=old.pk).update(replaced_at=at, **broken)
        return Promise.objects.create(
            property_id=request.property_id,
            request=request,
            due_at=due_at,
            made_at=at,
            by=by,
            reason=reason,
            told_at=told_by.at if told_by is not None else None,
            told_by=told_by,
            told_in_time=in_time,
        )
