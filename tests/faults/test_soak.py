"""Minutes of load: memory stays where it was."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable

import pytest

from tests.faults.boards import LiveBoard, wait_until_right
from tests.faults.hotels import UNREAD, UNSENT, Hotel, count, wait_for
from tests.faults.load import Texting
from tests.faults.record import Line
from tests.faults.soaking import soak

MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
GROWTH_MB = 12.0
"""Caches of cards and of what is known about a hotel have bounds, and fill up at first."""


@pytest.mark.faults
def test_memory_is_flat(make_hotel_on: Callable[..., Hotel], note: Callable[[Line], None]) -> None:
    hotel = make_hotel_on()
    with LiveBoard(hotel) as board, Texting(hotel, threads=2) as texting:
        finished, figures = soak(hotel, board, MINUTES * 60)
        texting.over.set()
        wait_for(lambda: count(hotel, UNREAD) + count(hotel, UNSENT) == 0, within=90, what="quiet")
        right = wait_until_right(board, within=12)
    stored = {sid for (sid,) in hotel.rows("SELECT external_id FROM requests_app_message")}
    assert texting.acknowledged.keys() <= stored
    assert set(texting.statuses) == {200}
    told = [message["To"] for message in hotel.carrier.sent if "To" in message]
    assert texting.acknowledged
    assert set(texting.acknowledged.values()) <= set(told)
    third = len(figures) // 3
    early = statistics.median(figures[third : 2 * third])
    late = statistics.median(figures[2 * third :])
    assert late - early < GROWTH_MB * max(1, len(hotel.pids()) / 2), figures
    waits = sorted(texting.waits)
    note(
        Line(
            70, f"soak of {MINUTES:g} minutes", hotel.name, 1,
            f"{len(texting.acknowledged)} texts, {finished} requests finished by staff;"
            f" slowest text {waits[-1]:.1f} s,"
            f" p99 {waits[int(len(waits) * 0.99)] * 1000:.0f} ms; memory"
            f" {early:.0f} MB in the second third, {late:.0f} MB in the last;"
            f" board right {right:.1f} s after",
        )
    )  # fmt: skip
