"""A time as a guest puts it, and the instant it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from requests_app.reading.catalogue import CatalogueEntry

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS: Final = {"today": 0, "tonight": 0, "tomorrow": 1, "day_after": 2}
# A part of the day named without an hour means this one (judgement).
PARTS: Final = {"morning": 9, "afternoon": 15, "evening": 19, "tonight": 20, "night": 22}
_WAKING: Final = range(6, 24)
_REMARK_MINUTES: Final = 90
_JUST_NOW_MINUTES: Final = 60


@dataclass(slots=True)
class Moment:
    """A time as the guest put it; `resolve` turns it into an instant."""

    tokens: set[int]
    minutes_from_now: int | None = None
    hour: int | None = None
    minute: int = 0
    exact: bool = False
    """No second half of the day is possible: 19:30, 07:15, 'klo 7', noon."""
    half_day: str = ""
    day: int | None = None
    weekday: int | None = None
    on: tuple[int, int] | None = None
    """(day, month)."""
    part: str = ""
    until: bool = False
    """Something ends then: 'until noon'."""
    is_now: bool = False
    """'It's 3 am': what time it is, not when something is wanted."""
    maybe_now: bool = False
    """'Saat 3' may be either: what time it is where it has just been so."""
    again: list[Moment] = field(default_factory=list)
    """'Tomorrow and Friday at 7': the same hour on further days."""
    also: list[Moment] = field(default_factory=list)
    """'Tomorrow, Friday': another name of the same day, if it is."""
    every: bool = False
    """'Every day': for a person to see to."""
    this: bool = False
    """'This Friday' is no other day than Friday."""

    def away(self, place: int) -> int:
        """Tokens between it and a place."""
        return min(abs(place - token) for token in self.tokens)

    def tells_the_time(self, now: datetime) -> bool:
        """Whether it says what time it is: as it says itself, or by the clock."""
        if self.hour is None or self.day or self.weekday is not None or self.on:
            return False
        if not self.is_now and not self.maybe_now:
            return False
        hours = {self.hour % 24, (self.hour + 12) % 24}
        ago = {(now.hour * 60 + now.minute - hour * 60 - self.minute) % (24 * 60) for hour in hours}
        if self.is_now:
            # 'It is for 7': an hour that is far away was no remark.
            return min(*ago, *(24 * 60 - minutes for minutes in ago)) <= _REMARK_MINUTES
        return self.minute == 0 and not self.half_day and min(ago) < _JUST_NOW_MINUTES

    def resolve(self, now: datetime, entry: CatalogueEntry | None) -> datetime | None:
        """The next such instant after `now`, in its zone; None where the words are too vague."""
        if self.minutes_from_now is not None:
            later = now.astimezone(UTC) + timedelta(minutes=self.minutes_from_now)
            return later.astimezone(now.tzinfo).replace(microsecond=0) if later > now else None
        usual = entry.usual_hours if entry else None
        if self.hour is None:
            return self._vague(now)
        hours = self._hours()
        found = [
            moment
            for day in self._dates(now)
            for hour in hours
            if (moment := _local(now, day, hour, self.minute)) is not None and _later(moment, now)
        ]
        if not found:
            return None
        if self.exact or self.half_day or self.part:
            return found[0]
        preferred = [m for m in found if usual and usual[0] <= m.hour < usual[1]]
        if not preferred and not (entry and entry.any_hour):
            preferred = [m for m in found if m.hour in _WAKING]
        return min(preferred or found, key=lambda m: m.timestamp())

    def _hours(self) -> list[int]:
        hour = self.hour or 0
        if self.half_day == "am":
            return [hour % 12]
        if self.half_day == "pm":
            return [hour % 12 + 12]
        if self.exact or hour > 12 or hour == 0:
            return [hour % 24]
        if self.part == "morning":
            return [hour % 12]
        if self.part in ("afternoon", "evening", "tonight"):
            return [hour + 12 if hour < 12 else hour]
        if self.part == "night":
            return [hour % 12 if hour == 12 or hour < 6 else hour + 12]
        return [12, 0] if hour == 12 else [hour, hour + 12]

    def _dates(self, now: datetime) -> list[date]:
        today = now.date()
        if self.on:
            return _dates_on(today, *self.on)
        if self.day:
            return [today + timedelta(days=self.day)]
        if self.weekday is not None:
            ahead = (self.weekday - today.weekday()) % 7
            return [today + timedelta(days=ahead), today + timedelta(days=ahead + 7)]
        return [today, today + timedelta(days=1)]

    def _vague(self, now: datetime) -> datetime | None:
        """'Tomorrow morning': the usual hour. 'Tonight' when it is tonight already: no time."""
        hour = PARTS.get(self.part)
        if hour is None and not self.day and self.weekday is None and not self.on:
            return None
        dates = self._dates(now)
        if self.day == 0:
            dates = dates[:1]
        for day in dates:
            moment = _local(now, day, hour or 9, 0)
            if moment is not None and _later(moment, now):
                return moment
        return None


def _dates_on(today: date, day: int, month: int) -> list[date]:
    found = []
    for year in (today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


def _later(moment: datetime, now: datetime) -> bool:
    return moment.timestamp() > now.timestamp()


def _local(now: datetime, day: date, hour: int, minute: int) -> datetime | None:
    """That wall-clock time in the zone of `now`; one the clocks skip becomes the one an hour on."""
    try:
        wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=now.tzinfo)
        if not _later(wall, now):
            wall = wall.replace(fold=1)
        return wall.astimezone(UTC).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        return None
