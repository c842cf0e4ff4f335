"""``python -m tests.bench.hearing hear|tell COUNT``: what it costs a web process to hear of a
change in a hotel that none of its boards shows. Every process of a chain hears of every change.

``hear`` prints a line once it listens, and its CPU milliseconds a message once it has heard enough.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import django

django.setup()

from requests_app import broadcast
from requests_app.hub import hub

AT_ONCE = 20
PAUSE_SECONDS = 0.02
STARTS_WITHIN_SECONDS = 0.5


async def hear(count: int) -> None:
    heard = 0
    enough = asyncio.Event()

    def one(message: dict[str, Any]) -> None:
        nonlocal heard
        hub.hear(message)
        heard += 1
        if heard == count:
            enough.set()

    layer = broadcast.layer_to_others()
    listening = asyncio.create_task(broadcast.listen(layer, one, 60))
    await asyncio.sleep(STARTS_WITHIN_SECONDS)
    begun = time.process_time()
    print("listens", flush=True)  # noqa: T201
    async with asyncio.timeout(60):
        await enough.wait()
    print((time.process_time() - begun) * 1000 / count, flush=True)  # noqa: T201
    listening.cancel()


async def tell(count: int) -> None:
    layer = broadcast.layer_to_others()
    for n in range(count):
        message = {"type": "changed", "property": 1000 + n, "sequence": n}
        await layer.group_send(broadcast.GROUP, message)
        if n % AT_ONCE == 0:
            await asyncio.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    asyncio.run({"hear": hear, "tell": tell}[sys.argv[1]](int(sys.argv[2])))
