"""What became of what we sent: claimed, sent, delivered, failed. States never go backwards."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from requests_app.actions.journal import change, touch
from requests_app.models import Message, Outgoing, Request
from requests_app.models.messages import DELIVERY_RANK, Delivery

LEASE = timedelta(seconds=60)
"""Longer than a carrier's timeout: who holds a row this long is dead."""

MAX_ATTEMPTS = 8
FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 900.0


def claim_due(*, at: datetime, limit: int) -> list[Outgoing]:
    """Take up to ``limit`` rows that are due; nobody else has them until the lease runs out.

    Of one guest's only the oldest, so that order is kept. A row whose lease ran out was being sent
    when its sender died: nobody knows whether it went, so it comes back as uncertain.
    """
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    with change():
        due = Outgoing.objects.filter(
            free, state__in=[Outgoing.State.DUE, Outgoing.State.UNCERTAIN], due_at__lte=at
        ).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        rows: list[Outgoing] = []
        guests: set[int | None] = set()
        for row in due.select_related("message__contact", "message__property")[: limit * 4]:
            guest = row.message.contact_id
            if guest in guests or len(rows) >= limit:
                continue
            guests.add(guest)
            rows.append(row)
        busy = set(
            Outgoing.objects.filter(
                lease_until__gt=at, message__contact_id__in=guests - {None}
            ).values_list("message__contact_id", flat=True)
        )
        rows = [row for row in rows if row.message.contact_id not in busy]
        for row in rows:
            if row.lease_until is not None:
                row.state = Outgoing.State.UNCERTAIN
            row.lease_until = at + LEASE
            row.attempts += 1
        Outgoing.objects.bulk_update(rows, ["state", "lease_until", "attempts"])
    return rows


def sent(outgoing: Outgoing, *, external_id: str, at: datetime) -> None:
    """The carrier has it, under this id. The id may be known already: a callback was quicker."""
    with change():
        Outgoing.objects.filter(pk=outgoing.pk).update(
            state=Outgoing.State.SENT, lease_until=None, reason=""
        )
        Message.objects.filter(pk=outgoing.message_id).update(external_id=external_id)
        _advance(outgoing.message_id, Delivery.QUEUED)


def not_sent(
    outgoing: Outgoing, *, reason: str, at: datetime, wait_seconds: float | None = None
) -> None:
    """Refused for now: again later, with growing waits and jitter; parked after MAX_ATTEMPTS."""
    if outgoing.attempts >= MAX_ATTEMPTS:
        park(outgoing, reason=reason, code="")
        return
    wait = wait_seconds or min(
        LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (outgoing.attempts - 1)
    )
    Outgoing.objects.filter(pk=outgoing.pk).update(
        state=Outgoing.State.DUE,
        lease_until=None,
        due_at=at + timedelta(seconds=wait * random.uniform(0.8, 1.2)),
        reason=reason[:200],
    )


def unknown_whether_sent(outgoing: Outgoing, *, reason: str, at: datetime) -> None:
    """The call hung or broke: look it up at the carrier before it is repeated."""
    Outgoing.objects.filter(pk=outgoing.pk).update(
        state=Outgoing.State.UNCERTAIN,
        lease_until=None,
        due_at=at + timedelta(seconds=FIRST_WAIT_SECONDS),
        reason=reason[:200],
    )


def park(outgoing: Outgoing, *, reason: str, code: str) -> None:
    """Hopeless: shown with its reason on the guest's cards; a person decides."""
    with change():
        Outgoing.objects.filter(pk=outgoing.pk).update(
            state=Outgoing.State.PARKED, lease_until=None, reason=reason[:200]
        )
        _advance(outgoing.message_id, Delivery.FAILED, code)


def send_again(outgoing: Outgoing, *, at: datetime) -> None:
    """A person resumes a parked message with one tap."""
    with change():
        Outgoing.objects.filter(pk=outgoing.pk, state=Outgoing.State.PARKED).update(
            state=Outgoing.State.DUE, attempts=0, due_at=at, lease_until=None, reason=""
        )
        Message.objects.filter(pk=outgoing.message_id).update(
            delivery=Delivery.WAITING, error_code="", external_id=None
        )
        _show(outgoing.message_id)


def delivery_report(*, external_id: str, state: str, error_code: str = "") -> bool:
    """A carrier's callback, in any order, repeated or early. False: no message of ours has the id."""
    message = Message.objects.filter(
        external_id=external_id, direction=Message.Direction.OUT
    ).first()
    if message is None:
        return False
    if state in DELIVERY_RANK:
        _advance(message.pk, state, error_code)
    return True


def _advance(message_id: int, state: str, error_code: str = "") -> None:
    lower = [s for s, rank in DELIVERY_RANK.items() if rank < DELIVERY_RANK[state]]
    with change():
        changed = Message.objects.filter(pk=message_id, delivery__in=lower).update(
            delivery=state, error_code=error_code[:12]
        )
        if changed and state in {Delivery.FAILED, Delivery.UNDELIVERED}:
            _show(message_id)


def _show(message_id: int) -> None:
    message = Message.objects.get(pk=message_id)
    requests = Request.objects.filter(property_id=message.property_id).on_board()
    if message.stay_id:
        touch(requests.filter(stay_id=message.stay_id), property_id=message.property_id)
    elif message.contact_id:
        touch(requests.filter(contact_id=message.contact_id), property_id=message.property_id)
