"""One moment for all readings: a Tuesday afternoon in Helsinki."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from requests_app.reading import Reading, Setting, read

HELSINKI = ZoneInfo("Europe/Helsinki")
TUESDAY_AT_THREE = datetime(2026, 3, 10, 15, 0, tzinfo=HELSINKI)


@pytest.fixture
def setting() -> Setting:
    return Setting(now=TUESDAY_AT_THREE)


@pytest.fixture
def wished(setting: Setting) -> Callable[[str], list[tuple[str, int | None]]]:
    """Services and quantities of a text, in its order."""
    return lambda text: [(wish.service, wish.quantity) for wish in read(text, setting).requests]


@pytest.fixture
def reading(setting: Setting) -> Callable[[str], Reading]:
    return lambda text: read(text, setting)
