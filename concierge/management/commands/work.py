"""``manage.py work``: clock and outbox in a process of their own; several may run."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Run the clock and the outbox apart from the web process (serve --no-work)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError(
                "Without REDIS_URL a separate worker would tell no board what it changes."
                " Set it, or let `manage.py serve` do the work itself."
            )
        asyncio.run(work())


async def work() -> None:
    """Until SIGTERM or Ctrl-C."""
    from requests_app import broadcast, clock, inbox, outbox

    loop = asyncio.get_running_loop()
    broadcast.use_loop(loop)
    tasks = [asyncio.create_task(part.run()) for part in (clock, outbox, inbox)]
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
