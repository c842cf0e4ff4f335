"""Single words that switch messages off and on, and digits that answer our own questions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from requests_app.reading.lexicon import available_languages, load_lexicon
from requests_app.reading.meaning import Intent
from requests_app.reading.words import Token

_KEYWORDS: Final = {"stop": Intent.STOP, "start": Intent.START, "help": Intent.HELP}
_LARGEST_ANSWER: Final = 99


@cache
def _by_words() -> dict[tuple[str, ...], Intent]:
    """All languages' keywords:

    a guest may text STOP in any of them, English ones above all (Twilio).
    """
    found: dict[tuple[str, ...], Intent] = {}
    for code in available_languages():
        for row in load_lexicon(code).phrases.values():
            for phrase in row:
                if phrase.kind in _KEYWORDS:
                    words = tuple(word.removeprefix("=") for word in phrase.words)
                    found.setdefault(words, _KEYWORDS[phrase.kind])
    return found


def keyword(tokens: Sequence[Token]) -> Intent | None:
    """STOP, START or HELP when the text is nothing but that word, whatever its case and
    punctuation."""
    words = tuple(token.fold for token in tokens if token.kind not in ("end", "pause", "sign"))
    if not 0 < len(words) <= 6:
        return None
    keywords = _by_words()
    return keywords.get(words) or (keywords.get(words[:1]) if len(set(words)) == 1 else None)


def bare_answer(tokens: Sequence[Token]) -> int | None:
    """The number when the text is essentially one: '1', ' 2.', '５', '1 👍'."""
    meant = [token for token in tokens if token.kind not in ("end", "pause", "sign")]
    if len(meant) == 1 and meant[0].kind == "number" and len(meant[0].text) < 4:
        value = int(meant[0].text)
        return value if value <= _LARGEST_ANSWER else None
    return None


def leading_answer(tokens: Sequence[Token]) -> int | None:
    """The digit an answer begins with, when we are waiting for one: '2 not yet', '1, 3'."""
    if tokens and tokens[0].kind == "number" and len(tokens[0].text) == 1:
        return int(tokens[0].text)
    return None
