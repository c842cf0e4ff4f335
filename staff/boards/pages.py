"""Boards, the way to them, the search, and guests' pictures."""

from __future__ import annotations

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app import fragments, lookups, queries
from requests_app.cards import ACTS, card_context
from requests_app.states import Status
from staff.boards.entering import entered_sentence
from staff.boards.history import moment
from staff.boards.sockets import EVERYTHING
from staff.frame import StaffRequest, frame, staff_only
from staff.models import Role


@staff_only()
def home(request: StaffRequest) -> HttpResponse:
    """Everybody's start: managers read thanks, desks see their board."""
    if request.user.role in {Role.MANAGER, Role.ADMINISTRATOR}:
        return redirect("manager")
    desk = request.user.desks.first() if request.user.role == Role.DESK else None
    return redirect("board", desk.slug if desk else EVERYTHING)


@staff_only()
def board(request: StaffRequest, slug: str) -> HttpResponse:
    person = request.user
    context = frame(person, here=slug)
    desk = next((d for d, _open, _late in context["desks"] if d.slug == slug), None)
    if desk is None and slug != EVERYTHING:
        raise Http404
    # Before the rows: see BoardView.snapshot.
    sequence = queries.head_sequence(person.property_id)
    desk_id = desk.pk if desk else None
    rows = queries.board_rows(person.property_id, desk_id)
    context |= {
        "slug": slug,
        "desk": desk,
        "board_name": desk.name if desk else _("Everything"),
        "sequence": sequence,
        "lanes": fragments.lanes(rows, person.language, desk_id=desk_id),
        "new_count": sum(
            status == Status.NEW and desk_id in {None, of_desk}
            for _pk, _sequence, status, of_desk in rows
        ),
        "now": person.property.local(timezone.now()),
        "entered": entered_sentence(
            [int(pk) for pk in request.GET.get("entered", "").split(",")[:9] if pk.isdecimal()],
            person.property,
        ),
        "all_acts": ACTS.values(),
    }
    return render(request, "boards/board.html", context)


@staff_only()
def search(request: StaffRequest) -> HttpResponse:
    """A whole page, or only what was found where the page's script asks."""
    hotel, words = request.user.property, request.GET.get("q", "").strip()[:80]
    now, everything = timezone.now(), "all" in request.GET
    since = None if everything else now - lookups.RECENTLY
    found = lookups.find_requests(hotel, words, since=since) if words else []
    context = {
        "words": words,
        "stays": lookups.find_stays(hotel, words, now) if words else [],
        "found": [
            card_context(r)
            | {"status_words": r.get_status_display(), "asked": moment(hotel, r.created_at, now)}
            for r in found
        ],
        "may_be_older": bool(words) and not everything,
    }
    if request.headers.get("HX-Request"):
        return render(request, "boards/_found.html", context)
    return render(request, "boards/search.html", context | frame(request.user, here="search"))


@staff_only()
def picture(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A guest's picture, as we re-encoded it."""
    photo = lookups.picture_of(request.user.property_id, pk)
    if photo is None:
        raise Http404
    return _private(photo.file)


@staff_only()
def text_picture(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The same, of one that came with a text."""
    picture = lookups.text_picture_of(request.user.property_id, pk)
    if picture is None or not picture.file:
        raise Http404
    return _private(picture.file)


def _private(file: FieldFile) -> HttpResponseBase:
    response = FileResponse(file.open("rb"))
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
