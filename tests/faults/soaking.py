"""A hotel's day in minutes: texts come, staff take and finish them, boards look on."""

from __future__ import annotations

import re
import time
import urllib.error
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from tests.faults.boards import LiveBoard
from tests.faults.hotels import Hotel, browser_of

OPEN = 60
"""Cards that staff leave open, so that the board stays that of a hotel."""


def memory_mb(pids: Sequence[int]) -> float:
    """Proportional set size of all of them."""
    total = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
        assert found
        total += int(found[1])
    return total / 1024


def finish_work(hotel: Hotel, board: LiveBoard, over: Event) -> int:
    """Somebody who cancels the oldest cards, a tap each. How many."""
    browser = browser_of(hotel)
    browser.get("/boards/all/")
    finished = 0
    while not over.wait(0.05):
        cards = sorted(board.cards.items(), key=lambda card: int(card[0].removeprefix("request-")))
        for name, card in cards[: max(0, len(cards) - OPEN)]:
            version = re.search(r'data-version="(\d+)"', card)
            assert version
            pk = name.removeprefix("request-")
            try:
                browser.post(f"/requests/{pk}/cancel/", version=version[1], reason="Asked twice")
                finished += 1
            except urllib.error.HTTPError as refusal:
                if refusal.code != 409:  # the clock was quicker
                    raise
            if over.is_set():
                break
    return finished


def soak(hotel: Hotel, board: LiveBoard, seconds: float) -> tuple[int, list[float]]:
    """Finished requests, and memory of all processes every few seconds."""
    figures: list[float] = []
    over = Event()
    with ThreadPoolExecutor(1) as thread:
        finishing = thread.submit(finish_work, hotel, board, over)
        until = time.monotonic() + seconds
        while time.monotonic() < until and not finishing.done():
            time.sleep(min(5.0, seconds / 20))
            figures.append(memory_mb(hotel.pids()))
        over.set()
        return finishing.result(timeout=60), figures
