"""Bare sockets on Daphne: whoever connects is written the bytes that are posted, nothing else."""

from __future__ import annotations

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
        if body:
            frame = {"type": "websocket.send", "text": body.decode()}
            for write in tuple(writers):
                await write(frame)
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
        )
        await send({"type": "http.response.body", "body": b""})
