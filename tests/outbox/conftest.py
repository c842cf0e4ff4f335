from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from requests_app.models import Contact, Property
from tests.conftest import EMILY
from tests.outbox.carrier import Carrier, running_carrier


@pytest.fixture
def carrier(settings: Any) -> Iterator[Carrier]:
    """Twilio as far as our client can tell."""
    with running_carrier() as running:
        settings.TWILIO_ACCOUNT_SID = "AC00000000000000000000000000000000"
        settings.TWILIO_AUTH_TOKEN = "12345"
        settings.TWILIO_API_URL = running.url
        settings.TWILIO_TIMEOUT_SECONDS = 0.3
        settings.PUBLIC_URL = "https://hotel.example"
        yield running


@pytest.fixture
def emily(hotel: Property) -> Contact:
    return Contact.objects.create(property=hotel, address=EMILY, language="en")
