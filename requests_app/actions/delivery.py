"""What became of what we sent: claimed, sent, delivered, failed. States never go backwards."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from requests_app.actions.journal import change, touch
from requests_app.models import Contact, Message, Outgoing, Request
from requests_app.models.messages import DELIVERY_RANK, Delivery
from requests_app.prepared import Bound, Prepared, PreparedUpdate

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
    with change():
        rows = _due(limit).all(at=at)
        for row in rows:
            if row.lease_until is not None:
                row.state = Outgoing.State.UNCERTAIN
            row.lease_until = at + LEASE
            row.attempts += 1
            _claimed(
                row=row.pk, state=row.state, lease_until=row.lease_until, attempts=row.attempts
            )
    return rows


@cache
def _due(limit: int) -> Prepared[Outgoing]:
    def due() -> QuerySet[Outgoing]:
        before_it = Outgoing.objects.filter(
            Q(due_at__lte=Bound("at")) | Q(attempts__gt=0),
            message__contact=OuterRef("message__contact"),
            state__in=UNSENT,
            pk__lt=OuterRef("pk"),
        )
        rows = Outgoing.objects.filter(
            Q(lease_until=None) | Q(lease_until__lte=Bound("at")),
            ~Exists(before_it),
            state__in=UNSENT,
            due_at__lte=Bound("at"),
        ).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        return rows.select_related("message__contact", "message__property")[:limit]

    return Prepared(due)


_claimed = PreparedUpdate(
    lambda: Outgoing.objects.filter(pk=Bound("row")),
    state=Bound("state"),
    lease_until=Bound("lease_until"),
    attempts=Bound("attempts"),
)


def take_over() -> None:
    """At the start of the only process there is: who holds a row is dead. No guest has to wait for
    the lease to end."""
    with change():
        Outgoing.objects.filter(state__in=UNSENT, lease_until__isnull=False).update(
            state=Outgoing.State.UNCERTAIN, lease_until=None
        )


def _still_ours(outgoing: Outgoing) -> QuerySet[Outgoing]:
    """The row, unless it was sent meanwhile or our lease ran out and another took it:
    ``attempts`` grows with every claim."""
    return Outgoing.objects.filter(pk=outgoing.pk, attempts=outgoing.attempts, state__in=UNSENT)


def sent(outgoing: Outgoing, *, external_id: str, at: datetime) -> None:
    """The carrier has it, under this id. The id may be known already: a callback was quicker."""
    with change():
        _sent(row=outgoing.pk)
        if not _sent_as(message=outgoing.message_id, external_id=external_id):
            _known_as(message=outgoing.message_id, external_id=external_id)
            _queued(message=outgoing.message_id)


_sent = PreparedUpdate(
    lambda: Outgoing.objects.filter(pk=Bound("row")),
    state=Outgoing.State.SENT,
    lease_until=None,
    reason="",
)
_sent_as = PreparedUpdate(
    lambda: Message.objects.filter(
        pk=Bound("message"), external_id=None, delivery=Delivery.WAITING
    ),
    external_id=Bound("external_id"),
    delivery=Delivery.QUEUED,
    error_code="",
)
"""The usual end: the two below in one."""
_known_as = PreparedUpdate(
    lambda: Message.objects.filter(pk=Bound("message"), external_id=None),
    external_id=Bound("external_id"),
)
_queued = PreparedUpdate(
    lambda: Message.objects.filter(pk=Bound("message"), delivery__in=_below(Delivery.QUEUED)),
    delivery=Delivery.QUEUED,
    error_code="",
)


def _below(state: str) -> list[str]:
    """The states from which a message may go to this one."""
    return [s for s, rank in DELIVERY_RANK.items() if rank < DELIVERY_RANK[state]]


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
    lower = _below(state)
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
