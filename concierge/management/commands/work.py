"""``manage.py work``: clock and outbox in a process of their own; several may run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from concierge.leaving import (
    LAST_WORDS_SECONDS,
    PATIENCE_SECONDS,
    end_at_once,
    finish_work,
    on_signal,
)
from concierge.management.commands.web import refuse_to_be_alone
from concierge.supervisor import tell_supervisor


class Command(BaseCommand):
    help = "Run the clock and the outbox, apart from the web processes. Any number may run."
    requires_system_checks = ["concierge"]

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_to_be_alone()
        asyncio.run(work(self.tell))

    def tell(self) -> None:
        self.stdout.write("  The clock and the outbox are at work.  (Ctrl-C ends it)")
        self.stdout.flush()
        tell_supervisor("READY=1")


async def work(ready: Callable[[], None]) -> None:
    """Until SIGTERM or Ctrl-C; what has begun is finished."""
    from requests_app import broadcast, clock, inbox, outbox

    broadcast.use_loop(asyncio.get_running_loop())
    tasks = [asyncio.create_task(part.run()) for part in (clock, outbox, inbox)]
    asked = asyncio.Event()

    async def end() -> None:
        asked.set()

    on_signal(asyncio.get_running_loop(), end)
    ready()
    await asked.wait()
    finished = await finish_work(tasks, time.monotonic() + PATIENCE_SECONDS)
    await asyncio.sleep(LAST_WORDS_SECONDS)
    if not finished:
        end_at_once()
