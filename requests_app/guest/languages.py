"""In which language a guest reads their page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info
from django.utils.translation.trans_real import parse_accept_lang_header

from requests_app.guest.browser import LANGUAGE_COOKIE
from requests_app.models import Property


def languages_of(hotel: Property | None) -> list[str]:
    """The property's languages that we speak, its own first; all of ours for no property."""
    ours = [code for code, _name in settings.LANGUAGES]
    wanted = [code for code in hotel.languages if code in ours] if hotel else ours
    return wanted or ours[:1]


def language_for(request: HttpRequest, hotel: Property | None) -> str:
    """What the guest chose here, else what the phone prefers, else the hotel's own."""
    spoken = languages_of(hotel)
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    if chosen in spoken:
        return chosen
    header = request.headers.get("Accept-Language", "")[:500].lower()
    for code, _weight in parse_accept_lang_header(header):
        if code.split("-")[0] in spoken:
            return code.split("-")[0]
    return spoken[0]


def names_of(codes: list[str]) -> list[tuple[str, str]]:
    """(code, its name in itself): what a switch shows."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code in codes]
