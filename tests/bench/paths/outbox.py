"""What goes to a carrier that answers in 100 ms: how much a second, and how late at 50 texts/s.

The floor has the same 16 in flight: bare connections that send the same form and do nothing else.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from tests.bench import servers, texts
from tests.bench.client import connect, get, load, post
from tests.bench.paths.texts import UNREAD, UNSENT, wait_until_none
from tests.bench.table import Row, ms, percentile

ANSWERS_IN_SECONDS = 0.1
IN_FLIGHT = 16
WARM = 32
TEXTS_A_SECOND = 50
WAIT_SECONDS = 6.0
"""Until the rows are due: long enough for them all to be written."""

TO_TWILIO = f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"


def bare_texts() -> Iterator[bytes]:
    for n in count():
        form = {"To": texts.number(n), "From": texts.TEXT_NUMBER, "Body": "2 bath towels by 18:40"}
        yield post(TO_TWILIO, urlencode(form).encode(), "Authorization: Basic eDp5")


async def ask(port: int, path: str) -> list[tuple[str, float]]:
    connection = await connect(port)
    _status, body = await connection.ask(get(path))
    assert connection.transport is not None
    connection.transport.close()
    return [(to, at) for to, at in json.loads(body)]


def rate_of(taken: list[tuple[str, float]]) -> float:
    """Rows a second, from the first that came to the answer to the last."""
    times = [at for _to, at in taken]
    return len(times) / (max(times) - min(times) + ANSWERS_IN_SECONDS)


def wait_for(port: int, rows: int, *, seconds: float) -> list[tuple[str, float]]:
    end = time.perf_counter() + seconds
    while True:
        taken = asyncio.run(ask(port, "/taken"))
        if len(taken) >= rows:
            return taken
        if time.perf_counter() > end:
            raise TimeoutError(f"the carrier has {len(taken)} of {rows} texts")
        time.sleep(0.1)


def write_rows(folder: Path, rows: int, *, due_in: float) -> None:
    env = servers.environment(folder)
    arguments = ["--count", str(rows), "--due-in", str(due_in)]
    servers.run_module("tests.bench.outbox_rows", *arguments, env=env)


def rates(carrier: int, folder: Path, seconds: float) -> tuple[list[float], list[float], int]:
    """Ours and bare, in turns; and how many went twice or not at all."""
    rows = max(300, int(150 * min(seconds, 10) / 2))
    ours: list[float] = []
    bare: list[float] = []
    wrong = 0
    for _turn in range(2):
        asyncio.run(ask(carrier, "/forget"))
        write_rows(folder, rows, due_in=WAIT_SECONDS)
        taken = wait_for(carrier, rows, seconds=60)
        time.sleep(1)  # a row sent twice would come now
        taken = asyncio.run(ask(carrier, "/taken"))
        ours.append(rate_of(taken))
        wrong += sum(times != 1 for times in Counter(to for to, _at in taken).values())
        wait_until_none(folder / "db.sqlite3", UNSENT)
        asyncio.run(ask(carrier, "/forget"))
        asyncio.run(load(carrier, bare_texts(), seconds=max(2.0, seconds / 4), clients=IN_FLIGHT))
        bare.append(rate_of(asyncio.run(ask(carrier, "/taken"))))
    return ours, bare, wrong


async def text_steadily(port: int, seconds: float) -> dict[str, float]:
    """Guests each text once, TEXTS_A_SECOND of them; when each began to."""
    begun: dict[str, float] = {}
    free = [await connect(port) for _ in range(16)]
    waiting: set[asyncio.Task[None]] = set()

    async def one(n: int) -> None:
        connection = free.pop()
        begun[texts.number(n)] = time.perf_counter()
        status, _body = await connection.ask(texts.signed(texts.form(n, "2 towels please")))
        assert status == 200
        free.append(connection)

    start = time.perf_counter()
    for n in range(int(TEXTS_A_SECOND * seconds)):
        await asyncio.sleep(max(0.0, start + n / TEXTS_A_SECOND - time.perf_counter()))
        while not free:
            await asyncio.sleep(0.002)
        task = asyncio.create_task(one(texts.GUESTS - 1 - n))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    await asyncio.gather(*waiting)
    return begun


def lags(carrier: int, ours: int, folder: Path, seconds: float) -> list[float]:
    """From a guest's text to its answer at the carrier."""
    asyncio.run(ask(carrier, "/forget"))
    begun = asyncio.run(text_steadily(ours, min(max(seconds, 4.0), 30.0)))
    wait_until_none(folder / "db.sqlite3", UNREAD, UNSENT)
    taken = dict(wait_for(carrier, len(begun), seconds=30))
    return [taken[number] - at for number, at in begun.items()]


def run(seconds: float, *, small: bool) -> list[Row]:
    folder = servers.empty_folder("outbox")
    env = servers.environment(folder)
    servers.run_module("tests.bench.hotel", "--guests", str(texts.GUESTS), env=env)
    port = servers.free_port()
    command = [sys.executable, "-m", "tests.bench.floors.carrier", str(port)]
    url = f"http://127.0.0.1:{port}"
    with (
        servers.serving("carrier", [*command, str(ANSWERS_IN_SECONDS)], port, env),
        servers.ours(folder, TWILIO_API_URL=url) as ours,
    ):
        write_rows(folder, WARM, due_in=0)
        wait_for(port, WARM, seconds=30)
        mine, bare, wrong = rates(port, folder, seconds)
        lag = lags(port, ours.port, folder, seconds)
    rate, floor = sum(mine) / len(mine), sum(bare) / len(bare)
    late = percentile(lag, 0.95)
    return [
        Row("outbox, carrier answers in 100 ms", f"{rate:.0f}/s", f"{floor:.0f}/s, 16 in flight",
            rate / floor, 0.9, at_least=True, figures={"rows_per_second": rate}),
        Row("outbox: twice or not at all", str(wrong), "0", float(wrong), 0),
        Row(f"outbox at {TEXTS_A_SECOND} texts/s, p95 to the carrier", ms(late), "2 s allowed",
            late / 2.0, 1.0),
    ]  # fmt: skip
