"""One change → 200 boards: until the last one has it, and the same beside a board that never reads.

The floor is the very frame that our boards were sent, written to 200 bare sockets of a Daphne, from
its first write on. Ours is taken from the commit of the change: reading, rendering and writing it.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

from tests.bench import servers, texts
from tests.bench.client import connect, post
from tests.bench.sockets import Reader, look, never_reads, until
from tests.bench.table import Row, median, ms

BOARDS = 200
OPEN = 200
PATH = "/ws/boards/all/"
PAUSE_SECONDS = 0.1


class Audience:
    """Sockets, and when the last of them was told of the present change."""

    def __init__(self) -> None:
        self.marker = b""
        self.count = 0
        self.first = self.last = self.posted = 0.0
        self.frame = b""
        self.readers: list[Reader] = []

    def told(self, frame: bytes) -> None:
        if self.marker and self.marker in frame:
            self.count += 1
            self.last = time.perf_counter()
            if self.count == 1:
                self.first, self.frame = self.last, frame

    async def gather(self, port: int, path: str, cookie: str, boards: int = BOARDS) -> None:
        for _ in range(boards):
            self.readers.append(await look(port, path, self.told, cookie=cookie))

    async def hear(self, request: bytes, port: int, marker: bytes) -> bytes:
        """Post, and return once every socket has a frame with the marker: the answer's body."""
        self.marker, self.count = marker, 0
        connection = await connect(port)
        self.posted = time.perf_counter()
        answer = asyncio.create_task(connection.ask(request))
        await until(lambda: self.count >= len(self.readers))
        status, body = await answer
        if status != 200:
            raise RuntimeError(f"answered {status}")
        assert connection.transport
        connection.transport.close()
        return body


def wish(guest: int) -> tuple[bytes, bytes]:
    request = texts.signed(texts.form(guest, "Could we have two more pillows please?"))
    return request, f'data-room="{texts.room(guest)}"'.encode()


def committed_before(commits: Path, seen: float) -> float:
    """The last commit of a change before the first board was told of it."""
    return max(at for at in map(float, commits.read_text().split()) if at < seen)


async def measure(
    mine: int, floor: int, session: str, commits: Path, seconds: float
) -> dict[str, list[float]]:
    """Ours, ours beside one that never reads, and the floor, turn by turn."""
    cookie = f"sessionid={session}"
    ours, bare = Audience(), Audience()
    await ours.gather(mine, PATH, cookie)
    await bare.gather(floor, "/", "none=1")
    await asyncio.sleep(1)
    guests = iter(range(texts.GUESTS))
    for _ in range(3):  # warm
        await ours.hear(*_to(mine, next(guests)))
        await bare.hear(post("/", ours.frame), floor, ours.marker)
    names = ("ours", "ours from post", "stuck", "stuck from post", "bare")
    taken: dict[str, list[float]] = {name: [] for name in names}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name in ("ours", "stuck"):
            stuck = never_reads(mine, PATH, cookie=cookie) if name == "stuck" else None
            await asyncio.sleep(1)  # its snapshot is more than it has room for: it is stuck
            for _ in range(5):
                await ours.hear(*_to(mine, next(guests)))
                taken[name].append(ours.last - committed_before(commits, ours.first))
                taken[f"{name} from post"].append(ours.last - ours.posted)
                await asyncio.sleep(PAUSE_SECONDS)
                begun_writing = await bare.hear(post("/", ours.frame), floor, ours.marker)
                taken["bare"].append(bare.last - float(begun_writing))
                await asyncio.sleep(PAUSE_SECONDS)
            if stuck is not None:
                stuck.close()
    return taken


def _to(port: int, guest: int) -> tuple[bytes, int, bytes]:
    request, marker = wish(guest)
    return request, port, marker


def run(seconds: float, *, small: bool) -> list[Row]:
    folder = servers.empty_folder("fanout")
    made = servers.run_module(
        "tests.bench.hotel", "--guests", str(texts.GUESTS), "--open", str(OPEN),
        env=servers.environment(folder),
    )  # fmt: skip
    session = json.loads(made.splitlines()[-1])["session"]
    commits = folder / "commits"
    with (
        servers.ours_with_simulator(folder, BENCH_COMMITS=str(commits)) as mine,
        servers.daphne("tests.bench.floors.sockets:application") as floor,
    ):
        taken = asyncio.run(measure(mine.port, floor.port, session, commits, seconds))
    ours, stuck, bare = (median(taken[name]) for name in ("ours", "stuck", "bare"))
    return [
        Row(
            f"one change → {BOARDS} boards",
            f"{ms(ours)} ({ms(median(taken['ours from post']))} from the post)",
            f"{ms(bare)} bare sockets",
            ours / bare,
            1.5,
        ),
        Row("the same, one never reads", ms(stuck), f"{ms(ours)} without it", stuck / ours, 1.1),
    ]
