"""Whose names stand in a text of thanks, as the guest wrote them."""

from __future__ import annotations

from collections.abc import Sequence

from requests_app.reading.meaning import StaffName
from requests_app.reading.parsed import Parsed
from requests_app.reading.people import find_names, roster


def staff_named(parsed: Parsed, staff: Sequence[StaffName]) -> tuple[tuple[str, ...], set[int]]:
    """Names as written, and their tokens. Only where somebody is thanked or praised is a name looked for."""
    if not any(cue.kind in ("thanks", "praise") for cue in parsed.cues):
        return (), set()
    names: list[str] = []
    places: set[int] = set()
    for found in find_names(parsed.tokens, roster(tuple(staff)), loose=True, unknown=True):
        span = range(found.first, found.last + 1)
        if not found.candidates and not parsed.of_items.isdisjoint(span):
            continue
        places.update(span)
        text = " ".join(parsed.tokens[place].text for place in span)
        name = text.replace("’", "'").split("'")[0]
        if name not in names:
            names.append(name)
    return tuple(names), places
