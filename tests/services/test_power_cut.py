"""kill -9 under load: whatever was acknowledged is kept, on the board, and answered once."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.outbox.carrier import running_carrier
from tests.serving import Server
from tests.webhooks.conftest import text_form

pytestmark = pytest.mark.services

GUESTS = [f"+1202556{n:04d}" for n in range(300)]
"""One number each: none of them is a flood."""


def text_until_killed(server: Server, acknowledged: list[str], refused: Event) -> None:
    def send(sender: str) -> None:
        if refused.is_set():
            return
        form = text_form(sender, f"2 towels please, says {sender}")
        try:
            status, _body = server.post_signed("/twilio/messages/", form)
        except OSError:
            refused.set()  # the power is gone: Twilio would try again, we do not
            return
        assert status == 200
        acknowledged.append(form["MessageSid"])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, GUESTS))


@pytest.mark.parametrize("seed", [1, 2])
def test_what_was_acknowledged_survives_and_is_answered_once(
    serve: Callable[..., Server], seed: int
) -> None:
    with running_carrier() as carrier:
        server = serve(
            TWILIO_ACCOUNT_SID="AC00000000000000000000000000000000",
            TWILIO_AUTH_TOKEN="12345",
            TWILIO_API_URL=carrier.url,
        )
        acknowledged: list[str] = []
        dead = Event()
        with ThreadPoolExecutor(1) as thread:
            texting = thread.submit(text_until_killed, server, acknowledged, dead)
            some = random.Random(seed).randrange(20, 120)
            while len(acknowledged) < some and not texting.done():
                time.sleep(0.002)
            server.kill()
            texting.result(timeout=60)
        assert len(acknowledged) >= some
        server.start()
        wait_until_quiet(server)
        stored = {sid for (sid,) in server.rows("SELECT external_id FROM requests_app_message")}
        assert set(acknowledged) <= stored
        # Every word is on the board: an unknown number's card, one for each.
        texts = server.rows(
            "SELECT m.contact_id FROM requests_app_message m WHERE m.direction = 'in'"
        )
        cards = server.rows("SELECT contact_id FROM requests_app_request WHERE closed_at IS NULL")
        assert Counter(cards) == Counter(texts)
        answered = Counter(message["To"] for message in carrier.sent)
        telephones = server.rows(
            "SELECT c.address FROM requests_app_message m"
            " JOIN requests_app_contact c ON c.id = m.contact_id WHERE m.direction = 'in'"
        )
        assert answered == Counter(sender for (sender,) in telephones)


def wait_until_quiet(server: Server) -> None:
    """Until the clock has read everything and the outbox has sent everything."""
    deadline = time.monotonic() + 100  # a lease of the dead process lasts a minute
    while time.monotonic() < deadline:
        ((unread,),) = server.rows(
            "SELECT count(*) FROM requests_app_message"
            " WHERE direction = 'in' AND understood_at IS NULL AND NOT held"
        )
        ((unsent,),) = server.rows(
            "SELECT count(*) FROM requests_app_outgoing WHERE state != 'sent'"
        )
        if unread == unsent == 0:
            return
        time.sleep(0.1)
    raise AssertionError(f"{unread} unread, {unsent} unsent\n{server.log[-3000:]}")
