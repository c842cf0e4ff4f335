"""What we say by ourselves after a text: few words, at the right moment, and never without end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from requests_app import wording
from requests_app.actions import messages
from requests_app.models import Contact, Message, Outgoing, Request

URGENT = "urgent"
"""``Message.intent`` of an automatic answer that says what to do in danger."""

QUESTIONS_APART = timedelta(seconds=15)
"""Nobody reads and answers a question of ours sooner: what comes sooner was on its way."""


@dataclass(slots=True)
class Outcome:
    """What understanding came to: requests that were opened, and words of ours to say."""

    requests: list[Request] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    wait: timedelta = messages.ONE_REPLY_A
    """How long after our last words these may come."""
    instead: bool = False
    """Our words replace others of ours that still wait, rather than join them."""
    urgent: bool = False

    def add(self, other: Outcome) -> None:
        self.requests += other.requests
        self.words += [words for words in other.words if words not in self.words]
        self.urgent = self.urgent or other.urgent


def answer(
    contact: Contact, outcome: Outcome, *, said: list[tuple[str, bool, datetime]], now: datetime
) -> None:
    """Say what was understood: at once, or joined to what waits for its minute to pass."""
    automatic = [at for way, by_itself, at in said if way == "out" and by_itself]
    if not contact.address.startswith("+"):
        return  # a carrier's name of somebody is no number to text
    if contact.opted_out_at is not None or len(automatic) >= messages.AUTOMATIC_PER_HOUR:
        return
    text = _text(contact, outcome, now=now)
    if not text:
        return
    urgent = outcome.urgent or any(r.urgent for r in outcome.requests)
    request = outcome.requests[0] if len(outcome.requests) == 1 else None
    due_at = max(now, max(automatic) + outcome.wait) if automatic else now
    if urgent and not _said_what_to_do(contact, now=now):
        due_at = now
    waiting = waiting_reply(contact, now=now) if due_at > now else None
    if waiting is None:
        messages.text_to(
            contact,
            text=text,
            by=None,
            at=now,
            request=request,
            due_at=due_at,
            intent=URGENT if urgent else "",
        )
    elif text not in waiting.body:
        waiting.body = text if outcome.instead else wording.clip(f"{waiting.body}\n{text}")
        waiting.save(update_fields=["body"])


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


def hold_back(contact: Contact) -> None:
    """What we were about to say by ourselves is not said."""
    Message.objects.filter(
        contact=contact,
        automatic=True,
        outgoing__state=Outgoing.State.DUE,
        outgoing__attempts=0,
        outgoing__lease_until=None,
    ).delete()
