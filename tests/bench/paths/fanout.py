"""One change → 200 boards: until the last one has it, and the same beside a board that never reads.

The floor is the very frame that our boards were sent, written to 200 bare sockets of a Daphne. Both
begin with an HTTP post; ours contains the whole work of reading and storing a guest's text.
"""

from __future__ import annotations

import asyncio
import json
import time

from tests.bench import servers, texts
from tests.bench.client import connect, post
from tests.bench.sockets import Reader, look, never_reads, until
from tests.bench.table import Row, median, ms

BOARDS = 200
PATH = "/ws/boards/all/"
PAUSE_SECONDS = 0.1


class Audience:
    """BOARDS sockets, and when the last of them was told of the present change."""

    def __init__(self) -> None:
        self.marker = b""
        self.count = 0
        self.first = self.last = 0.0
        self.frame = b""
        self.readers: list[Reader] = []

    def told(self, frame: bytes) -> None:
        if self.marker and self.marker in frame:
            self.count += 1
            self.last = time.perf_counter()
            if self.count == 1:
                self.first, self.frame = self.last, frame

    async def gather(self, port: int, path: str, cookie: str) -> None:
        for _ in range(BOARDS):
            self.readers.append(await look(port, path, self.told, cookie=cookie))

    async def hear(self, request: bytes, port: int, marker: bytes) -> float:
        """Post; seconds from there until every socket has a frame with the marker."""
        self.marker, self.count = marker, 0
        connection = await connect(port)
        begun = time.perf_counter()
        answer = asyncio.create_task(connection.ask(request))
        await until(lambda: self.count >= BOARDS)
        status, _body = await answer
        if status != 200:
            raise RuntimeError(f"answered {status}")
        assert connection.transport
        connection.transport.close()
        return self.last - begun


def wish(guest: int) -> tuple[bytes, bytes]:
    request = texts.signed(texts.form(guest, "Could we have two more pillows please?"))
    return request, f'data-room="{texts.room(guest)}"'.encode()


async def measure(mine: int, floor: int, session: str, seconds: float) -> dict[str, list[float]]:
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
    taken: dict[str, list[float]] = {"ours": [], "stuck": [], "bare": []}
    for name in ("ours", "stuck"):
        stuck = never_reads(mine, PATH, cookie=cookie) if name == "stuck" else None
        if stuck is not None:
            await fill(ours, mine, guests)
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds / 2:
            taken[name].append(await ours.hear(*_to(mine, next(guests))))
            await asyncio.sleep(PAUSE_SECONDS)
            taken["bare"].append(await bare.hear(post("/", ours.frame), floor, ours.marker))
            await asyncio.sleep(PAUSE_SECONDS)
        if stuck is not None:
            stuck.close()
    return taken


async def fill(ours: Audience, port: int, guests: object) -> None:
    """Changes enough that what the stuck board does not take fills its buffers."""
    for _ in range(60):
        await ours.hear(*_to(port, next(guests)))  # type: ignore[call-overload]


def _to(port: int, guest: int) -> tuple[bytes, int, bytes]:
    request, marker = wish(guest)
    return request, port, marker


def run(seconds: float, *, small: bool) -> list[Row]:
    folder = servers.empty_folder("fanout")
    made = servers.run_module(
        "tests.bench.hotel", "--guests", str(texts.GUESTS), env=servers.environment(folder)
    )
    session = json.loads(made.splitlines()[-1])["session"]
    with (
        servers.ours_with_simulator(folder) as mine,
        servers.daphne("tests.bench.floors.sockets:application") as floor,
    ):
        taken = asyncio.run(measure(mine.port, floor.port, session, seconds))
    ours, stuck, bare = (median(taken[name]) for name in ("ours", "stuck", "bare"))
    return [
        Row(
            f"one change → {BOARDS} boards", ms(ours), f"{ms(bare)} bare sockets", ours / bare, 1.5
        ),
        Row("the same, one never reads", ms(stuck), f"{ms(ours)} without it", stuck / ours, 1.1),
    ]
