"""The time words of a text: which tokens say a time, and what they say."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Final

from requests_app.reading.phrases import Match
from requests_app.reading.times import DAYS, PARTS, WEEKDAYS, Moment
from requests_app.reading.words import Token

_MINUTES: Final = {"minute": 1, "hour": 60}
_NEAR: Final = 6
"""Tokens between an hour and the day or part of the day that belongs to it."""


class TimeFinder:
    """Reads the time words of one text. Token numbers index `tokens` throughout."""

    def __init__(
        self,
        tokens: Sequence[Token],
        words: Sequence[Match],
        numbers: dict[int, tuple[int, int]],
        counted_next: Set[int],
        clock_24: bool,
    ) -> None:
        """`numbers`: first token → (value, last token); `counted_next`:

        tokens that name a thing.
        """
        self.tokens = tokens
        self.numbers = numbers
        self.things = counted_next
        self.clock_24 = clock_24
        self.tags: dict[int, set[str]] = {}
        self.ends: dict[int, int] = {}
        for match in words:
            tags = self.tags.setdefault(match.first, set())
            tags.add(match.kind[2:])
            self.ends[match.first] = match.last
            for place in match.at[1:]:
                self.tags.setdefault(place, set()).add("·" + match.kind[2:])
        self.used: set[int] = set()

    def _has(self, place: int, *tags: str) -> bool:
        found = self.tags.get(place, set())
        return any(tag in found or "·" + tag in found for tag in tags)

    def find(self) -> list[Moment]:
        """All times, in order; tokens of durations ('for 20 minutes') are only marked as used."""
        moments = self._relative()
        clocks = self._clocks()
        for moment in clocks:
            self._add_day(moment, [other for other in clocks if other is not moment])
        moments += clocks
        moments += self._days_alone()
        moments.sort(key=lambda moment: min(moment.tokens))
        for moment in moments:
            before, after = min(moment.tokens) - 1, max(moment.tokens) + 1
            leads = any(self._has(place, "until") for place in (before, *moment.tokens))
            moment.until = leads or self._has(after, "up_to")
            moment.is_now = self._has(before, "it_is") or self._has(after, "has_come")
            unglued = not any(self._has(place, "glued") for place in (after, *moment.tokens))
            moment.maybe_now = unglued and any(
                self._has(place, "clock_says") for place in (before, *moment.tokens)
            )
            if self._says_every():
                moment.every = True
        self._carry_days(moments)
        return moments

    def _says_every(self) -> bool:
        return any("every" in tags for tags in self.tags.values())

    def _carry_days(self, moments: list[Moment]) -> None:
        """'Tomorrow a call at 5:45 and a cab at 6:15': a day named once holds for later hours.

        A day without an hour holds to the end of its sentence only.
        """
        named: Moment | None = None
        for moment in moments:
            if moment.day is not None or moment.weekday is not None or moment.on:
                named = moment
                continue
            if named is None or moment.hour is None:
                continue
            between = range(max(named.tokens) + 1, min(moment.tokens))
            if named.hour is None and any(self._ends_sentence(place) for place in between):
                continue
            if named.day != 0:
                moment.day, moment.weekday, moment.on = named.day, named.weekday, named.on

    def _ends_sentence(self, place: int) -> bool:
        """Whether the token is a full stop, and not the one of 'fri.'."""
        token = self.tokens[place]
        if token.kind != "end":
            return False
        before = self.tokens[place - 1] if place else token
        short = token.text == "." and before.end == token.start and len(before.text) <= 5
        return not (short and self._has(place - 1, *WEEKDAYS))

    def _relative(self) -> list[Moment]:
        found = []
        for place in sorted(self.tags):
            unit = next((name for name in _MINUTES if name in self.tags[place]), None)
            if unit is None or place in self.used:
                continue
            amount, first, stated = 1.0, place, False
            before = place - 1
            value = self._number_ending(before)
            if value is not None:
                amount, first, stated = float(value[0]), value[1], True
            if self._has(first - 1 if stated else before, "half", "quarter"):
                at = first - 1 if stated else before
                amount = 0.5 if self._has(at, "half") else 0.25
                while self._has(at, "half", "quarter"):
                    first, at, stated = at, at - 1, True
            last = self.ends.get(place, place)
            if self._has(last + 1, "and_half"):
                amount, last = amount + 0.5, self.ends.get(last + 1, last + 1)
            minutes = round(amount * _MINUTES[unit])
            lead = self._has(first - 1, "in")
            # Turkish `saat 8` is an hour of the clock, `8 saat sonra` a distance:
            # only the latter trails.
            trail = self._has(last + 1, "later") or self._has(place, "within")
            if not stated and not trail and not (lead and self._has(place, "hour")):
                continue
            if self._has(place, "at") and not trail:
                continue
            span = set(range(first, last + 1))
            span.update({first - 1} if lead else (), {last + 1} if trail else ())
            self.used |= span
            past = self._has(first - 1, "since") or self._has(last + 1, "since")
            if (lead or trail) and not past and 0 < minutes <= 72 * 60:
                found.append(Moment(span, minutes_from_now=minutes))
        return found

    def _number_ending(self, place: int) -> tuple[int, int] | None:
        for first, (value, last) in self.numbers.items():
            if last == place and first not in self.used:
                return value, first
        return None

    def _clocks(self) -> list[Moment]:
        found: list[Moment] = []
        self.weak: list[Moment] = []
        for place, token in enumerate(self.tokens):
            if place in self.used:
                continue
            moment = None
            if token.kind == "clock":
                moment = self._written_clock(place)
            elif place in self.numbers:
                moment = self._spoken_clock(place)
            elif self.tags.get(place, set()) & {"noon", "midnight"}:
                noon = "noon" in self.tags[place]
                moment = Moment({place}, hour=12 if noon else 0, exact=True)
            if moment:
                self.used |= moment.tokens
                if not self._has(min(moment.tokens) - 1, "since"):
                    found.append(moment)
        if len(found) > len(self.weak):
            # 'for 3 tomorrow 5am': beside a plain hour, a number before a day is no hour.
            for moment in self.weak:
                found.remove(moment)
                self.used -= moment.tokens
        return found

    def _written_clock(self, place: int) -> Moment | None:
        text = self.tokens[place].text
        hour, minute = (int(part) for part in text.replace(".", ":").split(":"))
        if hour > 24 or minute > 59:
            if "." in text and 1 <= hour <= 31 and 1 <= minute <= 12:
                return Moment({place}, on=(hour, minute))
            return None
        moment = Moment({place}, hour=hour, minute=minute)
        moment.exact = self.clock_24 or hour > 12 or hour == 0 or text.startswith("0")
        self._half_day(moment, place)
        return moment

    def _half_day(self, moment: Moment, place: int) -> None:
        """Take 'am', 'pm', 'o'clock', a glued ending and a leading 'at' into the moment."""
        here = place + 1
        while self._has(here, "am", "pm", "oclock") or self._glued(here):
            if self._has(here, "am", "pm"):
                moment.half_day = "am" if "am" in self.tags[here] else "pm"
                moment.exact = False
            moment.tokens.update(range(here, self.ends.get(here, here) + 1))
            here = self.ends.get(here, here) + 1
        if self._has(place - 1, "at"):
            moment.tokens.add(place - 1)

    def _glued(self, place: int) -> bool:
        """An ending written onto a number: the 'da' of '6'da'."""
        if not 0 < place < len(self.tokens) or not self._has(place, "glued"):
            return False
        if self.tokens[place - 1].kind not in ("number", "clock"):
            return False
        return self.tokens[place].start - self.tokens[place - 1].end <= 1

    def _spoken_clock(self, place: int) -> Moment | None:
        value, last = self.numbers[place]
        after, before = last + 1, place - 1
        if self._has(before, "half_to") and 1 <= value <= 12:
            moment = Moment({before, place}, hour=value - 1 or 12, minute=30)
            self._half_day(moment, last)
            return moment
        if self._has(before, "past", "to") and 1 <= value <= 12:
            found = self._past_or_to(place, value, last)
            if found or not self._has(before, "until"):
                return found
        told = self._has(before, "at", "clock", "until")
        if value > 24 or self._has(after, "minute", "hour", "day"):
            return None
        if after in self.things and not told:
            return None
        moment = Moment(set(range(place, last + 1)), hour=value)
        marked = told or self._has(after, "am", "pm", "oclock")
        beside = (
            "morning",
            "afternoon",
            "evening",
            "tonight",
            "night",
            "today",
            "tomorrow",
            *WEEKDAYS,
        )
        marked = marked or self._glued(after) or self._has(before, *beside)
        weak = not marked and self._has(after, *beside)
        if (not marked and not weak) or (
            weak and (before in self.things or self._has(before, "for_people"))
        ):
            return None
        if self._has(after, "and_half"):
            moment.minute = 30
            moment.tokens.add(after)
        moment.exact = (self.clock_24 and self._has(before, "clock")) or value > 12 or value == 0
        here = after
        if self._has(here, "oclock") and here + 1 in self.numbers:
            minute, end = self.numbers[here + 1]
            if minute < 60 and self.tokens[here + 1].start - self.tokens[here].end == 0:
                moment.minute = minute
                moment.tokens.add(end)
        self._half_day(moment, max(moment.tokens))
        if told:
            moment.tokens.add(before)
        if weak:
            self.weak.append(moment)
        return moment

    def _past_or_to(self, place: int, value: int, last: int) -> Moment | None:
        """'half past six', 'quarter to 7', 'ten to 8'."""
        middle = place - 1
        first = middle - 1
        if self._has(first, "half"):
            minutes = 30
        elif self._has(first, "quarter"):
            minutes = 15
        elif (stated := self._number_ending(first)) and stated[0] < 60:
            minutes, first = stated
        else:
            return None
        back = self._has(middle, "to") and not self._has(middle, "past")
        moment = Moment(set(range(first, last + 1)), hour=value, minute=minutes)
        if back:
            moment.hour, moment.minute = value - 1 or 12, 60 - minutes
        self._half_day(moment, last)
        return moment

    def _add_day(self, moment: Moment, others: Sequence[Moment]) -> None:
        """Take the day and part of the day said near an hour, and no nearer another, into it."""
        low, high = min(moment.tokens), max(moment.tokens)
        for place in sorted(self.tags, key=lambda place: abs(place - low)):
            if place in self.used or not low - _NEAR <= place <= high + _NEAR:
                continue
            between = range(min(place, high), max(place, low))
            if any(self._ends_sentence(other) for other in between):
                continue
            if any(other.away(place) < moment.away(place) for other in others):
                continue
            if self._take_day(moment, place) or self._take_another_day(moment, place):
                self.used.update(range(place, self.ends.get(place, place) + 1))

    def _take_another_day(self, moment: Moment, place: int) -> bool:
        """'Both tomorrow and Friday': the same hour once more. Days without an 'and' between them
        should be the same day; where they are not, somebody has to ask."""
        other = Moment(set(moment.tokens), hour=moment.hour, minute=moment.minute)
        other.exact, other.half_day, other.part = moment.exact, moment.half_day, moment.part
        if not self._take_day(other, place) or (other.day is None and other.weekday is None):
            return False
        (moment.again if self._stands_apart(place) else moment.also).append(other)
        moment.tokens.update(range(place, self.ends.get(place, place) + 1))
        return True

    def _stands_apart(self, place: int) -> bool:
        """Whether no other day stands beside it: 'tomorrow *and* Friday', not 'tomorrow Friday'."""
        return not any(self._has(at, *DAYS, *WEEKDAYS) for at in (place - 1, place + 1))

    def _take_day(self, moment: Moment, place: int) -> bool:
        tags, taken = self.tags[place], False
        for tag, ahead in DAYS.items():
            if tag in tags and moment.day is None and (moment.weekday is None or "this" in tags):
                moment.day, taken = ahead, True
                moment.this = "this" in tags
        for number, tag in enumerate(WEEKDAYS):
            free = moment.day is None or moment.this
            if tag in tags and moment.weekday is None and free:
                moment.weekday, taken = number, True
        for tag in PARTS:
            if tag in tags and not moment.part:
                moment.part, taken = tag, True
        if taken:
            moment.tokens.update(range(place, self.ends.get(place, place) + 1))
        return taken

    def _days_alone(self) -> list[Moment]:
        found: list[Moment] = []
        for place in sorted(self.tags):
            if place in self.used:
                continue
            near = found and place - max(found[-1].tokens) <= 2
            moment = found[-1] if near else Moment(set())
            if self._take_day(moment, place):
                self.used |= moment.tokens
                if not near:
                    found.append(moment)
        return found
