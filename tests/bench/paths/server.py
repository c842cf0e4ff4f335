"""Our Daphne beside uvicorn, the same application under both, turn by turn. Not part of every run:
it needs ``pip install 'uvicorn[standard]'``. What it found is in docs/decisions."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
import time

from tests.bench import servers, texts
from tests.bench.client import Load, load
from tests.bench.paths.fanout import BOARDS, PATH, PAUSE_SECONDS, Audience, wish
from tests.bench.sockets import never_reads
from tests.bench.table import Row, median, ms

CLIENTS = 8
OPEN = 200
NAMES = ("ours", "uvicorn")


def uvicorn(folder: str) -> contextlib.AbstractContextManager[servers.Server]:
    port = servers.free_port()
    command = [sys.executable, "-m", "tests.bench.floors.uvicorn_ours", str(port)]
    return servers.serving("uvicorn", command, port, servers.environment(servers.FOLDER / folder))


def hotel(folder: str) -> str:
    """Makes one; a session's key."""
    servers.empty_folder(folder)
    made = servers.run_module(
        "tests.bench.hotel", "--guests", str(texts.GUESTS), "--open", str(OPEN),
        env=servers.environment(servers.FOLDER / folder),
    )  # fmt: skip
    return str(json.loads(made.splitlines()[-1])["session"])


async def fan_out(
    ports: dict[str, int], sessions: dict[str, str], seconds: float
) -> dict[str, list[float]]:
    """From the post of a text to the last of 200 boards, beside one that never reads."""
    audiences = {name: Audience() for name in NAMES}
    stuck: list[socket.socket] = []
    for name in NAMES:
        cookie = f"sessionid={sessions[name]}"
        await audiences[name].gather(ports[name], PATH, cookie)
        stuck.append(never_reads(ports[name], PATH, cookie=cookie))
    await asyncio.sleep(1)
    taken: dict[str, list[float]] = {name: [] for name in NAMES}
    guests = iter(range(texts.GUESTS))
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name in NAMES:
            request, marker = wish(next(guests))
            await audiences[name].hear(request, ports[name], marker)
            taken[name].append(audiences[name].last - audiences[name].posted)
            await asyncio.sleep(PAUSE_SECONDS)
    for board in stuck:
        board.close()
    return taken


def answered_after_sigterm(server: servers.Server) -> bool:
    """Whether a text whose last bytes come after SIGTERM is answered with 200."""
    request = texts.text()
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as connection:
        connection.sendall(request[:-10])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        try:
            connection.sendall(request[-10:])
            return connection.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False


def run(seconds: float, *, small: bool) -> list[Row]:
    sessions = {name: hotel(f"server-{name}") for name in NAMES}
    totals = {name: Load() for name in NAMES}
    with (
        servers.ours(servers.FOLDER / "server-ours", "--no-work") as mine,
        uvicorn("server-uvicorn") as other,
    ):
        both = {"ours": mine, "uvicorn": other}
        ports = {name: server.port for name, server in both.items()}
        idle = {name: server.memory_kb() / 1024 for name, server in both.items()}
        heard = asyncio.run(fan_out(ports, sessions, seconds))
        full = {name: server.memory_kb() / 1024 for name, server in both.items()}
        for port in ports.values():
            asyncio.run(load(port, texts.endless(), seconds=0.5, clients=CLIENTS))  # warm
        for _turn in range(4):
            for name, port in ports.items():
                turn = load(port, texts.endless(), seconds=seconds / 4, clients=CLIENTS)
                totals[name].add(asyncio.run(turn))
        kept = {name: answered_after_sigterm(server) for name, server in both.items()}
    with servers.daphne(
        "concierge.asgi:application", DATA_DIR=str(servers.FOLDER / "server-ours")
    ) as plain:
        kept["daphne"] = answered_after_sigterm(plain)
    rate, boards = ({n: f(n) for n in NAMES} for f in (
        lambda n: totals[n].rate, lambda n: median(heard[n]),
    ))  # fmt: skip
    word = {True: "answered", False: "lost"}
    return [
        Row("server: texts in", f"{rate['ours']:.0f}/s", f"{rate['uvicorn']:.0f}/s uvicorn",
            rate["ours"] / rate["uvicorn"], 0.8, at_least=True),
        Row(f"server: text → {BOARDS} boards, one never reads", ms(boards["ours"]),
            f"{ms(boards['uvicorn'])} uvicorn", boards["ours"] / boards["uvicorn"], 1.2),
        Row("server: memory idle", f"{idle['ours']:.0f} MB", f"{idle['uvicorn']:.0f} MB uvicorn",
            idle["ours"] / idle["uvicorn"], 1.2),
        Row(f"server: memory after {BOARDS} boards", f"{full['ours']:.0f} MB",
            f"{full['uvicorn']:.0f} MB uvicorn", full["ours"] / full["uvicorn"], 1.2),
        Row("server: start → ready", ms(mine.seconds_to_ready),
            f"{ms(other.seconds_to_ready)} uvicorn",
            mine.seconds_to_ready / other.seconds_to_ready, 1.2),
        Row("server: a text in flight at SIGTERM", word[kept["ours"]],
            f"{word[kept['uvicorn']]} uvicorn, {word[kept['daphne']]} the daphne command",
            float(kept["ours"]), 1, at_least=True),
    ]  # fmt: skip
