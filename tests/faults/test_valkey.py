"""Valkey restarted, paused, emptied: texts are taken all the same, and boards are soon right."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from tests.faults.boards import LiveBoard, wait_until_right
from tests.faults.hotels import OnMany, wait_for
from tests.faults.load import Texting
from tests.faults.proof import prove
from tests.faults.record import Line
from tests.services.valkey import ValkeyServer
from tests.webhooks.conftest import text_form

RIGHT_WITHIN_SECONDS = 5.0
PAUSE_SECONDS = 30.0


def restart(valkey: ValkeyServer) -> None:
    valkey.stop()
    time.sleep(1)
    valkey.start()


def pause(valkey: ValkeyServer) -> None:
    valkey.tell(signal.SIGSTOP)
    time.sleep(PAUSE_SECONDS)
    valkey.tell(signal.SIGCONT)


def flush(valkey: ValkeyServer) -> None:
    valkey.flush()


@pytest.mark.services
def test_boards_of_other_processes_are_right_in_time_while_there_is_no_valkey(
    on_many: Callable[..., OnMany], breakable_valkey: ValkeyServer
) -> None:
    hotel = on_many(apart=True)
    here, there = hotel.webs.values()
    with LiveBoard(hotel, on=there) as board:
        breakable_valkey.stop()
        try:
            for n in range(3):  # each right after the last was found: a full turn has to pass
                form = text_form(f"+1202555{7100 + n}", "2 towels please")
                assert here.post_signed("/twilio/messages/", form)[0] == 200
                wait_until_right(board, within=RIGHT_WITHIN_SECONDS)
        finally:
            breakable_valkey.start()


@pytest.mark.faults
@pytest.mark.parametrize(
    ("order", "fault", "harm"),
    [
        (10, "Valkey restarted", restart),
        (11, "Valkey paused for 30 s", pause),
        (12, "Valkey emptied", flush),
    ],
)
def test_boards_are_right_again_within_five_seconds(
    on_many: Callable[..., OnMany],
    breakable_valkey: ValkeyServer,
    note: Callable[[Line], None],
    order: int,
    fault: str,
    harm: Callable[[ValkeyServer], None],
) -> None:
    hotel = on_many()
    with (
        LiveBoard(hotel) as board,
        LiveBoard(hotel) as other,
        Texting(hotel, threads=2) as texting,
    ):
        wait_for(lambda: len(texting.acknowledged) > 5, within=30, what="texts")
        had = len(texting.acknowledged)
        harm(breakable_valkey)
        meanwhile = len(texting.acknowledged) - had
        texting.over.set()  # from here on nothing changes that would bring boards up to date
        right = max(wait_until_right(b, within=RIGHT_WITHIN_SECONDS) for b in (board, other))
        assert set(texting.statuses) == {200}
        slowest = max(texting.waits)
        prove(hotel, texting, board, other)
        # And they are told again, not only compared at the next heartbeat.
        with Texting(hotel, threads=1) as more:
            wait_for(lambda: len(more.acknowledged) > 5, within=30, what="texts")
            more.over.set()
            told = max(wait_until_right(b, within=RIGHT_WITHIN_SECONDS) for b in (board, other))
    note(
        Line(
            order, fault, hotel.name, 1,
            f"{meanwhile} texts acknowledged meanwhile, none refused, the slowest in"
            f" {slowest:.1f} s; boards right {right:.1f} s after it, and {told:.1f} s after"
            " what came later",
        )
    )  # fmt: skip
