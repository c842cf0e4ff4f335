"""The clock's look at one request: all that has fallen due since it last looked, in order, once.

Two clocks may look at the same moment: the row is locked (PostgreSQL) or the writer is one
(SQLite), ``next_look_at`` is compared and swapped, and a unique constraint keeps an alert single.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from requests_app import ladder, queries
from requests_app.actions import requests, ringing, timing
from requests_app.actions.journal import By, change, record, take_sequence
from requests_app.errors import AlreadyChanged
from requests_app.ladder import Act, Moment
from requests_app.models import Alert, Request
from requests_app.models.promises import By as How
from requests_app.states import EventKind, Whom

FAR = {Whom.HOLDER: 1, Whom.DESK: 2, Whom.SUPERVISOR: 3, Whom.DUTY_MANAGER: 4}


def look_at(ids: Sequence[int], *, at: datetime) -> int:
    """Look at these together, in one transaction; what another clock has in hand is left to it.
    Returns at how many."""
    with change():
        rows = Request.objects.filter(pk__in=ids, next_look_at__lte=at)
        if connection.features.has_select_for_update_skip_locked:
            free = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
            rows = Request.objects.filter(pk__in=list(free))
        # By hotel, so that two clocks that lock several hotels' rows lock them in one order.
        found = list(queries.cards(rows).order_by("property_id", "next_look_at"))
        for request in found:
            look(request, at=at)
    return len(found)


def look(request: Request, *, at: datetime) -> None:
    """Do what time asks of it. Raises AlreadyChanged where somebody was quicker."""
    since = request.next_look_at
    if since is None or since > at:
        return
    hotel = request.property
    done: set[object] = set()
    warnings: list[Moment] = []
    with change():
        while True:
            # Anew after each: beginning a scheduled request brings its ladder into play.
            coming = [
                moment
                for moment in ladder.moments(request, hotel)
                if since <= moment.at <= at and (moment.act, moment.rung, moment.at) not in done
            ]
            if not coming:
                break
            moment = coming[0]
            done.add((moment.act, moment.rung, moment.at))
            if moment.act is Act.WARN:
                warnings.append(moment)
            else:
                _bring_about(request, moment, at=at)
        new = [alert for moment in warnings if (alert := _alert(request, moment, at=at))]
        _settle(request, new, at=at)


def _bring_about(request: Request, moment: Moment, *, at: datetime) -> None:
    if moment.act is Act.BEGIN:
        timing.begin_scheduled(request, at=min(moment.at, at))
    elif moment.act is Act.LOOK_AGAIN:
        timing.look_again(request, at=at)
    elif moment.act is Act.MISS:
        timing.miss(request, at=at)
    elif moment.act is Act.CONFIRM:
        requests.confirm_request(request, at=at, actor=By.CLOCK)


def _alert(request: Request, moment: Moment, *, at: datetime) -> Alert | None:
    """One pending alert a step at the most, and one for each told time."""
    rung = moment.rung
    if rung is None or moment.about_at is None:
        return None
    earlier = Alert.objects.filter(request=request, step=rung.step_id)
    if earlier.filter(acknowledged_at=None).exists():
        return None
    if earlier.filter(about_at=moment.about_at).exists():
        return None
    return Alert.objects.create(
        request=request,
        step_id=rung.step_id,
        whom=rung.whom,
        by=rung.by,
        about_at=moment.about_at,
        at=at,
        again_at=at if rung.by == How.CALL else None,
    )


def _settle(request: Request, new: Sequence[Alert], *, at: datetime) -> None:
    """When to look next; and where somebody was warned, so that the boards show it.

    The version stays: a warning is no change that a colleague's tap could collide with.
    """
    later = (m.at for m in ladder.moments(request, request.property) if m.at > at)
    after = next(later, None)
    changes: dict[str, object] = {"next_look_at": after}
    if new:
        furthest = max((Whom(alert.whom) for alert in new), key=FAR.__getitem__)
        if request.warned and FAR[Whom(request.warned)] > FAR[furthest]:
            furthest = Whom(request.warned)
        changes |= {"warned": furthest, "sequence": take_sequence(request.property_id)}
    swapped = Request.objects.filter(
        pk=request.pk, version=request.version, next_look_at=request.next_look_at
    ).update(**changes)
    if not swapped:
        raise AlreadyChanged(request)
    for name, value in changes.items():
        setattr(request, name, value)
    for alert in new:
        ringing.send(alert, request, at=at)
        record(
            request,
            EventKind.WARNED,
            at=at,
            actor=By.CLOCK,
            data={"whom": alert.whom, "by": alert.by},
        ).save(force_insert=True)
