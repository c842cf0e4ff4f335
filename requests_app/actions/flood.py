"""Many texts from one number within a minute. All are kept, and nothing that was understood, is
urgent or was told to the guest is given up: what is asked again joins the card that is open for it,
and whatever else comes is one line at the front desk, which opens them all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import ngettext

from requests_app import queries, wording
from requests_app.actions import messages
from requests_app.actions.identify import still_meant
from requests_app.actions.journal import By, record, take_sequence
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.replying import (
    Outcome,
    answer,
    tell_in_the_end,
    untold_requests,
    waiting_reply,
)
from requests_app.actions.understanding import decide, keyword, read_text, starts_nothing
from requests_app.actions.wanted import wanted_of
from requests_app.house import House
from requests_app.models import Contact, Message, Promise, Request, Stay
from requests_app.reading import Intent, Reading
from requests_app.states import EventKind, Status

FLOOD_TEXTS = 8
FLOOD_WITHIN = timedelta(seconds=60)
"""So many texts from one number within so long (see ``messages.spoken_lately``) are a flood."""

TELLING = (
    Intent.GREETING,
    Intent.THANKS,
    Intent.PRAISE,
    Intent.OTHER,
    Intent.QUESTION,
    Intent.REQUEST,
    Intent.COMPLAINT,
)
"""From the least to the most telling of texts that join one line."""

QUOTED = 300
"""Characters of a guest's words that a line quotes; the conversation has them all."""


def is_flood(said: list[tuple[str, bool, datetime]]) -> bool:
    return sum(way == "in" for way, _automatic, _at in said) >= FLOOD_TEXTS


def join_line(message: Message, contact: Contact, house: House, *, now: datetime) -> None:
    """Nobody is answered but who is in danger; STOP is obeyed all the same."""
    stays = still_meant(contact, message.body, queries.stays_of(contact, now), house, now=now)
    reading = read_text(message, contact, house, now=now)
    starts = reading.intent is Intent.START and not starts_nothing(message, contact, reading)
    if starts or Intent.STOP in {reading.intent, message.intent}:
        keyword(message, contact, reading, now=now)
        return
    if len(stays) != 1:
        _not_known_yet(message, contact, house, now=now)
        return
    stay = stays[0]
    if reading.urgent:
        card = _danger(message, contact, stay, house, reading, now=now)
    else:
        card = _asked_already(contact, reading, house, message) or _line(
            message, contact, stay, house, now=now
        )
    Message.objects.filter(pk=message.pk).update(
        understood_at=now, stay=stay, request=card, language=reading.language, intent=reading.intent
    )
    # Not ``move``: a guest who goes on writing must not make the desk's next tap a stale one.
    Request.objects.filter(pk=card.pk).exclude(cause=message).update(
        unanswered=F("unanswered") + 1, sequence=take_sequence(contact.property_id)
    )
    _fold(message, contact, stay, house, now=now)
    tell_in_the_end(contact, now=now)


def _not_known_yet(message: Message, contact: Contact, house: House, *, now: datetime) -> None:
    """One card asks whose number it is. What is said twice is kept to be used once."""
    asked = {name: getattr(contact, name) for name in ("tries", "awaiting", "asked_at")}
    outcome = decide(message, contact, house, now=now)
    if outcome.requests or outcome.urgent:
        outcome.wait = messages.ONE_REPLY_A
        answer(contact, outcome, said=messages.spoken_lately(contact, now), now=now)
    elif contact.awaiting:
        # Nothing is said, so nothing was asked, and no answer of theirs was wrong.
        Contact.objects.filter(pk=contact.pk).update(**asked)
    card = (
        Request.objects.filter(
            property_id=contact.property_id, contact=contact, kind=Request.Kind.UNKNOWN_GUEST
        )
        .on_board()
        .first()
    )
    seen = set()
    held = Message.objects.filter(contact=contact, held=True, understood_at=None)
    for kept in held.order_by("at", "pk") if card is not None else ():
        reading = read_text(kept, contact, house, now=now)
        wanted = wanted_of(reading, house, body=kept.body)
        wishes = tuple((thing.service, thing.quantity, thing.urgent_words) for thing in wanted)
        if wishes in seen:
            Message.objects.filter(pk=kept.pk).update(understood_at=now, held=False, request=card)
        seen.add(wishes)


def _danger(
    message: Message, contact: Contact, stay: Stay, house: House, reading: Reading, *, now: datetime
) -> Request:
    """A card on top quotes these very words, and the guest is told at once what to do."""
    words = ", ".join(reading.urgent_words)
    said = messages.spoken_lately(contact, now)
    card = _open_of(contact).filter(urgent=True).order_by("-pk").first()
    if card is None:
        wanted = [
            thing for thing in wanted_of(reading, house, body=message.body) if thing.urgent
        ] or [Wanted(desk=house.front_desk, kind=Request.Kind.UNSORTED, words=message.body)]
        opened = _open(wanted, message, contact, stay, now=now)
        answer(contact, Outcome(requests=opened), said=said, now=now)
        return opened[0]
    if words not in card.urgent_words:
        Request.objects.filter(pk=card.pk).update(
            urgent_words=f"{words}, {card.urgent_words}"[:120],
            words=f"{message.body}\n{card.words}"[:2000],
        )
    with wording.language_of(contact.language, contact.property):
        todo = wording.urgent(contact.property)
    answer(contact, Outcome(words=[todo], urgent=True), said=said, now=now)
    return card


