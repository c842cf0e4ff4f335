"""What the guest's page says about one request: every sentence prepared here, for a plain template.

Depends on its arguments alone, so that the page and the piece pushed to it are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from requests_app.guest.browser import form_number
from requests_app.models import Commendation, Message, Request
from requests_app.models.messages import Channel
from requests_app.states import ON_BOARD, OPEN, Status
from requests_app.wording import clock_time

if TYPE_CHECKING:
    from staff.models import Person

REACHED = {
    Status.ACCEPTED: 2,
    Status.IN_PROGRESS: 3,
    Status.DONE: 4,
    Status.CONFIRMED: 4,
}
"""How many of the four steps a status has behind it."""

GOOD = 4
"""From this rating on we ask at once whom to thank; below, it stays an offer."""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    time: str
    reached: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said about a request. ``by`` is empty for the guest's own."""

    words: str
    time: str
    by: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody the guest may thank."""

    pk: int
    name: str


def card_of(
    request: Request, *, at: datetime, address: str, csrf: str, language: str
) -> dict[str, object]:
    """The context of ``guest/_request.html``. ``address`` is the page's, ``csrf`` the browser's
    secret; ``request`` as ``queries.requests_of_browser`` reads it."""
    said = list(request.messages.all())
    commended = next((c for c in request.commendations.all() if c.channel == Channel.WEB), None)
    score = request.rating.score if hasattr(request, "rating") else None
    done = request.status in {Status.DONE, Status.CONFIRMED}
    late = request.is_late(at) and request.status != Status.SCHEDULED
    return {
        "pk": request.pk,
        "sequence": request.sequence,
        "status": request.status,
        "title": _title(request, language),
        "words": request.words,
        "headline": _headline(request),
        "promise": _promise(request, at),
        "late": late,
        "sorry": _sorry(request, at) if late else "",
        "urgent": _urgent(request) if request.urgent and request.is_open else "",
        "steps": _steps(request, at) if request.status != Status.CANCELLED else [],
        "photos": [photo.pk for photo in request.photos.all()],
        "said": [_line(message, at, request) for message in said],
        "may_write": request.status in OPEN,
        "may_cancel": request.status in {Status.NEW, Status.SCHEDULED},
        "asks_arrived": request.status == Status.DONE,
        "may_say_not_yet": request.status == Status.CONFIRMED and commended is None,
        "asks_rating": request.status == Status.CONFIRMED and score is None and commended is None,
        "score": score,
        "asks_whom": done and score is not None and score >= GOOD and commended is None,
        "offers_whom": done and score is not None and score < GOOD and commended is None,
        "helpers": _helpers(request) if done else [],
        "thanks": _thanks(commended) if commended else "",
        "is_over": request.status == Status.CANCELLED or commended is not None,
        "is_open": request.status in ON_BOARD,
        "action": f"{address}requests/{request.pk}/",
        "address": address,
        "csrf": csrf,
        "write_number": _number(request, "write", said),
        "thank_number": _number(request, "thank", said),
        "scores": [
            (1, pgettext("rating", "Poor")),
            (2, ""),
            (3, ""),
            (4, ""),
            (5, pgettext("rating", "Excellent")),
        ],
    }


def _number(request: Request, form: str, said: Sequence[Message]) -> UUID:
    theirs = sum(message.direction == Message.Direction.IN for message in said)
    return form_number(request.browser, request.pk, form, theirs)


def _title(request: Request, language: str) -> str:
    if request.service is not None:
        return request.title_in(language)
    if request.kind == Request.Kind.MANY_TEXTS:
        return _("Your messages")
    return _("Your message to us")


def _headline(request: Request) -> str:
    name = {"name": request.holder.short_name} if request.holder else {}
    match request.status:
        case Status.SCHEDULED:
            return _("Planned.")
        case Status.NEW:
            if request.reworked:
                return _("We are sorry. It is with us again, first in line.")
            return _("We have it.")
        case Status.ACCEPTED:
            return _("%(name)s is taking care of it.") % name
        case Status.IN_PROGRESS:
            return _("%(name)s is on the way.") % name
        case Status.ON_HOLD:
            return _("A moment longer. %(name)s has it in hand.") % name
        case Status.DONE:
            return _("Done. Did everything arrive?")
        case Status.CONFIRMED:
            return _("All done.")
        case _:
            return _("Not needed any more.")


def _promise(request: Request, at: datetime) -> str:
    """Who and by when, while that is still to come."""
    if request.status not in OPEN or request.is_late(at):
        return ""
    told = {
        "desk": request.desk.name,
        "time": clock_time(request.due_at, request.property, at),
    }
    opens_at = request.opens_at
    if opens_at is not None and opens_at > at:
        told["opens"] = clock_time(opens_at, request.property, at)
        return _("%(desk)s, from %(opens)s, by %(time)s.") % told
    if request.status == Status.SCHEDULED or request.wanted_at is not None:
        return _("%(desk)s, for %(time)s.") % told
    if request.service is None:
        if request.responded_at is None:
            return _("%(desk)s will answer by %(time)s.") % told
        return ""
    return _("%(desk)s, by %(time)s.") % told


def _sorry(request: Request, at: datetime) -> str:
    return _(
        "We said %(time)s, and we are late. We are sorry. It has not been forgotten;"
        " you can also telephone us."
    ) % {"time": clock_time(request.due_at, request.property, at)}


def _urgent(request: Request) -> dict[str, str]:
    return {
        "emergency": request.property.emergency_number,
        "telephone": request.property.telephone,
    }


def _steps(request: Request, at: datetime) -> list[Step]:
    reached = REACHED.get(Status(request.status), 1)
    if request.status == Status.ON_HOLD:
        reached = 3 if request.started_at else 2
    last = _("With you") if request.service is not None else _("Done")
    names_and_times = [
        (_("Received"), request.created_at),
        (_("Accepted"), request.accepted_at),
        (_("On the way"), request.started_at),
        (last, request.done_at),
    ]
    return [
        Step(
            name=name,
            time=clock_time(time, request.property, at) if time and n <= reached else "",
            reached=n <= reached,
            current=n == reached and request.status in OPEN,
        )
        for n, (name, time) in enumerate(names_and_times, 1)
    ]


def _line(message: Message, at: datetime, request: Request) -> Line:
    ours = message.direction == Message.Direction.OUT
    return Line(
        words=message.body,
        time=clock_time(message.at, request.property, at),
        by=message.author.short_name if ours and message.author else "",
        ours=ours,
    )


def _helpers(request: Request) -> list[Helper]:
    """Everybody in the fulfilment log, by first name; more of the name where two share one."""
    people: dict[int, Person] = {}
    for log in request.fulfilments.all():
        for person in (log.by, *log.helpers.all()):
            people.setdefault(person.pk, person)
    first_names = [person.first_name for person in people.values()]
    return [
        Helper(pk, p.first_name if first_names.count(p.first_name) == 1 else p.short_name)
        for pk, p in people.items()
    ]


def _thanks(commendation: Commendation) -> str:
    people = [entry.person for entry in commendation.people.all()]
    first_names = [p.first_name for p in people]
    names = [
        n if first_names.count(n) == 1 else p.short_name
        for n, p in zip(first_names, people, strict=True)
    ]
    if not names:
        return _("Thank you. Our manager will read this, and pass it on.")
    if len(names) == 1:
        return _("Thank you. This will make %(name)s's day, and our manager reads it too.") % {
            "name": names[0]
        }
    return _("Thank you. This goes to %(names)s and %(last)s, and our manager reads it too.") % {
        "names": ", ".join(names[:-1]),
        "last": names[-1],
    }
