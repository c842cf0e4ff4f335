from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

import pytest
from django.utils import timezone
from PIL import Image

from tests.conftest import EMILY
from tests.outbox.carrier import Carrier, Sent
from tests.outbox.conftest import carrier

__all__ = ["carrier"]

ACCOUNT = "/2010-04-01/Accounts/AC00000000000000000000000000000000"
_sids = itertools.count(1)


@pytest.fixture
def guest_texts(carrier: Carrier) -> Callable[..., Sent]:
    """Twilio has a text for the hotel, and has not told us."""

    def write(body: str, *, sender: str = EMILY, at: datetime | None = None, **more: str) -> Sent:
        text = {
            "Sid": f"SM{next(_sids):032x}",
            "From": sender,
            "To": "+12025550100",
            "Body": body,
            "Direction": "inbound",
            "DateSent": format_datetime(at or timezone.now()),
            **more,
        }
        carrier.received.append(text)
        return text

    return write


def jpeg(width: int = 64, height: int = 48) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG", exif=b"Exif\x00\x00camera")
    return out.getvalue()
