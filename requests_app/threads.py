"""The bounded pool of long-lived threads in which everything synchronous runs.

A thread keeps its SQLite connection: opening one with its pragmas costs 0.6 ms, a hop 0.1 ms.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
"""More do not help: Python runs one at a time, and SQLite writes one at a time."""

pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="concierge")


def returning(function: Callable[P, T]) -> Callable[P, T]:
    """``function``, after which the thread's connection goes back to its pool (PostgreSQL), as
    Django does it after a request. SQLite's stay open."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return run


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``function`` in the pool and wait for it without blocking the event loop."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, lambda: returning(function)(*args, **kwargs))


# --- leaving -----------------------------------------------------------------------------------

_leaving = threading.Event()
_pausing: set[asyncio.Future[None]] = set()


def leave() -> None:
    """This process is about to end: the clock and the outbox begin no further round. From the
    event loop's thread."""
    _leaving.set()
    for pausing in tuple(_pausing):
        if not pausing.done():
            pausing.set_result(None)


def stay() -> None:
    """After all: for processes that start anew, as tests do."""
    _leaving.clear()


def is_leaving() -> bool:
    return _leaving.is_set()


async def pause(seconds: float) -> None:
    """Sleep between two rounds, but not longer than until the process leaves."""
    if is_leaving():
        return
    pausing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    _pausing.add(pausing)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await pausing
    finally:
        _pausing.discard(pausing)
