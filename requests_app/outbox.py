"""Sends what is due to the outside. The only module that does. Never inside a transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from requests_app.actions import delivery
from requests_app.actions.journal import change
from requests_app.carriers import Carrier, Hopeless, NotNow, Unknown, carrier_of
from requests_app.models import Outgoing
from requests_app.threads import in_thread, is_leaving, pause, returning

log = logging.getLogger(__name__)

IN_FLIGHT = 16
"""Sends that wait for the carrier at the same time."""

IDLE_SECONDS = 0.5
GATHER_SECONDS = 0.1


def send_one(outgoing: Outgoing, carrier: Carrier | None = None) -> None:
    """Hand one claimed row to its carrier, and write down what became of it."""
    message = outgoing.message
    if message.contact is None:
        delivery.park(outgoing, reason="the guest's number has been erased", code="")
        return
    if message.contact.opted_out_at is not None:
        delivery.park(outgoing, reason="the guest asked for no more texts", code="")
        return
    carrier = carrier or carrier_of(message)
    try:
        external_id = None
        if outgoing.state == Outgoing.State.UNCERTAIN:
            external_id = carrier.find(message)
        if external_id is None:
            external_id = carrier.send(message)
    except Hopeless as refusal:
        if refusal.opted_out:
            delivery.opted_out(outgoing, at=timezone.now())
        delivery.park(outgoing, reason=str(refusal), code=refusal.code)
    except NotNow as refusal:
        delivery.not_sent(
            outgoing, reason=str(refusal), at=timezone.now(), wait_seconds=refusal.wait_seconds
        )
    except Unknown as doubt:
        delivery.unknown_whether_sent(outgoing, reason=str(doubt), at=timezone.now())
    except Exception as error:
        # A mistake of ours: whether it came before or after the call, nobody knows.
        log.exception("message %s could not be sent", message.pk)
        delivery.unknown_whether_sent(outgoing, reason=type(error).__name__, at=timezone.now())
    else:
        delivery.sent(outgoing, external_id=external_id, at=timezone.now())


def send_due() -> int:
    """Claim what is due and send it, one after another. Returns how many were tried."""
    rows = delivery.claim_due(at=timezone.now(), limit=IN_FLIGHT)
    for row in rows:
        send_one(row)
    return len(rows)


def send_together(rows: Sequence[Outgoing]) -> None:
    """Of a local carrier: nothing waits, so all share one transaction and one write to the disk."""
    with change():
        for row in rows:
            send_one(row)


async def run() -> None:
    """Until the process leaves: up to IN_FLIGHT sends at once, a look at the table twice a second
    when idle. Leaving finishes what it has claimed: no row is left with a lease of ours."""
    alone = not settings.REDIS_URL  # without it nobody else may work: see `manage.py work`
    while not is_leaving():
        try:
            if alone:
                await in_thread(delivery.take_over)
                alone = False
            rows = await in_thread(delivery.claim_due, at=timezone.now(), limit=IN_FLIGHT)
            local = [row for row in rows if carrier_of(row.message).local]
            if local:
                await in_thread(send_together, local)
            await asyncio.gather(
                *(asyncio.to_thread(returning(send_one), row) for row in rows if row not in local)
            )
            if len(rows) < IN_FLIGHT:
                # A tenth of a second lets answers gather: each round costs a look and a write.
                await pause(GATHER_SECONDS if rows else IDLE_SECONDS)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("the outbox failed at one round and goes on")
            await pause(IDLE_SECONDS * 4)
