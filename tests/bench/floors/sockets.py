"""Bare sockets on Daphne: whoever connects is written the bytes that are posted, nothing else.

Answers when it began to write, on the clock that all processes of the machine share.
"""

from __future__ import annotations

import time
from typing import Any

writers: set[Any] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        writers.add(send)
        try:
            while (await receive())["type"] != "websocket.disconnect":
                pass
        finally:
            writers.discard(send)
    elif scope["type"] == "http":
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        begun = time.perf_counter()
        if body:
            frame = {"type": "websocket.send", "text": body.decode()}
            for write in tuple(writers):
                await write(frame)
        told = repr(begun).encode()
        headers = [(b"content-length", str(len(told)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": told})
