"""``python -m tests.bench.floors.uvicorn_ours PORT``: the whole hotel under uvicorn, to compare.

As ``manage.py web`` serves it: the same application, without clock and outbox.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import uvicorn

from concierge.asgi import application
from requests_app import broadcast


async def with_loop(scope: dict[str, Any], receive: Any, send: Any) -> None:
    broadcast.use_loop(asyncio.get_running_loop())
    await application(scope, receive, send)


if __name__ == "__main__":
    uvicorn.run(
        with_loop,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        lifespan="off",
        log_level="warning",
        access_log=False,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=15,
    )
