"""A socket's seat at the hub: what it looks at, whether its reader keeps up, what changed since."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, Protocol

from django.utils import timezone

from requests_app import queries
from requests_app.house import house_at
from requests_app.models import Commendation, Request

log = logging.getLogger(__name__)


class Changes:
    """What changed in a property after a sequence; read once, however many views ask."""

    def __init__(self, property_id: int, after: int) -> None:
        self.property_id = property_id
        self.after = after
        self.now = timezone.now()
        self.sequence, version = queries.head(property_id)
        self.house = house_at(property_id, version, self.now)

    @cached_property
    def requests(self) -> list[Request]:
        changed = queries.requests_changed(self.property_id, self.after, self.sequence)
        return [self.house.furnish(request) for request in changed]

    @cached_property
    def counts(self) -> dict[int, tuple[int, int]]:
        """By desk id: how many requests are open, and how many of these are late."""
        return queries.desk_counts(self.property_id, self.now)

    @cached_property
    def commendations(self) -> list[Commendation]:
        return queries.commendations_changed(self.property_id, self.after, self.sequence)


class View(Protocol):
    """What a socket looks at. Both methods run in a pool thread."""

    @property
    def property_id(self) -> int: ...

    def snapshot(self) -> tuple[str, int]:
        """The whole, as a frame, and the sequence it is right at."""

    def changes(self, changes: Changes) -> str | None:
        """Only what changed, as a frame; None where this view shows none of it."""


class Flow:
    """Whether a socket's reader keeps up. The server tells, where it can (see concierge.daphne)."""

    told_by_server = False
    """True: writing never waits, and ``pause`` and ``resume`` are called."""
    paused_at: float | None = None
    on_resume: Callable[[], None] | None = None

    def pause(self) -> None:
        self.paused_at = time.monotonic()

    def resume(self) -> None:
        self.paused_at = None
        if self.on_resume is not None:
            self.on_resume()


class Seat:
    """One socket at the hub. ``sequence`` is what its reader has been sent; -1: nothing yet."""

    def __init__(
        self,
        view: View,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        *,
        flow: Flow | None = None,
        person_id: int | None = None,
        session_key: str | None = None,
    ) -> None:
        self.view = view
        self.send = send
        self.flow = flow or Flow()
        self.person_id = person_id
        self.session_key = session_key
        self.sequence = -1
        self.dirty = True
        """Behind: to be caught up by itself, and passed over by what all are told."""
        self.catching_up: asyncio.Task[None] | None = None
        self.writing: asyncio.Task[None] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a frame may be written to it now."""
        return (
            self.flow.paused_at is None
            and self.writing is None
            and self.catching_up is None
            and not self.dirty
        )

    async def write(self, frame: str, sequence: int) -> None:
        await self.send({"type": "websocket.send", "text": frame})
        self.sequence = max(self.sequence, sequence)

    async def close(self, code: int) -> None:
        try:
            await self.send({"type": "websocket.close", "code": code})
        except Exception:
            log.debug("a socket was gone before it could be closed", exc_info=True)
