"""Start with a filled database → first 200 from /readyz, against a bare Daphne's first 200."""

from __future__ import annotations

from tests.bench import servers
from tests.bench.filled import filled
from tests.bench.table import Row, median, ms


def run(seconds: float, *, small: bool) -> list[Row]:
    folder, _session = filled(100_000 if small else 1_000_000)
    ours, bare = [], []
    for _ in range(max(5, int(seconds / 2))):
        with servers.daphne("tests.bench.floors.empty:application") as server:
            bare.append(server.seconds_to_ready)
        with servers.ours(folder) as server:
            ours.append(server.seconds_to_ready)
    mine, floor = median(ours), median(bare)
    return [Row("start → ready", ms(mine), f"{ms(floor)} bare Daphne", mine / floor, 1.6)]
