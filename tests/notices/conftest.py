from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from requests_app.actions.notices import notify
from requests_app.models import Notice, Property
from staff.models import Person
from tests.outbox.conftest import carrier

__all__ = ["carrier"]

MANAGER = "+358401234567"


@pytest.fixture
def tell(hotel: Property, person: Callable[[str], Person], now: datetime) -> Callable[..., Notice]:
    """The manager is told something: ``tell(channel="sms", address="+1…", key="…")``."""

    def write(**about: Any) -> Notice:
        usual = {
            "person": person("manager"),
            "channel": "email",
            "address": "manager@demo.example",
            "text": "412: 2 bath towels are late.",
            "key": "late-1",
            "at": now,
        }
        return notify(hotel, **(usual | about))

    return write
