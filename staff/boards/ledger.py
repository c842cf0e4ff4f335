"""What the guest was told, as a small ledger: each time, who moved it and why, told when, kept?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from requests_app.models import Promise, Property, Request
from requests_app.models.messages import Delivery
from requests_app.states import OPEN
from staff.boards.history import moment

UNDELIVERED = frozenset({Delivery.FAILED, Delivery.UNDELIVERED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One told time. ``state`` is for colour: "kept", "broken", "moved" or "" while it runs."""

    due: str
    state: str
    outcome: str
    made: str
    by: str
    reason: str
    told: str
    told_well: bool


def ledger_of(
    promises: Iterable[Promise], request: Request, hotel: Property, now: datetime
) -> list[Entry]:
    """Oldest first. What replaced a promise says who moved it, and whether in time."""
    return [
        _entry(promise, request, hotel, now, is_first=place == 0)
        for place, promise in enumerate(promises)
    ]


def _entry(
    promise: Promise, request: Request, hotel: Property, now: datetime, *, is_first: bool
) -> Entry:
    state, outcome = _outcome(promise, request, now)
    told, told_well = _told(promise, hotel, now)
    return Entry(
        due=moment(hotel, promise.due_at, now),
        state=state,
        outcome=outcome,
        made=moment(hotel, promise.made_at, now),
        by=promise.by.short_name if promise.by is not None and not is_first else "",
        reason=promise.reason,
        told=told,
        told_well=told_well,
    )


def _outcome(promise: Promise, request: Request, now: datetime) -> tuple[str, str]:
    if promise.kept:
        return "kept", _("kept")
    if promise.kept is False:
        return "broken", _("broken")
    if promise.replaced_at is not None:
        return "moved", _("moved in time")
    if request.status not in OPEN:
        return "", ""
    return ("broken", _("broken")) if promise.due_at < now else ("", _("stands"))


def _told(promise: Promise, hotel: Property, now: datetime) -> tuple[str, bool]:
    """Whether and when the guest was told, and whether that was well done."""
    if promise.told_at is None:
        return _("the guest has not been told"), False
    message = promise.told_by
    if message is not None and message.delivery in UNDELIVERED:
        return _("the text did not reach the guest"), False
    at = {"time": moment(hotel, promise.told_at, now)}
    if promise.told_in_time is None:
        return _("told %(time)s") % at, True
    if promise.told_in_time:
        return _("told %(time)s, in time") % at, True
    return _("told %(time)s, after the old time had passed") % at, False
