"""What has been measured: docs/measurements.json, by path, and the tables made of it."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from dataclasses import asdict
from typing import Any

from tests.bench.servers import ROOT
from tests.bench.table import Row, table

BENCH = ["texts", "boards", "fanout", "page", "start", "memory"]
"""One hotel in one process."""
MANY = [
    *("many_texts", "through_valkey", "thousand", "storm", "outbox", "clock"),
    *("years", "years_postgres", "decade", "chain"),
]
"""Nothing lost, nothing late: several processes, many hotels, many years."""

DOCUMENT = ROOT / "docs" / "measurements.md"
FIGURES = ROOT / "docs" / "measurements.json"
TABLES = {"table": BENCH, "many": MANY}
"""By the name of their marks in the document. No path is in two of them."""

Measured = dict[str, dict[str, Any]]
"""By path: when and how it was measured, and its rows."""


def measured() -> Measured:
    found: Measured = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    return found


def rows_of(path: str, known: Measured) -> list[Row]:
    return [Row(**row) for row in known[path]["rows"]] if path in known else []


def keep(rows: dict[str, list[Row]], command: str, *, seconds: float) -> None:
    """Write these down; paths that were not measured this time stay, with their date."""
    now = dt.datetime.now(dt.UTC)
    taken = {
        "at": f"{now:%Y-%m-%d %H:%M}",
        "command": command,
        "seconds": seconds,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[1], 1),
        "python": platform.python_version(),
    }
    known = measured()
    known |= {path: taken | {"rows": [asdict(row) for row in mine]} for path, mine in rows.items()}
    FIGURES.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")
    whole = DOCUMENT.read_text()
    for mark, paths in TABLES.items():
        if any(path in rows for path in paths):
            whole = with_table(whole, mark, paths, known)
    DOCUMENT.write_text(whole)


def with_table(whole: str, mark: str, paths: list[str], known: Measured) -> str:
    """The document, with the table between these marks as it is known now."""
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, begun, rest = whole.partition(begin)
    _old, ended, after = rest.partition(end)
    if not begun or not ended:
        raise ValueError(f"{begin} … {end} is missing in {DOCUMENT.name}")
    rows = [row for path in paths for row in rows_of(path, known)]
    return f"{before}{begin}\n{said(paths, known)}\n\n{table(rows)}\n{end}{after}"


def said(paths: list[str], known: Measured) -> str:
    """When, where and how each run came to its rows."""
    runs: dict[str, list[str]] = {}
    for path in paths:
        if path in known:
            one = known[path]
            how = (
                f"{one['at']} UTC, {one['cores']} cores shared with others (load {one['load']} over"
                f" five minutes), Python {one['python']}: `{one['command']}`"
            )
            runs.setdefault(how, []).append(path)
    return "\n".join(f"- {how}: {', '.join(names)}" for how, names in runs.items())
