"""Find the phrases of a language in a row of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from requests_app.reading.lexicon import Lexicon, Phrase, Stems
from requests_app.reading.words import Token

_GAP: Final = 4
"""Words that `*` may stand for."""
_SKIPPED: Final = 2
"""Articles and the like ('clean *the* room') passed over between two words of a phrase."""


class Match(NamedTuple):
    """A phrase found: which tokens it is made of (`at`, ascending) and how badly they are spelt."""

    kind: str
    value: str
    at: tuple[int, ...]
    edits: int

    @property
    def first(self) -> int:
        return self.at[0]

    @property
    def last(self) -> int:
        return self.at[-1]


def find_phrases(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[list[Match], list[Stems]]:
    """All matches, overlapping ones included, and what each token may be a form of."""
    stems = [lexicon.stems(token) for token in tokens]
    sets = [row.stems for row in stems]
    found = []
    index = lexicon.phrases
    for place, row in enumerate(sets):
        for stem in row:
            for phrase in index[stem]:
                words = phrase.words
                if len(words) == 1:
                    found.append(Match(phrase.kind, phrase.value, (place,), stems[place].edits))
                    continue
                if phrase.in_order:
                    at = _follow(tokens, sets, phrase, place, lexicon.function)
                else:
                    at = _gather(tokens, sets, phrase, place)
                if at:
                    edits = max(stems[token].edits for token in at)
                    found.append(Match(phrase.kind, phrase.value, at, edits))
    return found, stems


def _follow(
    tokens: Sequence[Token],
    sets: Sequence[tuple[str, ...]],
    phrase: Phrase,
    place: int,
    function: frozenset[str],
) -> tuple[int, ...] | None:
    """The tokens that say the phrase from `place` on, passing over articles and the like."""
    at = [place]
    here, allowed, anything = place, _SKIPPED, False
    words = phrase.words
    for word in words[1:]:
        if word == "*":
            allowed, anything = _GAP, True
            continue
        here += 1
        skipped = 0
        while True:
            if here >= len(tokens) or tokens[here].kind == "end":
                return None
            if word in sets[here]:
                break
            token = tokens[here]
            if skipped == allowed or token.kind == "pause":
                return None
            if not anything and token.fold not in function:
                return None
            skipped += 1
            here += 1
        at.append(here)
        allowed, anything = _SKIPPED, False
    return tuple(at)


def _gather(
    tokens: Sequence[Token], sets: Sequence[tuple[str, ...]], phrase: Phrase, place: int
) -> tuple[int, ...] | None:
    """The tokens of the same sentence that say all words of the phrase, in any order."""
    at = {place}
    for word in phrase.words[1:]:
        for step in (1, -1):
            here = place + step
            while 0 <= here < len(tokens) and tokens[here].kind != "end" and abs(here - place) < 9:
                if word in sets[here]:
                    break
                here += step
            else:
                continue
            if 0 <= here < len(tokens) and word in sets[here]:
                at.add(here)
                break
        else:
            return None
    return tuple(sorted(at)) if len(at) == len(phrase.words) else None


def _strength(match: Match) -> tuple[int, int, int, bool, int]:
    at = match.at
    return -len(at), match.edits, at[-1] - at[0], match.kind == "item", at[0]


def longest_first(matches: list[Match]) -> list[Match]:
    """Of matches that share tokens, keep the one of more words; better spelt; closer together;

    earlier.
    """
    taken: set[int] = set()
    kept = []
    for match in sorted(matches, key=_strength):
        if taken.isdisjoint(match.at):
            taken.update(match.at)
            kept.append(match)
    return sorted(kept, key=lambda match: match.at)
