"""What must be true after every fault, whatever it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.faults.boards import LiveBoard, wait_until_right
from tests.faults.hotels import Hotel, wait_until_quiet
from tests.faults.load import Texting

BOARD_WITHIN_SECONDS = 12.0
"""A heartbeat and a little: the longest that a lost broadcast may take to be found."""


@dataclass(frozen=True)
class Proof:
    """Figures for docs/faults.md."""

    acknowledged: int
    stored: int
    sent: int
    looked_up: int
    quiet_seconds: float
    boards_seconds: float

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} acknowledged, all kept, one card and one reply each"
            f" ({self.sent} replies); all answered {self.quiet_seconds:.0f} s later"
        )


def prove(hotel: Hotel, texting: Texting, *boards: LiveBoard) -> Proof:
    """Nothing acknowledged is lost, nothing is doubled, all is answered once, boards are right."""
    quiet = wait_until_quiet(hotel)
    texts = hotel.rows(
        "SELECT m.external_id, c.address FROM requests_app_message m"
        " JOIN requests_app_contact c ON c.id = m.contact_id WHERE m.direction = 'in'"
    )
    stored = Counter(sid for sid, _address in texts)
    assert set(stored.values()) <= {1}
    lost = texting.acknowledged.keys() - stored.keys()
    assert not lost, f"{len(lost)} acknowledged texts are lost"
    senders = Counter(address for _sid, address in texts)
    cards = Counter(
        address
        for (address,) in hotel.rows(
            "SELECT c.address FROM requests_app_request r"
            " JOIN requests_app_contact c ON c.id = r.contact_id WHERE r.closed_at IS NULL"
        )
        if address in senders
    )
    assert cards == senders, difference("cards", cards, senders)
    told = Counter(message["To"] for message in hotel.carrier.sent)
    told = Counter({to: times for to, times in told.items() if to in senders})
    assert told == senders, difference("replies", told, senders)
    right = max((wait_until_right(b, within=BOARD_WITHIN_SECONDS) for b in boards), default=0.0)
    for board in boards:
        assert all_on(board, hotel)
    looked_up = len(hotel.carrier.asked)
    return Proof(len(texting.acknowledged), len(stored), told.total(), looked_up, quiet, right)


def all_on(board: LiveBoard, hotel: Hotel) -> bool:
    """Whether every open request of the database is a card of this board (that shows all)."""
    ids = hotel.rows("SELECT id FROM requests_app_request WHERE closed_at IS NULL")
    return {f"request-{pk}" for (pk,) in ids} <= board.cards.keys()


def difference(what: str, have: Counter[str], want: Counter[str]) -> str:
    return f"{what}: too few {dict(want - have)}, too many {dict(have - want)}"
