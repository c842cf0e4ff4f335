"""What the page weighs, what it costs, and what it is made of."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.guest.colours import NIGHT, PAPER, contrast, palette_of
from requests_app.models import Property
from tests.guest.conftest import asked

FIRST_LOAD = 60_000
"""Bytes, uncompressed: the promise is one second on a slow network."""

STATIC = settings.BASE_DIR / "templates" / "static"


@pytest.mark.parametrize("language", ["en", "tr", "fi", "ar"])
def test_a_first_load_is_under_60_kb_in_every_language(hotel, phone, language):
    guest = phone("305", language)
    for path in ("", "taxi/"):
        answer = guest.open(path)
        page = answer.content
        heads = sum(len(f"{name}: {value}\r\n") for name, value in answer.items())
        files = set(re.findall(r'(?:src|href)="/static/([^"?]+)"', page.decode()))
        assert files == {"guest.css", "guest.js", "icon.svg"}
        weight = len(page) + heads + sum((STATIC / name).stat().st_size for name in files)
        assert weight < FIRST_LOAD


def test_the_page_loads_nothing_from_elsewhere_and_has_no_inline_script_or_style(hotel, phone):
    guest = phone()
    guest.send(words="2 towels please")
    page = guest.shown()
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r'\s(?:style|on\w+)="', page) == []
    assert "htmx" not in page


def test_opening_costs_the_same_queries_whatever_was_asked(hotel, phone, person):
    guest = phone()
    guest.send("towels/", quantity="1")
    guest.open()
    with CaptureQueriesContext(connection) as few:
        guest.open()
    for _ in range(15):
        guest.send("towels/", quantity="1", words="soft")
    for request in asked(hotel):
        guest.does(request, "write", words="hello?")
    with CaptureQueriesContext(connection) as many:
        guest.open()
    assert len(many) == len(few) <= 10


def test_a_page_of_nobody_costs_four(hotel, phone):
    guest = phone()
    guest.open()
    with CaptureQueriesContext(connection) as queries:
        guest.open()
    assert len(queries) <= 4, [q["sql"] for q in queries]


def test_services_are_shown_by_theme_with_their_promise(hotel, phone):
    page = phone().shown()
    assert re.findall(r'<span class="name">([^<]+)</span>', page) == [
        "Your room",
        "Comfort",
        "Something needs fixing",
        "Food and drink",
        "Getting around",
        "Out and about",
        "Your stay",
    ]
    assert '<a href="towels/"><span>Bath towels</span><small>within 15 min</small></a>' in page
    assert '<a href="taxi/"><span>Taxi</span><small>any time</small></a>' in page
    assert "information/" not in page


@pytest.mark.parametrize(
    "accent", ["#1f5e57", "#ffe600", "#000000", "#ffffff", "#d4145a", "#7fb2f0"]
)
def test_whatever_accent_a_hotel_has_stays_readable(hotel, phone, accent):
    Property.objects.update(accent=accent)
    assert f"--accent:{accent}" in phone().shown()
    palette = palette_of(accent)
    read = {
        "button": contrast(_rgb(palette.accent), _rgb(palette.on_accent)),
        "link": contrast(_rgb(palette.ink), PAPER),
        "link on its wash": contrast(_rgb(palette.ink), _rgb(palette.wash)),
        "link in the dark": contrast(_rgb(palette.ink_dark), NIGHT),
        "link on its dark wash": contrast(_rgb(palette.ink_dark), _rgb(palette.wash_dark)),
    }
    assert {name: ratio for name, ratio in read.items() if ratio < 4.5} == {}


def _rgb(colour: str) -> tuple[float, float, float]:
    r, g, b = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return r, g, b
