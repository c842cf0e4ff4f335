"""A light HTTP client: whole requests as bytes over kept connections. It shares the machine with
what it measures, so it does as little as possible, and the same for ours and for every floor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

HOST = "127.0.0.1"


class Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.buffer = b""
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator or self.answer is None:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) >= length:
            self.buffer = body[length:]
            self.answer.set_result((int(head[9:12]), body[:length]))

    def connection_lost(self, error: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(error or ConnectionResetError("the server hung up"))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send one whole request and wait for its status and body."""
        assert self.transport is not None
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


async def connect(port: int) -> Connection:
    _transport, connection = await asyncio.get_running_loop().create_connection(
        Connection, HOST, port
    )
    return connection


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode()


@dataclass
class Load:
    """What a round came to. Seconds; ``waits`` is one figure an answer."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    errors: int = 0

    @property
    def answers(self) -> int:
        return len(self.waits)

    @property
    def rate(self) -> float:
        return self.answers / self.seconds if self.seconds else 0.0

    def add(self, other: Load) -> None:
        self.seconds += other.seconds
        self.waits += other.waits
        self.errors += other.errors


async def load(port: int, requests: Iterator[bytes], *, seconds: float, clients: int) -> Load:
    """``clients`` connections, each sending its next request as soon as it has its answer."""
    total = Load()
    connections = [await connect(port) for _ in range(clients)]
    begun = time.perf_counter()

    async def one(connection: Connection) -> None:
        while time.perf_counter() - begun < seconds:
            sent = time.perf_counter()
            status, _body = await connection.ask(next(requests))
            total.waits.append(time.perf_counter() - sent)
            total.errors += status != 200

    await asyncio.gather(*(one(c) for c in connections))
    total.seconds = time.perf_counter() - begun
    for connection in connections:
        if connection.transport:
            connection.transport.close()
    return total
