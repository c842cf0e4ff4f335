"""The names of the people who work here, indexed by every word and inflected form of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from requests_app.reading.meaning import StaffName
from requests_app.reading.words import cut, fold

EXACT, INFLECTED, MISSPELT = 0, 1, 2
# English 's, Finnish cases (Mikalle, Mikan), Turkish cases (Selin'e, Ayşe'nin), folded.
_ENDINGS: Final = re.compile(
    r"s|n|lle|lla|lta|ssa|sta|a|ta|ksi|an|en|in|on|un|kin|e|ye|ya|i|yi|u|yu|nin|nun|in|un"
    r"|da|de|dan|den|la|le|yla|yle"
)


def _written_forms(name: str) -> set[str]:
    """The folded stems endings are put on: Mikko → mikko, miko;

    Korhonen → korhonen, korhose, korhos.
    """
    stem = fold(name)
    forms = {stem}
    if len(stem) > 3:
        forms.add(re.sub(r"([kpt])\1(?=[aeiouy]$)", r"\1", stem))
    if stem.endswith("nen") and len(stem) > 5:
        forms |= {stem[:-3] + "se", stem[:-3] + "s"}
    return forms


class Roster:
    """Who works here, by every word of every name."""

    def __init__(self, staff: Sequence[StaffName]) -> None:
        self.first: dict[str, set[int]] = {}
        self.last: dict[str, set[int]] = {}
        self.with_last: dict[int, str] = {}
        for person in staff:
            for name in (person.first, *person.nicknames):
                for word in _words(name):
                    for form in _written_forms(word):
                        self.first.setdefault(form, set()).add(person.id)
            for word in _words(person.last):
                self.with_last[person.id] = fold(word)
                for form in _written_forms(word):
                    self.last.setdefault(form, set()).add(person.id)
        self.order = {person.id: place for place, person in enumerate(staff)}

    def find(self, word: str, *, fuzzy: bool) -> tuple[set[int], int]:
        """Whose name the folded word is, and how far it is from its spelling."""
        found = self.first.get(word, set()) | self.last.get(word, set())
        if found:
            return found, EXACT
        for length in range(len(word) - 1, 2, -1):
            if _ENDINGS.fullmatch(word[length:]):
                stem = word[:length]
                found = found | self.first.get(stem, set()) | self.last.get(stem, set())
        if found:
            return found, INFLECTED
        return (self._near(word), MISSPELT) if fuzzy and len(word) >= 4 else (set(), 0)

    def _near(self, word: str) -> set[int]:
        """The people whose name is one letter away (two in eight and more), the nearest only."""
        from rapidfuzz.distance import OSA  # when it is needed: it costs start time

        nearest: dict[int, set[int]] = {}
        for names in (self.first, self.last):
            for name, people in names.items():
                limit = 2 if min(len(name), len(word)) >= 8 else 1
                if len(name) < 4 or name[0] != word[0]:
                    continue
                edits = OSA.distance(name, word, score_cutoff=limit)
                if edits <= limit:
                    nearest.setdefault(edits, set()).update(people)
        return nearest[min(nearest)] if nearest else set()

    def sort(self, people: set[int]) -> tuple[int, ...]:
        return tuple(sorted(people, key=self.order.__getitem__))


def _words(name: str) -> list[str]:
    return [token.text for token in cut(name) if token.kind == "word"]


@lru_cache(maxsize=32)
def roster(staff: tuple[StaffName, ...]) -> Roster:
    """The staff of a property, indexed; kept for the last few properties asked about."""
    return Roster(staff)
