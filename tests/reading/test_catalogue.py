"""The shipped catalogue and its names."""

from __future__ import annotations

import pytest

from requests_app.reading.catalogue import (
    DESKS,
    THEMES,
    desk_name,
    load_catalogue,
    service_name,
    theme_name,
)
from requests_app.reading.lexicon import available_languages, load_names


def test_every_service_has_a_known_desk_and_theme_and_a_sensible_promise() -> None:
    assert len(load_catalogue()) == 63
    for entry in load_catalogue().values():
        assert entry.desk in DESKS
        assert entry.theme in THEMES
        assert 0 < entry.respond_minutes <= entry.complete_minutes <= 60


@pytest.mark.parametrize("language", available_languages())
def test_every_language_names_every_service_theme_and_desk(language: str) -> None:
    names = load_names(language)
    assert set(names.services) == set(load_catalogue())
    assert set(names.themes) == set(THEMES)
    assert set(names.desks) == set(DESKS)


@pytest.mark.parametrize(
    ("slug", "language", "quantity", "expected"),
    [
        ("towels", "en", None, "Bath towels"),
        ("towels", "en", 1, "1 bath towel"),
        ("towels", "en", 2, "2 bath towels"),
        ("towels", "tr", 2, "2 havlu"),
        ("towels", "tr-TR", 2, "2 havlu"),
        ("towels", "fi", 2, "2 kylpypyyhettä"),
        ("towels", "ar", 2, "منشفتان"),
        ("towels", "ar", 5, "5 مناشف"),
        ("towels", "xx", 2, "2 bath towels"),
        ("air-conditioning", "en", 1, "Air conditioning"),
        ("yoga-mat", "fi", None, "Yoga mat"),
        ("yoga-mat", "fi", 2, "2 × Yoga mat"),
    ],
)
def test_services_are_named_as_a_guest_reads_them(
    slug: str, language: str, quantity: int | None, expected: str
) -> None:
    assert service_name(slug, language, quantity) == expected


def test_desks_and_themes_have_names_and_subjects() -> None:
    assert desk_name("housekeeping", "tr") == "Kat hizmetleri"
    assert desk_name("housekeeping", "fi") == "Kerroshoito"
    assert desk_name("front-desk", "en", subject=True) == "The front desk"
    assert desk_name("housekeeping", "en", subject=True) == "Housekeeping"
    assert theme_name("comfort", "fi") == "Mukavuus"
    assert desk_name("spa-desk", "en") == "Spa desk"
