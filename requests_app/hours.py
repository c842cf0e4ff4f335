"""Weekly opening hours in a hotel's own time, and minutes that count only while open (pure).

Hours are rows ``{"days": [0, 4], "opens": "07:00", "closes": "23:00"}`` as ``Service.hours`` and
``Desk.hours`` keep them: days from Monday (0), times as the hotel's clocks show them. What closes
no later than it opens closes on the next day. No rows: always open.

When clocks change, a wall time that comes twice means its first coming, and one that never comes
the moment the clocks jump: so what ends where another begins still does, and no minute is counted
twice or lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MOST_ROWS = 4
"""Rows one service has at the most: weekdays, the weekend, and an afternoon's pause in each."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Open:
    """One stretch of being open, in UTC."""

    opens_at: datetime
    closes_at: datetime


def moment_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the hotel's clocks show this; see the module about changes."""
    local = datetime.combine(day, wall, zone)
    moment = local.astimezone(UTC)
    shown = moment.astimezone(zone)
    if shown.replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # Skipped: the jump is where the offset changes between the hour before and the hour after.
    low, high = moment - timedelta(hours=3), moment
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(second=0, microsecond=0)


def stretches(rows: Sequence[dict[str, Any]], zone: ZoneInfo, since: datetime) -> Iterator[Open]:
    """Every stretch that is not over at ``since``, in order, where two touch or overlap as one.

    Endless, or empty where nothing is ever open.
    """
    day = since.astimezone(zone).date() - DAY
    waiting: Open | None = None
    idle = 0
    while idle < 8:  # a week without an hour: never open
        found = sorted(_of_day(rows, day, zone), key=lambda stretch: stretch.opens_at)
        idle = 0 if found else idle + 1
        for stretch in found:
            if stretch.closes_at <= since:
                continue
            if waiting is not None and stretch.opens_at <= waiting.closes_at:
                waiting = Open(waiting.opens_at, max(waiting.closes_at, stretch.closes_at))
                continue
            if waiting is not None:
                yield waiting
            waiting = stretch
        # What opens tomorrow may touch what is open past midnight; what opens later cannot.
        if waiting is not None and waiting.closes_at < moment_of(day + DAY, time(0), zone):
            yield waiting
            waiting = None
        elif waiting is not None and waiting.closes_at - waiting.opens_at > 8 * DAY:
            yield waiting  # open without a pause: no need to look for its end
            waiting = Open(waiting.closes_at, waiting.closes_at)
        day += DAY


def _of_day(rows: Sequence[dict[str, Any]], day: date, zone: ZoneInfo) -> Iterator[Open]:
    for row in rows:
        if day.weekday() not in row["days"]:
            continue
        opens, closes = time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"])
        until = day if closes > opens else day + DAY
        stretch = Open(moment_of(day, opens, zone), moment_of(until, closes, zone))
        if stretch.closes_at > stretch.opens_at:
            yield stretch


def opens_after(rows: Sequence[dict[str, Any]], zone: ZoneInfo, at: datetime) -> datetime | None:
    """When it opens (UTC), if it is closed at ``at``; None while it is open, or always."""
    if not rows:
        return None
    first = next(stretches(rows, zone, at), None)
    return first.opens_at if first is not None and first.opens_at > at else None


def after_open_minutes(
    rows: Sequence[dict[str, Any]], zone: ZoneInfo | None, start: datetime, minutes: int
) -> datetime:
    """The moment ``minutes`` of being open after ``start`` (UTC); never before ``start``."""
    left = timedelta(minutes=minutes)
    if not rows or zone is None:
        return start + left
    for stretch in stretches(rows, zone, start):
        begin = max(start, stretch.opens_at)
        if stretch.closes_at - begin >= left:
            return begin + left
        left -= stretch.closes_at - begin
    return start + left  # never open: then it is as if always


def checked(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as they are kept, in one spelling. Raises ValueError."""
    if len(rows) > MOST_ROWS:
        raise ValueError("too many rows")
    kept = []
    for row in rows:
        days = sorted({int(day) for day in row["days"]})
        if not days or not set(days) <= set(range(7)):
            raise ValueError("unknown day")
        opens, closes = time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"])
        kept.append({"days": days, "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"})
    return kept
