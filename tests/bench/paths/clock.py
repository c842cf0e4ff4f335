"""100,000 pending promises, 100 falling due each second: what is asked of the database, and how
late the latest was. The floor is a bare indexed query of the due, in turns with the clock's."""

from __future__ import annotations

import json

from tests.bench import servers
from tests.bench.table import Row, median, ms, percentile
from tests.services.postgres import postgres

LATEST_SECONDS = 2.0


def run(seconds: float, *, small: bool) -> list[Row]:
    pending = 20_000 if small else 100_000
    rows = measured("SQLite", seconds, pending)
    with postgres() as url:
        rows += measured("PostgreSQL", seconds, pending, DATABASE_URL=url)
    return rows


def measured(database: str, seconds: float, pending: int, **env: str) -> list[Row]:
    folder = servers.empty_folder(f"clock-{database.lower()}")
    printed = servers.run_module(
        "tests.bench.clock_worker", "--seconds", str(seconds), "--pending", str(pending),
        env=servers.environment(folder, **env),
    )  # fmt: skip
    taken = json.loads(printed.splitlines()[-1])
    ours, bare = median(taken["ours"]), median(taken["bare"])
    rounds = taken["rounds"]
    if taken["left"] or not taken["done"]:
        raise RuntimeError(f"{taken['left']} promises were left, {taken['done']} dealt with")
    what = f"clock, {database}, {pending:,} pending"
    return [
        Row(f"{what}: what is due", ms(ours), f"{ms(bare)} bare indexed query", ours / bare, 2),
        Row(
            f"{what}, 100 due a second: the latest",
            f"{taken['late']:.2f} s late, a round {ms(percentile(rounds, 0.95))} at p95",
            f"{LATEST_SECONDS:g} s allowed",
            taken["late"] / LATEST_SECONDS,
            1,
            figures={"round_milliseconds": median(rounds) * 1000},
        ),
    ]
