"""The shipped catalogue as data:

services with their desk and promise, and their names in every language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from requests_app.reading.lexicon import available_languages, load_names

DESKS: Final = ("front-desk", "concierge", "housekeeping", "engineering", "dining", "bell")
THEMES: Final = (
    "room",
    "comfort",
    "repair",
    "food",
    "getting-around",
    "out-and-about",
    "stay",
)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What a new property starts with for one service. Durations are in minutes."""

    slug: str
    desk: str
    theme: str
    respond_minutes: int
    complete_minutes: int
    counted: bool = False
    """A number makes sense: towels, hangers; for a table, the people."""
    scheduled: bool = False
    """A time is natural: a wake-up call, a taxi."""
    guest_page: bool = False
    """Shown on the room's page behind the QR code."""
    urgent: bool = False
    """Somebody's health may depend on it: the duty manager is told at once."""
    usual_hours: tuple[int, int] | None = None
    """From (included) to (excluded) hour that 'at 7' without am or pm means for it."""
    any_hour: bool = False
    """'At 4' may well mean four in the morning, as for a taxi to the airport."""
    until: bool = False
    """'Until 2 pm' is the time of it; of anything else it is only the end."""


@cache
def load_catalogue() -> Mapping[str, CatalogueEntry]:
    """All shipped services by slug, in the order of the file."""
    path = Path(__file__).with_name("catalogue.toml")
    entries: dict[str, CatalogueEntry] = {}
    for desk, services in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for slug, row in services.items():
            hours = row.get("usual")
            entries[slug] = CatalogueEntry(
                slug=slug,
                desk=desk,
                theme=row["theme"],
                respond_minutes=row["respond"],
                complete_minutes=row["complete"],
                counted=row.get("counted", False),
                scheduled=row.get("scheduled", False),
                guest_page=row.get("guest_page", False),
                urgent=row.get("urgent", False),
                usual_hours=(hours[0], hours[1]) if hours else None,
                any_hour=row.get("any_hour", False),
                until=row.get("until", False),
            )
    return MappingProxyType(entries)


def _language_with_names(language: str) -> str:
    """'tr', 'tr-TR' and 'TR_tr' → 'tr'; what we do not speak → 'en'."""
    code = language.replace("_", "-").split("-")[0].lower()
    return code if code in available_languages() else "en"


def service_name(slug: str, language: str, quantity: int | None = None) -> str:
    """The service as a menu says it, or with a quantity as a guest reads it: '2 bath towels'.

    Falls back to English, and for a slug we do not ship to its own words.
    """
    for code in (_language_with_names(language), "en"):
        names = load_names(code)
        if slug not in names.services:
            continue
        if quantity is None:
            return names.services[slug]
        forms = names.counted.get(slug)
        if forms:
            form = forms[min(names.plural(quantity), len(forms) - 1)]
            return form.replace("{n}", str(quantity))
        return f"{names.services[slug]} × {quantity}" if quantity > 1 else names.services[slug]
    own = slug.replace("-", " ").capitalize()
    return own if quantity is None else f"{quantity} × {own}"


def theme_name(theme: str, language: str) -> str:
    """A heading of the guest's page: 'Comfort'."""
    for code in (_language_with_names(language), "en"):
        if name := load_names(code).themes.get(theme):
            return name
    return theme.replace("-", " ").capitalize()


def desk_name(desk: str, language: str, *, subject: bool = False) -> str:
    """'Housekeeping'. With `subject`, as a sentence begins with it:

    'The front desk' (will be there …).
    """
    for code in (_language_with_names(language), "en"):
        names = load_names(code)
        name = (names.desk_subjects.get(desk) if subject else None) or names.desks.get(desk)
        if name:
            return name
    return desk.replace("-", " ").capitalize()
