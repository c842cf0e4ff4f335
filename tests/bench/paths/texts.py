"""Signed text in, stored and read, answered 200: against a Django view with one INSERT."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

from tests.bench import servers, texts
from tests.bench.client import Load, load
from tests.bench.table import Row, median, ms, percentile

CLIENTS = 8
UNREAD = (
    "SELECT count(*) FROM requests_app_message"
    " WHERE direction = 'in' AND understood_at IS NULL AND NOT held"
)
UNSENT = (
    "SELECT count(*) FROM requests_app_outgoing"
    " WHERE carrier = 'texts' AND state <> 'sent'"
    " AND due_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')"
)
RECEIVED = "SELECT count(*) FROM requests_app_message WHERE direction = 'in'"


def make_floor() -> str:
    database = str(servers.empty_folder("floor") / "floor.sqlite3")
    env = servers.environment(servers.FOLDER, FLOOR_DATABASE=database)
    servers.run_module("tests.bench.floors.insert.make", env=env)
    return database


def make_ours() -> Path:
    folder = servers.empty_folder("texts")
    env = servers.environment(folder)
    servers.run_module("tests.bench.hotel", "--guests", str(texts.GUESTS), env=env)
    return folder


def wait_until_none(database: Path, *queries: str) -> None:
    """Until nothing stored is left to be understood, and nothing due is left to be sent."""
    end = time.perf_counter() + 30
    while any(count(database, query) for query in queries):
        if time.perf_counter() > end:
            raise TimeoutError("what was stored is not understood, or not answered")
        time.sleep(0.005)


def do_all_there_is(database: Path) -> None:
    """What staff does in a hotel: after ten minutes 40,000 requests would be open, and all late."""
    with sqlite3.connect(database, timeout=20) as staff:
        staff.execute(
            "UPDATE requests_app_request SET status = 'cancelled', next_look_at = NULL,"
            " warned = '', closed_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE closed_at IS NULL"
        )


def count(database: Path, query: str) -> int:
    with sqlite3.connect(database) as reader:
        return int(reader.execute(query).fetchone()[0])


def run(seconds: float, *, small: bool) -> list[Row]:
    floor_database, folder = make_floor(), make_ours()
    database = folder / "db.sqlite3"
    totals = {"ours": Load(), "usual": Load(), "one hop": Load()}
    floor = "tests.bench.floors.insert"
    turn = max(0.5, min(5.0, seconds / 5))
    with (
        servers.ours_with_simulator(folder) as mine,
        servers.daphne(f"{floor}.usual:application", FLOOR_DATABASE=floor_database) as usual,
        servers.daphne(f"{floor}.one_hop:application", FLOOR_DATABASE=floor_database) as one_hop,
    ):
        ports = {"ours": mine.port, "usual": usual.port, "one hop": one_hop.port}
        for port in ports.values():
            asyncio.run(load(port, texts.endless(), seconds=0.3, clients=CLIENTS))  # warm
        wait_until_none(database, UNREAD, UNSENT)
        stored = count(database, RECEIVED)
        while totals["ours"].seconds < seconds:
            for name, port in ports.items():
                # Of ten minutes the floors have two each: nothing of theirs changes with time.
                share = turn if name == "ours" or seconds < 60 else turn / 5
                done = asyncio.run(load(port, texts.endless(), seconds=share, clients=CLIENTS))
                if name == "ours":
                    # Not over before every word is understood and every answer sent.
                    begun = time.perf_counter()
                    wait_until_none(database, UNREAD, UNSENT)
                    done.seconds += time.perf_counter() - begun
                totals[name].add(done)
            do_all_there_is(database)
        stored = count(database, RECEIVED) - stored
    mine_total = totals["ours"]
    lost = mine_total.answers - stored
    shown = f"{mine_total.rate:.0f}/s, {ms(median(mine_total.waits))}"
    shown += f", p95 {ms(percentile(mine_total.waits, 0.95))}"
    rows = [
        Row(f"text in, against {words}", shown, f"{totals[name].rate:.0f}/s",
            mine_total.rate / totals[name].rate, goal, at_least=True)
        for name, words, goal in [
            ("usual", "one INSERT, usual stack", 1.0),
            ("one hop", "one INSERT, one hop", 0.4),
        ]
    ]  # fmt: skip
    wrong = mine_total.errors + abs(lost)
    floors_wrong = totals["usual"].errors + totals["one hop"].errors
    rows.append(
        Row(
            "text in: errors and lost",
            f"{wrong} of {mine_total.answers}",
            str(floors_wrong),
            float(wrong),
            0,
            figures={"texts_per_second": mine_total.rate},
        )
    )
    return rows
