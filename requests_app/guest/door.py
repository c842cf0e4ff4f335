"""The way in to every page of a room: the token, the language, and what every answer carries."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from requests_app import queries
from requests_app.errors import RequestError
from requests_app.guest import browser, pages
from requests_app.guest.languages import language_for, languages_of
from requests_app.guest.visit import Visit
from requests_app.models import Room

P = ParamSpec("P")

TOKEN = re.compile(r"[-\w]{20,43}", re.ASCII)
LANGUAGE_PARAMETER = "language"


def room_of(token: str) -> Room | None:
    return queries.room_of_token(token) if TOKEN.fullmatch(token) else None


def in_room(view: Callable[Concatenate[Visit, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of a room's page, in the guest's language. What is not theirs is a friendly 404; a
    refusal is its sentence above the page as it is now."""

    @wraps(view)
    def wrapped(
        request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        room = room_of(token)
        hotel = room.property if room is not None else queries.only_property()
        chosen = request.GET.get(LANGUAGE_PARAMETER, "")
        if chosen in languages_of(hotel) and request.method == "GET":
            return _switched(request, chosen)
        language = language_for(request, hotel)
        with translation.override(language):
            if room is None:
                response = pages.lost_page(request, hotel, language)
            else:
                visit = Visit(
                    request=request,
                    room=room,
                    language=language,
                    key=browser.key_in(request.COOKIES),
                    now=timezone.now(),
                    csrf=browser.csrf_secret(request),
                )
                response = _answer(view, visit, *args, **kwargs)
        return _carry(response, language)

    return wrapped


def _answer(
    view: Callable[Concatenate[Visit, P], HttpResponse],
    visit: Visit,
    *args: P.args,
    **kwargs: P.kwargs,
) -> HttpResponse:
    try:
        return view(visit, *args, **kwargs)
    except Http404:
        return pages.lost_page(visit.request, visit.hotel, visit.language, back=visit.address)
    except RequestError as refusal:
        return pages.room_page(visit, sentence=str(refusal), status=refusal.status)


def _switched(request: HttpRequest, language: str) -> HttpResponse:
    """The same address again, without the choice in it, in the language that was chosen."""
    query = request.GET.copy()
    del query[LANGUAGE_PARAMETER]
    address = f"{request.path}?{query.urlencode()}" if query else request.path
    response = HttpResponseRedirect(address, status=303)
    browser.remember_language(response, language)
    return _carry(response, language)


def _carry(response: HttpResponse, language: str) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response
