"""When a request is due: pure arithmetic on the service's minutes. Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from requests_app.models import Service

UNSORTED_MINUTES = 5
"""The front desk answers what is to be sorted, and a complaint; the guest is told no other time."""

URGENT_MINUTES = 5
SCHEDULE_AHEAD = timedelta(minutes=60)
"""Wanted later than this from now, a request waits off the lanes until its time draws near."""


@dataclass(frozen=True, slots=True)
class Times:
    respond_by: datetime
    due_at: datetime
    starts_at: datetime | None
    """When it comes onto the board; None: at once."""


def whole_minutes(at: datetime, minutes: int = 5) -> datetime:
    """The next multiple of ``minutes``: people say "by 18:40", and a promise is what was said."""
    step = timedelta(minutes=minutes)
    since = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    return at if since % step == timedelta(0) else at + step - since % step


def times_for(
    service: Service | None,
    *,
    now: datetime,
    wanted_at: datetime | None = None,
    urgent: bool = False,
) -> Times:
    """When somebody must answer, when it must be done, and when it appears.

    Without a service (to be sorted, a complaint), and in danger, it is the minutes above.
    """
    if urgent:
        soon = now + timedelta(minutes=URGENT_MINUTES)
        return Times(soon, whole_minutes(soon, 1), None)
    respond = timedelta(minutes=service.respond_minutes if service else UNSORTED_MINUTES)
    complete = timedelta(minutes=service.complete_minutes if service else UNSORTED_MINUTES)
    if wanted_at is None or wanted_at <= now:
        return Times(now + respond, whole_minutes(now + complete), None)
    if wanted_at <= now + SCHEDULE_AHEAD:
        # Nobody can be quicker than a person can answer.
        return Times(now + respond, max(wanted_at, now + respond), None)
    starts_at = max(now, wanted_at - max(complete, timedelta(minutes=30)))
    return Times(starts_at + respond, wanted_at, starts_at)
