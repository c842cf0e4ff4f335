"""A language as data: load its file once and index every phrase in it by its first word.

The file's format is described in languages/README.md. Adding a language is adding a file.
"""

from __future__ import annotations

import gettext
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from requests_app.reading.words import Token, fold, split_phrase

_FOLDER: Final = Path(__file__).with_name("languages")
_REMEMBERED_WORDS: Final = 20_000
"""Distinct words whose stems we keep per language; a few MB at worst."""
_LOOKED_UP_FUZZILY: Final = frozenset(
    {
        "item",
        "says",
        "asks",
        "urgent",
        "medical",
        "problem",
        "want",
        "more",
        "surplus",
        "thanks",
        "praise",
        "refuse",
        "place",
    }
)


class Phrase(NamedTuple):
    """Words that mean something together. `*` among them stands for up to four other words."""

    words: tuple[str, ...]
    kind: str
    value: str
    in_order: bool


class Stems(NamedTuple):
    """What a written word may be a form of. `edits` is 0 unless it looks misspelt."""

    stems: tuple[str, ...]
    edits: int


@dataclass(frozen=True, slots=True)
class Names:
    """What we call things to a guest who reads this language."""

    services: Mapping[str, str]
    counted: Mapping[str, list[str]]
    themes: Mapping[str, str]
    desks: Mapping[str, str]
    desk_subjects: Mapping[str, str]
    plural: Callable[[int], int]


_NOTHING: Final = Stems((), 0)


