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
    hotels = 20 if small else HOTELS
    (one, alone), (many, all_) = made(1), made(hotels)
    with (
        servers.ours_with_simulator(servers.FOLDER / one) as single,
        servers.ours_with_simulator(servers.FOLDER / many) as chain,
    ):
        floor: list[float] = []
        mine: list[float] = []
        pause = 1 / (RATE * hotels)
        for turn in range(5):
            few = max(3, int(seconds / 5 / ALONE_PAUSE_SECONDS))
            lots = max(10, int(seconds / 5 / pause))
            floors = asyncio.run(
                post_steadily(single.port, itertools.cycle(alone), ALONE_PAUSE_SECONDS, few)
            )
            mines = asyncio.run(post_steadily(chain.port, itertools.cycle(all_), pause, lots))
            if turn:  # the first one warms
                floor += floors
                mine += mines
    name = f"a text in a chain of {hotels} hotels, {1 / pause:.0f}/s"
    return [
        Row(f"{name}, median", ms(median(mine)), f"{ms(median(floor))} one hotel",
            median(mine) / median(floor), 1.5),
        Row(f"{name}, p95", ms(percentile(mine, 0.95)), f"{ms(percentile(floor, 0.95))} one hotel",
            percentile(mine, 0.95) / percentile(floor, 0.95), 1.5),
    ]  # fmt: skip
