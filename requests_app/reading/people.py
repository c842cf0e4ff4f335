"""Which of the people who work here a guest means.

Never invents anybody, never picks one of two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from requests_app.reading.lexicon import available_languages, load_lexicon
from requests_app.reading.meaning import StaffName
from requests_app.reading.roster import INFLECTED, MISSPELT, Roster, roster
from requests_app.reading.words import Token, cut

_TITLES_BEFORE: Final = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "miss",
        "mister",
        "madam",
        "herra",
        "rouva",
        "neiti",
        "sayin",
        "herr",
        "frau",
    }
    | {"monsieur", "madame", "senor", "senora", "sr", "sra", "signor", "signora", "السيد", "السيده"}
)
_TITLES_AFTER: Final = frozenset(
    {"bey", "beye", "beyin", "hanim", "hanima", "hanimin", "abi", "abla", "usta"}
)
# After a name that is also an ordinary word: 'Can was wonderful', 'Hope and Mika'; never 'Can you'.
_FOLLOWS_A_NAME: Final = frozenset(
    {
        "was",
        "is",
        "were",
        "and",
        "helped",
        "from",
        "brought",
        "did",
        "made",
        "has",
        "ve",
        "ja",
        "oli",
        "auttoi",
        "cok",
    }
)
_FILLERS: Final = frozenset({"and", "ve", "ja", "also", "thanks", "plus", "kiitos", "tesekkurler"})
_BEFORE_A_MONTH: Final = frozenset({"in", "by", "until", "since", "last", "next", "this"})


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody named in a text. One candidate: sure. Several: ask or leave open. None:

    nobody here.
    """

    words: str
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NameFound:
    """A name in a row of tokens, from the first to the last of its own tokens."""

    first: int
    last: int
    candidates: tuple[int, ...]
    exact: bool
    """Written as it is spelt, endings aside."""


@cache
def ordinary_words() -> frozenset[str]:
    """Words of all our languages that are no names, in lower case with their diacritics."""
    return frozenset().union(*(load_lexicon(code).ordinary for code in available_languages()))


def find_names(
    tokens: Sequence[Token], staff: Roster, *, loose: bool, unknown: bool
) -> list[NameFound]:
    """Names in a row of tokens. `loose`: lower case will do; `unknown`:

    also names nobody here has.
    """
    ordinary = ordinary_words()
    only_names = all(
        token.kind != "word" or token.fold in _FILLERS or staff.find(token.fold, fuzzy=False)[0]
        for token in tokens
    )
    found: list[NameFound] = []
    place = 0
    while place < len(tokens):
        here = _name_at(tokens, place, staff, ordinary, loose, only_names, unknown)
        if here is None:
            place += 1
            continue
        found.append(here)
        place = here.last + 1
    return found


def _could_be_a_name(
    tokens: Sequence[Token], place: int, ordinary: frozenset[str], loose: bool, only_names: bool
) -> bool:
    """Whether a word that somebody is called stands here as a name: not the 'Can' of 'Can you'."""
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place else None
    if (after and after.fold in _TITLES_AFTER) or (before and before.fold in _TITLES_BEFORE):
        return True
    capital = token.text[:1].isupper()
    if token.text.replace("’", "'").split("'")[0].lower() not in ordinary:
        return capital or loose
    if only_names and (capital or loose):
        return True
    if not token.text.istitle():
        return False
    if before is None or before.kind == "end":
        return after is not None and (after.fold in _FOLLOWS_A_NAME)
    if before.fold in _BEFORE_A_MONTH:
        return False
    # In a text in capitals, or in Title Case, a capital letter says nothing.
    return not before.text[:1].isupper() and (after is None or after.fold not in ("you", "i", "we"))


def _name_at(
    tokens: Sequence[Token],
    place: int,
    staff: Roster,
    ordinary: frozenset[str],
    loose: bool,
    only_names: bool,
    unknown: bool,
) -> NameFound | None:
    token = tokens[place]
    if token.kind != "word" or len(token.fold) < 2:
        return None
    known = token.text.lower() in ordinary
    people, distance = staff.find(token.fold, fuzzy=not known)
    if distance == INFLECTED and known:
        people = set()
    if not people or not _could_be_a_name(tokens, place, ordinary, loose, only_names):
        titled = (place > 0 and tokens[place - 1].fold in _TITLES_BEFORE) or (
            place + 1 < len(tokens) and tokens[place + 1].fold in _TITLES_AFTER
        )
        named = (
            unknown
            and (token.text.istitle() or titled)
            and (not known or titled)
            and len(token.fold) > 2
        )
        if not named or token.fold in _TITLES_BEFORE | _TITLES_AFTER:
            return None
        last = place
        while last + 1 < len(tokens) and _is_surname(tokens[last + 1], ordinary):
            last += 1
        return NameFound(place, last, (), False)
    last = place
    while last + 1 < len(tokens) and tokens[last + 1].kind == "word":
        following = tokens[last + 1]
        more, _ = staff.find(following.fold, fuzzy=following.text.lower() not in ordinary)
        if more & people:
            people, last = more & people, last + 1
            continue
        initial = {p for p in people if staff.with_last.get(p, " ")[0] == following.fold}
        if len(following.fold) == 1 and following.text.isupper() and initial:
            people, last = initial, last + 1
        elif not more and _is_surname(following, ordinary) and people <= set(staff.with_last):
            # 'Mika Lahtinen' where our only Mika is a Korhonen: a name nobody here has.
            return NameFound(place, last + 1, (), False)
        break
    return NameFound(place, last, staff.sort(people), distance != MISSPELT)


def _is_surname(token: Token, ordinary: frozenset[str]) -> bool:
    return (
        token.kind == "word"
        and token.text.istitle()
        and len(token.fold) > 2
        and token.text.lower() not in ordinary
        and token.fold not in _TITLES_AFTER | _TITLES_BEFORE
    )


def match_people(
    text: str, staff: Sequence[StaffName], *, offered: Sequence[int] = ()
) -> tuple[Named, ...]:
    """Everyone named in free words, each once, in order.

    Digits index `offered` (ids), counted from 1. `offered` are the people who, by the fulfilment
    log, actually helped. When a correctly spelt name fits several people and exactly one of them is
    in `offered`, that one is meant; when none or several are, all stay candidates and somebody has
    to ask.
    """
    tokens = cut(text)
    people = roster(tuple(staff))
    spoken: list[tuple[int, Named]] = []
    for place, token in enumerate(tokens):
        if token.kind == "number" and len(token.text) < 3 and 1 <= int(token.text) <= len(offered):
            spoken.append((place, Named(token.text, (offered[int(token.text) - 1],))))
    for name in find_names(tokens, people, loose=True, unknown=True):
        candidates = name.candidates
        helped = tuple(person for person in candidates if person in offered)
        if name.exact and len(candidates) > 1 and len(helped) == 1:
            candidates = helped
        words = text[tokens[name.first].start : tokens[name.last].end]
        spoken.append((name.first, Named(words, candidates)))
    found: list[Named] = []
    for _, named in sorted(spoken, key=lambda pair: pair[0]):
        if not named.candidates or all(named.candidates != other.candidates for other in found):
            found.append(named)
    return tuple(found)
