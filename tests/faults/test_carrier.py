"""Twilio refusing, slow, hung, asking for patience, failing, answering after we gave up."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable

import pytest

from tests.faults.boards import LiveBoard
from tests.faults.hotels import Hotel, count, wait_for
from tests.faults.load import Texting
from tests.faults.proof import prove
from tests.faults.record import Line
from tests.outbox.carrier import (
    Handler,
    Sent,
    accept,
    fail_after_taking,
    hang_up_after_taking,
    refuse,
    resource,
)

pytestmark = pytest.mark.faults

HARM_SECONDS = 20.0
PARKED = "SELECT count(*) FROM requests_app_outgoing WHERE state = 'parked'"


def slow(handler: Handler, message: Sent) -> None:
    """As late as it may be: our patience ends at 14 s."""
    time.sleep(13.0)
    accept(handler, message)


def answers_when_we_have_gone(handler: Handler, message: Sent) -> None:
    time.sleep(15.0)
    handler.answer(201, resource(handler.take(message)))


def hung(handler: Handler, message: Sent) -> None:
    """Takes it, and is never heard of again."""
    handler.take(message)
    handler.carrier.released.wait(30)
    handler.close_connection = True


def gone(handler: Handler, message: Sent) -> None:
    handler.close_connection = True
    handler.connection.close()


@pytest.mark.parametrize(
    ("order", "fault", "behave"),
    [
        (30, "Twilio hangs up before it takes a text", gone),
        (31, "Twilio hangs up after it took a text", hang_up_after_taking),
        (32, "Twilio answers 429 (20429)", refuse(429, 20429)),
        (33, "Twilio answers 503", refuse(503, 20503)),
        (34, "Twilio takes a text and answers 503", fail_after_taking),
        (35, "Twilio answers after 13 s", slow),
        (36, "Twilio takes a text and hangs", hung),
        (37, "Twilio answers after we gave up (15 s)", answers_when_we_have_gone),
    ],
)
def test_every_reply_is_sent_once_in_the_end(
    make_hotel_on: Callable[..., Hotel],
    note: Callable[[Line], None],
    order: int,
    fault: str,
    behave: Callable[[Handler, Sent], None],
) -> None:
    hotel = make_hotel_on()
    harmed: Counter[str] = Counter()

    def harm(handler: Handler, message: Sent) -> None:
        harmed["texts"] += 1
        behave(handler, message)

    with LiveBoard(hotel) as board, Texting(hotel, threads=2) as texting:
        wait_for(lambda: len(texting.acknowledged) > 5, within=30, what="texts")
        hotel.carrier.usually = harm
        time.sleep(HARM_SECONDS)
        hotel.carrier.usually = None
        hotel.carrier.next = deque()
        texting.over.set()
        assert harmed["texts"]
        assert set(texting.statuses) == {200}
        slowest = max(texting.waits)
        proof = prove(hotel, texting, board)
    assert count(hotel, PARKED) == 0
    note(
        Line(
            order, fault, hotel.name, harmed["texts"],
            f"texts taken all the while, the slowest in {slowest:.1f} s; {proof}",
        )
    )  # fmt: skip


def test_what_is_refused_for_good_is_parked_and_told(
    make_hotel_on: Callable[..., Hotel], note: Callable[[Line], None]
) -> None:
    hotel = make_hotel_on()
    hotel.carrier.usually = refuse(400, 21211)  # no such number
    with LiveBoard(hotel) as board, Texting(hotel, threads=2) as texting:
        wait_for(lambda: len(texting.acknowledged) > 10, within=30, what="texts")
        texting.over.set()
    texts = len(texting.acknowledged)
    with LiveBoard(hotel) as board:
        wait_for(lambda: count(hotel, PARKED) == texts, within=60, what="all replies parked")
        wait_for(board.is_right, within=12, what="the board is right")
    assert hotel.carrier.sent == []
    note(
        Line(
            38, "Twilio refuses (21211)", hotel.name, texts,
            f"{texts} texts acknowledged and on the board, their replies parked, none sent",
        )
    )  # fmt: skip
