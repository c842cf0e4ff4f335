"""``python -m tests.bench.floors.carrier PORT SECONDS``: takes texts as Twilio does, slowly.

It answers each after SECONDS and remembers to whom it was and when it came, on the clock that all
processes share; ``GET /taken`` tells, ``GET /forget`` begins anew. It keeps up with whatever 16
connections can send: it is the floor, and what ours is measured against.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from urllib.parse import parse_qs

taken: list[tuple[str, float]] = []
_sids = itertools.count()


class Answering(asyncio.Protocol):
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        self.buffer = body[length:]
        if head.startswith(b"GET /taken"):
            self.answer(200, taken)
        elif head.startswith(b"GET /forget"):
            taken.clear()
            self.answer(200, [])
        elif head.startswith(b"GET "):
            self.answer(200, {"messages": [], "next_page_uri": None})
        else:
            form = parse_qs(body[:length].decode())
            taken.append((form["To"][0], time.perf_counter()))
            made = {"sid": f"SM{next(_sids):032x}", "status": "queued", "body": ""}
            asyncio.get_running_loop().call_later(self.seconds, self.answer, 201, made)

    def answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n"
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


async def serve(port: int, seconds: float) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: Answering(seconds), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
