"""One change → 1,000 boards over two processes through Valkey, until the last one has it.

The floor is the very frame our boards were sent, written to as many bare sockets, over two bare
processes as well. Ours is taken from the commit of the change, as in ``fanout``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench import servers, texts
from tests.bench.client import connect, post
from tests.bench.many import Spent, ground
from tests.bench.paths.fanout import PATH, PAUSE_SECONDS, Audience, committed_before, wish
from tests.bench.table import Row, median, ms
from tests.serving import free_port

BOARDS = 1000
OPEN = 200
WARM = 3


async def write_apart(port: int, frame: bytes) -> float:
    """To the sockets of one bare process; when it began to write."""
    connection = await connect(port)
    status, body = await connection.ask(post("/", frame))
    if status != 200:
        raise RuntimeError(f"answered {status}")
    assert connection.transport
    connection.transport.close()
    return float(body)


async def bare_seconds(bare: Audience, ports: list[int], frame: bytes, marker: bytes) -> float:
    """From the first write of the first process to the last socket of both."""
    first, second = ports
    other = asyncio.create_task(write_apart(second, frame))
    begun = float(await bare.hear(post("/", frame), first, marker))
    return bare.last - min(begun, await other)


async def measure(
    mine: list[int],
    floors: list[int],
    boards: int,
    session: str,
    commits: Path,
    spent: Spent,
    seconds: float,
) -> dict[str, list[float]]:
    ours, bare = Audience(), Audience()
    for port, floor in zip(mine, floors, strict=True):
        await ours.gather(port, PATH, f"sessionid={session}", boards // 2)
        await bare.gather(floor, "/", "none=1", boards // 2)
    await asyncio.sleep(2)  # every snapshot has been read
    taken: dict[str, list[float]] = {"ours": [], "from post": [], "bare": []}
    guests = iter(range(texts.GUESTS))
    for turn in range(WARM + max(5, int(seconds * 2))):
        request, marker = wish(next(guests))
        spent.begin()
        await ours.hear(request, mine[turn % 2], marker)
        await asyncio.sleep(PAUSE_SECONDS)
        spent.end()
        floor_seconds = await bare_seconds(bare, floors, ours.frame, marker)
        await asyncio.sleep(PAUSE_SECONDS)
        if turn >= WARM:  # the first ones warm
            taken["ours"].append(ours.last - committed_before(commits, ours.first))
            taken["from post"].append(ours.last - ours.posted)
            taken["bare"].append(floor_seconds)
    return taken


def run(seconds: float, *, small: bool) -> list[Row]:
    boards = BOARDS // 10 if small else BOARDS
    sockets = "tests.bench.floors.sockets:application"
    with ground("thousand", open_cards=OPEN) as land:
        here = land.hotel()
        commits = here.data_dir / "commits"
        here.env["BENCH_COMMITS"] = str(commits)
        webs = [here.web(free_port()), here.web(free_port())]
        del here.env["BENCH_COMMITS"]  # what the worker commits is another change
        here.worker()
        spent = Spent(here, land.postgres)
        with servers.daphne(sockets) as one, servers.daphne(sockets) as other:
            taken = asyncio.run(
                measure([web.port for web in webs], [one.port, other.port], boards, land.session,
                        commits, spent, seconds)
            )  # fmt: skip
    ours, bare = median(taken["ours"]), median(taken["bare"])
    changes = len(taken["ours"]) + WARM
    return [
        Row(f"one change → {boards:,} boards over two processes, through Valkey",
            f"{ms(ours)} ({ms(median(taken['from post']))} from the post)",
            f"{ms(bare)} bare sockets, two processes", ours / bare, 1.3,
            figures={"boards": boards, "milliseconds": ours * 1000,
                     "web_cpu_ms_a_board": spent.seconds["web"] * 1000 / changes / boards}),
    ]  # fmt: skip
