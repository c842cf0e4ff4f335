"""What a run has proved, and docs/faults.md, which is made of it."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.serving import ROOT

DOCUMENT = ROOT / "docs" / "faults.md"
FIGURES = ROOT / "docs" / "faults.json"


@dataclass(frozen=True)
class Line:
    """One fault on one configuration: how often it was made, and what came of it."""

    order: int
    fault: str
    configuration: str
    times: int
    proved: str
    at: str = ""


HEAD = """# Proved by faults

`make faults` breaks a running hotel on purpose and writes down what came of it; this page is made
by `tests/faults/record.py` from docs/faults.json, a line for the last time that each fault went
well. Servers are the real ones, the carrier is a stand-in over real HTTP that remembers what it has
taken, guests' texts are signed, and whatever is not answered with 200 is posted again, as Twilio
does it.

After every fault: each acknowledged text is in the database once, is one card, and has one reply at
the carrier; the cards of a board that stayed open through it (its own socket, its own reconnecting)
equal those of a page fetched anew, to the letter.

"""


def write_down(lines: list[Line]) -> None:
    """What was proved before and not this time stays, with its date."""
    known: dict[str, Line] = {}
    if FIGURES.exists():
        known = {key(line): line for line in map(read, json.loads(FIGURES.read_text()))}
    now = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M}"
    for line in lines:
        known[key(line)] = Line(**(asdict(line) | {"at": now}))
    kept = sorted(known.values(), key=lambda line: (line.order, line.configuration))
    FIGURES.write_text(json.dumps([asdict(line) for line in kept], indent=1) + "\n")
    DOCUMENT.write_text(document(kept))


def key(line: Line) -> str:
    return f"{line.order} {line.fault} {line.configuration}"


def read(line: dict[str, object]) -> Line:
    return Line(**line)  # type: ignore[arg-type]


def document(lines: list[Line]) -> str:
    rows = [
        "| fault | on | times | what was proved | when (UTC) |",
        "|---|---|---|---|---|",
        *(f"| {n.fault} | {n.configuration} | {n.times} | {n.proved} | {n.at} |" for n in lines),
    ]
    return HEAD + "\n".join(rows) + "\n\n" + machine() + "\n"


def machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores shared with other work."


def is_current(document_path: Path = DOCUMENT) -> bool:
    """Whether the page is what its figures make of it (the machine's line aside)."""
    lines = [read(line) for line in json.loads(FIGURES.read_text())]
    made = document(lines)
    return document_path.read_text().split("\n\nPython ")[0] == made.split("\n\nPython ")[0]
