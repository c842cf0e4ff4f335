"""A guest's words: stored first, by themselves, then acknowledged; understood in a second step that
may fail, be killed and be resumed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, connection
from django.db.models import F

from requests_app import queries, wording
from requests_app.actions import answers, messages, praise
from requests_app.actions.identify import identify, open_unknown_guest
from requests_app.actions.journal import By, change, record, take_sequence, touch
from requests_app.actions.opening import Wanted, open_requests
from requests_app.house import House, house_of
from requests_app.incoming import IncomingMessage, clean_text
from requests_app.models import (
    Contact,
    Message,
    Property,
    Request,
    RequestEvent,
    Stay,
    UnroutedMessage,
)
from requests_app.models.messages import Awaiting
from requests_app.reading import CERTAIN, Intent, Reading, read
from requests_app.states import EventKind, Status

log = logging.getLogger(__name__)

FLOOD_TEXTS = 8
FLOOD_WITHIN = timedelta(seconds=60)
"""So many texts from one number within so long become one line on the board."""

MAX_READ_ATTEMPTS = 5

GOES_ON = {Awaiting.ARRIVED, Awaiting.RATING, Awaiting.WHO}
"""Questions about what was done; the others ask whose words these are."""


def receive_text(incoming: IncomingMessage) -> Message | None:
    """Store a text durably. None: nothing new (the same id again), or no property has the number.

    When this returns, the words are on disk and may be acknowledged.
    """
    hotel = Property.objects.filter(text_number=incoming.recipient).first()
    if hotel is None:
        UnroutedMessage.objects.bulk_create(
            [
                UnroutedMessage(
                    external_id=incoming.external_id,
                    sender=incoming.sender[:40],
                    recipient=incoming.recipient[:40],
                    body=clean_text(incoming.body),
                    received_at=incoming.received_at,
                )
            ],
            ignore_conflicts=True,
        )
        return None
    contact = Contact.objects.filter(property=hotel, address=incoming.sender).first()
    if contact is None:
        contact, _created = Contact.objects.get_or_create(
            property=hotel, address=incoming.sender, defaults={"channel": incoming.channel}
        )
    contact.property = hotel
    message = Message(
        property=hotel,
        contact=contact,
        stay_id=contact.stay_id,
        direction=Message.Direction.IN,
        channel=incoming.channel,
        body=clean_text(incoming.body),
        at=incoming.received_at,
        external_id=incoming.external_id,
        media=list(incoming.media_urls),
        automatic=incoming.carrier_handles_opt_out,
    )
    try:
        with change():
            message.save(force_insert=True)
    except IntegrityError:
        return None
    return message


@dataclass(slots=True)
class Outcome:
    """What understanding came to: requests that were opened, and words of ours to say."""

    requests: list[Request] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    dialogue: bool = False
    """It answered a question of ours: our next words do not wait."""


def understand(message: Message, *, now: datetime) -> None:
    """Turn stored words into requests, answers and replies, once; safe to repeat and to race.

    Raises whatever the reading raises, with nothing written but the count of attempts.
    """
    with change():
        again = Message.objects.filter(pk=message.pk, understood_at=None, held=False)
        if connection.features.has_select_for_update_skip_locked:
            again = again.select_for_update(skip_locked=True, of=("self",))
        found = again.select_related("property", "contact").first()
        if found is None or found.contact is None:
            return
        contact = found.contact
        contact.property = found.property
        said = messages.spoken_since(contact, now - timedelta(hours=1))
        house = house_of(found.property, now)
        recent = [at for way, _a, at in said if way == "in" and at > now - FLOOD_WITHIN]
        if len(recent) >= FLOOD_TEXTS:
            _flood(found, contact, house, count=len(recent), now=now)
            return
        outcome = _understand(found, contact, house, now=now)
        if outcome is not None:
            _answer(contact, outcome, said=said, now=now)


def understand_or_leave(message: Message, *, now: datetime) -> bool:
    """``understand``, but a failure is counted and left to the clock: the words are safe.

    After MAX_READ_ATTEMPTS the words go to the front desk unread by us.
    """
    try:
        understand(message, now=now)
    except Exception:
        log.exception("message %s could not be understood yet", message.pk)
        with change():
            Message.objects.filter(pk=message.pk).update(read_attempts=F("read_attempts") + 1)
            message.refresh_from_db(fields=["read_attempts"])
            if message.read_attempts >= MAX_READ_ATTEMPTS:
                _give_to_front_desk(message, now=now)
        return False
    return True


def _give_to_front_desk(message: Message, *, now: datetime) -> None:
    hotel = message.property
    house = house_of(hotel, now)
    open_requests(
        hotel,
        [Wanted(desk=house.front_desk, kind=Request.Kind.UNSORTED, words=message.body)],
        channel=message.channel,
        at=message.at,
        stay=message.stay,
        contact=message.contact,
        cause=message,
    )
    Message.objects.filter(pk=message.pk).update(understood_at=now)


def _read(text: str, contact: Contact, house: House, *, now: datetime) -> Reading:
    setting = house.setting_at(
        contact.property,
        now,
        language=contact.language,
        awaiting=bool(contact.awaiting),
    )
    return read(text, setting)


def _understand(
    message: Message, contact: Contact, house: House, *, now: datetime
) -> Outcome | None:
    stays = queries.stays_of(contact, now)
    contact.language = contact.language or (stays[0].guest.language if stays else "")
    reading = _read(message.body, contact, house, now=now)
    if reading.intent in {Intent.STOP, Intent.START, Intent.HELP}:
        return _keyword(message, contact, reading, now=now)
    _learn_language(contact, reading)
    stay = stays[0] if len(stays) == 1 else None
    if contact.awaiting in GOES_ON and not reading.urgent:
        # Also of a guest who has left meanwhile: we asked, so the answer counts.
        words = answers.answer(contact, message, reading, at=now)
        if words is not None:
            _mark(message, reading, contact, stay or contact.stay, now=now)
            return Outcome(words=[words] if words else [], dialogue=True)
    if not stays and contact.stay is not None and reading.intent is Intent.PRAISE:
        return _act(message, contact, contact.stay, house, reading, now=now)
    if stay is None:
        return _unknown(message, contact, house, reading, stays, now=now)
    if contact.stay_id != stay.pk:
        contact.stay = stay
        contact.language = stay.guest.language or contact.language
        contact.save(update_fields=["language", "stay"])
    return _act(message, contact, stay, house, reading, now=now)


def _learn_language(contact: Contact, reading: Reading) -> None:
    """A guest is answered in the language of their last real sentence; one word proves nothing."""
    sentence = len(reading.text.split()) >= 3
    if reading.language != contact.language and (sentence or not contact.language):
        contact.language = reading.language
        contact.save(update_fields=["language"])


def _mark(
    message: Message, reading: Reading, contact: Contact, stay: Stay | None, *, now: datetime
) -> None:
    Message.objects.filter(pk=message.pk).update(
        understood_at=now,
        held=False,
        stay=stay,
        language=reading.language,
        intent=reading.intent,
    )


def _keyword(message: Message, contact: Contact, reading: Reading, *, now: datetime) -> Outcome:
    """STOP, START and HELP are obeyed, shown on the guest's cards, and never a request."""
    _mark(message, reading, contact, contact.stay, now=now)
    with wording.language_of(contact.language, contact.property):
        if reading.intent is Intent.STOP:
            contact.opted_out_at = contact.opted_out_at or now
            words: list[str] = []  # who said STOP hears no more of us, not even a goodbye
        elif reading.intent is Intent.START:
            contact.opted_out_at = None
            words = [wording.welcome_back(contact.property)]
        else:
            words = [wording.help_text(contact.property)]
    contact.save(update_fields=["opted_out_at"])
    _note_on_cards(contact, message.body, now=now)
    carrier_answered = message.automatic
    return Outcome(words=[] if carrier_answered else words, dialogue=True)


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
    stay = identify(contact, message.body, house, stays=stays, now=now)
    if stay is not None:
        outcome = Outcome(dialogue=True)
        kept = list(
            Message.objects.filter(contact=contact, held=True, understood_at=None).order_by(
                "at", "pk"
            )
        )
        for earlier in kept:
            past = _read(earlier.body, contact, house, now=now)
            outcome.requests += _act(earlier, contact, stay, house, past, now=now).requests
        outcome.requests += _act(
            message, contact, stay, house, reading, now=now, only_certain=True
        ).requests
        if not outcome.requests:
            with wording.language_of(contact.language, contact.property):
                outcome.words = [wording.hello(contact.property)]
        return outcome
    open_unknown_guest(contact, message, house, reading, now=now)
    Message.objects.filter(pk=message.pk).update(
        held=True, language=reading.language, intent=reading.intent
    )
    if contact.tries >= 3:
        return Outcome()
    contact.tries += 1
    question = Awaiting.WHICH_ROOM if stays else Awaiting.ROOM_AND_NAME
    asked = contact.awaiting == question
    contact.awaiting, contact.asked_at = question, now
    contact.save(update_fields=["tries", "awaiting", "asked_at"])
    with wording.language_of(contact.language, contact.property):
        if stays:
            words = wording.which_room(sorted(s.room.number for s in stays))
        elif contact.tries == 3:
            words = wording.front_desk_will_help(contact.property)
        else:
            words = (
                wording.not_found(contact.property)
                if asked
                else wording.who_are_you(contact.property)
            )
        if reading.urgent:
            words = f"{wording.urgent(contact.property)}\n{words}"
    return Outcome(words=[words], dialogue=True)


