"""Whatever people, guests and the clock do to a request: its history is whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_app.actions import requests, talking, timing
from requests_app.actions.journal import By, fresh
from requests_app.actions.opening import Wanted, open_requests
from requests_app.errors import AlreadyChanged, MoveNotAllowed, RequestError
from requests_app.models import Desk, Property, Request, Service
from requests_app.states import HELD, MOVES, ON_BOARD, OPEN, Status, may_move
from staff.models import Person

Move = Callable[[Request, Person, datetime, Property], object]


def _desk(hotel: Property, slug: str) -> Desk:
    return Desk.objects.get(property=hotel, slug=slug)


def _service(hotel: Property, slug: str) -> Service:
    return Service.objects.select_related("desk").get(property=hotel, slug=slug)


MOVES_OF_PEOPLE: dict[str, Move] = {
    "accept": lambda r, by, at, h: requests.accept_request(r, by=by, at=at),
    "start": lambda r, by, at, h: requests.start_request(r, by=by, at=at),
    "hold": lambda r, by, at, h: requests.hold_request(r, by=by, at=at, reason="no key"),
    "hold without a reason": lambda r, by, at, h: requests.hold_request(
        r, by=by, at=at, reason=" "
    ),
    "release": lambda r, by, at, h: requests.release_request(r, by=by, at=at),
    "transfer": lambda r, by, at, h: requests.transfer_request(
        r, to=_desk(h, "bell"), by=by, at=at
    ),
    "transfer back": lambda r, by, at, h: requests.transfer_request(
        r, to=_desk(h, "housekeeping"), by=by, at=at
    ),
    "sort": lambda r, by, at, h: requests.sort_request(
        r, service=_service(h, "pillow"), by=by, at=at
    ),
    "note": lambda r, by, at, h: talking.note_request(r, by=by, at=at, text="careful"),
    "reply": lambda r, by, at, h: talking.reply_to_guest(r, by=by, at=at, text="soon"),
    "finish": lambda r, by, at, h: requests.finish_request(r, by=by, at=at, beyond="flowers"),
    "confirm": lambda r, by, at, h: requests.confirm_request(r, at=at),
    "not yet": lambda r, by, at, h: requests.reopen_request(r, at=at),
    "cancel": lambda r, by, at, h: requests.cancel_request(r, at=at, reason="left", by=by),
    "its time comes": lambda r, by, at, h: timing.begin_scheduled(r, at=at),
    "look again": lambda r, by, at, h: timing.look_again(r, at=at),
}


def opened(hotel: Property, at: datetime, *, wanted_at: datetime | None = None) -> Request:
    service = _service(hotel, "towels")
    (request,) = open_requests(
        hotel,
        [Wanted(desk=service.desk, service=service, quantity=2, wanted_at=wanted_at)],
        channel="counter",
        at=at,
    )
    return request


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    later=st.booleans(),
    moves=st.lists(
        st.tuples(
            st.sampled_from(sorted(MOVES_OF_PEOPLE)),
            st.sampled_from(["housekeeping", "maria.santos"]),
            st.integers(0, 90),
        ),
        max_size=12,
    ),
)
def test_any_order_of_moves_leaves_a_whole_history(
    hotel: Property,
    person: Callable[[str], Person],
    now: datetime,
    later: bool,
    moves: list[tuple[str, str, int]],
) -> None:
    request = opened(hotel, now, wanted_at=now + timedelta(hours=5) if later else None)
    at = now
    for name, who, minutes in moves:
        at += timedelta(minutes=minutes)
        before = fresh(request)
        events = before.events.count()
        try:
            MOVES_OF_PEOPLE[name](fresh(request), person(who), at, hotel)
        except RequestError:
            after = fresh(request)
            assert (after.version, after.sequence, after.status) == (
                before.version,
                before.sequence,
                before.status,
            )
            assert after.events.count() == events
            continue
        after = fresh(request)
        moved = after.version - before.version
        # "Start" accepts in the same breath; whatever was so already is no move.
        assert moved in ({0, 1, 2} if name == "start" else {0, 1})
        assert after.events.count() - events == moved
        assert (after.sequence > before.sequence) == (moved > 0)
        if moved == 1 and after.status != before.status:
            assert may_move(before.status, after.status)
        assert (after.closed_at is not None) == (after.status not in ON_BOARD)
        assert (after.done_at is not None) == (after.status in {"done", "confirmed"}) or (
            after.status == "cancelled"
        )
        assert (after.holder is not None) or after.status not in HELD
        assert after.promises.filter(replaced_at=None).count() <= 1
        assert after.reworked == after.events.filter(kind="reopened").count()
    hotel.refresh_from_db()
    assert hotel.sequence >= fresh(request).sequence


def test_the_table_has_a_row_for_every_status_and_no_way_out_of_cancelled() -> None:
    assert set(MOVES) == set(Status)
    assert MOVES[Status.CANCELLED] == frozenset()
    assert all(old not in new for old, new in MOVES.items())
    assert OPEN < ON_BOARD < set(Status)


@pytest.mark.parametrize("name", ["release", "transfer", "sort", "hold", "start", "cancel"])
@pytest.mark.parametrize("over", ["finish", "cancel"])
def test_what_is_over_stays_over_except_for_the_guests_not_yet(
    hotel: Property, person: Callable[[str], Person], now: datetime, name: str, over: str
) -> None:
    request = opened(hotel, now)
    MOVES_OF_PEOPLE[over](request, person("housekeeping"), now, hotel)
    if (name, over) == ("cancel", "cancel"):
        assert MOVES_OF_PEOPLE[name](request, person("bell"), now, hotel) is request
        return
    with pytest.raises(RequestError):
        MOVES_OF_PEOPLE[name](fresh(request), person("bell"), now, hotel)


def test_a_stale_page_changes_nothing_and_is_told_how_it_is(
    hotel: Property, person: Callable[[str], Person], now: datetime
) -> None:
    stale = opened(hotel, now)
    requests.accept_request(fresh(stale), by=person("housekeeping"), at=now)
    with pytest.raises(AlreadyChanged, match=r"Aino L\. has this already\.") as refusal:
        requests.cancel_request(stale, at=now, reason="left", by=person("bell"))
    assert refusal.value.request.status == "accepted"


def test_not_yet_while_it_is_being_done_takes_it_from_nobody(
    hotel: Property, person: Callable[[str], Person], now: datetime
) -> None:
    request = opened(hotel, now)
    requests.accept_request(request, by=person("housekeeping"), at=now)
    requests.reopen_request(request, at=now)
    after = fresh(request)
    assert (after.status, after.holder, after.reworked) == (
        "accepted",
        person("housekeeping"),
        0,
    )


def test_a_second_tap_of_the_same_person_is_no_error(
    hotel: Property, person: Callable[[str], Person], now: datetime
) -> None:
    request = opened(hotel, now)
    for _twice in range(2):
        requests.accept_request(request, by=person("housekeeping"), at=now)
    assert request.events.filter(kind="accepted").count() == 1


def test_a_cancelled_request_cannot_be_accepted(
    hotel: Property, person: Callable[[str], Person], now: datetime
) -> None:
    request = opened(hotel, now)
    requests.cancel_request(request, at=now, reason="left", by=None)
    with pytest.raises((AlreadyChanged, MoveNotAllowed)):
        requests.accept_request(fresh(request), by=person("bell"), at=now)
    assert [e.by for e in request.events.order_by("pk")][-1] == By.GUEST


def test_opening_three_things_takes_one_sequence_and_three_events(
    hotel: Property, now: datetime
) -> None:
    desk: Any = _desk(hotel, "front-desk")
    before = hotel.sequence
    three = open_requests(
        hotel,
        [Wanted(desk=desk, kind=Request.Kind.UNSORTED, words=str(n)) for n in range(3)],
        channel="sms",
        at=now,
    )
    hotel.refresh_from_db()
    assert hotel.sequence == before + 1
    assert {r.sequence for r in three} == {hotel.sequence}
    assert [r.events.count() for r in three] == [1, 1, 1]
