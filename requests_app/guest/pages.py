"""The guest's whole pages, as answers."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from requests_app import queries
from requests_app.guest import said
from requests_app.guest.colours import palette_of
from requests_app.guest.forms import ServiceForm, WordsForm
from requests_app.guest.languages import languages_of, names_of
from requests_app.guest.menu import menu_of, promise_of
from requests_app.guest.visit import Visit
from requests_app.models import Property, Service

OUR_ACCENT = "#1f5e57"


def frame(visit: Visit) -> dict[str, Any]:
    """What every page of a room has."""
    return {
        "hotel": visit.hotel,
        "room": visit.room,
        "language": visit.language,
        "languages": names_of(languages_of(visit.hotel)),
        "palette": palette_of(visit.hotel.accent),
        "address": visit.address,
        "csrf": visit.csrf,
        "said_names": visit.request.GET.get(said.PARAMETER, ""),
    }


def room_page(
    visit: Visit, *, sentence: str = "", words: str = "", status: int = 200
) -> HttpResponse:
    """The room's page. ``sentence`` says what was refused; ``words`` come back into the box."""
    waiting = queries.words_waiting(visit.room, visit.key)
    context = frame(visit) | {
        "greeting": greeting(visit),
        "cards": visit.cards(),
        "is_open": any(request.is_open for request in visit.requests) or bool(waiting),
        "waiting": waiting,
        "themes": menu_of(visit.services, visit.language, hotel=visit.hotel, now=visit.now),
        "sentence": sentence,
        "said": said.sentences(visit.request.GET.get(said.PARAMETER, ""), visit.hotel),
        "words": words,
        "submission": uuid4(),
    }
    return render(visit.request, "guest/room.html", context, status=status)


def service_page(
    visit: Visit, service: Service, form: ServiceForm | None = None, *, sentence: str = ""
) -> HttpResponse:
    """One service's form; with what was typed and what is wrong with it, status 422."""
    blank = ServiceForm(service=service, hotel=visit.hotel, now=visit.now)
    shown = form or blank
    context = frame(visit) | {
        "service": service,
        "name": service.name_in(visit.language),
        "promise": promise_of(service, visit.hotel, visit.now),
        "form": shown,
        "earliest": blank.earliest,
        "typed": {name: shown.data.get(name, "") for name in ("quantity", "wanted_at", "words")},
        "submission": shown.submission,
        "sentence": sentence,
    }
    status = 422 if form is not None else 200
    return render(visit.request, "guest/service.html", context, status=status)


def lost_page(
    request: HttpRequest, hotel: Property | None, language: str, *, back: str = ""
) -> HttpResponse:
    """Nothing is here (any more): a friendly page with the telephone, 404."""
    context = {
        "hotel": hotel,
        "language": language,
        "palette": palette_of(hotel.accent if hotel else OUR_ACCENT),
        "languages": names_of(languages_of(hotel)),
        "back": back,
    }
    return render(request, "guest/lost.html", context, status=404)


def greeting(visit: Visit) -> str:
    """By the hotel's clock."""
    hour = visit.hotel.local(visit.now).hour
    if 5 <= hour < 12:
        return _("Good morning.")
    if 12 <= hour < 18:
        return _("Good afternoon.")
    return _("Good evening.")


def first_error(form: WordsForm) -> str:
    """The first sentence of a form that was refused."""
    return next(str(errors[0]) for errors in form.errors.values())
