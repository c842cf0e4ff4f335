"""What stored words come to: whose they are, what they ask for, and what we say to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import F

from requests_app import queries, wording
from requests_app.actions import answers, messages, praise, replying
from requests_app.actions.identify import (
    completes,
    identify,
    names_a_room,
    only_says_whose,
    open_unknown_guest,
    settle,
    still_meant,
    without_whose,
)
from requests_app.actions.journal import By, record, touch
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.replying import Outcome
from requests_app.actions.wanted import wanted_of
from requests_app.house import House
from requests_app.models import Contact, Message, Request, RequestEvent, Stay
from requests_app.models.messages import Awaiting
from requests_app.models.requests import RequestQuerySet
from requests_app.prepared import Bound, PreparedUpdate
from requests_app.reading import Intent, Reading, Wish, read
from requests_app.states import EventKind

KEYWORDS = {Intent.STOP, Intent.START, Intent.HELP}
GOES_ON = {Awaiting.ARRIVED, Awaiting.RATING, Awaiting.WHO, Awaiting.MISSING}
"""Questions about what was done; the others ask whose words these are."""

WRONG_ANSWERS = 3
"""So many, and a person goes on."""

ASK_ANEW = timedelta(hours=12)


def read_text(message: Message, contact: Contact, house: House, *, now: datetime) -> Reading:
    return read_words(message.body, contact, house, now=now)


def read_words(words: str, contact: Contact, house: House, *, now: datetime) -> Reading:
    return read(
        words,
        house.setting_at(
            contact.property, now, language=contact.language, awaiting=bool(contact.awaiting)
        ),
    )


def decide(message: Message, contact: Contact, house: House, *, now: datetime) -> Outcome:
    """Open, settle, answer, obey. Runs inside the transaction of ``incoming.understand``."""
    stays = still_meant(contact, message.body, queries.stays_of(contact, now), house, now=now)
    contact.language = contact.language or (stays[0].guest.language if stays else "")
    reading = read_text(message, contact, house, now=now)
    if reading.intent is Intent.START and not message.intent and contact.awaiting in GOES_ON:
        reading = _yes(contact, reading)
    if starts_nothing(message, contact, reading):
        reading = replace(reading, intent=Intent.OTHER)
        if len(stays) == 1 and not _open_cards(stays[0]).exists():
            reading = replace(reading, requests=(Wish("other", None, None, 0.0, message.body),))
    elif message.intent in KEYWORDS or reading.intent in KEYWORDS:
        return keyword(message, contact, reading, now=now)
    _learn_language(contact, reading)
    stay = stays[0] if len(stays) == 1 else None
    if contact.awaiting in GOES_ON and not reading.urgent:
        # Also of a guest who has left meanwhile: we asked, so the answer counts.
        words = answers.answer(contact, message, reading, at=now)
        if words is not None:
            _mark(message, reading, stay or contact.stay, now=now)
            return Outcome(words=[words] if words else [], wait=timedelta(0))
    if not stays and contact.stay is not None and reading.intent is Intent.PRAISE:
        return _act(message, contact, contact.stay, house, reading, now=now)
    if stay is None:
        return _unknown(message, contact, house, reading, stays, now=now)
    if contact.awaiting in {Awaiting.ROOM_AND_NAME, Awaiting.WHICH_ROOM}:
        # The register has learnt the number since we asked.
        settle(contact, stay, now=now, actor=By.CLOCK)
        return _settled(message, contact, stay, house, now=now)
    if contact.stay_id != stay.pk:
        contact.stay = stay
        contact.language = stay.guest.language or contact.language
        contact.save(update_fields=["language", "stay"])
    return _act(message, contact, stay, house, reading, now=now)


def _yes(contact: Contact, reading: Reading) -> Reading:
    """ "Yes" to a question of ours is an answer, unless they had stopped and now start again."""
    if contact.opted_out_at is not None:
        return reading
    arrived = contact.awaiting == Awaiting.ARRIVED
    return replace(
        reading,
        intent=Intent.ANSWER if arrived else Intent.THANKS,
        answer=answers.ARRIVED if arrived else None,
    )


def starts_nothing(message: Message, contact: Contact, reading: Reading) -> bool:
    """ "Yes" of somebody who never stopped: it answers a person, not a carrier."""
    return reading.intent is Intent.START and not message.intent and contact.opted_out_at is None


def _learn_language(contact: Contact, reading: Reading) -> None:
    """A guest is answered in the language of their last real sentence; one word proves nothing."""
    sentence = len(reading.text.split()) >= 3
    if reading.language != contact.language and (sentence or not contact.language):
        contact.language = reading.language
        contact.save(update_fields=["language"])


def _mark(message: Message, reading: Reading, stay: Stay | None, *, now: datetime) -> None:
    _understood(
        message=message.pk,
        at=now,
        stay=stay.pk if stay else None,
        language=reading.language,
        intent=reading.intent,
    )


_understood = PreparedUpdate(
    lambda: Message.objects.filter(pk=Bound("message")),
    understood_at=Bound("at"),
    held=False,
    stay=Bound("stay"),
    language=Bound("language"),
    intent=Bound("intent"),
)


def keyword(message: Message, contact: Contact, reading: Reading, *, now: datetime) -> Outcome:
    """STOP, START and HELP are obeyed, shown on the guest's cards, and never a request.

    The carrier's word for it (``OptOutType``) counts more than ours: it has acted on it already.
    """
    intent = Intent(message.intent) if message.intent in KEYWORDS else reading.intent
    _mark(message, reading, contact.stay, now=now)
    Message.objects.filter(pk=message.pk).update(intent=intent)
    words = []
    with wording.language_of(contact.language, contact.property):
        if intent is Intent.STOP:
            contact.opted_out_at = contact.opted_out_at or now
            # Who said STOP hears no more of us, not even a goodbye.
            replying.hold_back(contact, now=now)
        elif intent is Intent.START:
            if contact.opted_out_at is not None:
                words = [wording.welcome_back(contact.property)]
            contact.opted_out_at = None
        else:
            words = [wording.help_text(contact.property)]
    contact.save(update_fields=["opted_out_at"])
    _note_on_cards(contact, message.body, now=now)
    carrier_answered = message.automatic
    return Outcome(words=[] if carrier_answered else words)


def _note_on_cards(contact: Contact, words: str, *, now: datetime) -> None:
    """A keyword is an event of every card of this guest that a board still shows."""
    requests = Request.objects.filter(property_id=contact.property_id, contact=contact).on_board()
    RequestEvent.objects.bulk_create(
        record(r, EventKind.HEARD, at=now, actor=By.GUEST, reason=words) for r in requests
    )
    touch(requests, property_id=contact.property_id)


def _unknown(
    message: Message,
    contact: Contact,
    house: House,
    reading: Reading,
    stays: Sequence[Stay],
    *,
    now: datetime,
) -> Outcome:
    """Whose words are these? They are kept, seen by the front desk, and used once that is known."""
    stay, asked = None, bool(contact.awaiting)
    if stays or contact.tries < WRONG_ANSWERS or _is_stale(contact, now=now):
        # Not without end: who may try for ever finds out who is in which room.
        stay = identify(contact, message, house, stays=stays, now=now)
    if stay is not None:
        outcome = _settled(message, contact, stay, house, now=now)
        # An answer to our question is answered at once; who was not asked waits their minute.
        return outcome if asked else replace(outcome, wait=messages.ONE_REPLY_A)
    open_unknown_guest(contact, message, house, reading, now=now)
    Message.objects.filter(pk=message.pk).update(
        held=True, language=reading.language, intent=reading.intent
    )
    words = _question(contact, message, stays, house, now=now)
    with wording.language_of(contact.language, contact.property):
        if reading.urgent:
            words.insert(0, wording.urgent(contact.property))
    return Outcome(
        words=["\n".join(words)] if words else [],
        wait=replying.QUESTIONS_APART,
        asks=not reading.urgent,
        urgent=reading.urgent,
    )


def _question(
    contact: Contact, message: Message, stays: Sequence[Stay], house: House, *, now: datetime
) -> list[str]:
    """What to ask next of a number we cannot place; nothing once a person has taken over."""
    question = Awaiting.WHICH_ROOM if stays else Awaiting.ROOM_AND_NAME
    asked = contact.awaiting == question and not _is_stale(contact, now=now)
    tries_it = names_a_room(message.body, house) or completes(contact, message, house, now=now)
    just_asked = contact.asked_at is not None and contact.asked_at > now - replying.QUESTIONS_APART
    if asked and (contact.tries >= WRONG_ANSWERS or (just_asked and not tries_it)):
        return []  # a person goes on; or it was written before our question was read
    contact.tries = contact.tries + 1 if asked else 0
    contact.awaiting, contact.asked_at = question, now
    contact.save(update_fields=["tries", "awaiting", "asked_at"])
    with wording.language_of(contact.language, contact.property):
        if contact.tries == WRONG_ANSWERS:
            return [wording.front_desk_will_help(contact.property)]
        if stays:
            return [wording.which_room(sorted(s.room.number for s in stays))]
        if asked:
            return [wording.not_found(contact.property)]
        return [wording.who_are_you(contact.property)]


def _is_stale(contact: Contact, *, now: datetime) -> bool:
    return contact.asked_at is None or contact.asked_at < now - ASK_ANEW


def _settled(
    message: Message,
    contact: Contact,
    stay: Stay,
    house: House,
    *,
    now: datetime,
) -> Outcome:
    """Whose words they are is known now: what was kept is used, then what came with the answer."""
    waiting = replying.waiting_reply(contact, now=now)
    if waiting is not None and waiting.intent == replying.ASKS:
        waiting.delete()  # it is answered before it was asked
    outcome = Outcome(wait=timedelta(0))
    for earlier in Message.objects.filter(contact=contact, held=True, understood_at=None).order_by(
        "at", "pk"
    ):
        past = _beside_whose(earlier, contact, stay, house, now=now)
        outcome.add(_act(earlier, contact, stay, house, past, now=now, answers_us=True))
    reading = _beside_whose(message, contact, stay, house, now=now)
    outcome.add(_act(message, contact, stay, house, reading, now=now, answers_us=True))
    if not outcome.requests and not outcome.words:
        with wording.language_of(contact.language, contact.property):
            outcome.words = [wording.hello(contact.property)]
    return outcome


def _beside_whose(
    message: Message, contact: Contact, stay: Stay, house: House, *, now: datetime
) -> Reading:
    """What is said beside the room and the surname: a guest's own name is nobody they praise."""
    return read_words(without_whose(message.body, stay), contact, house, now=now)