@dataclass(slots=True)
class Lexicon:
    """One language, indexed. Shared between threads:

    only its memory of stems is ever written to.
    """

    code: str
    verb_final: bool
    clock_24: bool
    letters: frozenset[str]
    phrases: dict[str, list[Phrase]]
    known: frozenset[str]
    ordinary: frozenset[str]
    """The same as `known`, in lower case but not folded: 'mikä' is a word, 'mika' is not."""
    function: frozenset[str]
    endings: re.Pattern[str]
    prefixes: tuple[str, ...]
    softening: dict[str, str]
    spellable: list[str]
    remembered: dict[str, Stems] = field(default_factory=dict)

    def stems(self, token: Token) -> Stems:
        """The words of this language the token may be a form of, likeliest first."""
        known = self.remembered.get(token.text)
        if known is None:
            if len(self.remembered) >= _REMEMBERED_WORDS:
                self.remembered.clear()
            known = self.remembered[token.text] = self._find_stems(token)
        return known

    def _find_stems(self, token: Token) -> Stems:
        word = token.fold
        exact = tuple(form for form in ("=" + word, word) if form in self.phrases)
        if word in self.known:
            return Stems(exact + self._inflected(word)[:1], 0)
        if token.kind != "word":
            return Stems(exact, 0)
        if found := self._inflected(token.text if "'" in token.text else word):
            return Stems(found[:2], 0)
        for prefix in self.prefixes:
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) > 2:
                if rest in self.phrases:
                    return Stems((rest,), 0)
                if found := self._inflected(rest):
                    return Stems(found[:2], 0)
        return self._misspelt(token)

    def _inflected(self, written: str) -> tuple[str, ...]:
        """Stems of which `written` is stem + endings, longest first.

        An apostrophe may mark the seam.
        """
        word = fold(written)
        seam = re.search("['’]", written)
        shortest = min(3, len(fold(written[: seam.start()]))) if seam else 3
        found = []
        for length in range(len(word) - 1, shortest - 1, -1):
            stem, ending = word[:length], word[length:]
            if not self.endings.fullmatch(ending):
                continue
            if stem in self.phrases:
                found.append(stem)
            elif hard := self.softening.get(stem[-1]):
                harder = (stem[:-1] + last for last in hard)
                found.extend(form for form in harder if form in self.phrases)
        return tuple(found)

    def _misspelt(self, token: Token) -> Stems:
        """The nearest word of the vocabulary, for words of four letters and more."""
        from rapidfuzz.distance import OSA  # where a word is misspelt, not at every start
        from rapidfuzz.process import extractOne

        word = token.fold
        if not 4 <= len(word) <= 24:
            return _NOTHING
        allowed = 1 if len(word) < 7 else 2
        forms = [word] + [
            word[:length]
            for length in range(len(word) - 1, max(3, len(word) - 6), -1)
            if self.endings.fullmatch(word[length:])
        ]
        best: tuple[int, str] | None = None
        for form in forms:
            if len(form) < 4:
                continue
            found = extractOne(
                form, self.spellable, scorer=OSA.distance, score_cutoff=min(allowed, len(form) // 4)
            )
            if found is None:
                continue
            near, edits = str(found[0]), int(found[1])
            # One wrong letter in four makes another word (soup, soap); a first
            # letter is rarely wrong.
            if near[0] != form[0] or (
                len(form) == 4 and len(near) <= 4 and sorted(near) != sorted(form)
            ):
                continue
            if best is None or edits < best[0]:
                best = (edits, near)
        if best is None:
            return _NOTHING
        return Stems((best[1], *self._inflected(best[1])[:1]), max(1, best[0]))

    def taught(self, words: Iterable[tuple[str, str]]) -> Lexicon:
        """This language with further (phrase, service) pairs; the original stays as it is."""
        phrases = {first: list(row) for first, row in self.phrases.items()}
        known, spellable = set(self.known), list(self.spellable)
        for phrase, service in words:
            pieces = split_phrase(fold(phrase))
            if pieces:
                phrases.setdefault(pieces[0], []).insert(0, Phrase(pieces, "item", service, True))
                for piece in pieces:
                    phrases.setdefault(piece, [])
                known.update(pieces)
                spellable.extend(piece for piece in pieces if len(piece) >= 4)
        return Lexicon(
            self.code, self.verb_final, self.clock_24, self.letters, phrases, frozenset(known),
            self.ordinary, self.function, self.endings, self.prefixes, self.softening, spellable,
        )  # fmt: skip


@cache
def available_languages() -> tuple[str, ...]:
    """Codes of all language files, English first."""
    codes = sorted(path.stem for path in _FOLDER.glob("*.toml"))
    return tuple(sorted(codes, key=lambda code: code != "en"))


@cache
def _file(code: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


@cache
def load_names(code: str) -> Names:
    """What this language calls services, themes and desks."""
    data = _file(code)
    services = data.get("services", {})
    return Names(
        services={slug: row["name"] for slug, row in services.items() if "name" in row},
        counted={slug: row["counted"] for slug, row in services.items() if "counted" in row},
        themes=data.get("themes", {}),
        desks=data.get("desks", {}),
        desk_subjects=data.get("desk_subjects", {}),
        plural=gettext.c2py(data.get("plural", "n != 1")),
    )


def _phrases_of(data: Mapping[str, Any]) -> Iterable[Phrase]:
    """Every phrase of a file: comma-separated within a key; `a + b` means both, in any order."""
    rows: list[tuple[str, str, str]] = []
    rows += [(kind, "", text) for kind, text in data.get("cues", {}).items()]
    rows += [("t:" + name, "", text) for name, text in data.get("time", {}).items()]
    rows += [("number", value, text) for value, text in data.get("numbers", {}).items()]
    for slug, row in data.get("services", {}).items():
        rows += [("item", slug, row.get("words", "")), ("says", slug, row.get("says", ""))]
        rows.append(("asks", slug, row.get("asks", "")))
    for kind, value, text in rows:
        for piece in fold(text).split(","):
            words = split_phrase(piece)
            if words:
                yield Phrase(words, kind, value, " + " not in piece)


@cache
def load_lexicon(code: str) -> Lexicon:
    """The language, indexed; about 10 ms the first time."""
    data = _file(code)
    phrases: dict[str, list[Phrase]] = {}
    known: set[str] = set()
    spellable: dict[str, None] = {}
    for phrase in _phrases_of(data):
        phrases.setdefault(phrase.words[0], []).append(phrase)
        for word in phrase.words:
            phrases.setdefault(word, [])
            known.add(word.removeprefix("="))
            if phrase.kind in _LOOKED_UP_FUZZILY and len(word) >= 4 and word[0] != "=":
                spellable[word] = None
    ordinary = set(f"{data.get('function', '')} {data.get('common', '')}".lower().split())
    cues = {kind: text for kind, text in data.get("cues", {}).items() if kind != "calm"}
    for section in (cues, data.get("time", {}), data.get("numbers", {})):
        ordinary.update(" ".join(section.values()).replace(",", " ").lower().split())
    for row in data.get("services", {}).values():
        ordinary.update(f"{row.get('words', '')} {row.get('says', '')}".replace(",", " ").split())
    function = frozenset(fold(word) for word in data.get("function", "").split())
    known |= function | {fold(word) for word in data.get("common", "").split()}
    endings = sorted({fold(ending) for ending in data.get("endings", "").split()}, key=len)
    softening: dict[str, str] = {}
    for pair in data.get("softening", "").split():
        soft, hard = pair.split(":")
        softening[soft] = hard
    return Lexicon(
        code=code,
        verb_final=data.get("verb_final", False),
        clock_24=data.get("clock_24", False),
        letters=frozenset(data.get("letters", "")),
        phrases=phrases,
        known=frozenset(known),
        ordinary=frozenset(ordinary),
        function=function,
        endings=re.compile(f"(?:{'|'.join(reversed(endings)) or '(?!)'}){{1,5}}"),
        prefixes=tuple(data.get("prefixes", "").split()),
        softening=softening,
        spellable=list(spellable),
    )


@lru_cache(maxsize=64)
def lexicon_for(code: str, taught: tuple[tuple[str, str, str], ...]) -> Lexicon:
    """The language with what this property taught it."""
    lexicon = load_lexicon(code)
    words = [(phrase, slug) for language, phrase, slug in taught if language == code]
    return lexicon.taught(words) if words else lexicon
