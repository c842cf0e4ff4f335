"""Every page of a hotel open for a year, against its first fortnight: the same today."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench import servers
from tests.bench.table import Row, ms, percentile

FIRST_DAYS = 14
"""Until the pages of a week and of what is newest are full: what they show is the same then."""
YEAR = 364
SLOWEST = 5
"""So many pages have a row of their own."""
QUICKEST = 0.25
"""Of the times of a page this quantile: a query that reads a year is slow every time, what others
do on the same cores is not. For the same reason a worker counts its work, not the time."""


def made(days: int) -> tuple[Path, dict[str, Any]]:
    """Kept between runs as long as the tables are the same and today is today."""
    sources = [*servers.ROOT.glob("*/migrations/0*.py"), servers.ROOT / "tests/bench/lived.py"]
    state = hashlib.sha1(b"".join(p.read_bytes() for p in sorted(sources))).hexdigest()
    folder = servers.FOLDER / f"lived-{days}"
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "made.json"
    if not known.exists() or json.loads(known.read_text())["state"] != state:
        servers.empty_folder(folder.name)
        printed = servers.run_module(
            "tests.bench.lived", "--days", str(days), env=servers.environment(folder)
        )
        about = json.loads(printed.splitlines()[-1])
        known.write_text(json.dumps(about | {"state": state}))
    return folder, json.loads(known.read_text())


class Worker:
    """A process that opens pages of one hotel, told about by ``lived``."""

    def __init__(self, about: dict[str, Any], env: dict[str, str]) -> None:
        self.about = about
        self.pages: list[str] = [*about["pages"], "clock"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.lived_worker", about["session"]],
            cwd=servers.ROOT, env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def seconds(self, page: str) -> float:
        """Of work: see ``lived_worker``."""
        assert self.process.stdin
        assert self.process.stdout
        print(page, file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        # Nobody sends what the clock has written: after five minutes that is what /readyz says.
        if answer["status"] not in ({200, 503} if page == "/readyz" else {200}):
            raise RuntimeError(f"{page} answered {answer['status']}")
        return float(answer["seconds"])

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


def on_sqlite(days: int) -> Worker:
    folder, about = made(days)
    return Worker(about, servers.environment(folder))


def run(seconds: float, *, small: bool) -> list[Row]:
    days = 30 if small else YEAR
    return compared(on_sqlite(FIRST_DAYS), on_sqlite(days), seconds, f"after {days} days")


def compared(first: Worker, last: Worker, seconds: float, when: str) -> list[Row]:
    """A row for all pages, and one for each of the slowest; closes the workers."""
    taken: dict[int, tuple[list[float], list[float]]] = {}
    for turn in range(max(8, int(seconds))):
        for place, (young, old) in enumerate(zip(first.pages, last.pages, strict=True)):
            figures = taken.setdefault(place, ([], []))
            # By turns: neither is always the one for whom the machine is warm.
            if turn % 2:
                mine, floor = last.seconds(old), first.seconds(young)
            else:
                floor, mine = first.seconds(young), last.seconds(old)
            if turn >= 2:  # the first ones compile and fill caches
                figures[0].append(floor)
                figures[1].append(mine)
    first.close()
    last.close()
    rows = []
    for place, (young, old) in taken.items():
        floor, mine = percentile(young, QUICKEST), percentile(old, QUICKEST)
        # Half a millisecond is noise of a page, not history.
        ratio = max(0.0, mine - 0.0005) / floor
        name = last.pages[place]
        rows.append(Row(f"{when}: {_shown(name)}", ms(mine), ms(floor), ratio, 1.2))
    rows.sort(key=lambda row: -row.ratio)
    kept = sum(row.met for row in rows)
    whole = Row(
        f"{when} ({last.about['counts']['Request']:,} requests,"
        f" {last.about['counts']['Message']:,} messages): pages as in the first fortnight",
        f"{kept} of {len(rows)}", f"{len(rows)}", kept / len(rows), 1, at_least=True,
    )  # fmt: skip
    return [whole, *rows[:SLOWEST]]


def _shown(page: str) -> str:
    """Without keys and tokens, which are others in each hotel."""
    return "/".join(
        part if not part.isdecimal() and len(part) < 20 else "…" for part in page.split("/")
    )
