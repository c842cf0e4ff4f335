"""Arithmetic of the manager's numbers, over plain values. Where the rows come from: ``counts``.

A median and a 90th percentile, never a mean alone, and always with n.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

AGAIN_WITHIN = timedelta(hours=24)
"""The same service for the same room and stay within so long was not done well the first time."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Of ``n`` durations, the median and the 90th percentile."""

    median: timedelta
    p90: timedelta
    n: int


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``n``."""

    part: int
    n: int

    @property
    def percent(self) -> int | None:
        """Rounded, but 100 only if all and 0 only if none; None of nothing."""
        if not self.n:
            return None
        rounded = round(100 * self.part / self.n)
        if self.part < self.n:
            rounded = min(rounded, 99)
        return max(rounded, 1) if self.part else rounded


class Day(NamedTuple):
    """A hotel's day in UTC; ``end`` is the next one's start. 23 or 25 hours when clocks change."""

    start: datetime
    end: datetime


def day_of(at: datetime, zone: ZoneInfo) -> Day:
    """The day ``at`` (aware) falls on where the hotel is."""
    today = at.astimezone(zone).date()
    return Day(_midnight(today, zone), _midnight(today + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def spread(durations: Iterable[timedelta]) -> Spread | None:
    """None of nothing. The 90th percentile is the nearest rank: a duration that really occurred,
    which nine in ten did not exceed."""
    sorted_ = sorted(durations)
    if not sorted_:
        return None
    seconds = [duration.total_seconds() for duration in sorted_]
    return Spread(
        median=timedelta(seconds=median(seconds)),
        p90=sorted_[ceil(0.9 * len(sorted_)) - 1],
        n=len(sorted_),
    )


class Asked(NamedTuple):
    """One request, as far as it matters to whether a thing was done twice. ``what`` is equal for
    the same service, room and stay; None where one of them is not known."""

    id: int
    what: Hashable | None
    created_at: datetime
    reworked: bool


def done_again(done: Sequence[Asked], earlier: Iterable[Asked]) -> set[int]:
    """Of ``done``, those that were reopened, or asked for again within AGAIN_WITHIN of the same
    thing before it. ``earlier`` are candidates for that, ``done`` themselves among them."""
    times: dict[Hashable, list[datetime]] = {}
    for asked in earlier:
        if asked.what is not None:
            times.setdefault(asked.what, []).append(asked.created_at)

    def repeats(asked: Asked) -> bool:
        before = times.get(asked.what, []) if asked.what is not None else []
        return any(asked.created_at - AGAIN_WITHIN <= at < asked.created_at for at in before)

    return {asked.id for asked in done if asked.reworked or repeats(asked)}