def _act(
    message: Message,
    contact: Contact,
    stay: Stay,
    house: House,
    reading: Reading,
    *,
    now: datetime,
    only_certain: bool = False,
) -> Outcome:
    """Known whose words they are: open what they ask for, keep praise, mark a complaint."""
    _mark(message, reading, contact, stay, now=now)
    outcome = Outcome()
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
    if message.media and not wanted and not only_certain:
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
        if reading.intent is Intent.GREETING and not only_certain:
            with wording.language_of(contact.language, contact.property):
                outcome.words.append(wording.hello(contact.property))
        _heard_on_cards(message, stay, now=now)
    return outcome


def _heard_on_cards(message: Message, stay: Stay, *, now: datetime) -> None:
    """ "Thank you" and the like: no card of its own, but the open ones show that the guest wrote."""
    open_now = Request.objects.filter(property_id=stay.property_id, stay=stay).on_board()
    if open_now.update(unanswered=F("unanswered") + 1):
        touch(open_now, property_id=stay.property_id)


def wanted_of(
    reading: Reading, house: House, *, body: str, only_certain: bool = False
) -> list[Wanted]:
    """What the reading asks for. What it is not sure of goes to the front desk as it was written."""
    wanted: list[Wanted] = []
    unsure: list[str] = []
    suggested = None
    complaint = reading.intent is Intent.COMPLAINT
    for wish in reading.requests:
        service = house.services.get(wish.service)
        if service is None or wish.confidence < CERTAIN or wish.service == "other":
            unsure.append(wish.words or body)
            if service is not None and wish.service != "other":
                suggested = suggested or service
            continue
        wanted.append(
            Wanted(
                desk=house.front_desk if complaint else service.desk,
                service=service,
                quantity=wish.quantity,
                wanted_at=wish.at.astimezone(UTC) if wish.at else None,
                words=body,
                urgent=reading.urgent,
                urgent_words=", ".join(reading.urgent_words),
                complaint=complaint,
            )
        )
    if only_certain:
        return wanted
    no_card = {Intent.PRAISE, Intent.THANKS, Intent.GREETING}
    if unsure or (not wanted and (reading.urgent or reading.intent not in no_card)):
        kind = Request.Kind.COMPLAINT if complaint and not wanted else Request.Kind.UNSORTED
        wanted.append(
            Wanted(
                desk=house.front_desk,
                kind=kind,
                words=body,
                note=" · ".join(unsure) if wanted else "",
                urgent=reading.urgent,
                urgent_words=", ".join(reading.urgent_words),
                complaint=complaint,
                suggested=suggested,
            )
        )
    return wanted


