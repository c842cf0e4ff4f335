"""Words that must wake somebody:

fire, a heart attack, a stranger at the door, in whatever language.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from requests_app.reading.lexicon import Lexicon, load_lexicon
from requests_app.reading.parsed import Parsed
from requests_app.reading.phrases import Match, find_phrases, longest_first
from requests_app.reading.words import Token


@cache
def _first_words(codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """First word of an alarming phrase → the languages that have one."""
    found: dict[str, tuple[str, ...]] = {}
    for code in codes:
        for stem, row in load_lexicon(code).phrases.items():
            if any(phrase.kind in ("urgent", "medical") for phrase in row):
                word = stem.removeprefix("=")
                found[word] = (*found.get(word, ()), code)
    return found


def alarms(parsed: Parsed, codes: tuple[str, ...]) -> list[Match]:
    """What is alarming in the text, in the language it was read in or else in any other."""
    if parsed.alarms:
        return parsed.alarms
    first_words = _first_words(codes)
    others = {
        code
        for token in parsed.tokens
        for code in first_words.get(token.fold, ())
        if code != parsed.lexicon.code
    }
    for code in sorted(others):
        if found := _alarms_in(parsed.tokens, load_lexicon(code), parsed.lexicon):
            return found
    return []


def _alarms_in(tokens: Sequence[Token], lexicon: Lexicon, read_in: Lexicon) -> list[Match]:
    """Alarms of another language;

    a word both languages have means what the text's own says it does.
    """
    matches, _ = find_phrases(tokens, lexicon)
    kept = [
        match
        for match in longest_first(
            [match for match in matches if match.kind in ("urgent", "medical", "calm")]
        )
        if match.kind != "calm" and not match.edits
    ]
    return [
        match
        for match in kept
        if not all(tokens[place].fold in read_in.known for place in match.at)
    ]
