"""Texts that come in at the same moment share their two commits: whoever is first does the work of
all who wait meanwhile.

A commit is a wait for the disk and costs about as much as understanding a text; eight at once pay
for one (measured: see docs/measurements.md). Nothing else changes: the words of all are stored
before any is understood, and none is acknowledged before it is stored.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from requests_app.actions import incoming
from requests_app.incoming import IncomingMessage
from requests_app.models import Message

log = logging.getLogger(__name__)

AT_ONCE = 16
"""So many share a commit at the most: others who write wait for as long as these take."""


@dataclass(slots=True, eq=False)
class Arrival:
    text: IncomingMessage
    done: bool = False
    error: Exception | None = None
    """Why it could not be stored: the carrier must not believe that we have it."""


_waiting: deque[Arrival] = deque()
_turn = threading.Lock()


def take_in(text: IncomingMessage) -> None:
    """Store a text durably and understand it, or leave that to the clock.

    Raises what storing it raises; then nothing is kept.
    """
    mine = Arrival(text)
    _waiting.append(mine)
    with _turn:
        # Whoever had the turn before us may have done ours; and AT_ONCE of others may come first.
        while not mine.done:
            together = [_waiting.popleft() for _ in range(min(len(_waiting), AT_ONCE))]
            try:
                now = max(arrival.text.received_at for arrival in together)
                understand_together(store_together(together), now=now)
            finally:
                for arrival in together:
                    arrival.done = True
    if mine.error is not None:
        raise mine.error


def store_together(arrivals: Sequence[Arrival]) -> list[Message]:
    """One transaction for all. Where that fails, for each alone: one must not cost the others."""
    if len(arrivals) > 1:
        try:
            return incoming.store([arrival.text for arrival in arrivals])
        except Exception as error:
            log.info("%s texts are stored one by one: %s", len(arrivals), type(error).__name__)
    stored = []
    for arrival in arrivals:
        try:
            message = incoming.receive_text(arrival.text)
        except Exception as error:
            arrival.error = error
        else:
            stored += [message] if message is not None else []
    return stored


def understand_together(messages: Sequence[Message], *, now: datetime) -> None:
    """As ``store_together``: all of a property in one transaction, or each alone. Never raises."""
    by_property: dict[int, list[Message]] = {}
    for message in messages:
        by_property.setdefault(message.property_id, []).append(message)
    for theirs in by_property.values():
        if len(theirs) > 1:
            try:
                incoming.understand(*theirs, now=now)
                continue
            except Exception as error:
                log.info(
                    "%s texts are understood one by one: %s", len(theirs), type(error).__name__
                )
        for message in theirs:
            incoming.understand_or_leave(message, now=now)
