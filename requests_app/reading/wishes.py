"""From things mentioned to things wanted: who asks, who refuses, who only says thank you."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from requests_app.reading.catalogue import CatalogueEntry, load_catalogue
from requests_app.reading.leftover import Leftover
from requests_app.reading.meaning import CERTAIN, Setting, Wish
from requests_app.reading.moods import Moods
from requests_app.reading.parsed import Parsed
from requests_app.reading.phrases import Match
from requests_app.reading.times import Moment

# How sure each way of mentioning a thing makes us (judgement, checked by
# tests/reading/texts.jsonl).
_WANTED: Final = 0.95
_SAID_OUTRIGHT: Final = 0.93
_TROUBLED: Final = 0.92
_BARE: Final = 0.88
_LATE: Final = 0.75
_OFFERED: Final = 0.7
_MENTIONED: Final = 0.5
_UNKNOWN: Final = 0.4
_MISSPELT: Final = (1.0, 0.92, 0.86)
_WORDS_AROUND_BARE: Final = 4
"""Unexplained words that may stand beside a bare thing: 'towels 412 thx'."""
_PORTABLE_DESK: Final = "housekeeping"
_AT_ONCE: Final = frozenset({"noise"})
"""Wanted now, whatever hour is named beside it."""
COMPLAINS: Final = frozenset({"complaint", "delay"})
"""Cues of a guest who is not content."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one language's reading found."""

    wishes: tuple[Wish, ...]
    leftover: str
    refused: bool
    asked_about: bool
    explained: float
    """The share of the text's words that mean something to us, 0 to 1."""


def _place(moment: Moment) -> int:
    return min(moment.tokens)


