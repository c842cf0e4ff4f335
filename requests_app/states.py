"""Statuses of a request and the table of allowed moves (pure)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    NEW = "new", _("New")
    ACCEPTED = "accepted", _("Accepted")
    IN_PROGRESS = "in_progress", _("On the way")
    ON_HOLD = "on_hold", _("On hold")
    DONE = "done", _("Done")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN = frozenset(
    {Status.SCHEDULED, Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD}
)
"""Somebody still has to do something."""

ON_BOARD = OPEN | {Status.DONE}
"""What a board shows: open work, and what waits for the guest's word."""

HELD = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD})
"""Statuses in which a member of staff has the request."""

MOVES: dict[Status, frozenset[Status]] = {
    Status.SCHEDULED: frozenset({Status.NEW, Status.ACCEPTED, Status.CANCELLED}),
    Status.NEW: frozenset({Status.ACCEPTED, Status.ON_HOLD, Status.DONE, Status.CANCELLED}),
    Status.ACCEPTED: frozenset(
        {Status.IN_PROGRESS, Status.ON_HOLD, Status.NEW, Status.DONE, Status.CANCELLED}
    ),
    Status.IN_PROGRESS: frozenset({Status.ON_HOLD, Status.NEW, Status.DONE, Status.CANCELLED}),
    Status.ON_HOLD: frozenset(
        {Status.ACCEPTED, Status.IN_PROGRESS, Status.NEW, Status.DONE, Status.CANCELLED}
    ),
    Status.DONE: frozenset({Status.CONFIRMED, Status.NEW}),
    # "Not yet" may come after silence has confirmed: the guest is right, not the clock.
    Status.CONFIRMED: frozenset({Status.NEW}),
    Status.CANCELLED: frozenset(),
}


def may_move(old: str, new: str) -> bool:
    """Whether a request may go from one status to another."""
    return Status(new) in MOVES[Status(old)]


class Whom(TextChoices):
    """Whom the clock warns, the nearest first."""

    HOLDER = "holder", _("Whoever has it")
    DESK = "desk", _("The desk")
    SUPERVISOR = "supervisor", _("The supervisor")
    DUTY_MANAGER = "duty_manager", _("The duty manager")


class EventKind(TextChoices):
    """What one row of a request's history says."""

    CREATED = "created", _("Asked")
    ACCEPTED = "accepted", _("Accepted")
    STARTED = "started", _("On the way")
    HELD = "held", _("Put on hold")
    RELEASED = "released", _("Released")
    TRANSFERRED = "transferred", _("Handed over")
    SORTED = "sorted", _("Sorted")
    NOTED = "noted", _("Note")
    REPLIED = "replied", _("Reply")
    DONE = "done", _("Done")
    REOPENED = "reopened", _("Not yet: reopened")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")
    MERGED = "merged", _("Merged")
    PROMISED = "promised", _("Promised")
    DUE = "due", _("Its time has come")
    LATE = "late", _("Promise missed")
    WARNED = "warned", _("Warned")
    ANSWERED = "answered", _("Answered the call")
    PLANNED = "planned", _("Planned")
    MOVED = "moved", _("Guest moved room")
    HEARD = "heard", _("Guest wrote")
    IDENTIFIED = "identified", _("Guest identified")
