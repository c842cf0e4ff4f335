"""PostgreSQL restarted, connections cut, none left: said, tried again, nothing half done."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.faults.boards import LiveBoard
from tests.faults.hotels import OnMany, count, wait_for
from tests.faults.load import Texting
from tests.faults.proof import prove
from tests.faults.record import Line
from tests.services.postgres import PostgresServer
from tests.services.test_health import get

pytestmark = pytest.mark.faults

PEOPLE = 16
HALF_DONE = (
    "SELECT count(*) FROM requests_app_request r WHERE NOT EXISTS"
    " (SELECT 1 FROM requests_app_requestevent e WHERE e.request_id = r.id)"
)


@pytest.mark.parametrize(
    ("order", "how", "signum"),
    [(20, "restarted", signal.SIGINT), (21, "crashed and restarted", signal.SIGQUIT)],
)
def test_a_restart_is_said_and_nothing_is_lost(
    on_many: Callable[..., OnMany],
    breakable_postgres: PostgresServer,
    note: Callable[[Line], None],
    order: int,
    how: str,
    signum: int,
) -> None:
    hotel = on_many()
    with LiveBoard(hotel) as board, Texting(hotel) as texting:
        wait_for(lambda: len(texting.acknowledged) > 20, within=30, what="texts")
        breakable_postgres.stop(signum)
        try:
            status, retry, page = get(hotel.front, "/boards/all/", Cookie="sessionid=unknown")
            time.sleep(3)
        finally:
            breakable_postgres.start()
        assert (status, retry, "Nothing was changed" in page) == (503, "5", True)
        had = len(texting.acknowledged)
        again = wait_for(lambda: len(texting.acknowledged) > had + 4, within=30, what="texts")
        texting.over.set()
        assert set(texting.statuses) <= {200, 503, 0}
        proof = prove(hotel, texting, board)
        assert count(hotel, HALF_DONE) == 0
    note(
        Line(
            order, f"PostgreSQL {how}", hotel.name, 1,
            f"people 503 with Retry-After; {texting.statuses[503]} posts answered 503"
            " and tried again;"
            f" texts taken {again:.1f} s after its return; {proof}",
        )
    )  # fmt: skip


def test_connections_cut_in_the_middle_leave_nothing_half_done(
    on_many: Callable[..., OnMany],
    breakable_postgres: PostgresServer,
    note: Callable[[Line], None],
) -> None:
    hotel = on_many()
    database = hotel.several.database_url.rpartition("/")[2]
    cut = 0
    with (
        LiveBoard(hotel) as board,
        Texting(hotel) as texting,
        psycopg.connect(breakable_postgres.url, autocommit=True) as other,
    ):
        wait_for(lambda: len(texting.acknowledged) > 5, within=30, what="texts")
        until = time.monotonic() + 60
        while cut < 50 and time.monotonic() < until:
            # In a transaction that has written: its number is given at the first row.
            gone = other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND backend_xid IS NOT NULL LIMIT 1",
                [database],
            ).fetchall()
            cut += len(gone)
            time.sleep(0.1 if gone else 0.001)
        had = len(texting.acknowledged)
        wait_for(lambda: len(texting.acknowledged) > had + 4, within=30, what="texts")
        texting.over.set()
        proof = prove(hotel, texting, board)
        assert count(hotel, HALF_DONE) == 0
    assert cut >= 10
    note(
        Line(
            22, "a connection cut in its transaction", hotel.name, cut,
            f"nothing half done; {texting.statuses[503]} posts answered 503; {proof}",
        )
    )  # fmt: skip


def test_without_a_free_connection_people_and_twilio_are_told_to_come_again(
    on_many: Callable[..., OnMany], note: Callable[[Line], None]
) -> None:
    hotel = on_many(DATABASE_CONNECTIONS="2")
    with LiveBoard(hotel) as board, Texting(hotel, threads=8) as texting:
        wait_for(lambda: len(texting.acknowledged) > 5, within=30, what="texts")
        with (
            psycopg.connect(hotel.several.database_url) as other,
            ThreadPoolExecutor(PEOPLE) as threads,
        ):
            # Whoever opens a page keeps a connection and waits.
            other.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
            asked = [
                threads.submit(get, hotel.front, "/boards/all/", Cookie=f"sessionid={'a' * 32}")
                for _ in range(PEOPLE)
            ]
            wait_for(lambda: texting.statuses[503] > 4, within=30, what="503 to Twilio")
            other.rollback()
            told = Counter(answer.result(timeout=60)[:2] for answer in asked)
        assert told[503, "5"] > 0
        assert set(told) <= {(503, "5"), (200, "")}
        had = len(texting.acknowledged)
        wait_for(lambda: len(texting.acknowledged) > had + 4, within=30, what="texts")
        texting.over.set()
        proof = prove(hotel, texting, board)
        assert count(hotel, HALF_DONE) == 0
    note(
        Line(
            23, "no connection left in the pool", hotel.name, 1,
            f"{told[503, '5']} of {PEOPLE} people told 503 with Retry-After,"
            f" {texting.statuses[503]} posts of Twilio answered 503 and tried again; {proof}",
        )
    )  # fmt: skip
