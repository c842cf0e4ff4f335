"""What we ask a guest by text: one question at a time, remembered until it is answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from requests_app import wording
from requests_app.actions import messages
from requests_app.models import Contact, Request
from requests_app.models.messages import Awaiting
from requests_app.states import Status

ANSWERED_WITHIN = timedelta(minutes=10)
"""A rating not given within so long gives way to the next question."""


def await_answer(
    contact: Contact, question: str, *, at: datetime, request: Request | None = None
) -> None:
    """Remember what we asked, so that a bare digit means something."""
    contact.awaiting = question
    contact.awaiting_request = request
    contact.asked_at = at if question else None
    contact.tries = 0 if question != Awaiting.ROOM_AND_NAME else contact.tries
    contact.save(update_fields=["awaiting", "awaiting_request", "asked_at", "tries"])


def is_fresh(contact: Contact, *, at: datetime) -> bool:
    """Whether an answer to what we asked may still come any moment."""
    return contact.asked_at is not None and contact.asked_at > at - ANSWERED_WITHIN


def ask_whether_arrived(request: Request, *, at: datetime) -> None:
    """Ask by text, unless another question to this number is still open: one at a time, and the
    answer to that one asks this. Guests of the room's page are asked there."""
    contact = request.contact
    if contact is None or not messages.may_answer(contact, at=at):
        return
    now = Contact.objects.select_related("awaiting_request").get(pk=contact.pk)
    if now.awaiting in {Awaiting.WHICH_ROOM, Awaiting.ROOM_AND_NAME}:
        return
    if now.awaiting in {Awaiting.RATING, Awaiting.WHO} and is_fresh(now, at=at):
        return
    asked = now.awaiting_request
    if now.awaiting == Awaiting.ARRIVED and asked is not None and asked.status == Status.DONE:
        return
    with wording.language_of(request.language, request.property) as language:
        text = wording.did_it_arrive(request, language)
    messages.text_to(contact, text=text, by=None, at=at, request=request)
    await_answer(contact, Awaiting.ARRIVED, at=at, request=request)
