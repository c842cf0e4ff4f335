"""What each number counts. The number and the list behind it come from the same query, so they
cannot disagree. Definitions: docs/architecture.md, "The manager's numbers"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from requests_app.models import Commendation, Promise, Property, Rating, Request, Stay
from requests_app.states import Status
from staff.manager.figures import AGAIN_WITHIN, Asked, Share, Spread, day_of, done_again, spread

GOOD = 4
"""A rating from which a guest was content."""

WEEK = timedelta(days=7)


class Count(TextChoices):
    """What a list of requests can be opened for; the label heads it."""

    OPEN = "open", _("Open now")
    LATE = "late", _("Late now")
    ANSWERED = "answered", _("Answered by a person, of those asked today")
    DONE = "done", _("Done today")
    PROMISES = "promises", _("Promises that fell due today, or were kept before")
    MISSED = "missed", _("Promises missed today")
    AGAIN = "again", _("Done twice, of those done today")
    COMPLAINTS = "complaints", _("Complaints today")
    RATED = "rated", _("Rated today")


def counted(hotel: Property, count: Count, now: datetime) -> QuerySet[Request]:
    """Exactly the requests behind a number. ``now`` is UTC; today is the hotel's."""
    ours = Request.objects.filter(property=hotel)
    day = day_of(now, hotel.zone)
    today = {"gte": day.start, "lt": day.end}
    if count is Count.OPEN:
        return ours.on_board().exclude(status=Status.DONE)
    if count is Count.LATE:
        waiting = ours.on_board().exclude(status__in=[Status.DONE, Status.SCHEDULED])
        return waiting.filter(due_at__lt=now)
    if count is Count.ANSWERED:
        return ours.filter(responded_at__isnull=False, **_in("created_at", today))
    if count is Count.DONE:
        return ours.filter(**_in("done_at", today))
    if count in {Count.PROMISES, Count.MISSED}:
        return _promised(ours, hotel, count, now)
    if count is Count.AGAIN:
        return ours.filter(pk__in=_done_again(hotel, now))
    if count is Count.COMPLAINTS:
        return ours.filter(complaint=True, **_in("created_at", today))
    rated = Rating.objects.filter(property=hotel, **_in("at", today))
    return ours.filter(pk__in=rated.values("request"))


def _in(field: str, bounds: dict[str, datetime]) -> dict[str, datetime]:
    return {f"{field}__{lookup}": value for lookup, value in bounds.items()}


def _promised(
    ours: QuerySet[Request], hotel: Property, count: Count, now: datetime
) -> QuerySet[Request]:
    """Promises that can be judged: due today, and either settled or past. A request whose earlier
    promise was broken has missed, whatever was promised afterwards."""
    day = day_of(now, hotel.zone)
    standing = Promise.objects.filter(
        Q(kept__isnull=False) | Q(due_at__lt=now),
        replaced_at=None,
        due_at__gte=day.start,
        due_at__lt=day.end,
        property=hotel,
    )
    # Who refused texts was told nothing: no promise to be kept. One moved without a word is one.
    told = Promise.objects.filter(request=OuterRef("pk"), told_at__isnull=False)
    judged = ours.filter(Exists(told), pk__in=standing.values("request"))
    if count is Count.PROMISES:
        return judged
    broken = Promise.objects.filter(request=OuterRef("pk"), kept=False)
    open_and_overdue = Promise.objects.filter(
        request=OuterRef("pk"), kept=None, replaced_at=None, due_at__lt=now
    )
    return judged.filter(Exists(broken) | Exists(open_and_overdue))


def _asked(requests: QuerySet[Request]) -> list[Asked]:
    rows = requests.values_list("pk", "service", "room", "stay", "created_at", "reworked")
    return [
        Asked(
            id=pk,
            what=(service, room, stay) if service and room and stay else None,
            created_at=created_at,
            reworked=reworked > 0,
        )
        for pk, service, room, stay, created_at, reworked in rows
    ]


def _done_again(hotel: Property, now: datetime) -> set[int]:
    done = _asked(counted(hotel, Count.DONE, now))
    if not done:
        return set()
    begin = min(asked.created_at for asked in done) - AGAIN_WITHIN
    before = Request.objects.filter(
        property=hotel, created_at__gte=begin, created_at__lt=now
    ).exclude(status=Status.CANCELLED)
    return done_again(done, _asked(before))


def thanks_since(hotel: Property, now: datetime, *, week: bool) -> QuerySet[Commendation]:
    """Of today, or of the last seven days (today and the six before)."""
    start = day_of(now - WEEK + timedelta(days=1) if week else now, hotel.zone).start
    return Commendation.objects.filter(property=hotel, at__gte=start)


def rooms_occupied(hotel: Property, now: datetime) -> int:
    in_house = Stay.objects.in_house(now).filter(property=hotel)
    return in_house.order_by().values("room").distinct().count()


@dataclass(frozen=True, slots=True)
class Numbers:
    """Everything at the side of the manager's page, right at ``at``."""

    at: datetime
    open_now: int
    late_now: int
    first_response: Spread | None
    turnaround: Spread | None
    promises: Share
    missed: int
    again: Share
    complaints: int
    content: Share
    """Ratings of 4 and 5, of those given today."""
    thanks_today: int
    thanks_week: int


def numbers(hotel: Property, now: datetime) -> Numbers:
    """Eleven queries, each over one day or over what is open."""
    # From the guest's words, which may have waited to be known whose they are.
    answered = counted(hotel, Count.ANSWERED, now).values_list(
        Coalesce("cause__at", "created_at"), "responded_at"
    )
    done = counted(hotel, Count.DONE, now).values_list("created_at", "done_at")
    judged = counted(hotel, Count.PROMISES, now).count()
    missed = counted(hotel, Count.MISSED, now).count()
    day = day_of(now, hotel.zone)
    scores = list(
        Rating.objects.filter(property=hotel, at__gte=day.start, at__lt=day.end).values_list(
            "score", flat=True
        )
    )
    turnaround = spread(done_at - asked_at for asked_at, done_at in done if done_at)
    return Numbers(
        at=now,
        open_now=counted(hotel, Count.OPEN, now).count(),
        late_now=counted(hotel, Count.LATE, now).count(),
        first_response=spread(
            answered_at - asked_at for asked_at, answered_at in answered if answered_at
        ),
        turnaround=turnaround,
        promises=Share(judged - missed, judged),
        missed=missed,
        again=Share(len(_done_again(hotel, now)), turnaround.n if turnaround else 0),
        complaints=counted(hotel, Count.COMPLAINTS, now).count(),
        content=Share(sum(score >= GOOD for score in scores), len(scores)),
        thanks_today=thanks_since(hotel, now, week=False).count(),
        thanks_week=thanks_since(hotel, now, week=True).count(),
    )


def newest_first(requests: QuerySet[Request]) -> QuerySet[Request]:
    return requests.order_by(F("created_at").desc(), "-pk")


def broken(requests: Iterable[Request], now: datetime) -> dict[int, bool | None]:
    """For each request whether a promise to its guest was missed; None: open, or none was made."""
    ids = [request.pk for request in requests]
    verdicts: dict[int, bool | None] = dict.fromkeys(ids)
    rows = Promise.objects.filter(request__in=ids).values_list(
        "request", "kept", "due_at", "replaced_at"
    )
    for request_id, kept, due_at, replaced_at in rows:
        overdue = kept is None and replaced_at is None and due_at < now
        if kept is False or overdue:
            verdicts[request_id] = True
        elif kept and verdicts[request_id] is None:
            verdicts[request_id] = False
    return verdicts
