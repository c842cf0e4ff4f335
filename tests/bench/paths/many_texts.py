"""Signed text in → 200 on PostgreSQL and Valkey: one web process and two, and with 500 boards.

The floors store one row a text in the same PostgreSQL, each from one process: the usual stack, and
our one hop. The worker sends the answers meanwhile. Beside the rates: CPU time of each part a text,
since client, database, worker and web processes share the machine's cores.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg

from tests.bench import servers, texts
from tests.bench.client import Load, load
from tests.bench.many import Ground, Spent, ground
from tests.bench.paths.texts import RECEIVED, UNREAD
from tests.bench.table import Row, median, ms, percentile
from tests.services.several import Several

CLIENTS = 32
BOARDS = 500
DESKS = ["front-desk", "concierge", "housekeeping", "engineering", "dining", "bell", "all"]
UNSENT = "SELECT count(*) FROM requests_app_outgoing WHERE state <> 'sent' AND due_at <= now()"
SIZE = "SELECT pg_database_size(current_database())"
FLOOR = "tests.bench.floors.insert"


def count(here: Several, query: str) -> int:
    return int(here.rows(query)[0][0])


def wait_until_quiet(here: Several) -> None:
    """Until everything is understood and answered: the next one's turn is its own."""
    end = time.perf_counter() + 120
    with psycopg.connect(here.database_url, autocommit=True) as asking:
        while any(asking.execute(query).fetchone() != (0,) for query in (UNREAD, UNSENT)):
            if time.perf_counter() > end:
                raise TimeoutError("what was stored is not understood, or not answered")
            time.sleep(0.1)


@dataclass
class Taker:
    """Whoever takes texts at a port, and what came of it."""

    port: int
    hotel: Several | None = None
    spent: Spent | None = None
    total: Load = field(default_factory=Load)

    def turn(self, seconds: float) -> None:
        if self.spent:
            self.spent.begin()
        self.total.add(asyncio.run(load(self.port, texts.endless(), seconds=seconds,
                                        clients=CLIENTS)))  # fmt: skip
        if self.hotel:
            wait_until_quiet(self.hotel)
        if self.spent:
            self.spent.end()

    def warm(self) -> None:
        asyncio.run(load(self.port, texts.endless(), seconds=0.5, clients=CLIENTS))
        if self.hotel:
            wait_until_quiet(self.hotel)

    def cpu_ms(self, part: str) -> float:
        """A text."""
        assert self.spent
        return self.spent.seconds[part] * 1000 / self.total.answers


def hotel(land: Ground, webs: int) -> Taker:
    here = land.hotel()
    for _ in range(webs):
        here.web()
    here.worker()
    return Taker(here.port, here, Spent(here, land.postgres))


@contextlib.contextmanager
def onlookers(port: int, boards: int, session: str) -> Iterator[None]:
    paths = [f"/ws/boards/{desk}/" for desk in DESKS]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.onlookers", str(port), str(boards),
         f"sessionid={session}", *paths],
        cwd=servers.ROOT, env=servers.environment(servers.FOLDER), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    if "all look" not in process.stdout.readline():
        raise RuntimeError("not all boards opened")
    yield
    process.stdin.close()
    if not int(process.stdout.readline()):
        raise RuntimeError("no board was told anything")
    process.wait(10)


def in_turns(takers: list[Taker], seconds: float) -> None:
    for taker in takers:
        taker.warm()
        taker.total = Load()
    turn = max(0.5, min(5.0, seconds / 2))
    while takers[0].total.seconds < seconds:
        for taker in takers:
            taker.turn(turn)


def run(seconds: float, *, small: bool) -> list[Row]:
    boards = BOARDS // 10 if small else BOARDS
    with ground("many-texts") as land:
        floor_url = land.empty()
        env = servers.environment(servers.FOLDER, FLOOR_DATABASE=floor_url)
        servers.run_module("tests.bench.floors.insert.make", env=env)
        with (
            servers.daphne(f"{FLOOR}.usual:application", FLOOR_DATABASE=floor_url) as usual_server,
            servers.daphne(f"{FLOOR}.one_hop:application", FLOOR_DATABASE=floor_url) as hop_server,
        ):
            one, two = hotel(land, 1), hotel(land, 2)
            usual, hop = Taker(usual_server.port), Taker(hop_server.port)
            assert one.hotel
            size = count(one.hotel, SIZE)
            in_turns([one, two, usual, hop], seconds)
            size = count(one.hotel, SIZE) - size
            stored = count(one.hotel, RECEIVED)
        for taker in (one, two):
            assert taker.hotel
            taker.hotel.stop()
        without, watched = hotel(land, 2), hotel(land, 2)
        with onlookers(watched.port, boards, land.session):
            in_turns([without, watched], seconds / 2)
    return [
        *against_floors(one, usual, hop, stored, size),
        two_to_one(one, two),
        beside_boards(without, watched, boards),
    ]


def against_floors(one: Taker, usual: Taker, hop: Taker, stored: int, size: int) -> list[Row]:
    mine = one.total
    shown = f"{mine.rate:.0f}/s, {ms(median(mine.waits))}, p95 {ms(percentile(mine.waits, 0.95))}"
    rows = [
        Row(f"PostgreSQL, {CLIENTS} clients: text in, one web process, against one INSERT, {name}",
            shown, f"{floor.total.rate:.0f}/s", mine.rate / floor.total.rate, goal, at_least=True)
        for name, floor, goal in [("usual stack", usual, 1.0), ("one hop", hop, 0.5)]
    ]  # fmt: skip
    figures = {
        "texts_per_second": mine.rate,
        **{f"{part}_cpu_ms": one.cpu_ms(part) for part in ("web", "worker", "database")},
        "database_kb": size / 1024 / stored,
    }
    lost = mine.errors + max(0, mine.answers - stored)
    others = usual.total.errors + hop.total.errors
    rows.append(Row("the same: errors and lost", f"{lost} of {mine.answers}", str(others),
                    float(lost), 0, figures=figures))  # fmt: skip
    return rows


def two_to_one(one: Taker, two: Taker) -> Row:
    used = " + ".join(
        f"{two.cpu_ms(part):.1f} {part}" for part in ("web", "database", "worker", "client")
    )
    return Row(
        f"text in, two web processes ({os.cpu_count()} cores for all; CPU ms a text: {used})",
        f"{two.total.rate:.0f}/s", f"{one.total.rate:.0f}/s one", two.total.rate / one.total.rate,
        1.7, at_least=True, figures={"texts_per_second": two.total.rate},
    )  # fmt: skip


def beside_boards(without: Taker, watched: Taker, boards: int) -> Row:
    return Row(
        f"text in, two web processes, {boards} boards connected",
        f"{watched.total.rate:.0f}/s", f"{without.total.rate:.0f}/s without",
        watched.total.rate / without.total.rate, 0.8, at_least=True,
        figures={"web_cpu_ms": watched.cpu_ms("web"), "web_cpu_ms_without": without.cpu_ms("web")},
    )  # fmt: skip
