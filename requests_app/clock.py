"""What time alone brings about. Every round is safe to repeat and to run in several processes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.utils import timezone

from requests_app import queries
from requests_app.actions import heartbeat, incoming, requests, timing, web
from requests_app.actions.journal import By
from requests_app.errors import RequestError
from requests_app.models import Promise, Property, Request
from requests_app.states import Status
from requests_app.threads import in_thread, is_leaving, pause

log = logging.getLogger(__name__)

TICK_SECONDS = 2.0
MOMENT = timedelta(seconds=3)
"""Words stored longer ago than this and not understood were left by a crash or a failure."""

BATCH = 200

T = TypeVar("T")


def tick(now: datetime | None = None) -> None:
    """One round of everything; ``now`` is UTC."""
    at = now or timezone.now()
    for message in incoming.unread_messages(before=at - MOMENT):
        words_of = web if message.room_id is not None else incoming
        words_of.understand_or_leave(message, now=at)
    open_now = queries.cards(Request.objects.on_board())
    _each(
        open_now.filter(status=Status.SCHEDULED, starts_at__lte=at)[:BATCH],
        lambda r: timing.begin_scheduled(r, at=at),
    )
    _each(
        open_now.filter(status=Status.ON_HOLD, hold_until__lte=at)[:BATCH],
        lambda r: timing.look_again(r, at=at),
    )
    _each(
        Promise.objects.filter(
            replaced_at=None, kept=None, due_at__lt=at, request__closed_at=None
        ).exclude(request__status=Status.DONE)[:BATCH],
        lambda p: timing.miss_promise(p, at=at),
    )
    for hotel in Property.objects.all():
        silent_since = at - timedelta(minutes=hotel.confirm_after_minutes)
        _each(
            open_now.filter(property=hotel, status=Status.DONE, done_at__lte=silent_since)[:BATCH],
            lambda r: requests.confirm_request(r, at=at, actor=By.CLOCK),
        )
    heartbeat.beat("clock", at=at)  # at the end: a round that fails is no sign of life


def _each(rows: Iterable[T], act: Callable[[T], object]) -> None:
    for row in list(rows):
        try:
            act(row)
        except RequestError:
            continue  # somebody was quicker, which is as good
        except Exception:  # one row must not keep the clock from all others
            log.exception("the clock could not move %r", row)


async def run() -> None:
    """Every TICK_SECONDS, until the process leaves; a round that has begun is finished."""
    while not is_leaving():
        try:
            await in_thread(tick)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("the clock failed at one round and goes on")
        await pause(TICK_SECONDS)
