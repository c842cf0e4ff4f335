"""What staff are told outside the boards, and that a call was answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from requests_app import reasons
from requests_app.actions.journal import change
from requests_app.incoming import clean_text
from requests_app.models import Notice, Outgoing, Property, Request
from requests_app.models.messages import Delivery, Door
from requests_app.models.notices import NoticeChannel

if TYPE_CHECKING:
    from staff.models import Person

DOORS: dict[str, Door] = {
    NoticeChannel.EMAIL: Door.EMAIL,
    NoticeChannel.PUSH: Door.PUSH,
    NoticeChannel.SMS: Door.TEXTS,
    NoticeChannel.CALL: Door.CALLS,
}


def notify(
    property: Property,  # noqa: A002  (what it is)
    *,
    person: Person | None,
    channel: str,
    address: str,
    text: str,
    subject: str = "",
    request: Request | None = None,
    key: str,
    at: datetime,
    language: str = "en",
) -> Notice:
    """Write a notice and what must be sent, in one transaction, due at once.

    ``channel``: email, push, sms or call. ``address``: e-mail address or E.164; empty for a push,
    which goes to every browser of ``person`` that takes them. ``text`` is in ``language``. The same
    ``key`` (unique over all hotels; name what it is about) again is the same notice: nothing is
    written, whatever else differs.
    """
    with change():
        notice, is_new = Notice.objects.get_or_create(
            key=key,
            defaults={
                "property": property,
                "person": person,
                "channel": NoticeChannel(channel),
                "address": address,
                "language": language,
                "subject": " ".join(clean_text(subject).split())[:200],
                "text": clean_text(text),
                "request": request,
                "created_at": at,
            },
        )
        if is_new:
            Outgoing.objects.create(notice=notice, carrier=DOORS[notice.channel], due_at=at)
    return notice


RINGS_FOR = timedelta(seconds=60)
NO_WORD_FOR = timedelta(minutes=5)
"""A call is long over by then: its carrier's word of that was lost."""


def end_calls(*, at: datetime) -> int:
    """Calls that nobody answered and nobody will: their end is written down where no carrier says
    it. A telephone of the simulator rings for a minute."""
    ringing = Notice.objects.filter(
        channel=NoticeChannel.CALL,
        answered_at=None,
        delivery__in=[Delivery.QUEUED, Delivery.SENT],
    )
    rung = Q(external_id__startswith="SIM", sent_at__lte=at - RINGS_FOR)
    over = list(
        ringing.filter(rung | Q(sent_at__lte=at - NO_WORD_FOR))
        .order_by("pk")
        .values_list("pk", flat=True)[:200]
    )
    if not over:
        return 0
    with change():
        return ringing.filter(pk__in=over).update(
            delivery=Delivery.UNDELIVERED, reason=reasons.NOT_ANSWERED
        )


def hang_up(notice_id: int) -> None:
    """A telephone of the simulator is not answered: as when a real one is not picked up."""
    with change():
        Notice.objects.filter(
            pk=notice_id,
            channel=NoticeChannel.CALL,
            external_id__startswith="SIM",
            delivery__in=[Delivery.QUEUED, Delivery.SENT],
        ).update(delivery=Delivery.UNDELIVERED, reason=reasons.NOT_ANSWERED)


def answer_call(notice_id: int, *, digit: str, at: datetime) -> bool:
    """Somebody pressed a digit: the call reached a person. True if they were the first to.

    Also of a call that is over, or that we gave up: what was heard was heard.
    """
    if len(digit) != 1 or digit not in "0123456789*#":
        return False
    with change():
        answered = Notice.objects.filter(
            pk=notice_id, channel=NoticeChannel.CALL, answered_at=None
        ).update(answered_at=at, digit=digit, delivery=Delivery.READ, reason="", error_code="")
        if answered:
            # It has been sent, then, whatever our own call to the carrier came to.
            Outgoing.objects.filter(notice=notice_id).update(
                state=Outgoing.State.SENT, lease_until=None, reason=""
            )
    return bool(answered)