def _act(
    message: Message,
    contact: Contact,
    stay: Stay,
    house: House,
    reading: Reading,
    *,
    now: datetime,
    answers_us: bool = False,
) -> Outcome:
    """Known whose words they are: open what they ask for, keep praise, mark a complaint.

    ``answers_us``: they may do no more than say who writes; then there is nothing to sort.
    """
    _mark(message, reading, stay, now=now)
    outcome = Outcome()
    only_certain = answers_us and only_says_whose(message.body, house, reading, stay)
    if reading.intent is Intent.PRAISE:
        praise.commend(
            contact.property,
            words=message.body,
            at=now,
            channel=message.channel,
            language=reading.language,
            stay=stay,
            message=message,
        )
        with wording.language_of(contact.language, contact.property):
            outcome.words.append(wording.thank_you_for_telling())
    wanted = wanted_of(reading, house, body=message.body, only_certain=only_certain)
    if message.media and not wanted:
        wanted = [Wanted(desk=house.front_desk, kind=Request.Kind.UNSORTED, words=message.body)]
    outcome.requests = open_requests(
        contact.property,
        wanted,
        channel=message.channel,
        at=now,
        room=stay.room,
        stay=stay,
        contact=contact,
        language=reading.language,
        cause=message,
    )
    if not outcome.requests:
        if reading.intent is Intent.GREETING and not answers_us:
            with wording.language_of(contact.language, contact.property):
                outcome.words.append(wording.hello(contact.property))
        _heard_on_cards(message, stay, now=now)
    return outcome


def _open_cards(stay: Stay) -> RequestQuerySet:
    return Request.objects.filter(property_id=stay.property_id, stay=stay).on_board()


def _heard_on_cards(message: Message, stay: Stay, *, now: datetime) -> None:
    """Thanks and the like: no card of their own, but the open ones show that the guest wrote."""
    open_now = _open_cards(stay)
    if open_now.update(unanswered=F("unanswered") + 1):
        touch(open_now, property_id=stay.property_id)