def _answer(
    contact: Contact, outcome: Outcome, *, said: list[tuple[str, bool, datetime]], now: datetime
) -> None:
    """Say what was understood: once a minute at most, unless it goes on with a dialogue of ours."""
    automatic = [at for way, by_itself, at in said if way == "out" and by_itself]
    if contact.opted_out_at is not None or len(automatic) >= messages.AUTOMATIC_PER_HOUR:
        return
    parts = list(outcome.words)
    with wording.language_of(contact.language, contact.property) as language:
        if outcome.requests:
            parts.insert(
                0,
                wording.understood(contact.property, outcome.requests, now=now, language=language),
            )
    if not parts:
        return
    text = wording.clip("\n".join(parts))
    last = max(automatic, default=None)
    request = outcome.requests[0] if len(outcome.requests) == 1 else None
    if last is None or last <= now - messages.ONE_REPLY_A or outcome.dialogue:
        messages.text_to(contact, text=text, by=None, at=now, request=request)
        return
    later = _waiting_reply(contact, now=now)
    if later is None:
        messages.text_to(
            contact, text=text, by=None, at=now, request=request, due_at=last + messages.ONE_REPLY_A
        )
    else:
        later.body = wording.clip(f"{later.body}\n{text}")
        later.save(update_fields=["body"])


