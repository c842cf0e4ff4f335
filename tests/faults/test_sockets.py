"""Five hundred boards that come again at once, and one that never reads."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.bench.sockets import Reader, handshake, never_reads, until
from tests.faults.boards import FRAME, LiveBoard, cards_of, wait_until_right
from tests.faults.hotels import Hotel, browser_of, wait_for
from tests.faults.load import Texting
from tests.faults.proof import prove
from tests.faults.record import Line
from tests.faults.soaking import memory_mb

pytestmark = pytest.mark.faults

BOARDS = 500
HOST = "127.0.0.1"
STUCK_FOR_SECONDS = 80.0
"""Longer than a ping may stay unanswered (20 + 30 s), and a heartbeat."""


async def storm(hotel: Hotel, cookie: str, *, rounds: int) -> tuple[list[float], list[str]]:
    """Seconds until all have the whole, of each round; and the last snapshots."""
    hello = handshake("/ws/boards/all/", cookie)
    loop = asyncio.get_running_loop()
    taken: list[float] = []
    for _ in range(rounds):
        wholes: dict[int, str] = {}

        def told_to(place: int, into: dict[int, str]) -> Callable[[bytes], None]:
            def told(frame: bytes) -> None:
                into.setdefault(place, frame.decode())

            return told

        async def one(place: int, into: dict[int, str]) -> Reader:
            while True:
                with suppress(OSError):
                    transport, reader = await loop.create_connection(
                        lambda: Reader(told_to(place, into)), HOST, hotel.front.port
                    )
                    transport.write(hello)
                    async with asyncio.timeout(60):
                        await reader.open
                    return reader
                await asyncio.sleep(0.4)

        begun = time.monotonic()
        readers = await asyncio.gather(*(one(place, wholes) for place in range(BOARDS)))
        await until(lambda all_=wholes: len(all_) == BOARDS, seconds=60)
        taken.append(time.monotonic() - begun)
        for reader in readers:
            assert reader.transport is not None
            reader.transport.abort()  # as when the network goes
    return taken, list(wholes.values())


def test_five_hundred_boards_come_again_at_once(
    make_hotel_on: Callable[..., Hotel], note: Callable[[Line], None]
) -> None:
    hotel = make_hotel_on()
    with LiveBoard(hotel) as board:
        with Texting(hotel, threads=1) as texting:
            wait_for(lambda: len(texting.acknowledged) > 20, within=60, what="texts")
            texting.over.set()
        prove(hotel, texting, board)
        cookie = f"sessionid={browser_of(hotel).cookie('sessionid')}"
        with Texting(hotel, threads=1) as meanwhile:
            taken, _wholes = asyncio.run(storm(hotel, cookie, rounds=3))
            meanwhile.over.set()
        assert set(meanwhile.statuses) == {200}
        texting.acknowledged |= meanwhile.acknowledged
        proof = prove(hotel, texting, board)
        (last,), wholes = asyncio.run(storm(hotel, cookie, rounds=1))
        page = cards_of(board.browser.get("/boards/all/"))
        for whole in set(wholes):
            assert FRAME.match(whole)
            assert cards_of(whole) == page
    note(
        Line(
            60, f"{BOARDS} boards come again at once", hotel.name, 4,
            f"all have the whole in {max([*taken, last]):.1f} s at most, each like a fresh page;"
            f" meanwhile the slowest text waited {max(meanwhile.waits):.1f} s; {proof}",
        )
    )  # fmt: skip


def test_a_board_that_never_reads_costs_the_others_nothing(
    make_hotel_on: Callable[..., Hotel], note: Callable[[Line], None]
) -> None:
    hotel = make_hotel_on()
    cookie = f"sessionid={browser_of(hotel).cookie('sessionid')}"
    with LiveBoard(hotel) as board, Texting(hotel, threads=2) as texting:
        wait_for(lambda: len(texting.acknowledged) > 30, within=60, what="texts")
        before = memory_mb(hotel.pids())
        stuck = [never_reads(hotel.front.port, "/ws/boards/all/", cookie=cookie) for _ in range(5)]
        worst = 0.0
        until_ = time.monotonic() + STUCK_FOR_SECONDS
        while time.monotonic() < until_:
            asked = time.monotonic()
            head = len(texting.acknowledged)
            wait_for(lambda head=head: len(board.cards) >= head, within=10, what="cards")
            worst = max(worst, time.monotonic() - asked)
            time.sleep(1)
        after = memory_mb(hotel.pids())
        ended = sum(is_over(hotel, s.getsockname()[1]) for s in stuck)
        texting.over.set()
        proof = prove(hotel, texting, board)
        wait_until_right(board, within=5)
        for s in stuck:
            s.close()
    assert ended == len(stuck)
    note(
        Line(
            61, "5 boards that never read", hotel.name, 1,
            f"closed within {STUCK_FOR_SECONDS:.0f} s; another board was never more than"
            f" {worst:.1f} s behind; memory {before:.0f} → {after:.0f} MB; {proof}",
        )
    )  # fmt: skip


def is_over(hotel: Hotel, port: int) -> bool:
    """Whether no process of the hotel has this connection any more, or is about to end it."""
    wanted = f"0100007F:{hotel.front.port:04X} 0100007F:{port:04X} "
    for line in Path("/proc/net/tcp").read_text().splitlines():
        if wanted in line:
            state = line.split()[3]
            inode = line.split()[9]
            return state != "01" or not held(hotel, inode)
    return True


def held(hotel: Hotel, inode: str) -> bool:
    for pid in hotel.pids():
        for fd in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                if os.readlink(f"/proc/{pid}/fd/{fd}") == f"socket:[{inode}]":
                    return True
    return False
