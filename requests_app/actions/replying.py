"""What we say by ourselves after a text: few words, at the right moment, and never without end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Q

from requests_app import wording
from requests_app.actions import messages
from requests_app.actions.opening import NOTHING_TOLD
from requests_app.models import Contact, Message, Outgoing, Promise, Request

URGENT = "urgent"
"""``Message.intent`` of an automatic answer that says what to do in danger."""

ASKS = "asks"
"""``Message.intent`` of one that only asks: while it waits it may be answered, and not be said."""

TOLD_WITHIN = timedelta(hours=12)
"""What waits to be said is not older than this."""

QUESTIONS_APART = timedelta(seconds=15)
"""Nobody reads and answers a question of ours sooner: what comes sooner was on its way."""


@dataclass(slots=True)
class Outcome:
    """What understanding came to: requests that were opened, and words of ours to say."""

    requests: list[Request] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    wait: timedelta = messages.ONE_REPLY_A
    """How long after our last words these may come."""
    asks: bool = False
    """Our words only ask: they replace a question of ours that still waits."""
    urgent: bool = False

    def add(self, other: Outcome) -> None:
        self.requests += other.requests
        self.words += [words for words in other.words if words not in self.words]
        self.urgent = self.urgent or other.urgent


def answer(
    contact: Contact, outcome: Outcome, *, said: list[tuple[str, bool, datetime]], now: datetime
) -> None:
    """Say what was understood: at once, or joined to what waits for its minute to pass.

    Danger is answered at once, once a minute, whatever else was said. What nobody will be told
    is no promise.
    """
    automatic = [at for way, by_itself, at in said if way == "out" and by_itself]
    urgent = outcome.urgent or any(r.urgent for r in outcome.requests)
    enough = len(automatic) >= messages.AUTOMATIC_PER_HOUR and not urgent
    # A carrier's name of somebody is no number to text.
    if contact.opted_out_at is not None or enough or not contact.address.startswith("+"):
        promise_nothing([r.pk for r in outcome.requests])
        return
    text = _text(contact, outcome, now=now)
    if not text:
        return
    # What waits is ``at`` a time to come: see ``messages.text_to`` below.
    spoken = [at for at in automatic if at <= now]
    due_at = max(now, max(spoken) + outcome.wait) if spoken else now
    if urgent and not _said_what_to_do(contact, now=now):
        due_at = now
    waiting = waiting_reply(contact, now=now) if due_at > now else None
    if waiting is not None:
        _join(waiting, text, contact, outcome, now=now)
        return
    messages.text_to(
        contact,
        text=text,
        by=None,
        at=due_at,  # said when it goes, not when it was thought of
        request=outcome.requests[0] if len(outcome.requests) == 1 else None,
        intent=URGENT if urgent else ASKS if outcome.asks else "",
    )


def _join(
    waiting: Message, text: str, contact: Contact, outcome: Outcome, *, now: datetime
) -> None:
    """One text says it all. A question replaces a question; a promise is never written over."""
    if outcome.asks and waiting.intent == ASKS:
        waiting.body = text
    elif text not in waiting.body:
        both = f"{waiting.body}\n{text}"
        waiting.intent = "" if waiting.intent == ASKS else waiting.intent
        if len(both) > wording.LIMIT and (untold := untold_requests(contact, waiting)):
            both = _in_the_end(contact, untold, now=now)
        waiting.body = wording.clip(both)
    waiting.save(update_fields=["body", "intent"])


def untold_requests(contact: Contact, waiting: Message) -> list[Request]:
    """Open requests of this number which only a reply that still waits will tell of."""
    return list(
        Request.objects.filter(
            property_id=contact.property_id,
            contact=contact,
            created_at__gt=waiting.at - messages.ONE_REPLY_A,
            urgent=False,
        )
        .on_board()
        .exclude(kind__in=NOTHING_TOLD)
        .select_related("property", "desk", "service", "room_now")
        .order_by("pk")
    )


def tell_in_the_end(contact: Contact, *, now: datetime) -> None:
    """What waits to be said tells of what is still open, and of nothing else."""
    waiting = waiting_reply(contact, now=now)
    if waiting is None or waiting.intent:
        return  # a question, or what to do in danger: they stay
    if untold := untold_requests(contact, waiting):
        waiting.body = _in_the_end(contact, untold, now=now)
        waiting.save(update_fields=["body"])
    else:
        waiting.delete()


def _in_the_end(contact: Contact, requests: Sequence[Request], *, now: datetime) -> str:
    with wording.language_of(contact.language, contact.property) as language:
        return wording.have_your_messages(contact.property, requests, now=now, language=language)


def promise_nothing(requests: Sequence[int]) -> None:
    """The guest is not told of these (ids): due for us, and no promise to be counted."""
    if requests:
        Promise.objects.filter(request__in=requests, replaced_at=None).update(told_at=None)


def _text(contact: Contact, outcome: Outcome, *, now: datetime) -> str:
    parts = list(outcome.words)
    with wording.language_of(contact.language, contact.property) as language:
        if outcome.requests:
            parts.insert(
                0,
                wording.understood(contact.property, outcome.requests, now=now, language=language),
            )
    return wording.clip("\n".join(parts))


def _said_what_to_do(contact: Contact, *, now: datetime) -> bool:
    """Whether they have just been told what to do in danger."""
    return Message.objects.filter(
        contact=contact,
        direction=Message.Direction.OUT,
        intent=URGENT,
        at__gt=now - messages.ONE_REPLY_A,
    ).exists()


def waiting_reply(contact: Contact, *, now: datetime) -> Message | None:
    """An automatic answer that still waits for its minute to pass, if there is one; locked."""
    rows = Outgoing.objects.filter(
        message__contact=contact,
        message__automatic=True,
        state=Outgoing.State.DUE,
        attempts=0,
        lease_until=None,
        due_at__gt=now,
    ).select_related("message")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    row = rows.first()
    return row.message if row is not None else None


def hold_back(contact: Contact, *, now: datetime) -> None:
    """What we were about to say by ourselves is not said, and so not promised."""
    unsent = Q(outgoing__state=Outgoing.State.DUE, outgoing__attempts=0, outgoing__lease_until=None)
    ours = Message.objects.filter(
        contact=contact, direction=Message.Direction.OUT, automatic=True, at__gt=now - TOLD_WITHIN
    )
    if held := list(ours.filter(unsent).values_list("pk", flat=True)):
        told = ours.exclude(unsent).aggregate(at=Max("at"))["at"] or now - TOLD_WITHIN
        untold = Request.objects.filter(
            property_id=contact.property_id, contact=contact, created_at__gt=told
        )
        promise_nothing(list(untold.values_list("pk", flat=True)))
        Message.objects.filter(pk__in=held).delete()
