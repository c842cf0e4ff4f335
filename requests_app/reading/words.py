"""Cut a text into tokens, and fold a word so that case, diacritics and typography no longer
matter."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final, NamedTuple

LONGEST_TEXT: Final = 1600
"""Characters we look at: the longest text a carrier delivers (Twilio 21617)."""

_JOINED: Final = str.maketrans(
    {"ı": "i", "İ": "i", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "œ": "oe"}
    | {"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ـ": ""}
    | dict.fromkeys("'’‘ʼ`´\u200c\u200d\u200e\u200f\ufe0f", "")
)
# Scripts written without spaces: each character is a token, and a phrase is a row of characters.
_UNSPACED: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
# Combining marks belong to the word before them although they are no letters (Devanagari,
# Arabic …).
_MARKS: Final = (
    "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0591-\u05c7\u200c\u200d"
)
_BY_CHARACTER: Final = re.compile(f"[{_UNSPACED}]")
_LETTER: Final = f"[^\\W\\d_{_UNSPACED}]"
_MINUS: Final = re.compile(r"(?<![\w\s])[-−]$|(?:^|\s)[-−]$")


@cache
def _token() -> re.Pattern[str]:
    """Made with the first text: it takes as long as a tenth of a start."""
    return re.compile(
        rf"(?P<file>[\w-]+\.(?:png|jpe?g|gif|heic|webp|pdf|mp[34]|mov|docx?|txt)\b)"
        rf"|(?P<clock>(?<![\d.:])\d{{1,2}}[:.]\d{{2}}(?![\d:]|\.\d))"
        rf"|(?P<number>\d+)"
        rf"|(?P<word>{_LETTER}[{_MARKS}]*(?:{_LETTER}|[{_MARKS}]|['’‘ʼ´](?=[^\W\d_]))*|[{_UNSPACED}])"
        r"|(?P<sign>[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u203c])"
        r"|(?P<end>[.!?؟。！？…\n\r]+)"
        r"|(?P<pause>[,;:،؛、，；()–—+&•*])"
    )


class Token(NamedTuple):
    """A piece of text with its place. `kind` is the name of a group of the pattern above."""

    kind: str
    text: str
    fold: str
    start: int
    end: int
    signed: bool = False
    """A number with a minus written onto it."""


_PLAIN: Final = {
    code: bare[0]
    for code in range(0xC0, 0x250)
    if (bare := unicodedata.normalize("NFD", chr(code).lower()))[0].isascii() and len(bare) > 1
} | _JOINED


def fold(word: str) -> str:
    """'Havlularımı' → 'havlularimi', 'I' and 'İ' → 'i', 'don’t' → 'dont'."""
    if word.isascii():
        return word.lower().replace("'", "").replace("`", "")
    lowered = word.translate(_PLAIN).lower()
    if lowered.isascii():
        return lowered
    parts = unicodedata.normalize("NFKD", lowered)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return unicodedata.normalize("NFC", bare.translate(_JOINED))


def cut(text: str) -> list[Token]:
    """The tokens of a text, in order. Never raises, whatever the characters."""
    tokens = []
    for found in _token().finditer(text, 0, LONGEST_TEXT):
        kind, piece = str(found.lastgroup), found[0]
        folded = fold(piece) if kind == "word" else piece
        signed = kind == "number" and bool(_MINUS.search(text, 0, found.start()))
        tokens.append(Token(kind, piece, folded, found.start(), found.end(), signed))
    return tokens


def split_phrase(phrase: str) -> tuple[str, ...]:
    """A phrase, folded already, as words: 'clean * wi-fi' → ('clean', '*', 'wi', 'fi')."""
    words: list[str] = []
    for piece in phrase.split():
        if piece == "*":
            words.append(piece)
            continue
        exact = "=" if piece.startswith("=") else ""
        if piece.isalpha() and (piece.isascii() or not _BY_CHARACTER.search(piece)):
            words.append(piece)
        else:
            words.extend(
                exact + token.fold
                for token in cut(piece)
                if token.kind in ("word", "number", "sign")
            )
    return tuple(words)
