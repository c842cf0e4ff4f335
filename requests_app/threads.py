"""The bounded pool of long-lived threads in which everything synchronous runs.

A thread keeps its SQLite connection: opening one with its pragmas costs 0.6 ms, a hop 0.1 ms.
"""

from __future__ import annotations

import asyncio
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
