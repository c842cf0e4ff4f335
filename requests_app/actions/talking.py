"""What staff say about a request: to the guest, and among themselves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from requests_app.actions import messages
from requests_app.actions.journal import change, move
from requests_app.errors import Missing
from requests_app.models import Message, Request
from requests_app.states import EventKind

if TYPE_CHECKING:
    from staff.models import Person


def said_already(request: Request, kind: EventKind, submission: str) -> bool:
    """Whether this very form was sent before: a second tap says nothing twice."""
    return (
        bool(submission) and request.events.filter(kind=kind, data__submission=submission).exists()
    )


def note_request(
    request: Request, *, by: Person, at: datetime, text: str, submission: str = ""
) -> Request:
    """A note that guests never see; the card shows the latest."""
    if not text.strip():
        raise Missing(_("Write the note first."))
    if said_already(request, EventKind.NOTED, submission):
        return request
    with change():
        messages.write_note(request, text=text.strip(), by=by, at=at)
        return move(
            request,
            None,
            EventKind.NOTED,
            at=at,
            by=by,
            reason=text,
            data={"submission": submission} if submission else None,
            note=text.strip()[:500],
        )


def reply_to_guest(
    request: Request, *, by: Person, at: datetime, text: str, submission: str = ""
) -> Message | None:
    """Answer the guest where they asked; None for a form that was sent before.

    Raises OptedOut, or Missing for empty words.
    """
    if not text.strip():
        raise Missing(_("Write the reply first."))
    if said_already(request, EventKind.REPLIED, submission):
        return None
    with change():
        message = messages.say(request, text=text.strip(), by=by, at=at)
        move(
            request,
            None,
            EventKind.REPLIED,
            at=at,
            by=by,
            reason=text,
            data={"submission": submission} if submission else None,
            responded_at=request.responded_at or at,
            unanswered=0,
        )
    return message
