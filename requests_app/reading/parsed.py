"""A text laid out: its tokens, the phrases found in them, and which fragment each token is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from requests_app.reading.lexicon import Lexicon
from requests_app.reading.phrases import Match, find_phrases, longest_first
from requests_app.reading.time_words import TimeFinder
from requests_app.reading.times import Moment
from requests_app.reading.words import Token

_ITEM_KINDS: Final = frozenset({"item", "says", "asks", "nothing"})
_ALARM_KINDS: Final = frozenset({"urgent", "medical", "calm"})
_OTHER_KINDS: Final = frozenset(
    {"number", "room", "to_room", "people", "place", "bare_no", "and", "but"}
)
_LARGEST_QUANTITY: Final = 50
_HUNDREDS: Final = frozenset({100, 1000})


class Parsed:
    """One text in one language. Places are numbers of tokens."""

    def __init__(self, tokens: Sequence[Token], lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.lexicon = lexicon
        matches, self.stems = find_phrases(tokens, lexicon)
        groups: dict[str, list[Match]] = {"item": [], "alarm": [], "time": [], "cue": []}
        self.marks: dict[str, set[int]] = {kind: set() for kind in _OTHER_KINDS}
        numbers: list[Match] = []
        for match in matches:
            kind = match.kind
            if kind in _ITEM_KINDS:
                groups["item"].append(match)
                if kind == "nothing":
                    groups["cue"].append(match)
            elif kind in _ALARM_KINDS:
                groups["alarm"].append(match)
            elif kind == "number":
                numbers.append(match)
            elif kind in _OTHER_KINDS:
                self.marks[kind].update(match.at)
            elif kind.startswith("t:"):
                groups["time"].append(match)
            else:
                groups["cue"].append(match)
        self.cues = [m for m in longest_first(groups["cue"]) if m.kind != "nothing"]
        self.items = [m for m in longest_first(groups["item"]) if m.kind != "nothing"]
        self.masked = {
            place for m in longest_first(groups["item"]) if m.kind == "nothing" for place in m.at
        }
        self.alarms = [m for m in longest_first(groups["alarm"]) if m.kind != "calm"]
        self.of_items = {place for match in self.items for place in match.at}
        self.numbers = self._numbers(longest_first(numbers))
        signed = {place for place, token in enumerate(tokens) if token.signed}
        # One below zero is no number of things; several in a row are the dashes of a list.
        self.below_zero = signed if len(signed) == 1 else set()
        self.moments = self._moments(groups["time"])
        self._cut_into_fragments()

    def _numbers(self, spelt: Sequence[Match]) -> dict[int, tuple[int, int]]:
        """First token → (value, last token)."""
        found = {match.first: (int(match.value), match.last) for match in spelt if not match.edits}
        for place, token in enumerate(self.tokens):
            if token.kind == "number" and len(token.text) < 7:
                found[place] = (int(token.text), place)
        whole: dict[int, tuple[int, int]] = {}
        for first, (value, last) in sorted(found.items()):
            before = next(reversed(whole), None)
            if before is not None and value in _HUNDREDS and whole[before][1] == first - 1:
                whole[before] = (whole[before][0] * value, last)  # 'two hundred'
            else:
                whole[first] = (value, last)
        return whole

    def _moments(self, words: list[Match]) -> list[Moment]:
        greeted = {p for match in self.cues if match.kind == "greeting" for p in match.at}
        taken = greeted | {place for match in self.items if len(match.at) > 1 for place in match.at}
        usable = _spans([m for m in words if taken.isdisjoint(m.at) and not m.edits])
        finder = TimeFinder(self.tokens, usable, self.numbers, self.of_items, self.lexicon.clock_24)
        moments = finder.find()
        self.of_times = finder.used
        return moments

    def _cut_into_fragments(self) -> None:
        """Number sentences (also cut at 'but') and, within them, fragments (cut at commas and
        'and')."""
        self.sentence: list[int] = []
        self.fragment: list[int] = []
        held = self.of_items | self.of_times
        sentence = fragment = 0
        for place, token in enumerate(self.tokens):
            if place in self.marks["but"] or token.kind == "end":
                sentence += 1
                fragment += 1
            elif token.kind == "pause" or (place in self.marks["and"] and place not in held):
                fragment += 1
            self.sentence.append(sentence)
            self.fragment.append(fragment)

    def quantity(self, item: Match, *, articles: bool = True) -> int | None:
        """The number said with a thing: '2 more bath towels', 'towels x2', 'havlu 2 tane'."""
        place = item.first - 1
        for _ in range(5):
            if place < 0 or self.tokens[place].kind in ("end", "pause") or place in self.of_items:
                break
            if place in self.marks["and"]:
                break
            number = self._number_over(place)
            if number is not None:
                article = number == 1 and self.tokens[place].kind == "word"
                return number if articles or not article else None
            place -= 1
        place = item.last + 1
        if place < len(self.tokens) and self.tokens[place].fold in ("x", ":", "*"):
            place += 1
        written = place in self.numbers and self.tokens[place].kind == "number"
        # 'towels 2 pillows': there the number belongs to what follows it.
        if written and self.numbers[place][1] + 1 not in self.of_items:
            return self._number_over(place)
        return None

    def people(self, item: Match) -> int | None:
        """For how many a table is: any number of the fragment that is no time and no room."""
        for first, (value, last) in self.numbers.items():
            here = self.fragment[first] == self.fragment[item.first]
            elsewhere = first in self.of_times or first - 1 in self.marks["room"]
            least = 1 if last + 1 in self.marks["people"] else 2
            if here and not elsewhere and least <= value <= _LARGEST_QUANTITY:
                return value
        return None

    def _number_over(self, place: int) -> int | None:
        for first, (value, last) in self.numbers.items():
            if first <= place <= last and first not in self.of_times:
                # '412 numaraya 2 havlu': there the room's number came before its word.
                before_room = first - 1 in self.marks["room"] and first - 2 not in self.numbers
                # 'Odaya 3 tane havlu': a room something is brought to has its number before that.
                before_room = before_room and first - 1 not in self.marks["to_room"]
                after_people = last + 1 in self.marks["people"]
                below_zero = first in self.below_zero
                if below_zero or before_room or after_people or not 0 < value <= _LARGEST_QUANTITY:
                    return None
                return value
        return None


def _spans(words: list[Match]) -> list[Match]:
    """Time words without those that lie inside longer ones; one token may keep several meanings."""
    longest: dict[int, int] = {}
    for match in words:
        for place in match.at:
            longest[place] = max(longest.get(place, 0), len(match.at))
    return [m for m in words if all(longest[place] == len(m.at) for place in m.at)]
