"""``python -m tests.bench --seconds 10``: every path, or those named with ``--only``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module

from tests.bench import records, scale
from tests.bench.records import MANY
from tests.bench.table import Row, table

PATHS = ["texts", "boards", "fanout", "outbox", "clock", "page", "start", "memory"]
ON_DEMAND = ["server", *(path for path in MANY if path not in PATHS)]
"""Only where they are named, or with ``--many``."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of load on each path")
    parser.add_argument(
        "--only", action="append", choices=PATHS + ON_DEMAND, help="may be repeated"
    )
    parser.add_argument("--many", action="store_true", help="many processes, hotels and years")
    parser.add_argument("--small", action="store_true", help="a tenth of requests and boards")
    parser.add_argument(
        "--write", action="store_true", help="into docs: measurements.md, its figures, scale.md"
    )
    wanted = parser.parse_args()
    rows: dict[str, list[Row]] = {}
    for name in wanted.only or (MANY if wanted.many else PATHS):
        begun = time.perf_counter()
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)  # noqa: T201
        run: Callable[..., list[Row]] = import_module(f"tests.bench.paths.{name}").run
        rows[name] = run(wanted.seconds, small=wanted.small)
        print(f"{time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
    print(table([row for mine in rows.values() for row in mine]))  # noqa: T201
    if wanted.write:
        command = f"python -m tests.bench {' '.join(sys.argv[1:])}"
        records.keep(rows, command, seconds=wanted.seconds)
        scale.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
