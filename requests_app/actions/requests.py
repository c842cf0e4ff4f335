"""A request's life: taken, held, handed over, done, confirmed, reopened, cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext as _

from requests_app import wording
from requests_app.actions import asking, messages
from requests_app.actions.journal import By, change, fresh, move
from requests_app.actions.opening import promise_again
from requests_app.errors import AlreadyChanged, Missing, MoveNotAllowed
from requests_app.models import Desk, Fulfilment, Promise, Request, Service
from requests_app.promises import times_for
from requests_app.states import OPEN, EventKind, Status

if TYPE_CHECKING:
    from staff.models import Person


def accept_request(request: Request, *, by: Person, at: datetime) -> Request:
    """Take it. Exactly one of two who try has it; the other gets AlreadyChanged, which names them.

    A second tap by the one who has it changes nothing and is no error.
    """
    if request.status == Status.ACCEPTED and request.holder_id == by.pk:
        return request
    if request.status not in OPEN:
        raise MoveNotAllowed(request)
    if request.status not in {Status.NEW, Status.SCHEDULED, Status.ON_HOLD} or (
        request.holder_id not in {None, by.pk}
    ):
        raise AlreadyChanged(request)
    return move(
        request,
        Status.ACCEPTED,
        EventKind.ACCEPTED,
        at=at,
        by=by,
        holder=by,
        accepted_at=at,
        responded_at=request.responded_at or at,
        hold_reason="",
        hold_until=None,
    )


def start_request(request: Request, *, by: Person, at: datetime) -> Request:
    """On the way. From new it is accepted in the same breath."""
    if request.status == Status.IN_PROGRESS and request.holder_id == by.pk:
        return request
    with change():
        if request.status in {Status.NEW, Status.SCHEDULED}:
            accept_request(request, by=by, at=at)
        return move(
            request,
            Status.IN_PROGRESS,
            EventKind.STARTED,
            at=at,
            by=by,
            holder=request.holder or by,
            started_at=at,
            responded_at=request.responded_at or at,
            hold_reason="",
            hold_until=None,
        )


def hold_request(
    request: Request, *, by: Person, at: datetime, reason: str, until: datetime | None = None
) -> Request:
    """Wait, for a reason, and look again at ``until`` (UTC)."""
    if not reason.strip():
        raise Missing(_("Say why it has to wait."))
    return move(
        request,
        Status.ON_HOLD,
        EventKind.HELD,
        at=at,
        by=by,
        reason=reason,
        data={"until": until.isoformat()} if until else None,
        holder=request.holder or by,
        hold_reason=reason.strip()[:200],
        hold_until=until,
        responded_at=request.responded_at or at,
    )


def _must_be_open(request: Request) -> None:
    """The table lets a finished request become new again, but only by the guest's "not yet"."""
    if request.status not in OPEN:
        raise MoveNotAllowed(request)


def release_request(request: Request, *, by: Person, at: datetime, reason: str = "") -> Request:
    """Give it back to the desk: anybody may take it."""
    _must_be_open(request)
    return move(
        request,
        Status.NEW,
        EventKind.RELEASED,
        at=at,
        by=by,
        reason=reason,
        holder=None,
        hold_reason="",
        hold_until=None,
    )


def transfer_request(
    request: Request, *, to: Desk, by: Person, at: datetime, reason: str = ""
) -> Request:
    """Hand over to another desk; there it is new. The promise to the guest stays."""
    if to.property_id != request.property_id:
        raise Missing(_("Choose one of this hotel's desks."))
    if to.pk == request.desk_id:
        raise Missing(_("It is on this desk already."))
    _must_be_open(request)
    status = Status.SCHEDULED if request.status == Status.SCHEDULED else Status.NEW
    return move(
        request,
        None if request.status == status else Status.NEW,
        EventKind.TRANSFERRED,
        at=at,
        by=by,
        reason=reason,
        data={"from": request.desk.slug, "to": to.slug},
        desk=to,
        holder=None,
        hold_reason="",
        hold_until=None,
    )


