"""docs/scale.md and the tables of docs/measurements.md are what their figures make of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.bench import records, scale
from tests.bench.reckoning import DATABASE_CORES, FILLED, Figures, Needs, limits

MACHINE = Figures(
    alone_per_second=200,
    web_per_second=100,
    two_webs_per_second=150,
    web_ms=5,
    worker_ms=1,
    database_ms=2,
    database_kb=4,
    board_ms=0.1,
    hearing_ms=0.05,
    sent_per_second=140,
    due_per_second=800,
    storm_seconds=2,
    storm_boards=500,
    process_mb=64,
    board_kb=32,
)


def reached(figures: Figures, what: str) -> float:
    (found,) = (limit for limit in limits(figures) if what in limit.what)
    return found.reached_at


def test_the_page_is_what_the_figures_make_of_it():
    assert scale.DOCUMENT.read_text() == scale.document(records.measured())


def test_the_table_of_many_processes_is_what_the_figures_make_of_it():
    whole = records.DOCUMENT.read_text()
    assert records.with_table(whole, "many", records.MANY, records.measured()) == whole


def test_no_path_stands_in_two_tables():
    assert not set(records.BENCH) & set(records.MANY)


def test_one_web_process_is_enough_up_to_its_limit_and_not_beyond():
    limit = int(reached(MACHINE, "one `web` process"))
    assert Needs(limit, MACHINE).webs == 1
    assert Needs(limit + 1, MACHINE).webs == 2


def test_one_database_is_enough_up_to_its_limit_and_not_beyond():
    limit = int(reached(MACHINE, "one PostgreSQL of"))
    assert Needs(limit, MACHINE).database_cores == DATABASE_CORES
    assert Needs(limit + 1, MACHINE).database_cores == DATABASE_CORES + 1


def test_what_every_process_hears_of_leaves_less_of_it_and_at_last_nothing():
    deaf, limit = replace(MACHINE, hearing_ms=0), int(reached(MACHINE, "hears of every change"))
    assert Needs(limit // 2, MACHINE).hearing == pytest.approx(FILLED / 2, rel=0.01)
    assert Needs(limit // 2, MACHINE).webs == pytest.approx(
        2 * Needs(limit // 2, deaf).webs, rel=0.01
    )
    assert math.isinf(Needs(limit + 1, MACHINE).webs)


def test_limits_are_told_in_the_order_in_which_they_come():
    ways = [limit.reached_at for limit in limits(MACHINE)]
    assert ways == sorted(ways)
    one_process = reached(MACHINE, "one process on SQLite")
    assert Needs(int(one_process), MACHINE).fits_one_process
    assert not Needs(int(one_process) + 1, MACHINE).fits_one_process


def test_large_numbers_say_no_more_than_is_certain():
    assert [scale.shown(n) for n in (7.9, 99, 1234, 56789, math.inf)] == [
        "7", "99", "1,200", "56,000", "no number is enough",
    ]  # fmt: skip
