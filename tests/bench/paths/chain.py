"""200 hotels in one database, at ten times the hour in which most is written, against one hotel.

The guests of 500 rooms write 450 texts a day, a tenth of them in one hour: ten times that is one
text in eight seconds, and 25 a second in all of them.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator

from tests.bench import servers, texts
from tests.bench.client import Connection, connect
from tests.bench.table import Row, median, ms, percentile

HOTELS = 200
RATE = 450 / 10 * 10 / 3600
"""Texts a second in one hotel."""

CONNECTIONS = 8
ALONE_PAUSE_SECONDS = 0.3
"""Between the texts of one hotel: it would be eight seconds, in which nothing happens."""

_senders = itertools.count()


def text_to(hotel: str) -> bytes:
    """Of somebody who never wrote before, so that it is the same work in every hotel."""
    form = texts.form(0, "Could we have two more pillows please?")
    return texts.signed(form | {"To": hotel, "From": f"+1606{next(_senders):07d}"})


async def post_steadily(port: int, hotels: Iterator[str], pause: float, count: int) -> list[float]:
    """At their times, whether or not earlier ones have been answered; seconds to each answer."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await connect(port))
    waits: list[float] = []
    begun = time.perf_counter()

    async def one(due: float) -> None:
        connection = await free.get()
        status, _body = await connection.ask(text_to(next(hotels)))
        waits.append(time.perf_counter() - due)
        free.put_nowait(connection)
        if status != 200:
            raise RuntimeError(f"a text was answered {status}")

    posts = []
    for turn in range(count):
        due = begun + turn * pause
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        posts.append(asyncio.create_task(one(due)))
    await asyncio.gather(*posts)
    return waits


def made(hotels: int) -> tuple[str, list[str]]:
    folder = servers.empty_folder(f"chain-{hotels}")
    printed = servers.run_module(
        "tests.bench.chain", "--hotels", str(hotels), env=servers.environment(folder)
    )
    return folder.name, list(json.loads(printed.splitlines()[-1])["numbers"])


def run(seconds: float, *, small: bool) -> list[Row]:
    """At one pace and at the other, in both: so that what many hotels cost is told apart from what
    many texts cost, in whichever number of hotels."""
    hotels = 20 if small else HOTELS
    (one, alone), (many, all_) = made(1), made(hotels)
    paces = {"calm": ALONE_PAUSE_SECONDS, "busy": 1 / (RATE * hotels)}
    waits: dict[tuple[str, str], list[float]] = {}
    with (
        servers.ours_with_simulator(servers.FOLDER / one) as single,
        servers.ours_with_simulator(servers.FOLDER / many) as chain,
    ):
        for turn in range(5):
            for pace, pause in paces.items():
                for name, port, numbers in [("one", single.port, alone), ("all", chain.port, all_)]:
                    count = max(5, int(seconds / 5 / pause))
                    posts = post_steadily(port, itertools.cycle(numbers), pause, count)
                    taken = asyncio.run(posts)
                    if turn:  # the first one warms
                        waits.setdefault((name, pace), []).extend(taken)
    rate = {pace: f"{1 / pause:.0f}/s" for pace, pause in paces.items()}
    return [
        Row(f"a text in a chain of {hotels} hotels, {rate[pace]}, {figure}",
            ms(of(waits["all", pace])), f"{ms(of(waits['one', other]))} one hotel, {rate[other]}",
            of(waits["all", pace]) / of(waits["one", other]), 1.5)
        for pace, other in [("busy", "calm"), ("busy", "busy"), ("calm", "calm")]
        for figure, of in [("median", median), ("p95", _p95)]
    ]  # fmt: skip


def _p95(waits: list[float]) -> float:
    return percentile(waits, 0.95)
