"""A ladder tried on what has been: whom it would have warned, of what, how often, at what hour.

Reads history (events and the ledger of promises), writes nothing and sends nothing. Who was on duty
then is not recorded: the duty manager's and the supervisors' warnings are counted, not named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from requests_app.ladder import SAFETY, Rung, climbed_by, rung_of
from requests_app.models import EscalationStep, Promise, Property, Request, RequestEvent
from requests_app.models.promises import Anchor
from requests_app.states import EventKind, Whom

MONTH = timedelta(days=30)
NIGHT = frozenset({22, 23, 0, 1, 2, 3, 4, 5, 6})
"""Hours of the hotel's clock in which a warning wakes people."""

ENDS = frozenset({EventKind.DONE, EventKind.CANCELLED, EventKind.MERGED, EventKind.IDENTIFIED})
REACTS = frozenset(
    {EventKind.ACCEPTED, EventKind.STARTED, EventKind.HELD, EventKind.REPLIED, EventKind.PROMISED}
)
GIVES_UP = frozenset({EventKind.RELEASED, EventKind.TRANSFERRED, EventKind.REOPENED})


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning that would have been."""

    rung: Rung
    request_id: int
    at: datetime
    person_id: int | None
    """Who had it then, where the step warns the holder."""
    what: int | None
    """Its service."""
    desk_id: int


@dataclass(slots=True)
class Tried:
    """What came of it. Hours are the hotel's."""

    since: datetime
    until: datetime
    requests: int
    warnings: list[Warned] = field(default_factory=list)

    def of(self, rung: Rung) -> list[Warned]:
        return [warned for warned in self.warnings if warned.rung == rung]

    def by_hour(self, hotel: Property, warnings: Iterable[Warned] | None = None) -> list[int]:
        found = self.warnings if warnings is None else warnings
        count = Counter(hotel.local(warned.at).hour for warned in found)
        return [count[hour] for hour in range(24)]

    def at_night(self, hotel: Property, warnings: Iterable[Warned]) -> int:
        return sum(hotel.local(warned.at).hour in NIGHT for warned in warnings)


def try_steps(
    hotel: Property, steps: Sequence[EscalationStep], *, since: datetime, until: datetime
) -> Tried:
    """As if these steps, and the hotel's safety time, had been on from ``since`` to ``until``."""
    rungs = [rung_of(step) for step in steps]
    requests = Request.objects.filter(
        property=hotel, created_at__gte=since, created_at__lt=until
    ).only(
        "created_at", "respond_by", "due_at", "urgent", "desk_id", "service_id",
    )  # fmt: skip
    tried = Tried(since, until, requests.count())
    for request, events, promises in _histories(list(requests)):
        told = promises or [Promise(made_at=request.created_at, due_at=request.due_at)]
        past = _Past(request, events, until)
        for rung in climbed_by(
            rungs, desk_id=request.desk_id, service_id=request.service_id, urgent=request.urgent
        ):
            if rung.anchor == Anchor.ANSWER:
                found = past.unanswered(rung)
            else:
                found = past.unkept(rung, told)
            tried.warnings += [past.warned(rung, at) for at in found]
        if request.urgent and hotel.safety_minutes:
            safety = timedelta(minutes=hotel.safety_minutes)
            found = (base + safety for base in past.begins if past.waits(base, base + safety))
            tried.warnings += [past.warned(SAFETY, at) for at in found]
    tried.warnings.sort(key=lambda warned: warned.at)
    return tried


def _histories(
    requests: Sequence[Request],
) -> Iterator[tuple[Request, list[RequestEvent], list[Promise]]]:
    """With their events and promises, some hundreds at a time."""
    for n in range(0, len(requests), 500):
        some = requests[n : n + 500]
        ids = [request.pk for request in some]
        events: dict[int, list[RequestEvent]] = defaultdict(list)
        for event in RequestEvent.objects.filter(request__in=ids).order_by("at", "pk"):
            events[event.request_id].append(event)
        promises: dict[int, list[Promise]] = defaultdict(list)
        for promise in Promise.objects.filter(request__in=ids).order_by("made_at", "pk"):
            promises[promise.request_id].append(promise)
        for request in some:
            yield request, events[request.pk], promises[request.pk]


def _came_onto_the_board(request: Request, events: Sequence[RequestEvent]) -> datetime:
    """When it was asked; of what was scheduled, when its time drew near."""
    for event in events:
        if event.kind == EventKind.HELD:  # a later "its time has come" is of the hold
            break
        if event.kind == EventKind.DUE:
            return event.at
    return request.created_at


class _Past:
    """One request as its events tell it."""

    def __init__(self, request: Request, events: Sequence[RequestEvent], until: datetime) -> None:
        self.request, self.events, self.until = request, events, until
        self.begins = [
            _came_onto_the_board(request, events),
            *(e.at for e in events if e.kind == EventKind.REOPENED),
        ]
        """When work began, and began again."""

    def is_open(self, at: datetime) -> bool:
        """Whether somebody still had to do something then."""
        if at < self.begins[0] or at >= self.until:
            return False
        state = True
        for event in self.events:
            if event.at > at:
                break
            if event.kind in ENDS:
                state = False
            elif event.kind == EventKind.REOPENED:
                state = True
        return state

    def waits(self, base: datetime, at: datetime) -> bool:
        """Whether nobody had reacted from ``base`` to ``at``."""
        reacted = any(base <= e.at <= at and e.kind in REACTS for e in self.events)
        return self.is_open(at) and not reacted

    def unanswered(self, rung: Rung) -> Iterator[datetime]:
        # Only the last time to answer is kept: of what was reopened, the last beginning's.
        base = self.begins[-1]
        at = rung.moment(base, self.request.respond_by)
        if at >= base and self.waits(base, at):
            yield at

    def unkept(self, rung: Rung, promises: Iterable[Promise]) -> Iterator[datetime]:
        for promise in promises:
            made_at = max(promise.made_at, self.begins[0])
            at = rung.moment(made_at, promise.due_at)
            replaced = promise.replaced_at is not None and at >= promise.replaced_at
            if at >= made_at and not replaced and self.is_open(at):
                yield at

    def holder_at(self, at: datetime) -> int | None:
        holder = None
        for event in self.events:
            if event.at > at:
                break
            if event.kind in {EventKind.ACCEPTED, EventKind.STARTED}:
                holder = event.person_id
            elif event.kind in GIVES_UP:
                holder = None
        return holder

    def warned(self, rung: Rung, at: datetime) -> Warned:
        return Warned(
            rung=rung,
            request_id=self.request.pk,
            at=at,
            person_id=self.holder_at(at) if rung.whom == Whom.HOLDER else None,
            what=self.request.service_id,
            desk_id=self.request.desk_id,
        )
