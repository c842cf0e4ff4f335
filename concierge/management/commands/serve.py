"""``manage.py serve``: the whole hotel in one process and on one event loop."""

from __future__ import annotations

import asyncio
import gc
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from concierge.leaving import end_soon
from concierge.supervisor import tell_supervisor

SWITCH_SECONDS = 0.0005
"""A thread that computes lets others have their turn so often. With Python's 5 ms, whoever has read
a row waits for the one who renders a card: 88 texts a second instead of 140 (measured)."""

WORK_AFTER_SECONDS = 0.2
"""Whoever waits at the door comes first; what a crash left undone, a moment later."""


class Command(BaseCommand):
    help = "Serve the hotel on one machine: pages, sockets, the clock and the outbox."
    # What depends on the settings. Django's own checks are of the code: `make check` runs them,
    # and they cost a tenth of the start.
    requires_system_checks = ["concierge"]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--no-work", action="store_true", help="leave clock and outbox to others"
        )

    def handle(self, *args: Any, host: str, port: int, no_work: bool, **options: Any) -> None:
        self.open(host, port, works=not no_work, shared=False)

    def open(self, host: str, port: int, *, works: bool, shared: bool) -> None:
        """Until a signal. ``shared``: other processes of ours may have the same port."""
        from concierge.doors import open_door, why_shut

        try:
            door = open_door(host, port, shared=shared)
        except OSError as error:
            raise CommandError(why_shut(host, port, error)) from error

        from concierge.asgi import application
        from concierge.daphne import ConciergeServer, reactor
        from concierge.leaving import drain, on_signal
        from requests_app import broadcast, clock, inbox, outbox
        from requests_app.threads import pool, returning

        sys.setswitchinterval(SWITCH_SECONDS)
        tasks: list[asyncio.Task[None]] = []
        finished = True

        def begin() -> None:
            loop = asyncio.get_event_loop()
            broadcast.use_loop(loop)
            on_signal(loop, end)
            if works:
                loop.call_later(WORK_AFTER_SECONDS, work, loop)

        def work(loop: asyncio.AbstractEventLoop) -> None:
            tasks.extend(loop.create_task(part.run()) for part in (clock, outbox, inbox))

        async def end() -> None:
            nonlocal finished
            finished = await drain(server, tasks)
            broadcast.use_loop(None)
            server.stop()

        def ready() -> None:
            gc.freeze()  # and what the start has made is never looked through again
            gc.enable()
            pool.submit(returning(tell))

        def tell() -> None:
            self.stdout.write(where_to_go(host, port))
            self.stdout.flush()
            tell_supervisor("READY=1")

        server = ConciergeServer(
            application=application,
            door=door,
            http_timeout=60,
            # Daphne closes with 1000 after a day by itself; a board stays for as long as it likes.
            websocket_timeout=-1,
            ping_interval=20,
            ping_timeout=30,
            websocket_max_message_size=4096,
            websocket_max_frame_size=4096,
            verbosity=0,
            ready_callable=ready,
            server_name="concierge",
        )
        reactor.callWhenRunning(begin)
        server.run()
        connections.close_all()
        end_soon(at_once=not finished)


def where_to_go(host: str, port: int) -> str:
    """What the person at the terminal reads once the doors are open."""
    from requests_app.models import Property, Room

    here = f"http://{host}:{port}"
    lines = ["", f"  Concierge is open at {here}  (Ctrl-C closes it)", ""]
    hotel = Property.objects.filter(is_demo=True).first()
    if hotel is None:
        return "\n".join([*lines, f"  Staff sign in at {here}/sign-in/", ""])
    room = Room.objects.filter(property=hotel, number="305").first()
    lines += [
        f"  Boards        {here}/boards/all/   one desk: {here}/boards/housekeeping/",
        f"  Manager       {here}/manager/",
        f"  A guest scans {here}/r/{room.token if room else ''}/   (room 305)",
    ]
    if not settings.TWILIO_AUTH_TOKEN:
        lines.append(f"  A guest texts {here}/simulator/")
    lines += [
        "",
        "  Sign in as front-desk@demo.example, housekeeping@demo.example, supervisor@demo.example,",
        "  manager@demo.example, admin@demo.example …   password: demo",
        "",
    ]
    return "\n".join(lines)
