"""What became of what we sent: sent, delivered, failed. States never go backwards."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from requests_app.actions.claiming import UNSENT, try_now
from requests_app.actions.journal import change, touch
from requests_app.models import Contact, Message, Notice, Outgoing, Request
from requests_app.models.messages import DELIVERY_RANK, ON_CARDS, Delivery, Door
from requests_app.prepared import Bound, PreparedUpdate

MAX_ATTEMPTS = 8
MANY_ATTEMPTS = 16
"""Where the carrier is in trouble and not the row: with the waits below, two hours and more."""
WORTH_A_WORD = 2
"""Tries after which the guest's cards say that our words still wait."""
FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 900.0

OF_USE: dict[str, timedelta] = {
    Door.TEXTS: timedelta(hours=2),
    Door.PUSH: timedelta(hours=1),
    Door.CALLS: timedelta(minutes=15),
    Door.EMAIL: timedelta(hours=24),
}
"""So long after it was due something is still worth sending; then a person decides."""


def is_too_old(outgoing: Outgoing, *, at: datetime) -> bool:
    """Nobody was there to send it when it was due, and now it would only confuse: "by 18:40" at
    midnight, a call about what has long been done."""
    since = outgoing.notice.created_at if outgoing.notice else outgoing.due_at
    return at - since > OF_USE[outgoing.carrier]


def sent(
    outgoing: Outgoing, *, external_id: str, at: datetime, state: str = Delivery.QUEUED
) -> bool:
    """The carrier has it, under this id. The id may be known already: a callback was quicker.

    False, and nothing written: our lease ran out and another has the row, or the id is another
    message's. ``state``: how far it is with that.
    """
    with change():
        if not _sent(row=outgoing.pk, attempts=outgoing.attempts):
            return False
        if outgoing.notice_id is not None:
            Notice.objects.filter(pk=outgoing.notice_id, external_id=None).update(
                external_id=external_id, sent_at=at
            )
            _advance_notice(outgoing.notice_id, state)
        elif not _sent_as(message=outgoing.message_id, external_id=external_id):
            _known_as(message=outgoing.message_id, external_id=external_id)
            if _queued(message=outgoing.message_id) and outgoing.attempts >= WORTH_A_WORD:
                _show(outgoing.message_id)  # it waits no more
    return True


_sent = PreparedUpdate(
    # Nobody else has it: it is ours, or waits to be looked up, which is then settled.
    lambda: Outgoing.objects.filter(
        Q(attempts=Bound("attempts")) | Q(lease_until=None), pk=Bound("row"), state__in=UNSENT
    ),
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


def is_known(external_id: str) -> bool:
    """Whether the carrier's id is of something of ours already."""
    return (
        Message.objects.filter(external_id=external_id).exists()
        or Notice.objects.filter(external_id=external_id).exists()
    )


def _below(state: str) -> list[str]:
    """The states from which a message may go to this one."""
    return [s for s, rank in DELIVERY_RANK.items() if rank < DELIVERY_RANK[state]]


def _still_ours(outgoing: Outgoing) -> QuerySet[Outgoing]:
    """The row, unless it was sent meanwhile or our lease ran out and another took it:
    ``attempts`` grows with every claim."""
    return Outgoing.objects.filter(pk=outgoing.pk, attempts=outgoing.attempts, state__in=UNSENT)


def not_sent(
    outgoing: Outgoing,
    *,
    reason: str,
    at: datetime,
    wait_seconds: float | None = None,
    carrier_wide: bool = False,
) -> None:
    """Refused for now: again later, with growing waits and jitter; parked after MAX_ATTEMPTS.

    ``carrier_wide``: it was not this row's fault, so it is tried for longer.
    """
    _again_later(
        outgoing, Outgoing.State.DUE,
        reason=reason, at=at, wait_seconds=wait_seconds, for_long=carrier_wide,
    )  # fmt: skip


def unknown_whether_sent(outgoing: Outgoing, *, reason: str, at: datetime) -> None:
    """The call hung or broke: look it up at the carrier before it is repeated."""
    _again_later(
        outgoing, Outgoing.State.UNCERTAIN, reason=reason, at=at, wait_seconds=None, for_long=False
    )


def _again_later(
    outgoing: Outgoing,
    state: str,
    *,
    reason: str,
    at: datetime,
    wait_seconds: float | None,
    for_long: bool,
) -> None:
    bound = MANY_ATTEMPTS if for_long else MAX_ATTEMPTS
    if outgoing.attempts >= bound or (outgoing.notice and is_too_old(outgoing, at=at)):
        park(outgoing, reason=reason, code="")
        return
    tries = min(outgoing.attempts - 1, MAX_ATTEMPTS)
    wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**tries)
    with change():
        waits = _still_ours(outgoing).update(
            state=state,
            lease_until=None,
            due_at=at + timedelta(seconds=max(wait, wait_seconds or 0) * random.uniform(1.0, 1.3)),
            reason=reason[:200],
        )
        if waits and outgoing.attempts >= WORTH_A_WORD:
            if outgoing.notice_id is not None:
                _advance_notice(outgoing.notice_id, Delivery.DELAYED, reason=reason)
            elif outgoing.message_id is not None:
                _advance(outgoing.message_id, Delivery.DELAYED)


