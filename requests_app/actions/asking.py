"""What we ask a guest by text, one question at a time, and what their answer does.

Whether everything arrived → a rating → whom to thank → the manager's desk.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from requests_app import queries, wording
from requests_app.actions import messages, praise
from requests_app.actions.journal import By
from requests_app.models import Contact, Message, Property, Request
from requests_app.models.messages import Awaiting
from requests_app.reading import Reading
from requests_app.states import Status

if TYPE_CHECKING:
    from staff.models import Person

ARRIVED, NOT_YET = 1, 2


def await_answer(
    contact: Contact, question: str, *, at: datetime, request: Request | None = None
) -> None:
    """Remember what we asked, so that a bare digit means something."""
    contact.awaiting = question
    contact.awaiting_request = request
    contact.asked_at = at if question else None
    contact.tries = 0 if question != Awaiting.ROOM_AND_NAME else contact.tries
    contact.save(update_fields=["awaiting", "awaiting_request", "asked_at", "tries"])


def ask_whether_arrived(request: Request, *, at: datetime) -> None:
    """Ask by text, unless another question to this number is still open: one at a time, and the
    answer to that one asks this. Guests of the room's page are asked there."""
    contact = request.contact
    if contact is None or not messages.may_answer(contact, at=at):
        return
    open_question = Contact.objects.filter(
        pk=contact.pk, awaiting__in=[Awaiting.ARRIVED, Awaiting.WHICH_ROOM, Awaiting.ROOM_AND_NAME]
    ).select_related("awaiting_request")
    for other in open_question:
        if other.awaiting_request is None or other.awaiting_request.status == Status.DONE:
            return
    with wording.language_of(request.language, request.property) as language:
        text = wording.did_it_arrive(request, language)
    messages.text_to(contact, text=text, by=None, at=at, request=request)
    await_answer(contact, Awaiting.ARRIVED, at=at, request=request)


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
            return _arrived(contact, request, reading.answer == ARRIVED, language, at=at)
        if contact.awaiting == Awaiting.RATING and reading.answer in range(1, 6):
            assert reading.answer is not None
            return _rated(contact, request, reading.answer, at=at)
        if contact.awaiting == Awaiting.WHO:
            return _thanked(contact, request, message, reading, at=at)
    return None


def _arrived(
    contact: Contact, request: Request, arrived: bool, language: str, *, at: datetime
) -> str | None:
    from requests_app.actions.requests import confirm_request, reopen_request

    if not arrived:
        await_answer(contact, Awaiting.NOTHING, at=at)
        again = reopen_request(request, at=at, reason=str(NOT_YET))
        return wording.sorry_not_yet(again, contact.property, at)
    if request.status == Status.DONE:
        confirm_request(request, at=at, actor=By.GUEST)
    waiting = (
        queries.cards(Request.objects.filter(contact=contact, status=Status.DONE))
        .order_by("done_at")
        .first()
    )
    if waiting is not None:
        await_answer(contact, Awaiting.ARRIVED, at=at, request=waiting)
        return wording.did_it_arrive(waiting, language)
    await_answer(contact, Awaiting.RATING, at=at, request=request)
    return wording.how_did_we_do()


def _rated(contact: Contact, request: Request, score: int, *, at: datetime) -> str:
    praise.rate(request, score=score, at=at)
    if score <= 3:
        await_answer(contact, Awaiting.NOTHING, at=at)
        return wording.thank_you_for_rating(score)
    await_answer(contact, Awaiting.WHO, at=at, request=request)
    return wording.whom_to_thank([p.first_name for p in praise.people_who_did(request)])


def _thanked(
    contact: Contact, request: Request, message: Message, reading: Reading, *, at: datetime
) -> str | None:
    if reading.requests and reading.intent not in {"praise", "answer", "other", "thanks"}:
        return None  # they moved on to something they need; that comes first
    await_answer(contact, Awaiting.NOTHING, at=at)
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
    return wording.thank_you_for_telling()


def forget_question(contact: Contact, *, at: datetime) -> None:
    if contact.awaiting:
        await_answer(contact, Awaiting.NOTHING, at=at)