def _waiting_reply(contact: Contact, *, now: datetime) -> Message | None:
    """An automatic answer that still waits for its minute to pass, if there is one."""
    return Message.objects.filter(
        contact=contact,
        direction=Message.Direction.OUT,
        automatic=True,
        outgoing__state="due",
        outgoing__attempts=0,
        outgoing__lease_until=None,
        outgoing__due_at__gt=now,
    ).first()


def _flood(message: Message, contact: Contact, house: House, *, count: int, now: datetime) -> None:
    """Many texts in a minute: all are kept, one line on the board opens them, nobody is answered."""
    reading = _read(message.body, contact, house, now=now)
    stays = queries.stays_of(contact, now)
    stay = stays[0] if len(stays) == 1 else None
    if reading.intent in {Intent.STOP, Intent.START}:
        _keyword(message, contact, reading, now=now)
        return
    waiting = _waiting_reply(contact, now=now)
    if waiting is not None:
        waiting.delete()
    line = (
        Request.objects.filter(
            property_id=contact.property_id, contact=contact, kind=Request.Kind.MANY_TEXTS
        )
        .on_board()
        .first()
    )
    if line is None:
        (line,) = open_requests(
            contact.property,
            [Wanted(desk=house.front_desk, kind=Request.Kind.MANY_TEXTS, words=message.body)],
            channel=message.channel,
            at=now,
            room=stay.room if stay else None,
            stay=stay,
            contact=contact,
            language=contact.language,
            cause=message,
        )
        _fold(contact, line, now=now)
    folded = list(
        Request.objects.filter(
            contact=contact, status=Status.CANCELLED, closed_at=now, urgent=True
        ).values_list("urgent_words", flat=True)
    )
    urgent = line.urgent or reading.urgent or bool(folded)
    Request.objects.filter(pk=line.pk).update(
        urgent=urgent,
        urgent_words=line.urgent_words or ", ".join(reading.urgent_words or folded)[:120],
        quantity=None,
        unanswered=count if count > line.unanswered else line.unanswered + 1,
        version=F("version") + 1,
        sequence=take_sequence(contact.property_id),
    )
    Message.objects.filter(pk=message.pk).update(
        understood_at=now, stay=stay, request=line, language=reading.language, intent=reading.intent
    )


def _fold(contact: Contact, line: Request, *, now: datetime) -> None:
    """What the first texts of the flood had opened, and nobody has taken yet, joins the line."""
    ours = Request.objects.filter(
        property_id=contact.property_id,
        contact=contact,
        status__in=[Status.NEW, Status.SCHEDULED],
        created_at__gt=now - FLOOD_WITHIN,
    ).exclude(pk=line.pk)
    folded = list(ours)
    RequestEvent.objects.bulk_create(
        record(r, EventKind.MERGED, at=now, actor=By.CLOCK, data={"into": line.pk}) for r in folded
    )
    Request.objects.filter(pk__in=[r.pk for r in folded]).update(
        status=Status.CANCELLED,
        closed_at=now,
        version=F("version") + 1,
        sequence=line.sequence,
    )
    Message.objects.filter(caused__in=folded).update(request=line)
    from requests_app.models import Promise

    Promise.objects.filter(request__in=folded, replaced_at=None).update(replaced_at=now)


def unread_messages(*, before: datetime) -> list[Message]:
    """Stored and not yet understood, older than a moment: a crash or a failure left them."""
    return list(
        Message.objects.filter(
            direction=Message.Direction.IN, understood_at=None, held=False, at__lt=before
        )
        .select_related("property", "contact", "stay")
        .order_by("at", "pk")[:100]
    )
