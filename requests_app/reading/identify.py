"""Which language a short text is in, judged by the words our language files know."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from requests_app.reading.lexicon import load_lexicon
from requests_app.reading.words import Token

_FUNCTION_WORD = 2.0
_OTHER_WORD = 1.2
_INFLECTED_WORD = 0.8
_MISSPELT_WORD = 0.15
_TELLING_LETTER = 0.8
_HINT = 0.6
_SURE_LEAD = 2.0
_CLOSE_CANDIDATES = 4
_RECOGNISED: Final = 0.5
"""The share of its words a language must know before the text is taken to be in it (of our
labelled texts all but one lie above 0.6, Spanish, German and French below 0.45)."""


@cache
def _weights(codes: tuple[str, ...]) -> dict[str, tuple[tuple[int, float], ...]]:
    """Word → (place in `codes`, weight).

    A word of several languages counts for less, and for the same in each: 'ok' tells none from
    another.
    """
    rows: dict[str, list[tuple[int, float]]] = {}
    for place, code in enumerate(codes):
        lexicon = load_lexicon(code)
        for word in lexicon.known:
            weight = _FUNCTION_WORD if word in lexicon.function else _OTHER_WORD
            rows.setdefault(word, []).append((place, weight))
    return {
        word: tuple((place, max(w for _, w in row) / len(row)) for place, _ in row)
        for word, row in rows.items()
    }


def rank_languages(
    tokens: Sequence[Token], codes: tuple[str, ...], hint: str | None
) -> list[tuple[str, float]]:
    """(language, score), likeliest first;

    with little to go by, the hint or else the first of `codes`.
    """
    scores = [0.0] * len(codes)
    weights = _weights(codes)
    unknown = []
    letters: set[str] = set()
    for token in tokens:
        if token.kind != "word":
            continue
        row = weights.get(token.fold)
        if row is None:
            unknown.append(token)
        else:
            for place, weight in row:
                scores[place] += weight
        if not token.text.isascii():
            letters.update(token.text.lower())
    if letters:
        for place, code in enumerate(codes):
            telling = len(letters & load_lexicon(code).letters)
            scores[place] += _TELLING_LETTER * min(telling, 5)
    if hint in codes:
        scores[codes.index(hint)] += _HINT
    order = sorted(range(len(codes)), key=lambda place: -scores[place])
    if unknown and len(codes) > 1 and scores[order[0]] - scores[order[1]] < _SURE_LEAD:
        for place in order[:_CLOSE_CANDIDATES]:
            lexicon = load_lexicon(codes[place])
            for token in unknown[:12]:
                found = lexicon.stems(token)
                if found.stems:
                    scores[place] += _MISSPELT_WORD if found.edits else _INFLECTED_WORD
        order.sort(key=lambda place: -scores[place])
    if len(codes) > 1 and not is_recognised(tokens, codes[order[0]]):
        # Spanish is not Finnish for want of anything better.
        likeliest = codes.index(hint) if hint in codes else 0
        order.sort(key=lambda place: place != likeliest)
    return [(codes[place], scores[place]) for place in order]


def is_recognised(tokens: Sequence[Token], code: str) -> bool:
    """Whether the language knows enough of the words, spelt as it spells them."""
    lexicon = load_lexicon(code)
    words = [token for token in tokens if token.kind == "word"]
    # A capital within a sentence is a name's, which no language knows.
    named = [
        token for token in words[1:] if token.text.istitle() and token.fold not in lexicon.known
    ]
    words = [token for token in words if token not in named] or words
    held = 0
    for token in words:
        found = None if token.fold in lexicon.known else lexicon.stems(token)
        held += found is None or bool(found.stems and not found.edits)
    return held >= _RECOGNISED * len(words)
