"""What the frame of every staff page shows: the hotel, the boards with their counts, new thanks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from requests_app import queries
from requests_app.errors import NotAllowed
from requests_app.models import CommendedPerson, Desk
from staff.models import Person, Role

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: Person


def staff_only(
    *roles: Role,
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """A view for people who are signed in, and of these for certain roles where any are named.

    Raises NotAllowed (403, with a sentence) for other roles.
    """

    def wrap(
        view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @login_required
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            known = cast("StaffRequest", request)
            if roles and known.user.role not in roles:
                raise NotAllowed
            return view(known, *args, **kwargs)

        return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", wrapped)

    return wrap


def frame(person: Person, *, here: str) -> dict[str, Any]:
    """Context of staff.html. Three queries. ``here`` names the page in the side."""
    now = timezone.now()
    counts = queries.desk_counts(person.property_id, now)
    desks = Desk.objects.filter(property_id=person.property_id)
    return {
        "hotel": person.property,
        "here": here,
        "desks": [(desk, *counts.get(desk.pk, (0, 0))) for desk in desks],
        "all_open": sum(open_now for open_now, _late in counts.values()),
        "all_late": sum(late for _open, late in counts.values()),
        "new_thanks": CommendedPerson.objects.filter(
            person=person, seen_at=None, commendation__passed_on_at__isnull=False
        ).count(),
    }
