"""What a guest's answer to our question does.

Whether everything arrived → a rating → whom to thank → the manager's desk.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from requests_app import queries, wording
from requests_app.actions import praise
from requests_app.actions.asking import await_answer, is_fresh
from requests_app.actions.journal import By, change, record, take_sequence
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.requests import confirm_request, reopen_request
from requests_app.models import Contact, Desk, Message, Rating, Request
from requests_app.models.messages import Awaiting
from requests_app.reading import CERTAIN, Intent, Reading
from requests_app.states import OPEN, EventKind, Status

ARRIVED, NOT_YET = 1, 2
NOBODY = 0
ABOUT_SOMETHING_ELSE = {Intent.PRAISE, Intent.THANKS, Intent.GREETING, Intent.QUESTION}
POOR = 2
"""A rating up to this is a complaint: the front desk gets a card of its own."""


def answer(contact: Contact, message: Message, reading: Reading, *, at: datetime) -> str | None:
    """Take an answer to what we asked. Returns our next words, or None if it was no answer."""
    request = (
        queries.requests_by_id([contact.awaiting_request_id]).get(contact.awaiting_request_id)
        if contact.awaiting_request_id
        else None
    )
    if request is None:
        return None
    Message.objects.filter(pk=message.pk).update(request=request)
    with wording.language_of(request.language or contact.language, contact.property) as language:
        if contact.awaiting == Awaiting.ARRIVED and reading.answer in {ARRIVED, NOT_YET}:
            arrived = reading.answer == ARRIVED
            return _arrived(contact, request, arrived, message.body, language, at=at)
        if contact.awaiting == Awaiting.MISSING:
            return _missing(contact, request, message, reading, at=at)
        if contact.awaiting == Awaiting.RATING and reading.answer in range(1, 6):
            return _rated(contact, request, reading.answer or 0, language, at=at)
        if contact.awaiting == Awaiting.WHO:
            return _thanked(contact, request, message, reading, language, at=at)
    return None


def _missing(
    contact: Contact, request: Request, message: Message, reading: Reading, *, at: datetime
) -> str | None:
    """ "2", and then "still no belt on one": more of it, unless it asks for something else."""
    others = {wish.service for wish in reading.requests if wish.confidence >= CERTAIN}
    of_it = request.service is not None and others <= {request.service.slug}
    over = request.status not in OPEN or not is_fresh(contact, at=at)
    if over or not of_it or reading.urgent or reading.intent in ABOUT_SOMETHING_ELSE:
        await_answer(contact, Awaiting.NOTHING, at=at)
        return None
    on_its_card(request, message.body)
    Request.objects.filter(pk=request.pk).update(
        unanswered=F("unanswered") + 1, sequence=take_sequence(request.property_id)
    )
    record(request, EventKind.HEARD, at=at, actor=By.GUEST, reason=message.body).save(
        force_insert=True
    )
    return ""


def on_its_card(request: Request, words: str) -> None:
    """What the guest says is missing comes before what they first asked for."""
    Request.objects.filter(pk=request.pk).update(words=f"{words}\n{request.words}"[:2000])


def _arrived(
    contact: Contact, request: Request, arrived: bool, body: str, language: str, *, at: datetime
) -> str | None:
    if request.status == Status.CANCELLED:
        await_answer(contact, Awaiting.NOTHING, at=at)
        return None  # nothing of it can arrive any more: a person reads what they mean
    if not arrived:
        again = reopen_request(request, at=at, reason=body)
        if beside := body.strip().removeprefix(str(NOT_YET)).strip(" .,;:!-"):
            on_its_card(again, beside)
        sorry = wording.sorry_not_yet(again, contact.property, at)
        words = _and_next(contact, sorry, language, at=at)
        if not contact.awaiting:
            await_answer(contact, Awaiting.MISSING, at=at, request=again)
        return words
    if request.status == Status.DONE:
        confirm_request(request, at=at, actor=By.GUEST)
    if _waiting(contact) is not None:
        return _and_next(contact, "", language, at=at)
    await_answer(contact, Awaiting.RATING, at=at, request=request)
    return wording.how_did_we_do()


def _waiting(contact: Contact) -> Request | None:
    """What was done for this number and not yet asked about, or not answered."""
    done = Request.objects.filter(contact=contact, status=Status.DONE)
    return queries.cards(done).order_by("done_at").first()


def _and_next(contact: Contact, words: str, language: str, *, at: datetime) -> str:
    """One question is settled: our words for that, and the next one, if something else was done."""
    waiting = _waiting(contact)
    if waiting is None:
        await_answer(contact, Awaiting.NOTHING, at=at)
        return words
    await_answer(contact, Awaiting.ARRIVED, at=at, request=waiting)
    return wording.clip(f"{words}\n{wording.did_it_arrive(waiting, language)}".strip())


def _rated(contact: Contact, request: Request, score: int, language: str, *, at: datetime) -> str:
    rate(request, score=score, at=at)
    if score <= 3:
        return _and_next(contact, wording.thank_you_for_rating(score), language, at=at)
    await_answer(contact, Awaiting.WHO, at=at, request=request)
    return wording.whom_to_thank([p.first_name for p in praise.people_who_did(request)])


def _thanked(
    contact: Contact,
    request: Request,
    message: Message,
    reading: Reading,
    language: str,
    *,
    at: datetime,
) -> str | None:
    if reading.requests and reading.intent not in {"praise", "answer", "other", "thanks"}:
        return None  # they moved on to something they need; that comes first
    if reading.answer == NOBODY or (len(message.body.strip()) < 3 and reading.answer is None):
        return _and_next(contact, wording.thank_you(), language, at=at)
    praise.commend(
        contact.property,
        words=message.body,
        at=at,
        channel=message.channel,
        language=message.language or contact.language,
        request=request,
        stay=request.stay,
        message=message,
        offered=praise.people_who_did(request),
    )
    return _and_next(contact, wording.thank_you_for_telling(), language, at=at)


def rate(request: Request, *, score: int, at: datetime) -> Rating:
    """Keep a rating of 1 to 5, from a text or the room's page; a poor one is a complaint, once."""
    with change():
        again = Rating.objects.filter(request=request, score__lte=POOR).exists()
        rating = praise.rate(request, score=score, at=at)
        if score <= POOR and not again:
            open_requests(
                request.property,
                [
                    Wanted(
                        desk=Desk.objects.get(property_id=request.property_id, slug="front-desk"),
                        kind=Request.Kind.COMPLAINT,
                        words=f"{score}/5: {request.title_in(request.property.language)}",
                        complaint=True,
                    )
                ],
                channel=request.channel,
                at=at,
                room=request.room_now or request.room,
                stay=request.stay,
                contact=request.contact,
                language=request.language,
            )
    return rating
