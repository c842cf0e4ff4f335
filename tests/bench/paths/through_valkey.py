"""Text posted → its card in a board's socket of another process, through Valkey; against a hotel in
one process with the layer in memory, on the same PostgreSQL. Turn by turn, one text at a time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.bench import servers, texts
from tests.bench.many import ground
from tests.bench.paths.boards import IDLE_PAUSE_SECONDS, Sample, idle
from tests.bench.sockets import Reader, look, until
from tests.bench.table import Row, median, ms
from tests.services.several import Several
from tests.serving import free_port

EACH_TURN = 20
WARM = 10
MESSAGES = 2000


async def looking(port: int, session: str, sample: Sample) -> Reader:
    snapshot: list[bytes] = []
    reader = await look(port, "/ws/boards/all/", snapshot.append, cookie=f"sessionid={session}")
    await until(lambda: bool(snapshot))
    reader.told = sample.told
    return reader


async def measure(
    takes: int, shows: int, alone: int, session: str, seconds: float
) -> tuple[Sample, Sample]:
    """Ours (``takes`` takes the texts, ``shows`` has the board) and in memory (``alone``)."""
    samples = []
    for posted, board in [(takes, shows), (alone, alone)]:
        warm, sample = Sample(), Sample()
        reader = await looking(board, session, warm)
        await idle(posted, range(texts.GUESTS - WARM, texts.GUESTS), warm)
        reader.told = sample.told
        samples.append(sample)
    ours, memory = samples
    turns = max(2, int(seconds / 2 / EACH_TURN / (IDLE_PAUSE_SECONDS + 0.01)))
    for turn in range(min(turns, (texts.GUESTS - WARM) // EACH_TURN)):
        guests = range(turn * EACH_TURN, (turn + 1) * EACH_TURN)
        await idle(takes, guests, ours)
        await idle(alone, guests, memory)
    try:
        await until(lambda: not ours.lost and not memory.lost, seconds=5)
    except TimeoutError:
        pass  # counted as lost
    return ours, memory


def hearing_cpu_ms(folder: Path, here: Several, messages: int) -> float:
    """What a process pays for a change in a hotel that it shows nothing of."""
    env = servers.environment(folder, DATABASE_URL=here.database_url, REDIS_URL=here.redis_url)
    command = [sys.executable, "-m", "tests.bench.hearing", "hear", str(messages)]
    hears = subprocess.Popen(command, cwd=servers.ROOT, env=env, text=True, stdout=subprocess.PIPE)
    assert hears.stdout
    if "listens" not in hears.stdout.readline():
        raise RuntimeError("nobody listens")
    servers.run_module("tests.bench.hearing", "tell", str(messages), env=env)
    cost = float(hears.stdout.readline())
    hears.wait(10)
    return cost


def run(seconds: float, *, small: bool) -> list[Row]:
    with ground("through-valkey") as land:
        here = land.hotel()
        takes, shows = here.web(free_port()), here.web(free_port())
        here.worker()
        with servers.ours_with_simulator(land.data_dir(), DATABASE_URL=land.database()) as alone:
            ours, memory = asyncio.run(
                measure(takes.port, shows.port, alone.port, land.session, seconds)
            )
        cost = hearing_cpu_ms(land.folder, here, MESSAGES // 5 if small else MESSAGES)
    mine, floor = median(ours.cards()), median(memory.cards())
    answered = f"answered in {ms(median(ours.answers()))}"
    return [
        Row("text → board of another process through Valkey, median", f"{ms(mine)} ({answered})",
            f"{ms(floor)} in memory, same process", mine / floor, 1.5,
            figures={"milliseconds": mine * 1000, "hearing_cpu_ms": cost}),
        Row("the same: lost", f"{ours.lost} of {len(ours.posted)}", str(memory.lost),
            float(ours.lost), 0),
    ]  # fmt: skip
