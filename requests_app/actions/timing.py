"""What time does to a request: its promise is moved or missed, its hour comes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from requests_app import ladder, metrics, queries, wording
from requests_app.actions import messages
from requests_app.actions.journal import By, change, move
from requests_app.actions.opening import promise_again
from requests_app.errors import Missing, MoveNotAllowed
from requests_app.models import Promise, Request
from requests_app.states import EventKind, Status

if TYPE_CHECKING:
    from staff.models import Person


def move_promise(
    request: Request, *, due_at: datetime, by: Person, at: datetime, reason: str
) -> Request:
    """Another time (UTC), for a reason; the guest hears it from us before the old one breaks.

    Raises Missing without a reason or for a time that has passed. Who refused texts is not texted.
    """
    if not reason.strip():
        raise Missing(_("Say why it will be another time."))
    if due_at <= at:
        raise Missing(_("Choose a time that is still to come."))
    if not request.is_open:
        raise MoveNotAllowed(request)
    old = request.due_at
    # Danger that nobody has taken is not answered by another time: the telephone rings on.
    answers = not (request.urgent and request.status == Status.NEW)
    with change():
        move(
            request,
            None,
            EventKind.PROMISED,
            at=at,
            by=by,
            reason=reason,
            data={"from": old.isoformat(), "to": due_at.isoformat()},
            due_at=due_at,
            promised_at=at,
            responded_at=request.responded_at or (at if answers else None),
        )
        told = messages.tell(
            request,
            lambda language: wording.moved_by_staff(request, request.property, at, language),
            at=at,
        )
        promise_again(
            request, due_at=due_at, by=by, at=at, reason=reason.strip()[:200], told_by=told
        )
    return request


def begin_scheduled(request: Request, *, at: datetime) -> Request:
    """Its time draws near: onto the lanes."""
    if request.status != Status.SCHEDULED:
        raise MoveNotAllowed(request)
    return move(
        request, Status.NEW, EventKind.DUE, at=at, actor=By.CLOCK, starts_at=None, promised_at=at
    )


def look_again(request: Request, *, at: datetime) -> Request:
    """The time to look again at a request on hold has come."""
    if request.status != Status.ON_HOLD:
        raise MoveNotAllowed(request)
    return move(request, None, EventKind.DUE, at=at, actor=By.CLOCK, hold_until=None)


def miss_promise(promise: Promise, *, at: datetime) -> None:
    """The told time has passed: broken, whatever comes. Said once."""
    miss(queries.requests_by_id([promise.request_id])[promise.request_id], at=at)


def miss(request: Request, *, at: datetime) -> bool:
    """The promise that stands is broken; False where none was made, or it was said before."""
    with change():
        standing = Promise.objects.filter(request=request, kept=None, replaced_at=None)
        if not standing.update(kept=False):
            return False
        metrics.promises_missed.inc()
        move(
            request,
            None,
            EventKind.LATE,
            at=at,
            actor=By.CLOCK,
            next_look_at=ladder.next_look(request, request.property, since=at),
        )
        return True
