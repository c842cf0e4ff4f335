"""Memory idle, against a bare Channels process; and for each board, against each bare socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time

from tests.bench import servers
from tests.bench.servers import Server
from tests.bench.sockets import Reader, look, until
from tests.bench.table import Row

BOARDS = 200
WARM = 20
"""Sockets that come first: code and pools that the first socket brings are not a socket's."""


async def kb_a_socket(server: Server, path: str, cookie: str, *, told_at_once: bool) -> float:
    readers: list[Reader] = []
    told = 0

    def count(_frame: bytes) -> None:
        nonlocal told
        told += 1

    async def gather(number: int) -> None:
        readers.extend([await look(server.port, path, count, cookie=cookie) for _ in range(number)])
        if told_at_once:
            await until(lambda: told >= len(readers))
        await asyncio.sleep(0.5)

    await gather(WARM)
    before = server.memory_kb()
    await gather(BOARDS)
    after = server.memory_kb()
    return (after - before) / BOARDS


def idle_kb(server: Server) -> int:
    time.sleep(3)
    return server.memory_kb()


def run(seconds: float, *, small: bool) -> list[Row]:
    folder = servers.empty_folder("memory")
    made = servers.run_module("tests.bench.hotel", env=servers.environment(folder))
    session = json.loads(made.splitlines()[-1])["session"]
    with contextlib.ExitStack() as stack:
        mine = stack.enter_context(servers.ours(folder))
        channels = stack.enter_context(
            servers.daphne("tests.bench.floors.channels_idle:application")
        )
        bare = stack.enter_context(servers.daphne("tests.bench.floors.sockets:application"))
        ours_idle, floor_idle = idle_kb(mine), idle_kb(channels)
        ours = asyncio.run(
            kb_a_socket(mine, "/ws/boards/all/", f"sessionid={session}", told_at_once=True)
        )
        floor = asyncio.run(kb_a_socket(bare, "/", "none=1", told_at_once=False))
    return [
        Row("memory idle", f"{ours_idle / 1024:.0f} MB",
            f"{floor_idle / 1024:.0f} MB bare Channels",
            ours_idle / floor_idle, 1.6, figures={"megabytes": ours_idle / 1024}),
        Row("memory of a board", f"{ours:.0f} kB", f"{floor:.0f} kB bare socket", ours / floor, 2,
            figures={"kilobytes": ours}),
    ]  # fmt: skip
