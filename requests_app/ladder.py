"""When the clock has to look at a request, and which steps of the property's ladder come when.

Pure but for ``rungs_of``, which keeps a property's steps by its ``house_version`` as ``house``
does: opening a request costs no query for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Any, NamedTuple

from requests_app.models import EscalationStep, Property, Request
from requests_app.models.promises import Anchor
from requests_app.models.promises import By as How
from requests_app.states import OPEN, Status, Whom


class Act(Enum):
    """What a moment asks of the clock."""

    BEGIN = "a scheduled request comes onto the board"
    LOOK_AGAIN = "the time to look again at what is on hold"
    MISS = "the promised time has passed"
    CONFIRM = "silence confirms"
    WARN = "a step of the ladder"


@dataclass(frozen=True, slots=True)
class Rung:
    """A step as the clock needs it. ``step_id`` None: the safety of what is urgent."""

    step_id: int | None
    desk_id: int | None
    service_id: int | None
    urgent_only: bool
    anchor: str
    minutes: int | None
    percent: int | None
    whom: str
    by: str

    def moment(self, made_at: datetime, anchor_at: datetime) -> datetime:
        if self.minutes is not None:
            return anchor_at + timedelta(minutes=self.minutes)
        return made_at + (anchor_at - made_at) * (self.percent or 0) / 100


class Moment(NamedTuple):
    at: datetime
    act: Act
    rung: Rung | None = None
    about_at: datetime | None = None
    """The told time that a rung warns of."""


def rung_of(step: EscalationStep) -> Rung:
    return Rung(
        step_id=step.pk,
        desk_id=step.desk_id,
        service_id=step.service_id,
        urgent_only=step.urgent_only,
        anchor=step.anchor,
        minutes=step.minutes,
        percent=step.percent,
        whom=step.whom,
        by=step.by,
    )


_known: dict[int, tuple[int, tuple[Rung, ...]]] = {}


def rungs_of(hotel: Property) -> tuple[Rung, ...]:
    """The property's steps that are switched on."""
    known = _known.get(hotel.pk)
    if known is None or known[0] != hotel.house_version:
        steps = EscalationStep.objects.filter(property=hotel, active=True)
        known = _known[hotel.pk] = (hotel.house_version, tuple(rung_of(s) for s in steps))
    return known[1]


def forget() -> None:
    """For tests, whose databases are rolled back behind our back."""
    _known.clear()


def climbed_by(
    rungs: Iterable[Rung], *, desk_id: int | None, service_id: int | None, urgent: bool
) -> Iterator[Rung]:
    """Of all rungs those of one request: its service's own, else its desk's, else the hotel's; and
    where it is urgent the urgent ones, chosen in the same way."""
    ladder: dict[tuple[bool, int], list[Rung]] = {}
    for rung in rungs:
        if rung.urgent_only and not urgent:
            continue
        if rung.service_id is not None:
            rank = 0 if rung.service_id == service_id else None
        elif rung.desk_id is not None:
            rank = 1 if rung.desk_id == desk_id else None
        else:
            rank = 2
        if rank is not None:
            ladder.setdefault((rung.urgent_only, rank), []).append(rung)
    for urgent_only in (False, True):
        for rank in (0, 1, 2):
            if (urgent_only, rank) in ladder:
                yield from ladder[urgent_only, rank]
                break


class _Facts:
    """A request as it will be: what is being changed, over what it is."""

    __slots__ = ("changes", "request")

    def __init__(self, request: Request, changes: Mapping[str, Any]) -> None:
        self.request, self.changes = request, changes

    def __getattr__(self, name: str) -> Any:
        if name in self.changes:
            return self.changes[name]
        relation = name.removesuffix("_id")
        if relation != name and relation in self.changes:
            row = self.changes[relation]
            return row.pk if row is not None else None
        return getattr(self.request, name)


def moments(
    request: Request,
    hotel: Property,
    *,
    changes: Mapping[str, Any] | None = None,
    rungs: Iterable[Rung] | None = None,
) -> list[Moment]:
    """All that time alone brings about for this request as it stands, in order."""
    now: Any = _Facts(request, changes) if changes else request
    found: list[Moment] = []
    if now.closed_at is not None:
        return found
    if now.status == Status.SCHEDULED:
        return [Moment(now.starts_at, Act.BEGIN)] if now.starts_at else found
    if now.status == Status.DONE:
        silent = timedelta(minutes=hotel.confirm_after_minutes)
        return [Moment(now.done_at + silent, Act.CONFIRM)] if now.done_at else found
    if now.status not in OPEN:
        return found
    if now.status == Status.ON_HOLD and now.hold_until is not None:
        found.append(Moment(now.hold_until, Act.LOOK_AGAIN))
    # Done in the very moment is still kept.
    found.append(Moment(now.due_at + timedelta(microseconds=1), Act.MISS))
    answered = now.status != Status.NEW or (
        now.responded_at is not None and now.responded_at >= now.promised_at
    )
    known = rungs_of(hotel) if rungs is None else rungs
    for rung in climbed_by(
        known, desk_id=now.desk_id, service_id=now.service_id, urgent=now.urgent
    ):
        if rung.anchor == Anchor.ANSWER and answered:
            continue
        about_at = now.respond_by if rung.anchor == Anchor.ANSWER else now.due_at
        at = rung.moment(now.promised_at, about_at)
        found.append(Moment(at, Act.WARN, rung, about_at))
    if now.urgent and hotel.safety_minutes and not answered:
        about_at = now.promised_at + timedelta(minutes=hotel.safety_minutes)
        found.append(Moment(about_at, Act.WARN, SAFETY, about_at))
    found.sort(key=attrgetter("at"))
    return found


SAFETY = Rung(
    step_id=None, desk_id=None, service_id=None, urgent_only=True, anchor=Anchor.ANSWER,
    minutes=0, percent=None, whom=Whom.DUTY_MANAGER, by=How.CALL,
)  # fmt: skip
"""Nobody has reacted to something urgent within the property's safety time: no setting of steps can
take this away, only ``safety_minutes`` 0."""


def next_look(
    request: Request,
    hotel: Property,
    *,
    since: datetime,
    changes: Mapping[str, Any] | None = None,
) -> datetime | None:
    """The first moment from ``since`` on. What would have come before has been left out on purpose:
    a step whose time had passed when the promise was made warns nobody."""
    coming = (m.at for m in moments(request, hotel, changes=changes) if m.at >= since)
    return next(coming, None)


def look_after_move(
    request: Request, changes: Mapping[str, Any], *, at: datetime
) -> datetime | None:
    """``next_look_at`` for a move at ``at``. What the clock has not come to yet it must still come
    to; and where the hotel is not at hand it looks at once, rather than that we ask for it."""
    waiting = request.next_look_at
    if changes.get("closed_at"):
        return None
    if waiting is not None and waiting <= at and not changes.get("done_at"):
        return waiting
    if not Request._meta.get_field("property").is_cached(request):  # noqa: SLF001  (documented)
        return at
    return next_look(request, request.property, since=at, changes=changes)