def park(outgoing: Outgoing, *, reason: str, code: str) -> None:
    """Hopeless: shown with its reason on the guest's cards; a person decides."""
    with change():
        if not _still_ours(outgoing).update(
            state=Outgoing.State.PARKED, lease_until=None, reason=reason[:200]
        ):
            return
        if outgoing.notice_id is not None:
            _advance_notice(outgoing.notice_id, Delivery.FAILED, code, reason)
        elif outgoing.message_id is not None:
            _advance(outgoing.message_id, Delivery.FAILED, code)


def opted_out(outgoing: Outgoing, *, at: datetime) -> None:
    """The carrier says that this number takes no texts of ours: we write no more of them."""
    message = outgoing.message
    if message is not None and message.contact_id is not None:
        Contact.objects.filter(pk=message.contact_id, opted_out_at=None).update(opted_out_at=at)


def send_again(outgoing: Outgoing, *, at: datetime) -> None:
    """A person resumes what was given up with one tap. Twice is once."""
    with change():
        if not Outgoing.objects.filter(pk=outgoing.pk, state=Outgoing.State.PARKED).update(
            state=Outgoing.State.DUE, attempts=0, due_at=at, lease_until=None, reason=""
        ):
            return
        try_now(outgoing.carrier, at=at)
        anew = {"delivery": Delivery.WAITING, "error_code": "", "external_id": None}
        if outgoing.notice_id is not None:
            Notice.objects.filter(pk=outgoing.notice_id).update(
                **anew, reason="", created_at=at, sent_at=None
            )
        elif outgoing.message_id is not None:
            Message.objects.filter(pk=outgoing.message_id).update(**anew)
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


def notice_report(
    *,
    external_id: str,
    notice_id: int | None,
    state: str,
    at: datetime,
    error_code: str = "",
    reason: str = "",
) -> bool:
    """``delivery_report`` of a notice: what its carrier says of a text or a call to staff.

    ``state`` may be empty: then only the reason is remembered (a machine listens). Of a call that
    ends, the reason that is known already is the better one.
    """
    with change():
        notice = Notice.objects.filter(external_id=external_id).first()
        if notice is None and notice_id is not None:
            on_its_way = Outgoing.objects.filter(
                notice=notice_id, notice__external_id=None, state__in=UNSENT, attempts__gt=0
            )
            if on_its_way.update(state=Outgoing.State.SENT, lease_until=None, reason=""):
                Notice.objects.filter(pk=notice_id).update(external_id=external_id, sent_at=at)
                notice = Notice.objects.get(pk=notice_id)
        if notice is None:
            return False
        if state:
            _advance_notice(notice.pk, state, error_code, notice.reason or reason)
        elif reason and not notice.reason and notice.answered_at is None:
            Notice.objects.filter(pk=notice.pk, reason="").update(reason=reason)
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
        if changed and state in ON_CARDS:
            _show(message_id)


def _advance_notice(notice_id: int, state: str, error_code: str = "", reason: str = "") -> None:
    Notice.objects.filter(pk=notice_id, delivery__in=_below(state)).update(
        delivery=state, error_code=error_code[:12], reason=reason[:200]
    )


def _show(message_id: int | None) -> None:
    """All open cards of the guest are read again."""
    message = Message.objects.get(pk=message_id or 0)
    theirs = Q(pk__in=[])
    if message.stay_id:
        theirs |= Q(stay_id=message.stay_id)
    if message.contact_id:
        theirs |= Q(contact_id=message.contact_id)
    requests = Request.objects.filter(theirs, property_id=message.property_id).on_board()
    touch(requests, property_id=message.property_id)
