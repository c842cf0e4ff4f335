"""What every action is made of: one transaction, one sequence, one compare-and-swap, one event."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F

from requests_app import broadcast, queries
from requests_app.errors import AlreadyChanged, MoveNotAllowed
from requests_app.ladder import look_after_move
from requests_app.models import Alert, Property, Request, RequestEvent
from requests_app.states import EventKind, Status, may_move

if TYPE_CHECKING:
    from staff.models import Person

By = RequestEvent.By

_writer = threading.Lock()


class _Here(threading.local):
    changing = False
    sequences: dict[int, int] = {}


_here = _Here()


@contextmanager
def change() -> Iterator[None]:
    """One transaction. SQLite has one writer at a time: our threads queue here, fairly, rather
    than in its busy handler, which sleeps up to 100 ms between looks.

    A change inside a change is part of it, without a savepoint of its own: whatever fails in it
    undoes the whole, and nobody may catch it in between.
    """
    if _here.changing:
        with transaction.atomic(savepoint=False):
            yield
        return
    with _writer if connection.vendor == "sqlite" else nullcontext():
        _here.changing = True
        _here.sequences = {}
        try:
            with transaction.atomic():
                yield
        finally:
            _here.changing = False


def take_sequence(property_id: int) -> int:
    """The property's next sequence number, and the promise to broadcast it after commit.

    Locks the property's row until the transaction ends, so numbers commit in their order and a
    board that has read up to N has missed nothing below it. One change takes one number, however
    much it changes: nobody sees a part of it.
    """
    taken: dict[int, int] = _here.sequences if _here.changing else {}
    if property_id in taken:
        return taken[property_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_property SET sequence = sequence + 1 WHERE id = %s"
            " RETURNING sequence",
            [property_id],
        )
        sequence = int(cursor.fetchone()[0])
    taken[property_id] = sequence
    broadcast.changed(property_id, sequence)
    return sequence


def house_changed(property_id: int) -> None:
    """People, catalogue or words are not what they were: see ``house``."""
    Property.objects.filter(pk=property_id).update(house_version=F("house_version") + 1)


def record(
    request: Request,
    kind: EventKind,
    *,
    at: datetime,
    by: Person | None = None,
    actor: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> RequestEvent:
    """One row of history, not yet saved when part of a batch: see ``move`` for the usual way."""
    return RequestEvent(
        request_id=request.pk,
        kind=kind,
        by=By.STAFF if by is not None else (actor or By.CLOCK),
        person=by,
        at=at,
        reason=reason[:500],
        data=data or {},
    )


def move(
    request: Request,
    to: Status | None,
    event: EventKind,
    /,
    *,
    at: datetime,
    by: Person | None = None,
    actor: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    **fields: Any,
) -> Request:
    """Apply one allowed move (``to`` None: the status stays) with its event and sequence.

    Raises MoveNotAllowed, or AlreadyChanged when somebody else was quicker: then nothing is
    written and the error carries the row as it is now.
    """
    if to is not None and not may_move(request.status, to):
        raise MoveNotAllowed(request)
    with change():
        fields["status"] = to or request.status
        fields.setdefault("next_look_at", look_after_move(request, fields, at=at))
        if request.warned and (by is not None or fields.get("closed_at")):
            fields["warned"] = ""
            acknowledge(request, by=by, at=at)
        fields |= {
            "version": request.version + 1,
            "sequence": take_sequence(request.property_id),
        }
        updated = Request.objects.filter(
            pk=request.pk, status=request.status, version=request.version
        ).update(**fields)
        if not updated:
            raise AlreadyChanged(fresh(request))
        record(request, event, at=at, by=by, actor=actor, reason=reason, data=data).save(
            force_insert=True
        )
    for name, value in fields.items():
        setattr(request, name, value)
    return request


def acknowledge(request: Request, *, by: Person | None, at: datetime) -> None:
    """Whoever acts has heard: no pending alert of this request rings any more."""
    Alert.objects.filter(request=request, acknowledged_at=None).update(
        acknowledged_at=at, acknowledged_by=by, again_at=None
    )


def touch(requests: Any, *, property_id: int) -> None:
    """Boards re-read these (a queryset): something they show has changed elsewhere."""
    with change():
        ids = list(requests.values_list("pk", flat=True))
        if ids:
            Request.objects.filter(pk__in=ids).update(sequence=take_sequence(property_id))


def fresh(request: Request) -> Request:
    """The row as it is now, with all that a card shows."""
    return queries.requests_by_id([request.pk])[request.pk]
