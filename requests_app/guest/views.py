"""The guest's pages: who asks, what they ask, one action, one answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from requests_app.actions import photos as keeping
from requests_app.actions import room_page, web
from requests_app.errors import BadPicture
from requests_app.guest import browser, pages, said
from requests_app.guest.door import in_room
from requests_app.guest.forms import AskForm, ServiceForm, submission_of
from requests_app.guest.visit import Visit
from requests_app.models import Request
from requests_app.photos import Picture, read_picture


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def room(visit: Visit) -> HttpResponse:
    """The page; posted to, free words."""
    if visit.request.method != "POST":
        return pages.room_page(visit)
    form = AskForm(visit.request.POST, visit.request.FILES)
    if not form.is_valid():
        return pages.room_page(visit, sentence=pages.first_error(form), status=422)
    picture, refused = _picture(form.picture)
    words = form.cleaned_data["words"]
    if refused is not None and not words:
        raise refused
    visit = visit.known_as(form.submission)
    asked = web.ask(visit.visitor, words=words, submission=form.submission, at=visit.now)
    return _asked(visit, asked, picture, refused)


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def service(visit: Visit, slug: str) -> HttpResponse:
    """One service's form; posted to, a request for it."""
    wanted = visit.service(slug)
    if visit.request.method != "POST":
        return pages.service_page(visit, wanted)
    form = ServiceForm(
        visit.request.POST, visit.request.FILES, service=wanted, hotel=visit.hotel, now=visit.now
    )
    if not form.is_valid():
        return pages.service_page(visit, wanted, form, sentence=pages.first_error(form))
    picture, refused = _picture(form.picture)
    visit = visit.known_as(form.submission)
    at = form.cleaned_data["wanted_at"]
    asked = web.ask_for_service(
        visit.visitor,
        wanted,
        submission=form.submission,
        at=visit.now,
        quantity=form.cleaned_data["quantity"],
        wanted_at=at.astimezone(UTC) if at else None,
        words=form.cleaned_data["words"],
    )
    return _asked(visit, asked, picture, refused)


def _picture(file: UploadedFile | None) -> tuple[Picture | None, BadPicture | None]:
    """A picture we can keep, or why not: the words beside it are kept all the same."""
    if file is None:
        return None, None
    try:
        return read_picture(file, file.size or 0), None
    except BadPicture as refused:
        return None, refused


def _asked(
    visit: Visit, asked: web.Asked, picture: Picture | None, refused: BadPicture | None
) -> HttpResponse:
    if picture is not None and not asked.again and not asked.many:
        if not asked.requests:  # "thank you" with a picture: a person looks at it
            asked.requests = web.to_front_desk(visit.visitor, at=visit.now)
        keeping.keep_photo(asked.requests, picture, at=visit.now)
    response = _back(visit, asked.requests, said.after(asked, refused))
    browser.remember(response, visit.key)
    return response


def _back(visit: Visit, requests: list[Request], words: str = "") -> HttpResponse:
    """See other: the room's page, at the newest request; reloading it asks nothing again."""
    query = f"?{said.PARAMETER}={words}" if words else ""
    place = f"#request-{requests[0].pk}" if requests else "#top"
    return HttpResponseRedirect(f"{visit.address}{query}{place}", status=303)


@require_POST
@in_room
def move(visit: Visit, pk: int, name: str) -> HttpResponse:
    """What a guest does with a request of theirs; see MOVES."""
    request = visit.own_request(pk)
    words = MOVES[name](visit, request)
    return _back(visit, [request], words)


def _write(visit: Visit, request: Request) -> str:
    asked = room_page.write(
        visit.visitor,
        request,
        words=visit.request.POST.get("words", ""),
        submission=_submission(visit),
        at=visit.now,
    )
    return said.after(asked)


def _not_needed(visit: Visit, request: Request) -> str:
    room_page.not_needed(request, at=visit.now)
    return ""


def _arrived(visit: Visit, request: Request) -> str:
    room_page.arrived(request, at=visit.now)
    return ""


def _not_yet(visit: Visit, request: Request) -> str:
    room_page.not_yet(
        visit.visitor,
        request,
        words=visit.request.POST.get("words", ""),
        submission=_submission(visit),
        at=visit.now,
    )
    return ""


def _rate(visit: Visit, request: Request) -> str:
    score = visit.request.POST.get("score", "")
    room_page.rate(request, score=int(score) if score in set("12345") else 0, at=visit.now)
    return ""


def _thank(visit: Visit, request: Request) -> str:
    room_page.thank(
        visit.visitor,
        request,
        people=visit.request.POST.getlist("person"),
        words=visit.request.POST.get("words", ""),
        submission=_submission(visit),
        at=visit.now,
    )
    return ""


MOVES: dict[str, Callable[[Visit, Request], str]] = {
    "write": _write,
    "not-needed": _not_needed,
    "arrived": _arrived,
    "not-yet": _not_yet,
    "rate": _rate,
    "thank": _thank,
}


def _submission(visit: Visit) -> UUID:
    return submission_of(visit.request.POST) or uuid4()


@require_safe
@in_room
def photo(visit: Visit, pk: int) -> HttpResponse:
    """A picture this browser sent itself."""
    found = next((p for r in visit.requests for p in r.photos.all() if p.pk == pk), None)
    if found is None:
        raise Http404
    with found.file.open() as file:
        return HttpResponse(file.read(), content_type="image/jpeg")
