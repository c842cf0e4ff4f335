"""The clock's look: all that has fallen due of some requests since it last looked, in order, once.

Two clocks may look at the same moment: the rows are locked (PostgreSQL) or the writer is one
(SQLite), ``next_look_at`` is compared and swapped, and a unique constraint keeps an alert single.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from requests_app import ladder
from requests_app.actions import requests, ringing, timing
from requests_app.actions.journal import By, change, record, take_sequence
from requests_app.errors import AlreadyChanged
from requests_app.ladder import Act, Moment
from requests_app.models import Alert, Promise, Request, RequestEvent
from requests_app.models.promises import By as How
from requests_app.prepared import Bound, PreparedUpdate, insert
from requests_app.states import EventKind, Whom

FAR = {Whom.HOLDER: 1, Whom.DESK: 2, Whom.SUPERVISOR: 3, Whom.DUTY_MANAGER: 4}
Coming = list[tuple[Request, list[Moment]]]

ROWS = ("property", "desk", "service", "room", "room_now", "holder", "contact", "stay")


def look_at(ids: Sequence[int], *, at: datetime) -> int:
    """Look at these together, in one transaction; what another clock has in hand is left to it.
    Returns at how many. Raises AlreadyChanged where somebody was quicker: then nothing is done.

    A warning and a broken promise leave the version as it is: they are no change that a colleague's
    tap could collide with.
    """
    with change():
        rows = Request.objects.filter(pk__in=ids, next_look_at__lte=at)
        if connection.features.has_select_for_update_skip_locked:
            free = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
            rows = Request.objects.filter(pk__in=list(free))
        # By hotel, so that two clocks that lock several hotels' rows lock them in one order.
        found = list(rows.select_related(*ROWS).order_by("property_id", "next_look_at"))
        coming: Coming = [(request, _bring_about(request, at=at)) for request in found]
        waiting = [(request, moments) for request, moments in coming if request.closed_at is None]
        if waiting:
            _settle(waiting, at=at)
    return len(found)


def _bring_about(request: Request, *, at: datetime) -> list[Moment]:
    """Make the moves that time makes, in their order; returns what is only to be said: a promise
    that broke, and warnings."""
    since = request.next_look_at
    said: list[Moment] = []
    moved: set[tuple[Act, datetime]] = set()
    while since is not None and request.closed_at is None:
        # Anew after each: beginning a scheduled request brings its ladder into play.
        due = [m for m in ladder.moments(request, request.property) if since <= m.at <= at]
        moves = [m for m in due if m.act not in {Act.WARN, Act.MISS}]
        move = next((m for m in moves if (m.act, m.at) not in moved), None)
        if move is None:
            said = [m for m in due if m.act in {Act.WARN, Act.MISS}]
            break
        moved.add((move.act, move.at))
        if move.act is Act.BEGIN:
            timing.begin_scheduled(request, at=move.at)
        elif move.act is Act.LOOK_AGAIN:
            timing.look_again(request, at=at)
        else:
            requests.confirm_request(request, at=at, actor=By.CLOCK)
    return said


def _settle(coming: Coming, *, at: datetime) -> None:
    """Break what is broken, warn whom the ladder warns, and say when to look next."""
    broken = _break(coming)
    warned_already = _Warned([request for request, _moments in coming])
    alerts: list[tuple[Alert, Request]] = []
    events: list[RequestEvent] = []
    for request, moments in coming:
        new: list[Alert] = []
        for moment in moments:
            if moment.act is Act.MISS:
                if request.pk in broken:
                    events.append(record(request, EventKind.LATE, at=at, actor=By.CLOCK))
                continue
            alert = warned_already.next(request, moment, at=at)
            if alert is not None:
                new.append(alert)
                data = {"whom": alert.whom, "by": alert.by}
                events.append(record(request, EventKind.WARNED, at=at, actor=By.CLOCK, data=data))
        _look_later(request, new, shows=bool(new) or request.pk in broken, at=at)
        alerts += [(alert, request) for alert in new]
    insert(*(alert for alert, _request in alerts))
    insert(*events)
    for alert, request in alerts:
        ringing.send(alert, request, at=at)


def _break(coming: Coming) -> set[int]:
    """Of requests whose told time has passed, those whose promise was still to be kept."""
    late = [request.pk for request, said in coming if any(m.act is Act.MISS for m in said)]
    if not late:
        return set()
    standing = Promise.objects.filter(request__in=late, kept=None, replaced_at=None)
    broken = dict(standing.values_list("pk", "request"))
    Promise.objects.filter(pk__in=list(broken)).update(kept=False)
    return set(broken.values())


class _Warned:
    """What these requests have been warned of: one pending alert a step at the most, and one for
    each told time."""

    def __init__(self, some: Sequence[Request]) -> None:
        self.pending: set[tuple[int, int | None]] = set()
        self.told: set[tuple[int, int | None, datetime]] = set()
        for request, step, about_at, acknowledged_at in Alert.objects.filter(
            request__in=[request.pk for request in some]
        ).values_list("request", "step", "about_at", "acknowledged_at"):
            self.told.add((request, step, about_at))
            if acknowledged_at is None:
                self.pending.add((request, step))

    def next(self, request: Request, moment: Moment, *, at: datetime) -> Alert | None:
        rung, about_at = moment.rung, moment.about_at
        assert rung is not None  # noqa: S101  (a warning is of a rung)
        assert about_at is not None  # noqa: S101
        key = (request.pk, rung.step_id)
        if key in self.pending or (*key, about_at) in self.told:
            return None
        self.pending.add(key)
        return Alert(
            request_id=request.pk,
            step_id=rung.step_id,
            whom=rung.whom,
            by=rung.by,
            about_at=about_at,
            at=at,
            again_at=at if rung.by == How.CALL else None,
        )


def _look_later(request: Request, new: Sequence[Alert], *, shows: bool, at: datetime) -> None:
    after = next((m.at for m in ladder.moments(request, request.property) if m.at > at), None)
    warned = max(
        [Whom(word) for word in (request.warned, *(alert.whom for alert in new)) if word],
        key=FAR.__getitem__,
        default="",
    )
    sequence = take_sequence(request.property_id) if shows else request.sequence
    if not _looked(
        request=request.pk,
        version=request.version,
        since=request.next_look_at,
        after=after,
        warned=str(warned),
        sequence=sequence,
    ):
        raise AlreadyChanged(request)
    request.next_look_at, request.warned, request.sequence = after, str(warned), sequence


_looked = PreparedUpdate(
    lambda: Request.objects.filter(
        pk=Bound("request"), version=Bound("version"), next_look_at=Bound("since")
    ),
    next_look_at=Bound("after"),
    warned=Bound("warned"),
    sequence=Bound("sequence"),
)
