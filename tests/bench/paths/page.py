"""A board's page with 200 open cards, in a table of 1,000 and of a million requests."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.bench import servers
from tests.bench.filled import OPEN, filled
from tests.bench.table import Row, median, ms

QUERIES = 12


class Worker:
    """A process with its own database, that opens the page when it is told to."""

    def __init__(self, closed: int) -> None:
        folder, session = filled(closed)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.page_worker", session],
            cwd=servers.ROOT, env=servers.environment(folder), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, what: str) -> dict[str, float]:
        assert self.process.stdin
        assert self.process.stdout
        print(what, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the page's worker died")
        answer: dict[str, float] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


def run(seconds: float, *, small: bool) -> list[Row]:
    many = 100_000 if small else 1_000_000
    few_worker, many_worker = Worker(1_000 - OPEN), Worker(many)
    few: dict[str, list[float]] = {"warm": [], "cold": []}
    lots: dict[str, list[float]] = {"warm": [], "cold": []}
    queries, cards = 0.0, 0.0
    for turn in range(max(10, int(seconds * 4))):
        what = "cold" if turn % 4 == 0 else "warm"
        for worker, taken in [(few_worker, few), (many_worker, lots)]:
            answer = worker.ask(what)
            taken[what].append(answer["seconds"])
            queries, cards = max(queries, answer["queries"]), answer["cards"]
    few_worker.close()
    many_worker.close()
    if cards < OPEN:
        raise RuntimeError(f"the page shows {cards:.0f} cards of {OPEN}")
    rows = []
    for what, name in [("warm", "cards kept"), ("cold", "every card rendered")]:
        mine, floor = median(lots[what]), median(few[what])
        rows.append(
            Row(f"board page, {many:,} requests, {name}", ms(mine), f"{ms(floor)} at 1,000",
                mine / floor, 1.2)
        )  # fmt: skip
    warm, cold = median(lots["warm"]), median(lots["cold"])
    return [
        *rows,
        Row("board page: queries", f"{queries:.0f}", f"{QUERIES} allowed", queries / QUERIES, 1),
        Row("board page, warm to cold", ms(warm), f"{ms(cold)} every card", warm / cold, 0.15),
    ]
