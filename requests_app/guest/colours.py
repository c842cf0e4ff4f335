"""A hotel's accent, made readable: on paper and in the dark, whatever colour a hotel chose."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[float, float, float]

WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.11, 0.106, 0.098)
PAPER: Colour = (0.969, 0.961, 0.945)
NIGHT: Colour = (0.114, 0.129, 0.145)
READABLE = 4.6
"""Contrast; WCAG 2.2 AA asks for 4.5."""


@dataclass(frozen=True, slots=True)
class Palette:
    """``#rrggbb`` each: the accent, what is written on it, and links on paper and in the dark."""

    accent: str
    on_accent: str
    ink: str
    ink_dark: str
    wash: str
    wash_dark: str


def palette_of(accent: str) -> Palette:
    """Of a property's ``#rrggbb``."""
    own: Colour = (
        int(accent[1:3], 16) / 255,
        int(accent[3:5], 16) / 255,
        int(accent[5:7], 16) / 255,
    )
    wash, wash_dark = _mix(own, WHITE, 0.1), _mix(own, NIGHT, 0.28)
    on_accent = WHITE if contrast(own, WHITE) >= 4.5 else BLACK
    return Palette(
        accent=accent,
        on_accent=_hex(on_accent),
        ink=_hex(_until_readable(own, on=(PAPER, wash), towards=BLACK)),
        ink_dark=_hex(_until_readable(own, on=(NIGHT, wash_dark), towards=WHITE)),
        wash=_hex(wash),
        wash_dark=_hex(wash_dark),
    )


def contrast(one: Colour, other: Colour) -> float:
    """WCAG's ratio, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the first."""
    r, g, b = (a * share + c * (1 - share) for a, c in zip(one, other, strict=True))
    return (r, g, b)


def _until_readable(colour: Colour, *, on: tuple[Colour, ...], towards: Colour) -> Colour:
    for step in range(20, 0, -1):
        mixed = _mix(colour, towards, step / 20)
        if all(contrast(mixed, background) >= READABLE for background in on):
            return mixed
    return towards


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(c * 255):02x}" for c in colour)
