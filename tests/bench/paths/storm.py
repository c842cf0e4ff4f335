"""500 boards lose their sockets and come again within one second, while guests go on texting: until
every board is right. The floor is 500 loads of the same page at the same two processes.

Right: its sequence is that of the database once the texts are over, and what its frames add up to
are the cards of a page fetched then, to the letter.
"""

from __future__ import annotations

import asyncio
import re
import time

from tests.bench import texts
from tests.bench.client import connect, get
from tests.bench.many import ground
from tests.bench.sockets import Reader, look, until
from tests.bench.table import Row, median, ms
from tests.services.several import Several
from tests.serving import free_port

BOARDS = 500
OPEN = 200
WITHIN_SECONDS = 1.0
TEXTS = 5
LOADING = 4
"""At a time, two of each process: with 32 the same pages took longer."""
PATH = "/boards/all/"

SEQUENCE = re.compile(rb'data-sequence="(-?\d+)"')
CARD = re.compile(rb'<article id="(request-\d+)".*?</article>', re.S)
GONE = re.compile(rb'data-gone="(request-\d+)"')
HEAD = "SELECT sequence FROM requests_app_property"


class Board:
    """What one socket has been told: the whole at first, then changes, kept as they came."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.sequence = -1
        self.reader: Reader | None = None

    def told(self, frame: bytes) -> None:
        if b'data-kind="snapshot"' in frame[:200]:
            self.frames.clear()
        found = SEQUENCE.search(frame, 0, 300)
        if found is not None:
            self.frames.append(frame)
            self.sequence = max(self.sequence, int(found[1]))

    async def come(self, port: int, session: str) -> None:
        self.frames, self.sequence = [], -1
        self.reader = await look(port, f"/ws{PATH}", self.told, cookie=f"sessionid={session}")

    def go(self) -> None:
        assert self.reader is not None
        assert self.reader.transport is not None
        self.reader.transport.abort()

    def cards(self) -> dict[bytes, bytes]:
        cards: dict[bytes, bytes] = {}
        for frame in self.frames:
            for gone in GONE.findall(frame):
                cards.pop(gone, None)
            cards |= cards_of(frame)
        return cards


def cards_of(html: bytes) -> dict[bytes, bytes]:
    return {found[1]: found[0] for found in CARD.finditer(html)}


async def page(port: int, session: str) -> bytes:
    connection = await connect(port)
    status, body = await connection.ask(get(PATH, f"Cookie: sessionid={session}"))
    assert connection.transport
    connection.transport.close()
    if status != 200:
        raise RuntimeError(f"the page answered {status}")
    return body


async def loads(ports: list[int], session: str, count: int) -> float:
    """Seconds until ``count`` pages have been loaded, LOADING at a time."""
    left = iter(range(count))

    async def one() -> None:
        for n in left:
            await page(ports[n % len(ports)], session)

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(LOADING)))
    return time.perf_counter() - begun


async def storm(
    here: Several, ports: list[int], session: str, boards: list[Board], guests: range
) -> float:
    """Seconds from the first board that comes again until all are right."""
    for board in boards:
        board.go()
    await asyncio.sleep(1)  # the servers have heard so
    begun = time.perf_counter()

    async def come(n: int) -> None:
        await asyncio.sleep(n / len(boards) * WITHIN_SECONDS)
        await boards[n].come(ports[n % len(ports)], session)

    async def write(n: int, guest: int) -> None:
        await asyncio.sleep((n + 1) / (len(guests) + 1) * WITHIN_SECONDS)
        connection = await connect(ports[n % len(ports)])
        await connection.ask(texts.signed(texts.form(guest, "Could we have an iron please?")))
        assert connection.transport
        connection.transport.close()

    await asyncio.gather(
        *(come(n) for n in range(len(boards))), *(write(n, g) for n, g in enumerate(guests))
    )
    head = int(here.rows(HEAD)[0][0])
    await until(lambda: all(board.sequence >= head for board in boards), seconds=60)
    return time.perf_counter() - begun


async def wrong(boards: list[Board], port: int, session: str) -> int:
    """How many boards do not show what a page shows that is fetched now."""
    shown = cards_of(await page(port, session))
    return sum(board.cards() != shown for board in boards)


async def measure(
    here: Several, ports: list[int], session: str, boards: int, seconds: float
) -> tuple[list[float], list[float], int]:
    all_boards = [Board() for _ in range(boards)]
    for n, board in enumerate(all_boards):
        await board.come(ports[n % len(ports)], session)
    await until(lambda: all(board.frames for board in all_boards), seconds=60)
    await loads(ports, session, LOADING)  # warm
    storms: list[float] = []
    floors: list[float] = []
    wrongs = 0
    for turn in range(max(2, int(seconds / 3))):
        guests = range(turn * TEXTS, (turn + 1) * TEXTS)
        storms.append(await storm(here, ports, session, all_boards, guests))
        await asyncio.sleep(1)
        wrongs += await wrong(all_boards, ports[0], session)
        floors.append(await loads(ports, session, boards))
    return storms, floors, wrongs


def run(seconds: float, *, small: bool) -> list[Row]:
    boards = BOARDS // 10 if small else BOARDS
    with ground("storm", open_cards=OPEN) as land:
        here = land.hotel()
        ports = [here.web(free_port()).port, here.web(free_port()).port]
        here.worker()
        storms, floors, wrongs = asyncio.run(measure(here, ports, land.session, boards, seconds))
    mine, floor = median(storms), median(floors)
    return [
        Row(f"{boards} boards come again within a second: until all are right", ms(mine),
            f"{ms(floor)} for {boards} page loads", mine / floor, 1,
            figures={"boards": boards, "seconds": mine}),
        Row("the same: boards that were wrong", f"{wrongs} of {boards * len(storms)}", "0",
            float(wrongs), 0),
    ]  # fmt: skip
