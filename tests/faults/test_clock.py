"""The machine's clock jumps an hour, to and fro, under load: what is told and sent stays right."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import prepare
from tests.faults.boards import LiveBoard, wait_until_right
from tests.faults.hotels import Hotel, count, wait_for
from tests.faults.load import Texting
from tests.faults.proof import BOARD_WITHIN_SECONDS, prove
from tests.faults.record import Line
from tests.outbox.carrier import hang_up_after_taking

pytestmark = pytest.mark.faults

PARKED = "SELECT count(*) FROM requests_app_outgoing WHERE state = 'parked'"


@pytest.mark.parametrize(
    ("order", "fault", "offset"),
    [
        (50, "the machine's clock jumps an hour ahead", "+3600"),
        (51, "the machine's clock jumps an hour back", "-3600"),
    ],
)
def test_a_clock_that_jumps(
    make_hotel_on: Callable[..., Hotel],
    note: Callable[[Line], None],
    tmp_path: Path,
    order: int,
    fault: str,
    offset: str,
) -> None:
    """Only wall time: monotonic clocks do not jump on a real machine either."""
    library = prepare.faketime()
    assert library, "no libfaketime: `python -m tests.prepare faketime`"
    clock = tmp_path / "clock"
    set_clock(clock, "+0")
    hotel = make_hotel_on(
        LD_PRELOAD=str(library),
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        DONT_FAKE_MONOTONIC="1",
    )
    with LiveBoard(hotel) as board, Texting(hotel, threads=2) as texting:
        wait_for(lambda: len(texting.acknowledged) > 5, within=30, what="texts")
        # Some do not know whether they were sent, when the clock jumps.
        hotel.carrier.next.extend([hang_up_after_taking] * 4)
        wait_for(lambda: not hotel.carrier.next, within=30, what="uncertain ones")
        set_clock(clock, offset)
        had = len(texting.acknowledged)
        wait_for(lambda: len(texting.acknowledged) > had + 20, within=30, what="texts")
        texting.over.set()
        assert set(texting.statuses) == {200}
        ahead = prove_there(hotel, texting, board)
        set_clock(clock, "+0")
        with Texting(hotel, threads=2) as more:
            wait_for(lambda: len(more.acknowledged) > 10, within=30, what="texts")
            more.over.set()
            texting.acknowledged |= more.acknowledged
            proof = prove(hotel, texting, board)
    assert count(hotel, PARKED) == 0
    note(Line(order, f"{fault}, and returns", hotel.name, 2, f"{ahead}; {proof}"))


def prove_there(hotel: Hotel, texting: Texting, board: LiveBoard) -> str:
    begun = time.monotonic()
    prove(hotel, texting)
    wait_until_right(board, within=BOARD_WITHIN_SECONDS)
    return f"all answered and the board right {time.monotonic() - begun:.0f} s after the jump"


def set_clock(file: Path, offset: str) -> None:
    new = file.with_suffix(".new")
    new.write_text(offset)
    os.replace(new, file)