def sort_request(
    request: Request,
    *,
    service: Service,
    by: Person,
    at: datetime,
    quantity: int | None = None,
) -> Request:
    """Say what the guest meant; the request goes to that service's desk with its promise.

    Where the service needs longer than the guest was told, they hear the new time from us at once.
    Teaching the catalogue the word is ``house.teach_word``.
    """
    _must_be_open(request)
    times = times_for(
        service,
        desk=service.desk,
        hotel=request.property,
        now=request.created_at,
        wanted_at=request.wanted_at,
        urgent=request.urgent,
    )
    longer = times.due_at > request.due_at
    new_time: dict[str, Any] = {}
    if longer:
        new_time = {"due_at": max(times.due_at, at), "promised_at": at}
    with change():
        move(
            request,
            None,
            EventKind.SORTED,
            at=at,
            by=by,
            data={"service": service.slug, "desk": service.desk.slug},
            kind=Request.Kind.SERVICE,
            service=service,
            suggested=None,
            quantity=(quantity or request.quantity) if service.counted else None,
            desk=service.desk,
            **new_time,
        )
        if longer:
            told = messages.tell(
                request,
                lambda language: wording.sorted_by_staff(request, request.property, at, language),
                at=at,
            )
            promise_again(request, due_at=request.due_at, by=by, at=at, told_by=told)
    return request


def finish_request(
    request: Request,
    *,
    by: Person,
    at: datetime,
    helpers: Iterable[Person] = (),
    what: str = "",
    beyond: str = "",
) -> Request:
    """Done means logged: who, with whom, what, and what went beyond. The guest is asked whether
    everything arrived."""
    with change():
        move(
            request,
            Status.DONE,
            EventKind.DONE,
            at=at,
            by=by,
            reason=what,
            data={"beyond": beyond} if beyond else None,
            holder=by,
            done_at=at,
            responded_at=request.responded_at or at,
            hold_reason="",
            hold_until=None,
            unanswered=0,
        )
        log = Fulfilment.objects.create(
            request=request, by=by, at=at, what=what.strip()[:300], beyond=beyond.strip()[:300]
        )
        log.helpers.set(
            [h for h in helpers if h.pk != by.pk and h.property_id == request.property_id]
        )
        Promise.objects.filter(request=request, replaced_at=None).update(kept=request.due_at >= at)
        asking.ask_whether_arrived(request, at=at)
    return request


def confirm_request(request: Request, *, at: datetime, actor: str = By.GUEST) -> Request:
    """The guest has it (or kept silent long enough: ``actor`` is the clock)."""
    if request.status == Status.CONFIRMED:
        return request
    return move(
        request,
        Status.CONFIRMED,
        EventKind.CONFIRMED,
        at=at,
        actor=actor,
        confirmed_at=at,
        closed_at=at,
    )


def reopen_request(
    request: Request, *, at: datetime, reason: str = "", by: Person | None = None
) -> Request:
    """The guest says "not yet" (``by``: to a member of staff): the same request again, counted as
    rework, with a new promise. What is still being done stays with whoever does it.

    Where the time of the promise it was done for has passed, that one is broken, since the guest
    does not have it; the new one stands by itself
    (docs/decisions/2026-11-25-a-promise-stands-by-itself.md).
    """
    if request.status in OPEN:
        return request
    times = times_for(
        request.service, desk=request.desk, hotel=request.property, now=at, urgent=request.urgent
    )
    with change():
        move(
            request,
            Status.NEW,
            EventKind.REOPENED,
            at=at,
            by=by,
            actor=By.GUEST,
            reason=reason,
            holder=None,
            done_at=None,
            confirmed_at=None,
            closed_at=None,
            due_at=times.due_at,
            promised_at=at,
            respond_by=times.respond_by,
            reworked=F("reworked") + 1,
        )
        standing = Promise.objects.filter(request=request, replaced_at=None)
        standing.filter(due_at__lt=at).update(kept=False)
        standing.filter(due_at__gte=at).update(kept=None)  # its time had not come: made anew
        promise_again(request, due_at=times.due_at, by=None, at=at)
    return fresh(request)


def cancel_request(
    request: Request, *, at: datetime, reason: str, by: Person | None = None
) -> Request:
    """Not needed any more; by staff, or by the guest on their own page (``by`` None)."""
    if request.status == Status.CANCELLED:
        return request
    if not reason.strip():
        raise Missing(_("Say why it is not needed any more."))
    with change():
        move(
            request,
            Status.CANCELLED,
            EventKind.CANCELLED,
            at=at,
            by=by,
            actor=By.GUEST,
            reason=reason,
            holder=None,
            closed_at=at,
            hold_reason="",
            hold_until=None,
        )
        # A promise that was released is neither kept nor broken, unless its time had passed.
        Promise.objects.filter(request=request, replaced_at=None, due_at__gte=at).update(
            replaced_at=at
        )
        Promise.objects.filter(request=request, replaced_at=None).update(kept=False)
    return request
