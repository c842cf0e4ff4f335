"""``python -m tests.bench --seconds 10``: every path, or those named with ``--only``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module

from tests.bench.table import Row, table

PATHS = ["texts", "boards", "fanout", "page", "start", "memory"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of load on each path")
    parser.add_argument("--only", action="append", choices=PATHS, help="may be repeated")
    parser.add_argument("--small", action="store_true", help="100,000 requests, not a million")
    wanted = parser.parse_args()
    rows: list[Row] = []
    for name in wanted.only or PATHS:
        begun = time.perf_counter()
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)  # noqa: T201
        run: Callable[..., list[Row]] = import_module(f"tests.bench.paths.{name}").run
        rows += run(wanted.seconds, small=wanted.small)
        print(f"{time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
    print(table(rows))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
