"""The sheets of QR cards."""

from __future__ import annotations

import re
import zlib

import pytest
from django.conf import settings
from django.test import Client

from requests_app.guest.arabic import shaped
from requests_app.guest.cards import QUIET, cards_pdf, room_cards, sheets_of
from requests_app.models import Property, Room


def test_the_page_has_a_code_for_every_room_eight_to_a_sheet(hotel, signed_in):
    page = signed_in("supervisor").get("/house/rooms/cards/").content.decode()
    numbers = re.findall(r"<h2>(\d+)</h2>", page)
    assert numbers == list(Room.objects.values_list("number", flat=True))
    assert page.count('class="sheet"') == 6
    assert page.count('class="code"') == 48
    assert re.findall(r'\sstyle="', page) == []


def test_one_floor_or_one_room_can_be_printed_alone(hotel, signed_in):
    supervisor = signed_in("supervisor")
    floor = supervisor.get("/house/rooms/cards/", {"floor": "4"}).content.decode()
    assert re.findall(r"<h2>(\d+)</h2>", floor) == [f"4{n:02d}" for n in range(1, 13)]
    one = supervisor.get("/house/rooms/cards/", {"room": "412"}).content.decode()
    assert re.findall(r"<h2>(\d+)</h2>", one) == ["412"]
    assert supervisor.get("/house/rooms/cards/", {"room": "999"}).status_code == 404


def test_the_codes_are_for_those_who_may_print_them(hotel, signed_in):
    for address in ("/house/rooms/cards/", "/house/rooms/cards.pdf"):
        assert Client().get(address).status_code == 302
        assert signed_in("housekeeping").get(address).status_code == 403
        answer = signed_in("admin").get(address, {"room": "412"})
        assert (answer.status_code, answer["cache-control"]) == (200, "no-store")


def test_no_card_is_of_another_hotel(hotel, signed_in):
    other = Property.objects.create(slug="b", name="B", text_number="+1", telephone="+2")
    Room.objects.create(property=other, number="900")
    page = signed_in("supervisor").get("/house/rooms/cards/").content.decode()
    assert "<h2>900</h2>" not in page


def test_a_card_carries_the_public_address_of_its_room_at_level_m(hotel, room):
    (card,) = room_cards(hotel, [room("305")])
    assert card.address == f"{settings.PUBLIC_URL}/r/{room('305').token}/"
    assert card.code.error == "M"
    assert [(code, right_to_left) for code, right_to_left, _words in card.lines] == [
        ("en", False),
        ("tr", False),
        ("fi", False),
        ("ar", True),
    ]


def test_the_drawn_code_has_the_modules_of_the_code(hotel, room):
    """The SVG's strokes, painted back onto a grid, are the matrix: nothing is lost in drawing."""
    (card,) = room_cards(hotel, [room("305")])
    size = len(card.code.matrix) + 2 * QUIET
    grid = [[0] * size for _ in range(size)]
    x, y = 0.0, 0.0
    (path,) = re.findall(r'<path[^>]* d="([^"]+)"', card.svg)
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(n) for n in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for dark in range(int(values[0])):
                grid[int(y)][int(x) + dark] = 1
            x += values[0]
    inside = [bytes(row[QUIET:-QUIET]) for row in grid[QUIET:-QUIET]]
    assert inside == [bytes(row) for row in card.code.matrix]


def test_the_pdf_has_a_page_a_sheet_with_every_module_and_its_fonts(hotel):
    cards = room_cards(hotel, list(Room.objects.all()[:10]))
    assert [len(sheet) for sheet in sheets_of(cards)] == [8, 2]
    pdf = cards_pdf(cards)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 2
    assert len(re.findall(rb"/FontFile2 ", pdf)) == 2
    drawn = [zlib.decompress(s) for s in re.findall(rb"stream\n(x\x9c.*?)\nendstream", pdf, re.S)]
    runs = sum(part.count(b" re\nf") + part.count(b" re f") for part in drawn)
    wanted = sum(
        len(re.findall("1+", "".join(map(str, row)))) for c in cards for row in c.code.matrix
    )
    assert runs == wanted


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("سلام", "\ufee1\ufefc\ufeb3"),  # seen initial, lam-alef final, meem isolated
        ("لا", "\ufefb"),
        ("دار", "\ufead\ufe8d\ufea9"),  # letters that join nothing after them
        ("غرفة 305", "305 \ufe94\ufed3\ufeae\ufecf"),
    ],
)
def test_arabic_is_joined_and_runs_from_the_right(words, drawn):
    assert shaped(words) == drawn
