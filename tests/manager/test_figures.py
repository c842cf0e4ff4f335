from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staff.manager.figures import Asked, Day, Share, Spread, day_of, done_again, spread

HELSINKI = ZoneInfo("Europe/Helsinki")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def minutes(*numbers):
    return [timedelta(minutes=n) for n in numbers]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((7,), (7, 7, 1)),
        ((1, 3), (2, 3, 2)),
        ((9, 1, 5), (5, 9, 3)),
        ((1, 2, 3, 4, 5, 6, 7, 8, 9, 100), (5.5, 9, 10)),
        ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100), (6, 10, 11)),
        ((4, 4, 4, 4), (4, 4, 4)),
    ],
)
def test_median_and_ninth_in_ten(values, expected):
    median, p90, n = expected
    assert spread(minutes(*values)) == Spread(timedelta(minutes=median), timedelta(minutes=p90), n)


def test_of_nothing_there_is_no_median():
    assert spread([]) is None


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_nine_in_ten_did_not_exceed_the_90th_percentile(values):
    found = spread(minutes(*values))
    assert sum(timedelta(minutes=v) <= found.p90 for v in values) >= 0.9 * len(values)
    assert found.median <= max(minutes(*values))
    assert found.p90 in minutes(*values)


@pytest.mark.parametrize(
    ("part", "n", "percent"),
    [(0, 0, None), (0, 9, 0), (9, 9, 100), (1, 3, 33), (2, 3, 67), (999, 1000, 99), (1, 1000, 1)],
)
def test_a_hundred_percent_is_all_and_none_is_none(part, n, percent):
    assert Share(part, n).percent == percent


@pytest.mark.parametrize(
    ("at", "start", "hours"),
    [
        (datetime(2026, 11, 20, 21, 59, tzinfo=UTC), datetime(2026, 11, 19, 22, tzinfo=UTC), 24),
        (datetime(2026, 11, 20, 22, 0, tzinfo=UTC), datetime(2026, 11, 20, 22, tzinfo=UTC), 24),
        (datetime(2026, 3, 29, 12, 0, tzinfo=UTC), datetime(2026, 3, 28, 22, tzinfo=UTC), 23),
        (datetime(2026, 10, 25, 12, 0, tzinfo=UTC), datetime(2026, 10, 24, 21, tzinfo=UTC), 25),
    ],
)
def test_today_is_the_hotels_day_also_when_clocks_change(at, start, hours):
    assert day_of(at, HELSINKI) == Day(start, start + timedelta(hours=hours))
    assert start.astimezone(HELSINKI).date() == at.astimezone(HELSINKI).date() >= date(2026, 3, 29)


def asked(pk, what, hours_ago, *, reworked=False):
    return Asked(pk, what, NOON - timedelta(hours=hours_ago), reworked)


def test_done_twice_is_reopened_or_asked_again_within_a_day():
    rows = [
        asked(1, ("towels", 412, "yılmaz"), 30),
        asked(2, ("towels", 412, "yılmaz"), 5),  # 25 hours later: new
        asked(3, ("towels", 412, "yılmaz"), 1),  # 4 hours later: again
        asked(4, ("towels", 412, "clarke"), 0.5),  # another stay
        asked(5, ("ice", 412, "yılmaz"), 0.4),  # another service
        asked(6, ("ice", 305, "virtanen"), 9, reworked=True),
        asked(7, None, 2),
        asked(8, None, 1),  # nobody knows whether it is the same
    ]
    assert done_again(rows, rows) == {3, 6}


def test_what_was_asked_before_counts_also_where_it_was_not_done_today():
    done = [asked(2, ("wifi", 1, 1), 1)]
    assert done_again(done, [asked(1, ("wifi", 1, 1), 20), *done]) == {2}
    assert done_again(done, done) == set()
