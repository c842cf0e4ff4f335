"""Arabic for a page that shapes nothing by itself (PDF): joined letters, from right to left.

A browser does this alone. Unicode names every joined form of every letter; its own table is all we
need (``unicodedata``), where a shaping library would be one more binary for one sentence.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_FORMS = ("isolated", "final", "initial", "medial")
LAM = "\u0644"


@cache
def _forms() -> dict[tuple[str, str], str]:
    """(letters, form) → the character that looks so; letters are one, or lam and an alef."""
    found = {}
    for code in range(0xFE80, 0xFEFD):
        kind, *letters = unicodedata.decomposition(chr(code)).split()
        form = kind.strip("<>")
        if form in _FORMS:
            found["".join(chr(int(letter, 16)) for letter in letters), form] = chr(code)
    return found


def is_arabic(text: str) -> bool:
    return any("\u0600" <= c <= "\u06ff" for c in text)


def shaped(text: str) -> str:
    """A line of Arabic as it is drawn from the left: joined, and in visual order.

    Runs of digits and Latin letters inside it keep their own direction.
    """
    joined = _joined("".join(c for c in text if not unicodedata.combining(c)))
    runs: list[str] = []
    for c in joined:
        latin = unicodedata.bidirectional(c) in {"L", "EN"}
        if runs and latin and unicodedata.bidirectional(runs[-1][-1]) in {"L", "EN"}:
            runs[-1] += c
        else:
            runs.append(c)
    return "".join(reversed(runs))


def _joined(text: str) -> str:
    forms = _forms()
    units: list[str] = []
    for c in text:
        if units and units[-1] == LAM and (LAM + c, "isolated") in forms:
            units[-1] = LAM + c
        else:
            units.append(c)
    drawn = []
    for n, unit in enumerate(units):
        before = n > 0 and (units[n - 1], "initial") in forms and (unit, "final") in forms
        after = (
            (unit, "initial") in forms and n + 1 < len(units) and (units[n + 1], "final") in forms
        )
        form = ("medial" if after else "final") if before else ("initial" if after else "isolated")
        drawn.append(forms.get((unit, form), unit))
    return "".join(drawn)
