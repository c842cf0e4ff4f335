"""A guest with a telephone: a browser on a room's page, and what it shows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from requests_app.models import Property, Request, Room


class Phone:
    """One browser on one room's page. ``send`` posts as a form of the page does."""

    def __init__(self, room: Room, language: str = "en") -> None:
        self.room = room
        self.client = Client(headers={"accept-language": language})
        self.address = f"/r/{room.token}/"

    def open(self, path: str = "", **query: str) -> HttpResponse:
        return self.client.get(self.address + path, query)

    def shown(self) -> str:
        return self.open().content.decode()

    def send(self, path: str = "", submission: UUID | None = None, **form: object) -> HttpResponse:
        return self.client.post(
            self.address + path, {"submission": str(submission or uuid4())} | form
        )

    def does(self, request: Request, move: str, **form: object) -> HttpResponse:
        return self.send(f"requests/{request.pk}/{move}/", **form)


@pytest.fixture
def phone(room: Callable[[str], Room]) -> Callable[..., Phone]:
    return lambda number="305", language="en": Phone(room(number), language)


@pytest.fixture(autouse=True)
def pictures_in(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]


def asked(hotel: Property) -> list[Request]:
    """Every request of the hotel, in the order they were asked."""
    return list(Request.objects.filter(property=hotel).order_by("pk"))


def notices(response: HttpResponse) -> list[str]:
    """The sentences above the page."""
    found = re.findall(r'<p class="notice[^"]*">([^<]*)</p>', response.content.decode())
    return [unescape(words) for words in found]


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (64, 48), name: str = "photo", **options: object
) -> io.BytesIO:
    """An encoded picture as a file of a form."""
    file = io.BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(file, kind, **options)
    file.seek(0)
    file.name = name
    return file
