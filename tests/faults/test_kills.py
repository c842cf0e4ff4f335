"""kill -9 of any process at any moment, under load."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.boards import LiveBoard
from tests.faults.hotels import Hotel, wait_for
from tests.faults.load import Texting
from tests.faults.proof import Proof, prove
from tests.faults.record import Line
from tests.outbox.carrier import Handler, Sent, accept, resource

SLOW_SECONDS = 0.05
KILLS = 10
SEEDS = range(5)


def takes_at_once(handler: Handler, message: Sent) -> None:
    """Takes it and answers a little later: who is killed meanwhile does not know."""
    taken = handler.take(message)
    time.sleep(SLOW_SECONDS)
    handler.answer(201, resource(taken))


def takes_at_the_end(handler: Handler, message: Sent) -> None:
    time.sleep(SLOW_SECONDS)
    accept(handler, message)


def kill_under_load(hotel: Hotel, *, seed: int, kills: int) -> tuple[Proof, Counter[str]]:
    chance = random.Random(seed)
    hotel.carrier.usually = (takes_at_once, takes_at_the_end)[seed % 2]
    killed: Counter[str] = Counter()
    with LiveBoard(hotel) as board, Texting(hotel) as texting:
        for _ in range(kills):
            had = len(texting.acknowledged)
            wait_for(lambda had=had: len(texting.acknowledged) > had, within=30, what="texts")
            time.sleep(chance.uniform(0, 1.0))
            process = chance.choice(hotel.processes)
            hotel.kill(process)
            killed[process] += 1
            time.sleep(chance.uniform(0, 0.3))
            hotel.start_again(process)
        wait_for(lambda: len(texting.acknowledged) > had, within=30, what="texts")
        texting.over.set()
        return prove(hotel, texting, board), killed


@pytest.mark.services
def test_a_killed_process_loses_nothing_and_says_nothing_twice(
    on_sqlite: Callable[..., Hotel],
) -> None:
    proof, _killed = kill_under_load(on_sqlite(), seed=11, kills=2)
    assert proof.acknowledged > 5


@pytest.mark.faults
def test_fifty_kills(make_hotel_on: Callable[..., Hotel], note: Callable[[Line], None]) -> None:
    """Ten at a time, so that boards stay those of a hotel."""
    proofs: list[Proof] = []
    killed: Counter[str] = Counter()
    hotel = make_hotel_on()
    name = hotel.name
    for seed in SEEDS:
        if seed:
            hotel = make_hotel_on()
            hotel.carrier.sent.clear()
        proof, which = kill_under_load(hotel, seed=seed, kills=KILLS)
        proofs.append(proof)
        killed += which
        for process in hotel.processes:
            hotel.kill(process)
    texts = sum(p.acknowledged for p in proofs)
    note(
        Line(
            1, "kill -9 at a random moment", name, killed.total(),
            f"{texts} texts acknowledged, all kept, each one card and one reply"
            f" ({', '.join(f'{k} {n} ×' for k, n in sorted(killed.items()))});"
            f" everything answered at most {max(p.quiet_seconds for p in proofs):.0f} s later",
        )
    )  # fmt: skip
