"""A light reader of sockets (RFC 6455, client side): two hundred of them cost one core little."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

from tests.bench.client import HOST

TEXT, CLOSE, PING = 0x1, 0x8, 0x9
PONG = b"\x8a\x80\x00\x00\x00\x00"

Told = Callable[[bytes], None]


class Reader(asyncio.Protocol):
    """Calls ``told`` with every whole text frame. No compression is asked for, so none comes."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.buffer = bytearray()
        self.open = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.open.done():
            head, separator, rest = bytes(self.buffer).partition(b"\r\n\r\n")
            if not separator:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.open.set_exception(ConnectionError(head.decode("latin1")))
                return
            self.buffer = bytearray(rest)
            self.open.set_result(None)
        while (frame := self._frame()) is not None:
            kind, payload = frame
            if kind == TEXT:
                self.told(payload)
            elif kind == PING and self.transport is not None:
                self.transport.write(PONG)

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + length:
            return None
        payload = bytes(buffer[start : start + length])
        kind = buffer[0] & 0x0F
        del buffer[: start + length]
        return kind, payload


def handshake(path: str, cookie: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {HOST}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        f"Origin: http://{HOST}",
        f"Cookie: {cookie}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def look(port: int, path: str, told: Told, *, cookie: str = "none=1") -> Reader:
    """An open socket."""
    loop = asyncio.get_running_loop()
    transport, reader = await loop.create_connection(lambda: Reader(told), HOST, port)
    transport.write(handshake(path, cookie))
    await reader.open
    return reader


def never_reads(port: int, path: str, *, cookie: str) -> socket.socket:
    """A socket that shakes hands and then takes nothing, with as little room as the system lets."""
    stuck = socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stuck.connect((HOST, port))
    stuck.sendall(handshake(path, cookie))
    head = b""
    while b"\r\n\r\n" not in head:
        head += stuck.recv(1)
    return stuck


async def until(ready: Callable[[], bool], *, seconds: float = 20) -> None:
    """Raises TimeoutError."""
    end = time.perf_counter() + seconds
    while not ready():
        if time.perf_counter() > end:
            raise TimeoutError
        await asyncio.sleep(0.005)
