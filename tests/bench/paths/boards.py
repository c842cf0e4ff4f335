"""Text posted → its card in a board's socket, idle and at half of the rate we can take."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field

from tests.bench import servers, texts
from tests.bench.client import Connection, connect, load
from tests.bench.sockets import look, until
from tests.bench.table import Row, median, ms, percentile

CARD = re.compile(rb'<article id="request-\d+"[^>]*? data-room="([^"]+)"')
CLIENTS = 8
IDLE_PAUSE_SECONDS = 0.05


@dataclass
class Sample:
    """When each text was posted, answered, and seen on the board; seconds of one clock."""

    posted: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    def told(self, frame: bytes) -> None:
        now = time.perf_counter()
        for found in CARD.finditer(frame):
            self.seen.setdefault(found[1].decode(), now)

    def answers(self) -> list[float]:
        return [self.answered[room] - self.posted[room] for room in self.answered]

    def cards(self) -> list[float]:
        return [self.seen[room] - self.posted[room] for room in self.posted if room in self.seen]

    @property
    def lost(self) -> int:
        return sum(room not in self.seen for room in self.posted)


async def one(connection: Connection, guest: int, sample: Sample) -> None:
    request = texts.signed(texts.form(guest, "Could we have two more pillows please?"))
    room = texts.room(guest)
    sample.posted[room] = time.perf_counter()
    status, _body = await connection.ask(request)
    sample.answered[room] = time.perf_counter()
    if status != 200:
        raise RuntimeError(f"a text was answered {status}")


async def idle(port: int, guests: range, sample: Sample) -> None:
    connection = await connect(port)
    for guest in guests:
        await one(connection, guest, sample)
        await asyncio.sleep(IDLE_PAUSE_SECONDS)


async def steady(port: int, guests: range, rate: float, sample: Sample) -> None:
    """Posts at their times, whether or not earlier ones have been answered (up to CLIENTS)."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CLIENTS):
        free.put_nowait(await connect(port))
    begun = time.perf_counter()
    posts = []

    async def post(guest: int) -> None:
        connection = await free.get()
        try:
            await one(connection, guest, sample)
        finally:
            free.put_nowait(connection)

    for turn, guest in enumerate(guests):
        await asyncio.sleep(max(0.0, begun + turn / rate - time.perf_counter()))
        posts.append(asyncio.create_task(post(guest)))
    await asyncio.gather(*posts)


async def measure(port: int, session: str, seconds: float) -> tuple[Sample, Sample, float]:
    alone, busy = Sample(), Sample()
    full = await load(port, texts.endless(), seconds=min(3.0, seconds), clients=CLIENTS)
    rate = full.rate / 2
    await asyncio.sleep(1)
    for sample, guests in [
        (alone, range(int(min(400, seconds / 2 / IDLE_PAUSE_SECONDS)))),
        (busy, range(1000, 1000 + int(min(texts.GUESTS - 1000, rate * seconds)))),
    ]:
        snapshot: list[bytes] = []
        reader = await look(port, "/ws/boards/all/", snapshot.append, cookie=f"sessionid={session}")
        await until(lambda seen=snapshot: bool(seen))
        reader.told = sample.told
        if sample is alone:
            await idle(port, guests, sample)
        else:
            await steady(port, guests, rate, sample)
        try:
            await until(lambda seen=sample: not seen.lost, seconds=5)
        except TimeoutError:
            pass  # counted as lost
        assert reader.transport
        reader.transport.close()
    return alone, busy, rate


def run(seconds: float, *, small: bool) -> list[Row]:
    folder = servers.empty_folder("boards")
    made = servers.run_module(
        "tests.bench.hotel", "--guests", str(texts.GUESTS), env=servers.environment(folder)
    )
    session = json.loads(made.splitlines()[-1])["session"]
    with servers.ours_with_simulator(folder) as mine:
        alone, busy, rate = asyncio.run(measure(mine.port, session, seconds))
    rows = []
    for name, sample in [("idle", alone), (f"at {rate:.0f}/s", busy)]:
        cards, answers = sample.cards(), sample.answers()
        for figure, of, goal in [
            ("median", median, 1.2),
            ("p95", lambda seen: percentile(seen, 0.95), 2.0),
        ]:
            mine_figure, floor = of(cards), of(answers)
            rows.append(
                Row(f"text → board, {name}, {figure}", ms(mine_figure), f"answered in {ms(floor)}",
                    mine_figure / floor, goal)
            )  # fmt: skip
    lost, posted = alone.lost + busy.lost, len(alone.posted) + len(busy.posted)
    rows.append(Row("text → board: lost", f"{lost} of {posted}", "0", float(lost), 0))
    return rows
