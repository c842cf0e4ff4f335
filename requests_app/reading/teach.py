"""The word of an unsorted text that is worth teaching to the hotel's own vocabulary."""

from __future__ import annotations

from typing import Final

from requests_app.reading.lexicon import available_languages, lexicon_for
from requests_app.reading.parsed import Parsed
from requests_app.reading.words import cut

_SHORTEST: Final = 3
"""Letters: the 'x' of '3x plonkers' is no word to teach."""


def word_to_teach(text: str, language: str) -> str:
    """The thing a text names, as written, without all that could stand in any other text.

    'two zibidak please' → 'zibidak'; 'could I get 3 plonkers' → 'plonkers'. Numbers, times,
    politeness, greetings, wishes and small words are left out. Of several things it is the one
    we know least of, the longer and then the earlier; "" where nothing is left. A language we
    do not speak is read as English.
    """
    code = language if language in available_languages() else "en"
    parsed = Parsed(cut(text), lexicon_for(code, ()))
    said = _said_in_any_text(parsed)
    runs: list[list[int]] = [[]]
    for place, token in enumerate(parsed.tokens):
        if token.kind == "word" and place not in said:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    best = max(runs, key=lambda run: (_strange(parsed, run), len(run)))
    best = [place for place in best if len(parsed.tokens[place].fold) >= _SHORTEST]
    if not best:
        return ""
    return text[parsed.tokens[best[0]].start : parsed.tokens[best[-1]].end]


def _said_in_any_text(parsed: Parsed) -> set[int]:
    """Tokens of numbers, times, moods and grammar. A misspelt word might be the very thing."""
    said = {place for cue in parsed.cues if not cue.edits for place in cue.at}
    said |= parsed.of_times | parsed.masked
    for kind in ("room", "people", "bare_no", "and", "but"):
        said |= {place for place in parsed.marks[kind] if not parsed.stems[place].edits}
    for first, (_, last) in parsed.numbers.items():
        said.update(range(first, last + 1))
    function = parsed.lexicon.function
    return said | {place for place, token in enumerate(parsed.tokens) if token.fold in function}


def _strange(parsed: Parsed, run: list[int]) -> int:
    """How many words of the run the language does not know."""
    return sum(
        parsed.tokens[place].fold not in parsed.lexicon.known
        and (not parsed.stems[place].stems or parsed.stems[place].edits > 0)
        for place in run
    )
