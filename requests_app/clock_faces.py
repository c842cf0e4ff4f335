"""The promise on a card: its clock, how it ended, what the clock has done, and new times to offer.

A card is kept and shared, so a time is the property's clock time and never relative to now.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.models import Request
from requests_app.promises import whole_minutes
from requests_app.states import OPEN, Status, Whom

NOTHING_TOLD = frozenset({Request.Kind.UNKNOWN_GUEST, Request.Kind.MANY_TEXTS})

WARNED = {
    Whom.HOLDER: gettext_lazy("Its time is running out"),
    Whom.DESK: gettext_lazy("The desk is asked to look"),
    Whom.SUPERVISOR: gettext_lazy("The supervisor has been told"),
    Whom.DUTY_MANAGER: gettext_lazy("The duty manager is being called"),
}
"""What the clock has done about it, until somebody acts."""

MOVES_BY = (10, 20, 40)
"""Minutes after the promised time that are offered in one tap before it breaks."""


def day_and_time(request: Request, at: datetime) -> str:
    """ "18:40" on the day it was asked; with the day on another, since a card knows no today."""
    hotel = request.property
    local = hotel.local(at)
    if local.date() == hotel.local(request.created_at).date():
        return f"{local:%H:%M}"
    return f"{date_format(local, 'D j.n.')} {local:%H:%M}"


def clock_of(request: Request) -> dict[str, Any]:
    """The promise as a clock: ``due`` for the script, ``words`` for everybody."""
    due = day_and_time(request, request.due_at)
    words = _("promised %(time)s") % {"time": due}
    if request.status == Status.SCHEDULED:
        words = _("wanted %(time)s") % {"time": due}
    running = request.status not in {Status.DONE, Status.CONFIRMED, Status.CANCELLED}
    return {
        "due": request.due_at.astimezone(UTC).isoformat(timespec="seconds"),
        "due_time": due,
        "due_words": words,
        "running": running,
        "outcome": "" if running else _outcome(request),
        "kept": request.done_at is not None and request.done_at <= request.due_at,
    }


def _outcome(request: Request) -> str:
    if request.status == Status.CANCELLED:
        return str(Status.CANCELLED.label)
    if request.done_at is None:
        return ""
    if request.done_at <= request.due_at:
        return _("Kept")
    minutes = max(1, round((request.done_at - request.due_at).total_seconds() / 60))
    return ngettext("%(n)d min late", "%(n)d min late", minutes) % {"n": minutes}


def new_times(request: Request) -> list[tuple[str, str, str]]:
    """(words, address, moment) of the times a warned card offers: the guest is told at once.

    None where nobody would be told, and none for danger that nobody has taken: it is not put off
    with one tap.
    """
    told = request.kind not in NOTHING_TOLD and request.service_id is not None
    if request.contact is not None and request.contact.opted_out_at is not None:
        told = False
    if request.urgent and request.status == Status.NEW:
        return []
    if not request.warned or request.status not in OPEN or not told:
        return []
    found = []
    for minutes in MOVES_BY:
        until = whole_minutes(request.due_at + timedelta(minutes=minutes))
        at = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        address = f"/requests/{request.pk}/promise/?until={at}&offered=1"
        found.append((day_and_time(request, until), address, at))
    return found
