"""What tests share: the demo hotel with real rows, its people, and a telephone to text with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from requests_app import fragments, house, ladder
from requests_app.actions import incoming
from requests_app.incoming import IncomingMessage
from requests_app.models import Desk, Message, Property, Room, Service
from staff.demo import make_hotel
from staff.models import Person
from tests import prepare
from tests.services.postgres import postgres
from tests.services.valkey import valkey
from tests.serving import Server, copy_of, furnish

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    call_command("compile_translations")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts servers goes first: it takes longest, and should not be what all wait for."""
    items.sort(key=lambda item: item.get_closest_marker("services") is None)


@pytest.fixture(autouse=True)
def quick_and_clean(settings: Any) -> None:
    """Cheap password hashes, plain static names; nothing remembered from another test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    house.forget()
    fragments.forget()
    ladder.forget()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def hotel(db: None, now: datetime) -> Property:
    """The demo hotel, without history."""
    return make_hotel(now=now)


@pytest.fixture
def person(hotel: Property) -> Callable[[str], Person]:
    """Somebody of the demo hotel by the local part of their address: ``person("housekeeping")``."""
    return lambda local: Person.objects.get(email=f"{local}@demo.example")


@pytest.fixture
def desk(hotel: Property) -> Callable[[str], Desk]:
    return lambda slug: Desk.objects.get(property=hotel, slug=slug)


@pytest.fixture
def service(hotel: Property) -> Callable[[str], Service]:
    return lambda slug: Service.objects.get(property=hotel, slug=slug)


@pytest.fixture
def room(hotel: Property) -> Callable[[str], Room]:
    return lambda number: Room.objects.get(property=hotel, number=number)


@pytest.fixture
def signed_in(person: Callable[[str], Person]) -> Callable[[str], Client]:
    """A browser of somebody who is signed in: ``signed_in("manager").get(…)``."""

    def client_of(local: str) -> Client:
        client = Client()
        client.force_login(person(local))
        return client

    return client_of


@pytest.fixture
def text(hotel: Property) -> Callable[..., Message]:
    """A guest texts: stored, then understood, as the webhook does it. Returns the message."""

    def send(sender: str, body: str, *, at: datetime | None = None) -> Message:
        moment = at or timezone.now()
        message = incoming.receive_text(
            IncomingMessage(
                external_id=f"SM{next(_numbers):032x}",
                sender=sender,
                recipient=hotel.text_number,
                body=body,
                channel="sms",
                received_at=moment,
            )
        )
        assert message is not None
        assert incoming.understand_or_leave(message, now=moment)
        message.refresh_from_db()
        return message

    return send


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as ``make run`` prepares it: static files, tables, the demo hotel. Copy it."""
    return furnish(tmp_path_factory.mktemp("furnished") / "hotel")


@pytest.fixture
def serve(furnished: Path, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts real servers, each on its own copy of the demo hotel: ``serve(TWILIO_AUTH_TOKEN=…)``.

    They are stopped at the end, and must then have ended by themselves and without a traceback.
    """
    servers: list[Server] = []

    def start(*arguments: str, **env: str) -> Server:
        server = Server(
            copy_of(furnished, tmp_path / f"hotel{len(servers)}"), env=env, arguments=arguments
        )
        servers.append(server)
        return server.start()

    yield start
    for server in servers:
        code = server.stop()
        assert code in {0, 130, -9}, server.log  # -9: the test killed it
        assert "Traceback" not in server.log, server.log


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """``manage.py serve`` as it is by default: the demo hotel, the simulator, SQLite."""
    return serve()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """DATABASE_URL of a real PostgreSQL."""
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """REDIS_URL of a real Valkey."""
    with valkey() as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, for one file of tests: Playwright keeps an event loop running as long
    as it lives, beside which Django's database would refuse to work for the tests that follow."""
    from playwright.sync_api import sync_playwright

    found = prepare.browser()
    assert found, "No Chromium: run `make test`, which installs one, or install it yourself."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

EMILY = "+12025550127"  # 207, English
AYSE = "+12025550112"  # 412, Turkish
KARI = "+12025550135"  # 305, Finnish
MORGANS = "+12025550128"  # 208 and 209 share it
STRANGER = "+12025550177"
SOME_MOMENT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
