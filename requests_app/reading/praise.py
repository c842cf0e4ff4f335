"""Whose names stand in a text of thanks, as the guest wrote them."""

from __future__ import annotations

from collections.abc import Sequence

from requests_app.reading.meaning import StaffName
from requests_app.reading.parsed import Parsed
from requests_app.reading.people import find_names
from requests_app.reading.roster import roster


def staff_named(parsed: Parsed, staff: Sequence[StaffName]) -> tuple[tuple[str, ...], set[int]]:
    """Names as written, and their tokens.

    Only where somebody is thanked or praised is a name looked for.
    """
    if not any(cue.kind in ("thanks", "praise") for cue in parsed.cues):
        return (), set()
    names: list[str] = []
    places: set[int] = set()
    for found in find_names(parsed.tokens, roster(tuple(staff)), loose=True, unknown=True):
        span = range(found.first, found.last + 1)
        if not found.candidates and not parsed.of_items.isdisjoint(span):
            continue
        places.update(span)
        if not found.candidates and _is_signature(parsed, found.first, found.last):
            continue
        text = " ".join(parsed.tokens[place].text for place in span)
        name = text.replace("’", "'").split("'")[0]
        if name not in names:
            names.append(name)
    return tuple(names), places


def _is_signature(parsed: Parsed, first: int, last: int) -> bool:
    """The guest's own name, alone at the end of a text that asks for something:

    '…, thanks, Anna'.
    """
    tokens = parsed.tokens
    at_end = all(token.kind in ("end", "pause", "sign") for token in tokens[last + 1 :])
    alone = first > 0 and tokens[first - 1].kind in ("end", "pause")
    return at_end and alone and bool(parsed.items)


def is_thanked(parsed: Parsed, names: Sequence[str], *, wished: bool) -> bool:
    """Whether thanks are said to somebody, rather than beside the name of who writes.

    That one stands with a room ('207 Clarke. Thanks!') or in another sentence; and 'Virtanen, two
    towels, thanks' is politeness, like all thanks in a sentence that asks for something.
    """
    cues = [cue for cue in parsed.cues if cue.kind == "thanks"]
    thanks = {parsed.sentence[cue.first] for cue in cues}
    if wished:
        thanks -= {parsed.sentence[item.first] for item in parsed.items}
    # 'Thanks Helena for the pillows, and could you …': it begins with thanks, then goes on.
    opening = {parsed.fragment[cue.first] for cue in cues if parsed.fragment[cue.first] == 0}
    written = {word for name in names for word in name.split()}
    tokens = parsed.tokens
    for place, token in enumerate(tokens):
        if token.kind != "word" or token.text.replace("’", "'").split("'")[0] not in written:
            continue
        beside = [*tokens[max(0, place - 2) : place], *tokens[place + 1 : place + 2]]
        of_a_room = any(other.kind == "number" and len(other.text) > 2 for other in beside)
        thanked = parsed.sentence[place] in thanks or parsed.fragment[place] in opening
        if thanked and not of_a_room:
            return True
    return False
