"""``python -m tests.bench --seconds 10``: every path, or those named with ``--only``."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib import import_module

from tests.bench.servers import ROOT
from tests.bench.table import Row, table

PATHS = ["texts", "boards", "fanout", "outbox", "clock", "page", "start", "memory"]
ON_DEMAND = ["server", "years", "years_postgres", "decade", "chain"]
"""Only where they are named."""
DOCUMENT = ROOT / "docs" / "measurements.md"
BEGIN, END = "<!-- table -->", "<!-- /table -->"


def write_down(shown: str) -> None:
    """Put the table where people read it, with when, where and how it came to be."""
    now = dt.datetime.now(dt.UTC)
    said = (
        f"{now:%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores shared with others"
        f" (load {os.getloadavg()[1]:.1f} over five minutes), Python {platform.python_version()}:"
        f" `python -m tests.bench {' '.join(sys.argv[1:])}`"
    )
    before, _begin, rest = DOCUMENT.read_text().partition(BEGIN)
    _old, _end, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{said}\n\n{shown}\n{END}{after}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of load on each path")
    parser.add_argument(
        "--only", action="append", choices=PATHS + ON_DEMAND, help="may be repeated"
    )
    parser.add_argument("--small", action="store_true", help="100,000 requests, not a million")
    parser.add_argument("--write", action="store_true", help="the table into docs/measurements.md")
    wanted = parser.parse_args()
    rows: list[Row] = []
    for name in wanted.only or PATHS:
        begun = time.perf_counter()
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)  # noqa: T201
        run: Callable[..., list[Row]] = import_module(f"tests.bench.paths.{name}").run
        rows += run(wanted.seconds, small=wanted.small)
        print(f"{time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
    shown = table(rows)
    print(shown)  # noqa: T201
    if wanted.write:
        write_down(shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