def _open_of(contact: Contact) -> QuerySet[Request]:
    return (
        Request.objects.filter(property_id=contact.property_id, contact=contact)
        .on_board()
        .exclude(status=Status.DONE)
    )


def _asked_already(
    contact: Contact, reading: Reading, house: House, message: Message
) -> Request | None:
    """The card of what this text asks for, where all of it is open for this guest already."""
    wanted = wanted_of(reading, house, body=message.body)
    services = {thing.service for thing in wanted}
    if not wanted or None in services or any(thing.complaint for thing in wanted):
        return None
    cards = list(
        _open_of(contact).filter(service__in=services).select_related("service").order_by("pk")
    )
    found = [
        next(
            (
                card
                for card in cards
                if card.service == thing.service and thing.wanted_at in (None, card.wanted_at)
            ),
            None,
        )
        for thing in wanted
    ]
    return found[0] if all(found) else None


def _open(
    wanted: Sequence[Wanted], message: Message, contact: Contact, stay: Stay, *, now: datetime
) -> list[Request]:
    return open_requests(
        contact.property,
        wanted,
        channel=message.channel,
        at=now,
        room=stay.room,
        stay=stay,
        contact=contact,
        language=contact.language,
        cause=message,
    )


def _line(
    message: Message, contact: Contact, stay: Stay, house: House, *, now: datetime
) -> Request:
    line = _open_of(contact).filter(kind=Request.Kind.MANY_TEXTS).first()
    if line is None:
        wanted = Wanted(desk=house.front_desk, kind=Request.Kind.MANY_TEXTS, words=message.body)
        (line,) = _open([wanted], message, contact, stay, now=now)
    return line


def _fold(message: Message, contact: Contact, stay: Stay, house: House, *, now: datetime) -> None:
    """What the first texts of the burst opened twice becomes one; what is to be sorted, the line.

    What somebody has taken is theirs, and stays.
    """
    waiting = waiting_reply(contact, now=now)
    untold = {r.pk for r in untold_requests(contact, waiting)} if waiting is not None else set()
    first: dict[object, Request] = {}
    unsorted = []
    for request in (
        _open_of(contact)
        .filter(status__in=[Status.NEW, Status.SCHEDULED], created_at__gt=now - FLOOD_WITHIN)
        .filter(urgent=False, complaint=False)
        .order_by("pk")
    ):
        if request.kind == Request.Kind.UNSORTED:
            unsorted.append(request)
        elif request.kind == Request.Kind.SERVICE:
            asked = (request.service_id, request.quantity, request.wanted_at)
            if asked in first:
                _merge(request, first[asked], told=False, now=now)
            else:
                first[asked] = request
    line = _open_of(contact).filter(kind=Request.Kind.MANY_TEXTS).first()
    if line is None and len(unsorted) > 1:
        line = _line(message, contact, stay, house, now=now)
    if line is not None:
        for request in unsorted:
            _merge(request, line, told=request.pk not in untold, now=now)
        _quote(line, contact)


def _merge(request: Request, into: Request, *, told: bool, now: datetime) -> None:
    """One card for two, with the words of both. A time the guest was told stays the time."""
    # Somebody may take it at this moment: then it is theirs, and stays.
    if not Request.objects.filter(
        pk=request.pk, version=request.version, status=request.status
    ).update(
        status=Status.CANCELLED,
        closed_at=now,
        next_look_at=None,
        warned="",
        version=F("version") + 1,
        sequence=take_sequence(request.property_id),
    ):
        return
    record(request, EventKind.MERGED, at=now, actor=By.CLOCK, data={"into": into.pk}).save(
        force_insert=True
    )
    theirs = Message.objects.filter(caused=request)
    heard = Message.objects.filter(pk__in=list(theirs.values_list("pk", flat=True)))
    moved = heard.update(request=into)
    Request.objects.filter(pk=into.pk).update(
        unanswered=F("unanswered") + moved, sequence=take_sequence(request.property_id)
    )
    promise = Promise.objects.filter(request=request, replaced_at=None)
    if told and not Promise.objects.filter(request=into, replaced_at=None).exists():
        promise.update(request=into)
        Request.objects.filter(pk=into.pk).update(
            due_at=request.due_at, next_look_at=request.next_look_at
        )
    else:
        promise.update(replaced_at=now)


def _quote(line: Request, contact: Contact) -> None:
    """The most telling words, and how many texts there are beside them."""
    texts = list(
        Message.objects.filter(request=line, direction=Message.Direction.IN)
        .order_by("at", "pk")
        .values_list("body", "intent")[:200]
    )
    if not texts:
        return
    rank = {str(intent): place for place, intent in enumerate(TELLING)}
    best = max(texts, key=lambda text: (rank.get(text[1], -1), min(len(text[0]), QUOTED)))
    words = best[0][:QUOTED]
    if more := len(texts) - 1:
        with translation.override(contact.property.language):  # staff read it
            words = ngettext(
                "“%(words)s” and %(n)d more text", "“%(words)s” and %(n)d more texts", more
            ) % {"words": words, "n": more}
    Request.objects.filter(pk=line.pk).update(words=words)
