"""When a request is due: pure arithmetic on minutes and opening hours. Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from requests_app.hours import after_open_minutes, opens_after
from requests_app.models import Desk, Property, Service
from requests_app.models.hotel import hours_of

UNSORTED_MINUTES = 5
"""The front desk answers what is to be sorted, and a complaint; the guest is told no other time."""

URGENT_MINUTES = 5
SCHEDULE_AHEAD = timedelta(minutes=60)
"""Wanted later than this from now, a request waits off the lanes until its time draws near."""


WAKE_UP = "wake-up-call"
"""The service whose time is the minute itself: not "by then" and never later."""


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
    desk: Desk,
    hotel: Property,
    now: datetime,
    wanted_at: datetime | None = None,
    urgent: bool = False,
) -> Times:
    """When somebody must answer, when it must be done, and when it appears.

    Without a service (to be sorted, a complaint), and in danger, it is the minutes above. Minutes
    count only while whoever does it is open: see ``hours_of``; in danger they always count.
    """
    if urgent:
        soon = now + timedelta(minutes=URGENT_MINUTES)
        return Times(soon, whole_minutes(soon, 1), None)
    hours = hours_of(service, desk)
    zone = hotel.zone if hours else None
    respond = service.respond_minutes if service else UNSORTED_MINUTES
    complete = service.complete_minutes if service else UNSORTED_MINUTES
    answered = after_open_minutes(hours, zone, now, respond)
    if wanted_at is None or wanted_at <= now:
        return Times(answered, whole_minutes(after_open_minutes(hours, zone, now, complete)), None)
    wakes = service is not None and service.slug == WAKE_UP
    due_at = wanted_at
    if zone is not None and not wakes and opens_after(hours, zone, wanted_at) is not None:
        # Closed then: the true time is after it opens.
        due_at = whole_minutes(after_open_minutes(hours, zone, wanted_at, complete))
    if due_at <= now + SCHEDULE_AHEAD:
        # Nobody can be quicker than a person can answer; a wake-up call is its minute all the same.
        return Times(answered, due_at if wakes else max(due_at, answered), None)
    starts_at = max(now, due_at - max(timedelta(minutes=complete), timedelta(minutes=30)))
    return Times(after_open_minutes(hours, zone, starts_at, respond), due_at, starts_at)
