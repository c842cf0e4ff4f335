"""kill -9 while a picture is being fetched and a text waits at the carrier: both are resumed."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import format_datetime

import pytest
from django.utils import timezone

from tests.inbox.conftest import ACCOUNT, jpeg
from tests.outbox import carrier as carriers
from tests.outbox.carrier import running_carrier
from tests.serving import Server
from tests.webhooks.conftest import text_form

pytestmark = pytest.mark.services


def wait_for(true: Callable[[], object], server: Server) -> None:
    deadline = time.monotonic() + 40
    while not true():
        assert time.monotonic() < deadline, server.log[-3_000:]
        time.sleep(0.05)


def test_what_was_begun_is_begun_anew(serve: Callable[..., Server]) -> None:
    with running_carrier() as carrier:
        path = f"{ACCOUNT}/Messages/SM1/Media/ME1"
        carrier.media[path] = (200, {"Content-Type": "image/jpeg"}, jpeg())
        server = serve(
            TWILIO_ACCOUNT_SID="AC00000000000000000000000000000000",
            TWILIO_AUTH_TOKEN="12345",
            TWILIO_API_URL=carrier.url,
        )
        wait_for(
            lambda: server.rows("SELECT 1 FROM requests_app_reconciliation WHERE looked_at > ''"),
            server,
        )
        carrier.gets.append(lambda handler: carriers.hang(handler, {}))
        form = text_form(
            "+12025550127", "look", NumMedia="1", MediaUrl0=f"https://api.twilio.com{path}"
        )
        assert server.post_signed("/twilio/messages/", form)[0] == 200
        wait_for(lambda: not carrier.gets, server)  # it hangs in the midst of it
        server.kill()
        carrier.received.append(
            {
                "Sid": "SMmissed", "From": "+12025550112", "To": "+12025550100",
                "Body": "havlu", "Direction": "inbound",
                "DateSent": format_datetime(timezone.now()),
            }
        )  # fmt: skip
        server.start()
        wait_for(
            lambda: server.rows("SELECT 1 FROM requests_app_incomingpicture WHERE state = 'kept'"),
            server,
        )
        wait_for(
            lambda: server.rows(
                "SELECT 1 FROM requests_app_message WHERE external_id = 'SMmissed'"
            ),
            server,
        )
