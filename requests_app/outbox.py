"""Sends what is due to the outside. The only module that does. Never inside a transaction.

A row is claimed, attempted (the network alone, up to IN_FLIGHT at once) and settled (what became
of it, of several rows in one write to the disk).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from requests_app import metrics, reasons
from requests_app.actions import claiming, delivery, subscriptions
from requests_app.actions.journal import change
from requests_app.carriers import Carrier, Hopeless, NotNow, Refusal, Unknown, carrier_of
from requests_app.models import Outgoing
from requests_app.models.messages import Door
from requests_app.threads import in_thread, is_leaving, pause, returning

log = logging.getLogger(__name__)

IN_FLIGHT = 16
"""Sends that wait for the carrier at the same time."""

AT_HAND = 24
"""Rows more than that are claimed, so that whoever has sent one need not wait for the next."""

AT_ONCE = 16
"""Rows of one claim."""

IDLE_SECONDS = 0.5
GATHER_SECONDS = 0.1
PROBE_SECONDS = 1.0
DRAIN_SECONDS = 16.0
"""So long a process that leaves waits for what is on its way: more than a carrier may take, and
less than the whole leaving (concierge.leaving)."""

A_MOMENT = timedelta(seconds=1)
"""Within it the trouble is written down, and nothing more is claimed."""

SENDS_WITHIN = timedelta(seconds=30)
"""Looking up and sending take no longer: with less of the lease left, another may have begun."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the carrier said: an id, or a refusal; with neither, it was never asked."""

    row: Outgoing
    began: datetime
    external_id: str = ""
    found: bool = False
    state: str = ""
    refusal: Refusal | None = None
    gone: Sequence[int] = field(default_factory=tuple)


def attempt(row: Outgoing, carrier: Carrier | None = None) -> Outcome:
    """Hand one claimed row to its carrier. Writes nothing and never raises."""
    began = timezone.now()
    if row.lease_until is not None and row.lease_until - began < SENDS_WITHIN:
        return Outcome(row, began)
    try:
        why_not = _is_pointless(row, at=began)
        if why_not:
            raise Hopeless(why_not)
        carrier = carrier or carrier_of(row.said)
        external_id, found = None, False
        if row.state == Outgoing.State.UNCERTAIN:
            external_id = carrier.find(row.said)
            found = external_id is not None
        if external_id is None:
            external_id = carrier.send(row.said)
        return Outcome(row, began, external_id, found, carrier.accepted, gone=carrier.gone)
    except Refusal as refusal:
        return Outcome(row, began, refusal=refusal, gone=carrier.gone if carrier else ())
    except Exception:
        # A mistake of ours: whether it came before or after the call, nobody knows.
        log.exception("row %s could not be sent", row.pk)
        return Outcome(row, began, refusal=Unknown(reasons.OUR_MISTAKE, carrier_wide=False))


def _is_pointless(row: Outgoing, *, at: datetime) -> str:
    """Why nobody should receive this any more; "" where somebody should."""
    message = row.message
    if message is not None:
        if message.contact is None:
            return reasons.ERASED
        if message.contact.opted_out_at is not None:
            return reasons.STOPPED
    if row.notice is not None and row.notice.answered_at is not None:
        return reasons.TOO_OLD
    return reasons.TOO_OLD if delivery.is_too_old(row, at=at) else ""


def settle(outcome: Outcome) -> None:
    """Write down what became of it."""
    row, now, refusal = outcome.row, timezone.now(), outcome.refusal
    if outcome.gone:
        subscriptions.remove(outcome.gone)
    if refusal is None and not outcome.external_id:
        claiming.give_back([row])
        return
    if refusal is not None and refusal.carrier_wide:
        wait_seconds = refusal.wait_seconds if isinstance(refusal, NotNow) else None
        claiming.slow_down(
            row, reason=str(refusal), began=outcome.began, at=now, wait_seconds=wait_seconds
        )
    else:
        claiming.works_again(row)
    if refusal is None:
        if outcome.found and delivery.is_known(outcome.external_id):
            # Two that looked for the same words at the same moment: the other was quicker.
            delivery.unknown_whether_sent(row, reason=reasons.CANNOT_SAY, at=now)
        else:
            delivery.sent(row, external_id=outcome.external_id, at=now, state=outcome.state)
        metrics.sent.labels(row.carrier).inc()
    elif isinstance(refusal, Hopeless):
        if refusal.opted_out:
            delivery.opted_out(row, at=now)
        delivery.park(row, reason=str(refusal), code=refusal.code)
        metrics.given_up.labels(row.carrier).inc()
    elif isinstance(refusal, NotNow):
        delivery.not_sent(
            row, reason=str(refusal), at=now,
            wait_seconds=refusal.wait_seconds, carrier_wide=refusal.carrier_wide,
        )  # fmt: skip
    else:
        delivery.unknown_whether_sent(row, reason=str(refusal), at=now)


