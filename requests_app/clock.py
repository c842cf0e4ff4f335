"""What time alone brings about. Every round is safe to repeat and to run in several processes.

A round asks one question of a partial index: which requests must be looked at by now? What is not
due costs nothing, however much of it there is.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from django.utils import timezone

from requests_app.actions import heartbeat, incoming, looking, notices, ringing, tidying, web
from requests_app.errors import RequestError
from requests_app.models import Request
from requests_app.prepared import Bound, PreparedRows
from requests_app.threads import in_thread, is_leaving, pause

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
BREATH_SECONDS = 0.1
"""Others write in between, however much is due."""

TIDY_EVERY_SECONDS = 3600.0
"""And at the start."""

MOMENT = timedelta(seconds=3)
"""Words stored longer ago than this and not understood were left by a crash or a failure."""

BATCH = 500
TOGETHER = 20
"""Looked at in one transaction: as long as a board or a text may have to wait for the writer."""


def tick(now: datetime | None = None) -> None:
    """One round of everything; ``now`` is UTC."""
    at = now or timezone.now()
    for message in incoming.unread_messages(before=at - MOMENT):
        words_of = web if message.room_id is not None else incoming
        words_of.understand_or_leave(message, now=at)
    ids = due(at)
    for n in range(0, len(ids), TOGETHER):
        _look_at(ids[n : n + TOGETHER], at)
    try:
        notices.end_calls(at=at)
        ringing.ring_due(at=at, limit=BATCH)
    except Exception:
        log.exception("the clock could not ring")
    heartbeat.beat("clock", at=at)  # at the end: a round that fails is no sign of life


def tidy() -> None:
    """As seldom as ``run`` says."""
    tidying.tidy(at=timezone.now())


def due(at: datetime) -> list[int]:
    """Requests that must be looked at, those that have waited longest first."""
    return [pk for (pk,) in _due.all(at=at)]


_due: PreparedRows[tuple[int]] = PreparedRows(
    lambda: (
        Request.objects.filter(next_look_at__lte=Bound("at"))
        .order_by("next_look_at")
        .values_list("pk")[:BATCH]
    )
)


def _look_at(ids: list[int], at: datetime) -> None:
    """Together; where that fails one by one, since one row must not keep the clock from others."""
    try:
        looking.look_at(ids, at=at)
    except Exception as error:
        if len(ids) > 1:
            for pk in ids:
                _look_at([pk], at)
        elif not isinstance(error, RequestError):  # else somebody was quicker, which is as good
            log.exception("the clock could not look at request %s", ids[0])


async def run() -> None:
    """A round every TICK_SECONDS, whatever a round takes, until the process leaves; a round that
    has begun is finished."""
    loop = asyncio.get_running_loop()
    tidy_at = loop.time()
    while not is_leaving():
        begun = loop.time()
        try:
            await in_thread(tick)
            if begun >= tidy_at:
                tidy_at = begun + TIDY_EVERY_SECONDS
                await in_thread(tidy)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("the clock failed at one round and goes on")
        await pause(max(BREATH_SECONDS, TICK_SECONDS - (loop.time() - begun)))
