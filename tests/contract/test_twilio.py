"""What we send to Twilio, against Twilio's own OpenAPI file: prism refuses what it does not allow.

`make contract` installs prism and the file from npm into var/contract; see package.json here.
"""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from requests_app.actions.notices import notify
from requests_app.carriers import Hopeless, listing
from requests_app.carriers.calls import Calls
from requests_app.carriers.texts import Texts
from requests_app.models import Contact, Message, Notice, Property
from tests.conftest import EMILY
from tests.prepare import NODE_MODULES
from tests.serving import free_port

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

PACKAGES = NODE_MODULES / "node_modules"
PRISM = PACKAGES / "@stoplight" / "prism-cli" / "dist" / "index.js"
OPENAPI = PACKAGES / "@twilio-alpha/mcp" / "twilio-oai/spec/json/twilio_api_v2010.json"


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A mock of Twilio's REST interface, made from its own description; yields its address."""
    node = shutil.which("node")
    assert node, "make contract needs Node 20"
    assert PRISM.exists(), "run it by `make contract`, which installs prism"
    port = free_port()
    log = tmp_path_factory.mktemp("prism") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [node, PRISM, "mock", "-h", "127.0.0.1", "-p", str(port), OPENAPI],
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + 90
        while b"listening" not in log.read_bytes():
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def twilio(prism: str, settings: Any) -> Texts:
    settings.TWILIO_API_URL = prism
    settings.TWILIO_ACCOUNT_SID = "AC" + "0" * 32
    settings.TWILIO_AUTH_TOKEN = "12345"
    settings.PUBLIC_URL = "https://hotel.example"
    return Texts()


@pytest.fixture(params=["sms", "whatsapp"])
def message(hotel: Property, request: pytest.FixtureRequest) -> Message:
    contact = Contact.objects.create(property=hotel, address=EMILY, channel=request.param)
    return Message.objects.create(
        property=hotel,
        contact=contact,
        direction="out",
        channel=request.param,
        body="2 bath towels for room 207: Housekeeping, by 18:40. Tässä — مرحبا ☺",
        at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC),
    )


def test_the_file_is_twilios_and_describes_messages() -> None:
    described = OPENAPI.read_text()
    assert "/2010-04-01/Accounts/{AccountSid}/Messages.json" in described


def test_what_we_send_is_what_twilio_describes(twilio: Texts, message: Message) -> None:
    assert twilio.send(message).startswith(("SM", "MM"))


def test_how_we_look_for_what_we_sent_is_what_twilio_describes(
    twilio: Texts, message: Message
) -> None:
    """The mock knows no message of ours, so none is found; a wrong question would be refused."""
    assert twilio.find(message) is None


@pytest.fixture
def call(hotel: Property) -> Notice:
    at = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    return notify(
        hotel, person=None, channel="call", address=EMILY, text="412 on myöhässä", key="k", at=at,
        language="fi",
    )  # fmt: skip


def test_how_we_call_is_what_twilio_describes(twilio: Texts, call: Notice) -> None:
    assert Calls().send(call).startswith("CA")


def test_how_we_look_for_a_call_is_what_twilio_describes(twilio: Texts, call: Notice) -> None:
    Calls().find(call)


def test_a_text_to_staff_is_what_twilio_describes(twilio: Texts, call: Notice) -> None:
    call.channel = "sms"
    assert twilio.send(call).startswith(("SM", "MM"))


def test_how_we_list_what_came_is_what_twilio_describes(twilio: Texts, hotel: Property) -> None:
    since = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    listing.received(hotel.text_number, since=since)
    listing._pictures_of("SM" + "0" * 32)


def test_the_mock_refuses_what_twilio_does_not_describe(prism: str) -> None:
    """Or the tests above would prove nothing."""
    request = urllib.request.Request(
        f"{prism}/2010-04-01/Accounts/AC{'0' * 32}/Messages.json",
        data=b"Body=no+recipient",
        headers={"Authorization": "Basic eDp5"},
        method="POST",
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=20)
    assert refusal.value.code == 422


def test_a_wrong_account_is_refused_and_is_hopeless(
    twilio: Texts, message: Message, settings: Any
) -> None:
    settings.TWILIO_ACCOUNT_SID = "not an account"
    with pytest.raises(Hopeless):
        twilio.send(message)
