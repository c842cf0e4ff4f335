"""Guests who text without a pause, with an exact record of what they were told."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from types import TracebackType
from typing import Self

from tests.faults.hotels import Hotel
from tests.webhooks.conftest import text_form

_telephones = itertools.count()
RETRY_SECONDS = 0.2
PACE_SECONDS = 0.05


@dataclass
class Texting:
    """``with Texting(hotel) as texting``: strangers, one text each, so that each is one card.

    What is not answered with 200 is posted again with the same id, as Twilio does it with
    ``#rc``; so a text that was kept although its answer was lost must not be kept twice.
    """

    hotel: Hotel
    threads: int = 4
    retries: bool = True
    acknowledged: dict[str, str] = field(default_factory=dict)
    """MessageSid → telephone."""
    posted: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    """0: no answer."""
    waits: list[float] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def __enter__(self) -> Self:
        self.pool = ThreadPoolExecutor(self.threads)
        self.running: list[Future[None]] = [
            self.pool.submit(self._text) for _ in range(self.threads)
        ]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.pool.shutdown()
        for done in self.running:
            done.result()

    def _text(self) -> None:
        while not self.over.is_set():
            sender = f"+1202{next(_telephones) % 1_000_000 + 6_000_000:07d}"
            form = text_form(sender, f"2 towels please, says {sender}")
            form["MessageSid"] = f"SM{sender[1:]:0>32}"
            self.posted[form["MessageSid"]] = sender
            while (status := self._post(form)) != 200 and self.retries:
                if self.over.wait(RETRY_SECONDS):
                    break
            if status == 200:
                self.acknowledged[form["MessageSid"]] = sender
            self.over.wait(PACE_SECONDS)

    def _post(self, form: dict[str, str]) -> int:
        begun = time.monotonic()
        try:
            status, _body = self.hotel.front.post_signed("/twilio/messages/", form)
        except OSError:
            status = 0
        self.waits.append(time.monotonic() - begun)
        self.statuses[status] += 1
        return status
