"""When something is due: pure arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from requests_app.models import Service
from requests_app.promises import SCHEDULE_AHEAD, times_for, whole_minutes

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 3 * 365 * 86_400_000).map(lambda ms: FIRST + timedelta(milliseconds=ms))
SERVICES = st.builds(
    lambda respond, more: Service(respond_minutes=respond, complete_minutes=respond + more),
    st.integers(1, 120),
    st.integers(0, 600),
)
TOWELS = Service(respond_minutes=5, complete_minutes=15)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_a_promise_is_a_time_people_say() -> None:
    assert times_for(TOWELS, now=NOON.replace(minute=2, second=1)).due_at == NOON.replace(minute=20)
    assert times_for(TOWELS, now=NOON).due_at == NOON.replace(minute=15)


@given(MOMENTS)
def test_rounding_is_up_and_by_less_than_its_step(at: datetime) -> None:
    rounded = whole_minutes(at)
    assert timedelta(0) <= rounded - at < timedelta(minutes=5)
    assert (rounded.minute % 5, rounded.second, rounded.microsecond) == (0, 0, 0)
    assert whole_minutes(rounded) == rounded


@given(SERVICES, MOMENTS, st.none() | st.timedeltas(timedelta(days=-2), timedelta(days=30)))
def test_nothing_is_promised_for_the_past_nor_before_anybody_can_answer(
    service: Service, now: datetime, ahead: timedelta | None
) -> None:
    wanted_at = None if ahead is None else now + ahead
    times = times_for(service, now=now, wanted_at=wanted_at)
    assert times.due_at >= now
    assert times.respond_by > now
    if wanted_at is None or wanted_at <= now + SCHEDULE_AHEAD:
        assert times.starts_at is None
        assert times.due_at >= times.respond_by or wanted_at is not None
    else:
        assert times.starts_at is not None
        assert now <= times.starts_at < wanted_at == times.due_at


def test_what_is_wanted_later_waits_and_starts_in_time() -> None:
    wanted_at = NOON + timedelta(hours=5)
    assert times_for(TOWELS, now=NOON, wanted_at=wanted_at).starts_at == wanted_at - timedelta(
        minutes=30
    )
    slow = Service(respond_minutes=10, complete_minutes=120)
    assert times_for(slow, now=NOON, wanted_at=wanted_at).starts_at == wanted_at - timedelta(
        hours=2
    )


def test_the_night_the_clocks_change_lasts_as_long_as_it_lasts() -> None:
    """Helsinki, 25 October 2026: 03:00 to 04:00 comes twice."""
    helsinki = ZoneInfo("Europe/Helsinki")
    first = datetime(2026, 10, 25, 3, 30, tzinfo=helsinki).astimezone(UTC)
    second = datetime(2026, 10, 25, 3, 30, fold=1, tzinfo=helsinki).astimezone(UTC)
    assert second - first == timedelta(hours=1)
    due = times_for(TOWELS, now=first).due_at
    assert due - first == timedelta(minutes=15)
    assert due.astimezone(helsinki).strftime("%H:%M") == "03:45"
    later = times_for(TOWELS, now=first, wanted_at=first + timedelta(hours=3)).due_at
    assert later.astimezone(helsinki).strftime("%H:%M") == "05:30"


def test_without_a_service_the_front_desk_answers_within_what_the_guest_is_told() -> None:
    times = times_for(None, now=NOON)
    assert (times.respond_by, times.due_at) == (
        NOON + timedelta(minutes=5),
        NOON + timedelta(minutes=5),
    )
