"""Cards with a room's QR code, for the desk or the door: as a page to print, and as PDF.

Eight to an A4 sheet, 105 × 74.25 mm each, with marks to cut along.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from requests_app.guest.arabic import is_arabic, shaped
from requests_app.guest.languages import languages_of
from requests_app.models import Property, Room

ACROSS, DOWN = 2, 4
PER_SHEET = ACROSS * DOWN
WIDTH, HEIGHT = 105.0, 74.25
"""Millimetres: a quarter of the height and half of the width of A4."""
QUIET = 4
"""Modules of white around a code: the standard asks for four."""
FONTS = Path(__file__).with_name("fonts")


@dataclass(frozen=True)
class RoomCard:
    """One room's card. ``lines`` are (language, right to left?, words)."""

    number: str
    address: str
    hotel: str
    lines: list[tuple[str, bool, str]]

    @cached_property
    def code(self) -> Any:
        """Level M: still read with 15 % of it scratched or under a coffee cup's ring."""
        import segno  # when it is needed: it costs start time

        return segno.make_qr(self.address, error="m")

    @property
    def svg(self) -> SafeString:
        drawn = self.code.svg_inline(border=QUIET, omitsize=True, svgclass="code", lineclass=None)
        return SafeString(drawn)  # made by segno, of an address of ours


def lines_of(hotel: Property) -> list[tuple[str, bool, str]]:
    """What a card says, in each of the hotel's languages."""
    lines = []
    for code in languages_of(hotel):
        with translation.override(code):
            lines.append(
                (code, bool(get_language_info(code)["bidi"]), _("Scan for anything you need"))
            )
    return lines


def room_cards(hotel: Property, rooms: Iterable[Room]) -> list[RoomCard]:
    lines = lines_of(hotel)
    return [
        RoomCard(
            room.number, f"{settings.PUBLIC_URL.rstrip('/')}/r/{room.token}/", hotel.name, lines
        )
        for room in rooms
    ]


def sheets_of(cards: list[RoomCard]) -> list[list[RoomCard]]:
    return [cards[n : n + PER_SHEET] for n in range(0, len(cards), PER_SHEET)]


def cards_pdf(cards: list[RoomCard]) -> bytes:
    """The sheets as PDF. The font has Latin, Greek, Cyrillic and Arabic; other glyphs stay out."""
    from fpdf import FPDF  # imported when somebody prints: it costs start time and memory

    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_title(cards[0].hotel if cards else "Concierge")
    pdf.add_font("DejaVu", "", FONTS / "DejaVuSans.ttf")
    pdf.add_font("DejaVu", "B", FONTS / "DejaVuSans-Bold.ttf")
    for sheet in sheets_of(cards) or [[]]:
        pdf.add_page()
        _draw_marks(pdf)
        for place, card in enumerate(sheet):
            _draw(pdf, card, WIDTH * (place % ACROSS), HEIGHT * (place // ACROSS))
    return bytes(pdf.output())


def _draw_marks(pdf: Any) -> None:
    """Short lines where the cuts cross, and at the edges."""
    pdf.set_draw_color(150)
    pdf.set_line_width(0.15)
    for column in range(ACROSS + 1):
        for row in range(DOWN + 1):
            x, y = WIDTH * column, HEIGHT * row
            pdf.line(x - 3, y, x + 3, y)
            pdf.line(x, y - 3, x, y + 3)


def _draw(pdf: Any, card: RoomCard, left: float, top: float) -> None:
    side = 46.0
    code_top = top + (HEIGHT - side) / 2 + 2
    _draw_code(pdf, card.code, left + 6, code_top, side)
    text, width = left + 55, WIDTH - 55 - 8
    pdf.set_text_color(95, 91, 84)
    _line(pdf, card.hotel, text, top + 13, width, 9, bold=True)
    pdf.set_text_color(28, 27, 25)
    _line(pdf, card.number, text, top + 19, width, 34, bold=True, height=13)
    pdf.set_draw_color(228, 224, 216)
    pdf.set_line_width(0.3)
    pdf.line(text + 1, top + 35.5, text + width, top + 35.5)
    step = min(7.2, 30 / max(1, len(card.lines)))
    for n, (_code, right_to_left, words) in enumerate(card.lines):
        shown = shaped(words) if right_to_left and is_arabic(words) else words
        _line(
            pdf, shown, text, top + 38.5 + n * step, width, 9.5 if n == 0 else 8.5,
            bold=n == 0, align="R" if right_to_left else "L", height=step,
        )  # fmt: skip


def _line(
    pdf: Any,
    words: str,
    left: float,
    top: float,
    width: float,
    size: float,
    *,
    bold: bool = False,
    align: str = "L",
    height: float = 5.0,
) -> None:
    """One line, made smaller until it fits."""
    style = "B" if bold else ""
    pdf.set_font("DejaVu", style, size)
    while size > 4 and pdf.get_string_width(words) > width - 2:
        size -= 0.5
        pdf.set_font("DejaVu", style, size)
    pdf.set_xy(left, top)
    pdf.cell(width, height, words, align=align)


def _draw_code(pdf: Any, code: Any, left: float, top: float, side: float) -> None:
    """Runs of dark modules as rectangles, a hair taller than a module so that no seam shows."""
    rows = [bytes(row) for row in code.matrix]
    module = side / (len(rows) + 2 * QUIET)
    pdf.set_fill_color(0)
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            end = x
            while end < len(row) and row[end]:
                end += 1
            pdf.rect(
                left + (x + QUIET) * module,
                top + (y + QUIET) * module,
                (end - x) * module,
                module * 1.02,
                "F",
            )
            x = end
