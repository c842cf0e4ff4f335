"""A board that stays open through everything, as ``live.js`` and ``board-cards.js`` keep it."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

from websockets.exceptions import WebSocketException

from tests.boards.browsing import Browser
from tests.faults.hotels import Hotel, browser_of
from tests.serving import Server

CARD = re.compile(r'<article id="(request-\d+)".*?</article>', re.S)
GONE = re.compile(r'data-gone="(request-\d+)"')
FRAME = re.compile(
    r'<live-frame data-kind="(\w+)"(?: data-after="(-?\d+)")? data-sequence="(-?\d+)"'
)
AGAIN_SECONDS = 0.4
QUIET_SECONDS = 25.0


def cards_of(html: str) -> dict[str, str]:
    """By id; a card may stand in a page once only."""
    found = [(card[1], card[0]) for card in CARD.finditer(html)]
    assert len(found) == len(dict(found)), "a card stands there twice"
    return dict(found)


class LiveBoard:
    """``cards`` is what somebody in front of it sees now."""

    def __init__(self, hotel: Hotel, desk: str = "all", *, on: Server | None = None) -> None:
        self.hotel, self.desk = hotel, desk
        self.browser: Browser = Browser(on).back("supervisor") if on else browser_of(hotel)
        self.cards: dict[str, str] = {}
        self.sequence = -1
        self.came_again = 0
        self.failed: BaseException | None = None
        self.over = Event()
        self.thread = Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        end = time.monotonic() + 30
        while self.sequence < 0 and self.failed is None and time.monotonic() < end:
            time.sleep(0.02)
        assert self.sequence >= 0, self.failed
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.thread.join(30)

    def _keep(self) -> None:
        try:
            while not self.over.is_set():
                with suppress(OSError, WebSocketException, TimeoutError):
                    self._look()
                self.came_again += 1
                self.over.wait(AGAIN_SECONDS)
        except BaseException as error:
            self.failed = error

    def _look(self) -> None:
        with self.browser.socket(self.desk, open_timeout=5, close_timeout=0.2) as socket:
            heard = time.monotonic()
            while not self.over.is_set():
                try:
                    text = str(socket.recv(timeout=0.5))
                except TimeoutError:
                    if time.monotonic() - heard > QUIET_SECONDS:
                        return
                    continue
                heard = time.monotonic()
                if not self._hear(text):
                    return

    def _hear(self, text: str) -> bool:
        """False: something passed us by, and a new socket begins with the whole."""
        found = FRAME.match(text)
        assert found, text[:200]
        kind, after, head = found[1], int(found[2] or -1), int(found[3])
        if kind == "heartbeat":
            return head <= self.sequence
        if kind == "change":
            if after > self.sequence:
                return False
            for gone in GONE.findall(text):
                self.cards.pop(gone, None)
            self.cards |= cards_of(text)
        else:
            self.cards = cards_of(text)
        self.sequence = head if kind == "snapshot" else max(self.sequence, head)
        return True

    def is_right(self) -> bool:
        """Whether its cards, to the letter, are those of a page that is fetched now."""
        assert self.failed is None, self.failed
        return self.cards == cards_of(self.browser.get(f"/boards/{self.desk}/"))


def wait_until_right(board: LiveBoard, *, within: float) -> float:
    """The seconds until it equals a fresh page."""
    begun = time.monotonic()
    while not board.is_right():
        if time.monotonic() - begun > within:
            page = cards_of(board.browser.get(f"/boards/{board.desk}/"))
            missing, more = page.keys() - board.cards.keys(), board.cards.keys() - page.keys()
            other = [pk for pk in page.keys() & board.cards.keys() if page[pk] != board.cards[pk]]
            told = f"{board.desk}: {len(missing)} missing, {len(more)} too many, {len(other)} other"
            if other:
                told += f"\n{board.cards[other[0]]}\n{page[other[0]]}"
            raise AssertionError(f"not right within {within:.0f} s: {told}")
        time.sleep(0.1)
    return time.monotonic() - begun
