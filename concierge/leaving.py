"""How a process ends without anybody noticing (SIGTERM, Ctrl-C).

In this order: /readyz says 503 and the clock and the outbox begin nothing new; the door closes;
boards are told to come again (1012), elsewhere or to whoever starts next; requests and sends in
flight are finished, which takes as long as a carrier may (14 s); then the loop stops. What is still
not finished by then is what ``kill -9`` leaves, from which everything recovers. A second signal
ends the process at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from concierge.supervisor import tell_supervisor
from requests_app.threads import is_leaving, leave

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 17.0
"""A send may take 14 s and be written down; the whole is over within 20."""

LOOK_EVERY_SECONDS = 0.02
IDLE_SECONDS = 0.3
"""A kept connection may be carrying its next request: that is answered, and told to be the last."""

LAST_WORDS_SECONDS = 0.1
"""For what is told after an answer: the broadcast of a change."""


def on_signal(loop: asyncio.AbstractEventLoop, begin: Callable[[], Awaitable[None]]) -> None:
    """SIGTERM and Ctrl-C run ``begin`` on the loop; the second one ends the process."""
    leaving: list[asyncio.Task[None]] = []

    async def go() -> None:
        try:
            await begin()
        except Exception:
            log.exception("leaving failed; ending as a crash would")
            os._exit(1)

    def signalled() -> None:
        if is_leaving():
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(130)  # nothing that waits in a thread may hold us: all that counts is on disk
        leave()
        tell_supervisor("STOPPING=1")
        leaving.append(loop.create_task(go()))

    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, signalled)


async def finish_work(tasks: Sequence[asyncio.Task[None]], until: float) -> bool:
    """Wait for the clock and the outbox to finish what they have begun; ``until`` is monotonic.
    False: something is still in flight."""
    if tasks:
        await asyncio.wait(tasks, timeout=max(0.0, until - time.monotonic()))
    left = [task for task in tasks if not task.done()]
    for task in left:
        log.warning("leaving with a send in flight: it will be looked up at the carrier")
        task.cancel()
    return not left


async def drain(server: Any, tasks: Sequence[asyncio.Task[None]]) -> bool:
    """The whole of it, of a web process (``server``: a ConciergeServer). True: all is finished."""
    begun = time.monotonic()
    until = begun + PATIENCE_SECONDS
    await server.close_doors()
    working = asyncio.ensure_future(finish_work(tasks, until))
    while time.monotonic() < until:
        server.send_boards_elsewhere()
        if not server.requests_in_flight() and working.done():
            idle = server.idle_connections()
            if not idle:
                break
            if time.monotonic() - begun > IDLE_SECONDS:
                for connection in idle:
                    connection.loseConnection()
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    answered = not server.requests_in_flight()
    if not answered:
        log.warning("leaving with %d requests unanswered", len(server.requests_in_flight()))
    await asyncio.sleep(LAST_WORDS_SECONDS)
    return await working and answered


def end_at_once() -> None:
    """Where something is still in flight: Python would wait for its thread, as long as it takes."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