def send_one(row: Outgoing, carrier: Carrier | None = None) -> None:
    """Hand one claimed row to its carrier, and write down what became of it."""
    settle(attempt(row, carrier))


def send_due() -> int:
    """Claim what is due and send it, one after another. Returns how many were tried."""
    rows = claiming.claim_due(at=timezone.now(), limit=AT_ONCE)
    for row in rows:
        send_one(row)
    return len(rows)


def send_together(rows: Sequence[Outgoing]) -> None:
    """Of a local carrier: nothing waits, so all share one transaction and one write to the disk."""
    with change():
        for row in rows:
            send_one(row)


def settle_together(outcomes: Sequence[Outcome]) -> None:
    """One write to the disk for all; where one cannot be written, each by itself."""
    try:
        with change():
            for outcome in outcomes:
                settle(outcome)
    except Exception:
        log.exception("%d outcomes could not be written together", len(outcomes))
        for outcome in outcomes:
            try:
                settle(outcome)
            except Exception:
                # Its lease runs out, and it is looked up at the carrier.
                log.exception("what became of row %s could not be written", outcome.row.pk)


class Flight:
    """The rows a process has claimed: those the carrier is asked for, and the next ones at hand."""

    def __init__(self) -> None:
        self.senders = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="outbox")
        self.flying: set[asyncio.Future[Outcome]] = set()
        self.looked_at = 0.0
        self.held_until: dict[str, datetime] = {}
        """What was claimed before then for a carrier that has just refused is not sent."""

    def _send(self, row: Outgoing) -> Outcome:
        until = self.held_until.get(row.carrier)
        held = until is not None and row.lease_until is not None and row.lease_until < until
        if held and not row.is_probe:
            return Outcome(row, timezone.now())
        outcome = returning(attempt)(row)
        if outcome.refusal is not None and outcome.refusal.carrier_wide:
            self.held_until[row.carrier] = timezone.now() + claiming.LEASE + A_MOMENT
        return outcome

    async def round(self) -> None:
        """Claim, send, and write down: whatever of it there is to do now."""
        rows: list[Outgoing] = []
        has_room = len(self.flying) + AT_ONCE <= IN_FLIGHT + AT_HAND
        if has_room:
            probe = time.monotonic() - self.looked_at > PROBE_SECONDS
            if probe:
                self.looked_at = time.monotonic()
            rows = await in_thread(
                claiming.claim_due, at=timezone.now(), limit=AT_ONCE, probe=probe
            )
        local = [row for row in rows if carrier_of(row.said).local]
        if local:
            await in_thread(send_together, local)
        loop = asyncio.get_running_loop()
        for row in rows:
            if row not in local:
                self.flying.add(loop.run_in_executor(self.senders, self._send, row))
        more = len(rows) >= AT_ONCE
        if self.flying:
            await self.land(0 if more else GATHER_SECONDS)
        elif not more:
            # A tenth of a second lets answers gather: each round costs a look and a write.
            await pause(GATHER_SECONDS if rows else IDLE_SECONDS)

    async def land(self, seconds: float) -> None:
        """Write down what has come back; wait so long for the first of it."""
        done, self.flying = await asyncio.wait(
            self.flying, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if done:
            await in_thread(settle_together, [future.result() for future in done])

    async def end(self) -> None:
        """What is at hand goes back; what is on its way is waited for."""
        over = timezone.now() + 2 * claiming.LEASE
        self.held_until = dict.fromkeys(Door.values, over)
        until = time.monotonic() + DRAIN_SECONDS
        while self.flying and time.monotonic() < until:
            await self.land(1.0)
        self.senders.shutdown(wait=False)


async def _whole(work: Coroutine[Any, Any, None]) -> None:
    """What has begun is finished, also by whoever is cancelled meanwhile: rows that were just
    claimed, or outcomes being written down, would be left with a lease of nobody's."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


async def run() -> None:
    """Until the process leaves: up to IN_FLIGHT sends at once, a look at the table twice a second
    when idle. Leaving finishes what it has claimed: no row is left with a lease of ours."""
    alone = not settings.REDIS_URL  # without it nobody else may work: see `manage.py work`
    flight = Flight()
    try:
        while not is_leaving():
            try:
                if alone:
                    await in_thread(claiming.take_over)
                    alone = False
                await _whole(flight.round())
            except Exception:
                log.exception("the outbox failed at one round and goes on")
                await pause(IDLE_SECONDS * 4)
    finally:
        with contextlib.suppress(Exception):
            await flight.end()
