"""The manager's page, and the lists its numbers open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from requests_app import queries, stories
from requests_app.models import Commendation, Request
from staff.frame import StaffRequest, frame, staff_only
from staff.manager import counts, live
from staff.manager.counts import Count

A_PAGE = 100


@require_GET
@staff_only(*live.READERS)
def manager(request: StaffRequest) -> HttpResponse:
    hotel, language = request.user.property, request.user.language
    now = timezone.now()
    sequence = queries.head_sequence(hotel.pk)
    local = hotel.local(now)
    context = {
        "local": local,
        "part_of_day": "morning" if local.hour < 12 else "day" if local.hour < 18 else "evening",
        "occupied": counts.rooms_occupied(hotel, now),
        "sequence": sequence,
        "lists": live.lists(hotel.pk, language),
        "numbers": live.numbers_piece(hotel, language),
    }
    return render(request, "manager/manager.html", frame(request.user, here="manager") | context)


@require_GET
@staff_only(*live.READERS)
def numbers(request: StaffRequest) -> HttpResponse:
    """Time alone makes requests late: the page asks again every minute."""
    return HttpResponse(live.numbers_piece(request.user.property, request.user.language))


@dataclass(frozen=True, slots=True)
class Row:
    """One request in a list behind a number, with what the numbers measure."""

    request: Request
    answered: timedelta | None
    took: timedelta | None
    missed: bool | None
    running: bool
    """Open, and the time that counts now is still to come: what was missed was an earlier one."""
    score: int | None


def rows_of(requests: Sequence[Request], now: datetime) -> list[Row]:
    verdicts = counts.broken(requests, now)
    asked = {r.pk: r.cause.at if r.cause else r.created_at for r in requests}
    return [
        Row(
            request=r,
            answered=r.responded_at - asked[r.pk] if r.responded_at else None,
            took=r.done_at - r.created_at if r.done_at else None,
            missed=verdicts[r.pk],
            running=r.is_open and r.due_at > now,
            score=r.rating.score if hasattr(r, "rating") else None,
        )
        for r in requests
    ]


@require_GET
@staff_only(*live.READERS)
def counted_requests(request: StaffRequest) -> HttpResponse:
    try:
        count = Count(request.GET.get("count", ""))
    except ValueError as unknown:
        raise Http404 from unknown
    hotel, now = request.user.property, timezone.now()
    # Which they are, and only then what a card needs of each: with its dozen tables in one query
    # PostgreSQL joined every request there ever was, and then looked for today's.
    found = counts.newest_first(counts.counted(hotel, count, now)).values_list("pk", flat=True)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = queries.cards(Request.objects.filter(pk__in=list(page)))
    rows = rows_of(list(counts.newest_first(shown).select_related("rating", "cause")), now)
    context = {"count": count, "page": page, "rows": rows}
    return render(request, "manager/requests.html", frame(request.user, here="manager") | context)


@require_GET
@staff_only(*live.READERS)
def all_thanks(request: StaffRequest) -> HttpResponse:
    """Commendations of today, of this week, or ever since."""
    hotel, since = request.user.property, request.GET.get("since", "")
    if since in {"today", "week"}:
        rows = counts.thanks_since(hotel, timezone.now(), week=since == "week")
    else:
        rows = Commendation.objects.filter(property=hotel)
    page = Paginator(stories.told(rows), A_PAGE).get_page(request.GET.get("page"))
    context = {"since": since, "page": page, "pieces": live.pieces(page, request.user.language)}
    return render(request, "manager/thanks.html", frame(request.user, here="manager") | context)
