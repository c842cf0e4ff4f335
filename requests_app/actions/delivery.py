"""What became of what we sent: claimed, sent, delivered, failed. States never go backwards."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from requests_app.actions.journal import change, touch
from requests_app.models import Contact, Message, Outgoing, Request
from requests_app.models.messages import DELIVERY_RANK, Delivery

LEASE = timedelta(seconds=60)
"""Longer than a carrier's timeout: who holds a row this long is dead."""

MAX_ATTEMPTS = 8
FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 900.0

UNSENT = (Outgoing.State.DUE, Outgoing.State.UNCERTAIN)


def claim_due(*, at: datetime, limit: int) -> list[Outgoing]:
    """Take up to ``limit`` rows that are due; nobody else has them until the lease runs out.

    Of one guest's only the oldest, so that order is kept: a reply that is being sent or tried
    again holds back those behind it. A row whose lease ran out was being sent when its sender
    died: nobody knows whether it went, so it comes back as uncertain.
    """
    before_it = Outgoing.objects.filter(
        Q(due_at__lte=at) | Q(attempts__gt=0),
        message__contact=OuterRef("message__contact"),
        state__in=UNSENT,
        pk__lt=OuterRef("pk"),
    )
    with change():
        due = Outgoing.objects.filter(
            Q(lease_until=None) | Q(lease_until__lte=at),
            ~Exists(before_it),
            state__in=UNSENT,
            due_at__lte=at,
        ).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        rows = list(due.select_related("message__contact", "message__property")[:limit])
        for row in rows:
            if row.lease_until is not None:
                row.state = Outgoing.State.UNCERTAIN
            row.lease_until = at + LEASE
            row.attempts += 1
        Outgoing.objects.bulk_update(rows, ["state", "lease_until", "attempts"])
    return rows


def _still_ours(outgoing: Outgoing) -> QuerySet[Outgoing]:
    """The row, unless it was sent meanwhile or our lease ran out and another took it:
    ``attempts`` grows with every claim."""
    return Outgoing.objects.filter(pk=outgoing.pk, attempts=outgoing.attempts, state__in=UNSENT)


def sent(outgoing: Outgoing, *, external_id: str, at: datetime) -> None:
    """The carrier has it, under this id. The id may be known already: a callback was quicker."""
    with change():
        Outgoing.objects.filter(pk=outgoing.pk).update(
            state=Outgoing.State.SENT, lease_until=None, reason=""
        )
        Message.objects.filter(pk=outgoing.message_id, external_id=None).update(
            external_id=external_id
        )
        _advance(outgoing.message_id, Delivery.QUEUED)


def not_sent(
    outgoing: Outgoing, *, reason: str, at: datetime, wait_seconds: float | None = None
) -> None:
    """Refused for now: again later, with growing waits and jitter; parked after MAX_ATTEMPTS."""
    _again_later(outgoing, Outgoing.State.DUE, reason=reason, at=at, wait_seconds=wait_seconds)


def unknown_whether_sent(outgoing: Outgoing, *, reason: str, at: datetime) -> None:
    """The call hung or broke: look it up at the carrier before it is repeated."""
    _again_later(outgoing, Outgoing.State.UNCERTAIN, reason=reason, at=at, wait_seconds=None)


def _again_later(
    outgoing: Outgoing,
    state: str,
    *,
    reason: str,
    at: datetime,
    wait_seconds: float | None,
) -> None:
    if outgoing.attempts >= MAX_ATTEMPTS:
        park(outgoing, reason=reason, code="")
        return
    wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (outgoing.attempts - 1))
    _still_ours(outgoing).update(
        state=state,
        lease_until=None,
        due_at=at + timedelta(seconds=max(wait, wait_seconds or 0) * random.uniform(1.0, 1.3)),
        reason=reason[:200],
    )


def park(outgoing: Outgoing, *, reason: str, code: str) -> None:
    """Hopeless: shown with its reason on the guest's cards; a person decides."""
    with change():
        if _still_ours(outgoing).update(
            state=Outgoing.State.PARKED, lease_until=None, reason=reason[:200]
        ):
            _advance(outgoing.message_id, Delivery.FAILED, code)


def opted_out(outgoing: Outgoing, *, at: datetime) -> None:
    """The carrier says that this number takes no texts of ours: we write no more of them."""
    message = outgoing.message
    if message.contact_id is not None:
        Contact.objects.filter(pk=message.contact_id, opted_out_at=None).update(opted_out_at=at)


def send_again(outgoing: Outgoing, *, at: datetime) -> None:
    """A person resumes a parked message with one tap. Twice is once."""
    with change():
        if Outgoing.objects.filter(pk=outgoing.pk, state=Outgoing.State.PARKED).update(
            state=Outgoing.State.DUE, attempts=0, due_at=at, lease_until=None, reason=""
        ):
            Message.objects.filter(pk=outgoing.message_id).update(
                delivery=Delivery.WAITING, error_code="", external_id=None
            )
            _show(outgoing.message_id)


def delivery_report(
    *, external_id: str, state: str, error_code: str = "", message_id: int | None = None
) -> bool:
    """A carrier's callback, in any order, repeated or early. False: no message of ours.

    ``message_id`` is our own number, which we gave the carrier with the message: it tells what
    the id is of while our send has not returned, or never will.
    """
    with change():
        message = Message.objects.filter(
            external_id=external_id, direction=Message.Direction.OUT
        ).first()
        if message is None and message_id is not None:
            message = _told_its_id(message_id, external_id)
        if message is None:
            return False
        if state in DELIVERY_RANK:
            _advance(message.pk, state, error_code)
    return True


def _told_its_id(message_id: int, external_id: str) -> Message | None:
    """Only of what is being sent, or may have been: it has been, then."""
    on_its_way = Outgoing.objects.filter(
        message=message_id, message__external_id=None, state__in=UNSENT, attempts__gt=0
    )
    if not on_its_way.update(state=Outgoing.State.SENT, lease_until=None, reason=""):
        return None
    Message.objects.filter(pk=message_id).update(external_id=external_id)
    return Message.objects.get(pk=message_id)


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