class WishFinder:
    """Decides for each thing mentioned in a parsed text whether it is wished for."""

    def __init__(self, text: str, parsed: Parsed, setting: Setting, names: set[int]) -> None:
        """`names`: tokens that are names of people."""
        self.text = text
        self.parsed = parsed
        self.setting = setting
        self.names = names
        self.entries: Mapping[str, CatalogueEntry] = load_catalogue()
        self.moods = Moods(parsed)
        self.alarmed = {place for match in parsed.alarms for place in match.at}
        self.refused = False
        self.asked_about = False

    def find(self) -> Wishes:
        """All wishes in the order of the text, each thing once."""
        found: dict[tuple[str, datetime | None], tuple[Wish, int]] = {}
        for item in self.parsed.items:
            confidence = self._confidence(item)
            if confidence > 0:
                self._add(found, item, round(confidence, 2))
        wishes = [wish for wish, _ in found.values()]
        rest = Leftover(self.text, self.parsed, self.moods, self.names)
        leftover, words = rest.find(alone=not wishes)
        if leftover:
            wishes.append(Wish("other", None, None, _UNKNOWN, words))
        return Wishes(tuple(wishes), leftover, self.refused, self.asked_about, rest.explained())

    def _add(
        self,
        found: dict[tuple[str, datetime | None], tuple[Wish, int]],
        item: Match,
        confidence: float,
    ) -> None:
        entry = self.entries.get(item.value)
        slug = item.value
        offered = self.setting.services
        if offered is not None and slug not in offered:
            slug, confidence = "other", min(confidence, _UNKNOWN)
        times, sure = self._times(item, entry)
        sure = sure and item.first - 1 not in self.parsed.below_zero
        if not sure:
            confidence = min(confidence, _MENTIONED)
        for at in times:
            self._add_at(found, item, slug, confidence, at)

    def _add_at(
        self,
        found: dict[tuple[str, datetime | None], tuple[Wish, int]],
        item: Match,
        slug: str,
        confidence: float,
        at: datetime | None,
    ) -> None:
        quantity = self._quantity(item, self.entries.get(item.value))
        words = self._words(item)
        surface = hash(tuple(self.parsed.stems[place].stems[:1] for place in item.at))
        same = next(
            (key for key in found if key[0] == slug and (key[1] == at or None in (key[1], at))),
            None,
        )
        if same is None or slug == "other":
            found[(slug, at) if slug != "other" else (f"other {len(found)}", at)] = (
                Wish(slug, quantity, at, confidence, words, self._is_complained(item)),
                surface,
            )
            return
        earlier, seen = found.pop(same)
        both = quantity is not None and earlier.quantity is not None
        if both and surface != seen:
            # '2 bath towels and 2 hand towels': one service, four pieces.
            total: int | None = (quantity or 0) + (earlier.quantity or 0)
        else:
            total = max((q for q in (quantity, earlier.quantity) if q is not None), default=None)
        merged = Wish(
            slug,
            total,
            at or earlier.at,
            max(confidence, earlier.confidence),
            earlier.words,
            earlier.complained or self._is_complained(item),
        )
        found[(slug, merged.at)] = (merged, surface)

    def _is_complained(self, item: Match) -> bool:
        """'Also send towels' beside a complaint is a wish like any other."""
        parsed = self.parsed
        here = parsed.sentence[item.first]
        if any(cue.kind in COMPLAINS and parsed.sentence[cue.first] == here for cue in parsed.cues):
            return True
        if self.moods.of(item) == "want":
            return False
        # 'Mika was lovely, but the room was dirty': what stands across the 'but' was not well.
        praised = {parsed.sentence[cue.first] for cue in parsed.cues if cue.kind == "praise"}
        return not praised or (bool(parsed.marks["but"]) and here not in praised)

    def _confidence(self, item: Match) -> float:
        """0: not wished for."""
        if not self.alarmed.isdisjoint(item.at) and item.value != "doctor":
            return 0.0
        mood = self.moods.of(item)
        if item.kind == "item" and mood not in ("thanks", "refuse") and self._is_scenery(item):
            return 0.0
        if item.kind == "item" and mood in ("", "want", "problem") and self.moods.is_bare_no(item):
            return self._without(item)
        if item.value == "lost-item" and self._is_beside(item, "key-card"):
            return 0.0  # who lost the key needs another one
        entry = self.entries.get(item.value)
        spelt = _MISSPELT[min(item.edits, 2)]
        if mood == "refuse":
            self.refused = True
            return 0.0
        if mood == "thanks":
            return 0.0
        portable = entry is not None and entry.counted and entry.desk == _PORTABLE_DESK
        if item.kind == "item" and portable and self.moods.is_surplus(item):
            self.refused = True
            return 0.0
        if item.value == "information" and item.kind != "item":
            self.asked_about = True
            return 0.0
        if item.value == "other":
            return _UNKNOWN
        if item.kind == "asks":
            return _SAID_OUTRIGHT * spelt
        if mood == "question":
            self.asked_about = True
            return 0.0
        if mood == "want":
            return _WANTED * spelt
        if item.kind == "says":
            return _SAID_OUTRIGHT * spelt
        if mood == "problem" and item.value == "bottled-water" and item.kind == "item":
            # Water that drips or is brown is no bottle of water; what it drips from
            # is named beside it.
            return 0.0 if self._others_beside(item) else _MENTIONED
        if mood in ("lack", "problem"):
            return _TROUBLED * spelt
        if mood == "delay":
            return _LATE * spelt
        if mood == "offer":
            if entry is None or portable or item.value in ("adapter", "pharmacy", "ice"):
                return _OFFERED * spelt
            self.asked_about = True
            return 0.0
        if self.parsed.quantity(item) is not None and (entry is None or entry.counted):
            return _BARE * spelt
        if self._unexplained_in_sentence(item) > _WORDS_AROUND_BARE:
            return _MENTIONED * spelt
        return _BARE * spelt

    def _quantity(self, item: Match, entry: CatalogueEntry | None) -> int | None:
        """'A toothbrush' is one toothbrush, 'a taxi' just a taxi."""
        if entry is not None and not entry.counted:
            return None
        if item.value == "restaurant-booking":
            return self.parsed.people(item)
        pieces = entry is None or entry.desk == _PORTABLE_DESK or entry.slug == "adapter"
        return self.parsed.quantity(item, articles=pieces)

    def _without(self, item: Match) -> float:
        """'No towels': is there none, or is none wanted? Works of the house are missed;

        things we ask about.
        """
        entry = self.entries.get(item.value)
        if entry is not None and entry.desk == "engineering":
            return _TROUBLED
        following = self.parsed.sentence[item.last] + 1
        if any(self.parsed.sentence[place] == following for place in self.parsed.marks["but"]):
            self.refused = True
            return 0.0
        return _MENTIONED

    def _is_scenery(self, item: Match) -> bool:
        """'I left my glasses in the restaurant': what is wished for is said outright beside it."""
        fragment = self.parsed.fragment
        here = fragment[item.first]
        beside = {
            other.value
            for other in self.parsed.items
            if other.kind == "says" and fragment[other.first] == here
        }
        if "lost-item" in beside:
            return item.value != "key-card"
        if not beside or "want" in self.moods.by_fragment.get(here, ()):
            return False
        return self.parsed.quantity(item, articles=False) is None

    def _is_beside(self, item: Match, value: str) -> bool:
        here = self.parsed.fragment[item.first]
        return any(
            other.value == value and self.parsed.fragment[other.first] == here
            for other in self.parsed.items
        )

    def _others_beside(self, item: Match) -> bool:
        sentence = self.parsed.sentence
        return any(
            other is not item and sentence[other.first] == sentence[item.first]
            for other in self.parsed.items
        )

    def _times(
        self, item: Match, entry: CatalogueEntry | None
    ) -> tuple[list[datetime | None], bool]:
        """When a thing is wanted, on each of the days said; and whether that is certain.

        The time in its fragment, else the nearest in its sentence, else the only one.
        """
        parsed, now = self.parsed, self.setting.now
        here, sentence = parsed.fragment[item.first], parsed.sentence[item.first]
        scheduled = entry is None or entry.scheduled
        if entry is not None and entry.slug in _AT_ONCE:
            return [None], True
        moments = [m for m in parsed.moments if not m.tells_the_time(now)]
        own = [m for m in moments if parsed.fragment[_place(m)] == here]
        near = own or [
            m
            for m in moments
            if parsed.sentence[_place(m)] == sentence and not self._is_taken(m, here, scheduled)
        ]
        if not near and len(moments) == 1 and scheduled and entry:
            near = moments
        for moment in sorted(near, key=lambda m: abs(_place(m) - item.first)):
            if (
                moment.hour is None
                and moment.minutes_from_now is None
                and not (entry and entry.scheduled)
            ):
                continue
            if moment.until and not (entry and entry.until):
                continue
            if found := moment.resolve(now, entry):
                further = [other.resolve(now, entry) for other in moment.again]
                agree = all(other.resolve(now, entry) == found for other in moment.also)
                days = sorted({found, *(at for at in further if at is not None)})
                return list(days), agree and not moment.every
        return [None], True

    def _is_taken(self, moment: Moment, here: int, scheduled: bool) -> bool:
        """Whether the time belongs to a thing of its own fragment, rather than to one elsewhere.

        '2 towels, and a taxi at 19:30': the time is the taxi's. 'Pillows, and in half an hour tea':
        what stands before its thing is that thing's. 'Towels and tea at 7' is both at 7.
        """
        parsed = self.parsed
        there = parsed.fragment[_place(moment)]
        things = [item for item in parsed.items if parsed.fragment[item.first] == there]
        if not things:
            return False
        entries = [self.entries.get(item.value) for item in things]
        if not scheduled and any(entry is not None and entry.scheduled for entry in entries):
            return True
        leads = _place(moment) < min(item.first for item in things)
        return leads == (here < there) and not (scheduled and not leads)

    def _words(self, item: Match) -> str:
        """The guest's own words for it: from the number or the thing to the end of the thing."""
        tokens = self.parsed.tokens
        first = item.first
        while first > 0 and self.parsed.fragment[first - 1] == self.parsed.fragment[item.first]:
            before = first - 1
            if before in self.parsed.of_items or tokens[before].kind in ("pause", "end"):
                break
            first = before
        last = item.last
        while (
            last + 1 < len(tokens)
            and self.parsed.fragment[last + 1] == self.parsed.fragment[item.last]
            and last + 1 not in self.parsed.of_items
        ):
            last += 1
        while (
            tokens[first].kind in ("pause", "end")
            or first in self.parsed.marks["and"] | self.parsed.marks["but"]
        ):
            if first >= item.first:
                break
            first += 1
        return self.text[tokens[first].start : tokens[last].end]

    def _unexplained_in_sentence(self, item: Match) -> int:
        """Words of the item's sentence beyond function words and itself."""
        parsed = self.parsed
        of = parsed.sentence[item.first]
        return sum(
            token.kind == "word"
            and parsed.sentence[place] == of
            and place not in parsed.of_items
            and place not in parsed.of_times
            and place not in self.names
            and token.fold not in parsed.lexicon.function
            for place, token in enumerate(parsed.tokens)
        )


def is_certain(wish: Wish) -> bool:
    """Whether the hotel may act on it without a person looking."""
    return wish.confidence >= CERTAIN and wish.service != "other"
