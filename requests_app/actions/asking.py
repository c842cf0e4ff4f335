"""What we ask a guest by text: one question at a time, remembered until it is answered."""

from __future__ import annotations

from datetime import datetime

from requests_app import wording
from requests_app.actions import messages
from requests_app.models import Contact, Request
from requests_app.models.messages import Awaiting
from requests_app.states import Status


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
