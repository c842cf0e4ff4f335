"""When something is due: pure arithmetic on minutes, opening hours and changes of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from requests_app.hours import after_open_minutes, opens_after, stretches
from requests_app.models import Desk, Property, Service
from requests_app.promises import SCHEDULE_AHEAD, WAKE_UP, Times, times_for, whole_minutes

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 3 * 365 * 86_400_000).map(lambda ms: FIRST + timedelta(milliseconds=ms))
HELSINKI = ZoneInfo("Europe/Helsinki")
HOTEL = Property(time_zone="Europe/Helsinki")
DESK = Desk(pk=1)
SERVICES = st.builds(
    lambda respond, more: Service(
        desk=DESK, respond_minutes=respond, complete_minutes=respond + more
    ),
    st.integers(1, 120),
    st.integers(0, 600),
)
TOWELS = Service(desk=DESK, respond_minutes=5, complete_minutes=15)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
KITCHEN = [{"days": EVERY_DAY, "opens": "07:00", "closes": "23:00"}]
NIGHT_BAR = [{"days": EVERY_DAY, "opens": "18:00", "closes": "02:00"}]


def due(service: Service | None, now: datetime, **more: Any) -> Times:
    return times_for(service, desk=DESK, hotel=HOTEL, now=now, **more)


def test_a_promise_is_a_time_people_say() -> None:
    assert due(TOWELS, NOON.replace(minute=2, second=1)).due_at == NOON.replace(minute=20)
    assert due(TOWELS, NOON).due_at == NOON.replace(minute=15)


@given(MOMENTS)
def test_rounding_is_up_and_by_less_than_its_step(at: datetime) -> None:
    rounded = whole_minutes(at)
    assert timedelta(0) <= rounded - at < timedelta(minutes=5)
    assert (rounded.minute % 5, rounded.second, rounded.microsecond) == (0, 0, 0)
    assert whole_minutes(rounded) == rounded


TIMES = st.integers(0, 24 * 60 - 1).map(lambda n: f"{n // 60:02}:{n % 60:02}")
HOURS = st.lists(
    st.fixed_dictionaries(
        {
            "days": st.lists(st.integers(0, 6), min_size=1, unique=True).map(sorted),
            "opens": TIMES,
            "closes": TIMES,
        }
    ),
    max_size=4,
)


@given(SERVICES, HOURS, MOMENTS, st.none() | st.timedeltas(timedelta(days=-2), timedelta(days=30)))
def test_nothing_is_promised_for_the_past_nor_before_anybody_can_answer(
    service: Service, hours: list[dict[str, Any]], now: datetime, ahead: timedelta | None
) -> None:
    service.hours = hours
    wanted_at = None if ahead is None else now + ahead
    times = due(service, now, wanted_at=wanted_at)
    assert times.due_at >= now
    assert times.respond_by > now
    if wanted_at is None or wanted_at <= now:
        assert times.starts_at is None
        assert times.due_at >= times.respond_by
    elif times.starts_at is None:
        assert times.due_at >= max(wanted_at, times.respond_by)
    else:
        assert now <= times.starts_at < times.due_at
        assert times.due_at >= wanted_at
        assert times.due_at > now + SCHEDULE_AHEAD


def test_what_is_wanted_later_waits_and_starts_in_time() -> None:
    wanted_at = NOON + timedelta(hours=5)
    assert due(TOWELS, NOON, wanted_at=wanted_at).starts_at == wanted_at - timedelta(minutes=30)
    slow = Service(desk=DESK, respond_minutes=10, complete_minutes=120)
    assert due(slow, NOON, wanted_at=wanted_at).starts_at == wanted_at - timedelta(hours=2)


def test_a_wake_up_call_is_due_in_its_very_minute_however_soon() -> None:
    wake = Service(desk=DESK, slug=WAKE_UP, respond_minutes=10, complete_minutes=30)
    soon = NOON + timedelta(minutes=4)
    assert due(wake, NOON, wanted_at=soon).due_at == soon
    towels = due(TOWELS, NOON, wanted_at=soon)
    assert towels.due_at == NOON + timedelta(minutes=5)


# --- opening hours -----------------------------------------------------------------------------


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, fold=fold, tzinfo=HELSINKI).astimezone(UTC)


def test_minutes_count_only_while_it_is_open() -> None:
    breakfast = Service(desk=DESK, respond_minutes=5, complete_minutes=30, hours=KITCHEN)
    at_night = due(breakfast, at(20, 3, 12))
    assert (at_night.respond_by, at_night.due_at) == (at(20, 7, 5), at(20, 7, 30))
    before_closing = due(breakfast, at(20, 22, 50))
    assert (before_closing.respond_by, before_closing.due_at) == (at(20, 22, 55), at(21, 7, 20))
    by_day = due(breakfast, at(20, 12))
    assert by_day.due_at == at(20, 12, 30)


def test_what_is_wanted_while_it_is_closed_is_told_for_when_it_can_be() -> None:
    breakfast = Service(desk=DESK, respond_minutes=5, complete_minutes=30, hours=KITCHEN)
    times = due(breakfast, at(20, 21), wanted_at=at(21, 5))
    assert (times.due_at, times.starts_at) == (at(21, 7, 30), at(21, 7, 0))
    assert due(breakfast, at(20, 21), wanted_at=at(21, 9)).due_at == at(21, 9)


def test_past_midnight_and_a_day_off() -> None:
    bar = Service(desk=DESK, respond_minutes=5, complete_minutes=30, hours=NIGHT_BAR)
    assert due(bar, at(20, 23, 50)).due_at == at(21, 0, 20)
    assert due(bar, at(21, 1, 45)).due_at == at(21, 18, 15)
    weekdays = [{"days": [0, 1, 2, 3, 4], "opens": "09:00", "closes": "17:00"}]
    concierge = Service(desk=DESK, respond_minutes=10, complete_minutes=60, hours=weekdays)
    assert due(concierge, at(20, 16, 30)).due_at == at(23, 9, 30)  # from Friday to Monday


def test_hours_are_those_of_whoever_does_it() -> None:
    own = Service(desk=DESK, respond_minutes=5, complete_minutes=30, hours=KITCHEN)
    other_desk = Desk(pk=2, hours=NIGHT_BAR)
    moved = times_for(own, desk=other_desk, hotel=HOTEL, now=at(20, 12))
    assert moved.due_at == at(20, 18, 30)
    plain = Service(desk=other_desk, respond_minutes=5, complete_minutes=30)
    assert times_for(plain, desk=other_desk, hotel=HOTEL, now=at(20, 3)).due_at == at(20, 18, 30)


def test_danger_knows_no_opening_hours() -> None:
    closed = Service(desk=DESK, respond_minutes=5, complete_minutes=30, hours=KITCHEN)
    assert due(closed, at(20, 3), urgent=True).due_at == at(20, 3, 5)


def test_adjoining_hours_are_one_stretch_and_always_is_always() -> None:
    two = [
        {"days": EVERY_DAY, "opens": "07:00", "closes": "15:00"},
        {"days": EVERY_DAY, "opens": "15:00", "closes": "23:00"},
    ]
    assert next(stretches(two, HELSINKI, at(20, 8))) == next(
        stretches(KITCHEN, HELSINKI, at(20, 8))
    )
    always = [{"days": EVERY_DAY, "opens": "00:00", "closes": "00:00"}]
    assert opens_after(always, HELSINKI, at(20, 3)) is None
    assert after_open_minutes(always, HELSINKI, at(20, 3), 90 * 1440) == at(20, 3) + timedelta(
        days=90
    )


# --- the clocks change: 28/29 March and 24/25 October 2026 in Helsinki --------------------------


def test_the_night_the_clocks_change_lasts_as_long_as_it_lasts() -> None:
    """Helsinki, 25 October 2026: 03:00 to 04:00 comes twice."""
    first, second = at(25, 3, 30, month=10), at(25, 3, 30, month=10, fold=1)
    assert second - first == timedelta(hours=1)
    promised = due(TOWELS, first).due_at
    assert promised - first == timedelta(minutes=15)
    assert promised.astimezone(HELSINKI).strftime("%H:%M") == "03:45"
    later = due(TOWELS, first, wanted_at=first + timedelta(hours=3)).due_at
    assert later.astimezone(HELSINKI).strftime("%H:%M") == "05:30"


def test_open_across_the_hour_that_comes_twice_counts_both_and_the_one_that_never_comes_none() -> (
    None
):
    night = [{"days": EVERY_DAY, "opens": "22:00", "closes": "06:00"}]
    for month, day, hours in ((10, 24, 9), (3, 28, 7), (11, 20, 8)):
        opens, closes = at(day, 22, month=month), at(day + 1, 6, month=month)
        assert closes - opens == timedelta(hours=hours)
        assert after_open_minutes(night, HELSINKI, opens, hours * 60) == closes
        beyond = after_open_minutes(night, HELSINKI, opens, hours * 60 + 1)
        assert beyond == at(day + 1, 22, 1, month=month)


def test_opening_in_the_hour_that_is_skipped_opens_when_the_clocks_have_jumped() -> None:
    early = [{"days": EVERY_DAY, "opens": "03:30", "closes": "10:00"}]
    assert opens_after(early, HELSINKI, at(29, 1, month=3)) == at(29, 4, month=3)
    closes_then = [{"days": EVERY_DAY, "opens": "01:00", "closes": "03:30"}]
    (stretch,) = [next(stretches(closes_then, HELSINKI, at(29, 1, month=3)))]
    assert stretch.closes_at == at(29, 4, month=3)


CHANGES = st.sampled_from(
    [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
)
AROUND = st.tuples(CHANGES, st.integers(-2 * 86_400, 2 * 86_400)).map(
    lambda change: change[0] + timedelta(seconds=change[1])
)


@given(HOURS, AROUND, st.integers(0, 24 * 60), st.integers(0, 24 * 60))
def test_no_minute_is_lost_or_counted_twice_when_clocks_change(
    hours: list[dict[str, Any]], start: datetime, one: int, other: int
) -> None:
    """Counting in two parts comes to the same as counting at once; and never before the start."""
    at_once = after_open_minutes(hours, HELSINKI, start, one + other)
    half = after_open_minutes(hours, HELSINKI, start, one)
    assert after_open_minutes(hours, HELSINKI, half, other) == at_once
    assert start <= half <= at_once
    assert at_once - start >= timedelta(minutes=one + other)


@given(HOURS, AROUND)
def test_stretches_are_apart_and_in_order(hours: list[dict[str, Any]], since: datetime) -> None:
    before = since
    for n, stretch in enumerate(stretches(hours, HELSINKI, since)):
        assert stretch.closes_at > before or stretch.opens_at == stretch.closes_at
        assert stretch.opens_at >= before or n == 0
        before = stretch.closes_at
        if n > 20:
            break


@given(HOURS, AROUND)
def test_it_opens_when_the_wall_clock_says_so(hours: list[dict[str, Any]], since: datetime) -> None:
    opens_at = opens_after(hours, HELSINKI, since)
    if opens_at is not None:
        assert opens_at > since
        shown = opens_at.astimezone(HELSINKI)
        named = {row["opens"] for row in hours if shown.weekday() in row["days"]}
        skipped = shown.hour == 4 and any("03:00" <= name < "04:00" for name in named)
        assert f"{shown:%H:%M}" in named or skipped


def test_without_a_service_the_front_desk_answers_within_what_the_guest_is_told() -> None:
    times = due(None, NOON)
    assert (times.respond_by, times.due_at) == (
        NOON + timedelta(minutes=5),
        NOON + timedelta(minutes=5),
    )
