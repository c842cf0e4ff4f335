"""Automatic texts only state times a clock enforces: proved over every sentence that states one."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from requests_app import clock, queries, wording
from requests_app.actions import requests, timing
from requests_app.actions.journal import fresh
from requests_app.guest import menu, progress
from requests_app.models import Message, Promise, Property, Request, Service
from tests.conftest import AYSE, EMILY, KARI

MINUTE = timedelta(minutes=1)
TIME = re.compile(r"\d\d:\d\d")

STATES_A_TIME = {
    "wording": {
        "_lines",
        "have_your_messages",
        "sorry_not_yet",
        "moved_by_staff",
        "sorted_by_staff",
    },
    "progress": {"_promise", "_sorry", "_line", "_steps"},
    "menu": {"promise_of"},
}
"""Functions that put a time into words. Whoever adds one proves below that a clock enforces it.
(``_line`` and ``_steps`` of the room's page say when something was: no promise.)"""


def functions_with_a_time(module: Any) -> set[str]:
    tree = ast.parse(Path(module.__file__).read_text())
    return {
        function.name
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        and any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"clock_time", "date_format"}
            for node in ast.walk(function)
        )
        and function.name != "clock_time"
    }


def test_no_other_sentence_states_a_time() -> None:
    for module in (wording, progress, menu):
        name = module.__name__.rsplit(".", 1)[-1]
        assert functions_with_a_time(module) == STATES_A_TIME[name], name
    words = {
        node.value
        for node in ast.walk(ast.parse(Path(wording.__file__).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    said = [w for w in words if re.search(r"\d+ (min|hour|working|day)", w)]
    assert said == []


def enforced(hotel: Property, now: datetime, language: str) -> set[str]:
    """Every time that is promised and that the clock will look at in time, as it is said; and
    when what was asked opens, where its promise is such a one."""
    times = set()
    with translation.override(language):
        for request in queries.cards(Request.objects.on_board()):
            standing = Promise.objects.filter(request=request, replaced_at=None, kept=None).first()
            if standing is None or standing.due_at != request.due_at:
                continue
            looks = request.next_look_at
            if looks is None or looks > request.due_at + timedelta(microseconds=1):
                continue
            times.add(wording.clock_time(request.due_at, hotel, now)[-5:])
            if request.opens_at is not None and request.opens_at < request.due_at:
                times.add(wording.clock_time(request.opens_at, hotel, now)[-5:])
    return times


@pytest.fixture
def truthful(hotel: Property) -> Callable[[datetime], int]:
    """Fails for any automatic text that states a time nobody enforces; how many stated one."""
    seen: set[int] = set()

    def check(now: datetime) -> int:
        stated = 0
        for message in Message.objects.filter(direction="out", automatic=True):
            if message.pk in seen:
                continue
            seen.add(message.pk)
            times = set(TIME.findall(message.body))
            stated += bool(times)
            assert times <= enforced(hotel, now, message.language or "en"), message.body
        return stated

    return check


@pytest.mark.parametrize("sender", [EMILY, AYSE, KARI])
@pytest.mark.parametrize(
    "words",
    [
        "2 towels and a toothbrush please",
        "towels, and something very odd with the wallpaper",
        "the soup was cold, this is unacceptable",
        "there is smoke in my room",
        "wake me up at 6",
        "taxi at 23:15",
        "pizza and the pharmacy please",
        "zxcv qwerty",
    ],
)
def test_what_a_text_is_answered_with(
    sender: str, words: str, hotel: Property, text: Any, truthful: Any, now: datetime
) -> None:
    Service.objects.filter(property=hotel, slug="room-service").update(
        hours=[{"days": list(range(7)), "opens": "07:00", "closes": "07:30"}]
    )
    hotel.refresh_from_db()
    text(sender, words, at=now)
    assert truthful(now) == 1


def test_what_is_said_when_a_promise_moves_is_sorted_or_comes_again(
    hotel: Property, text: Any, truthful: Any, now: datetime, person: Any, service: Any
) -> None:
    text(EMILY, "zxcv qwerty", at=now)
    assert truthful(now) == 1
    (unsorted,) = Request.objects.all()
    requests.sort_request(
        fresh(unsorted), service=service("pharmacy"), by=person("front-desk"), at=now + MINUTE
    )
    assert truthful(now + MINUTE) == 1
    text(EMILY, "2 towels please", at=now + 5 * MINUTE)
    assert truthful(now + 5 * MINUTE) == 1
    towels = Request.objects.get(service__slug="towels")
    aino = person("housekeeping")
    timing.move_promise(
        fresh(towels), due_at=now + 40 * MINUTE, by=aino, at=now + 6 * MINUTE, reason="busy"
    )
    assert truthful(now + 6 * MINUTE) == 1
    requests.finish_request(fresh(towels), by=aino, at=now + 20 * MINUTE)
    text(EMILY, "2", at=now + 22 * MINUTE)
    assert truthful(now + 22 * MINUTE) == 1
    # And a clock does look: the time passes, and it is broken.
    clock.tick(now + timedelta(days=1))
    assert set(Promise.objects.filter(replaced_at=None).values_list("kept", flat=True)) == {False}


def test_the_rooms_page_states_the_promise_and_nothing_else(
    hotel: Property, text: Any, now: datetime
) -> None:
    for words in ("2 towels please", "zxcv qwerty", "the soup was cold, unacceptable"):
        text(EMILY, words, at=now)
    for request in queries.cards(Request.objects.on_board()):
        said = progress._promise(request, now + MINUTE)
        times = set(TIME.findall(said))
        assert times
        assert times <= enforced(hotel, now + MINUTE, "en"), said
        late = progress._sorry(request, request.due_at + MINUTE)
        assert TIME.findall(late) == [f"{hotel.local(request.due_at):%H:%M}"]


@pytest.mark.parametrize("things", [7, 14])
def test_the_one_reply_to_many_texts_states_times_that_are_kept(
    hotel: Property,
    text: Callable[..., Message],
    truthful: Callable[[datetime], int],
    now: datetime,
    things: int,
) -> None:
    bodies = [
        "2 towels please",
        "an iron please",
        "the AC is dripping",
        "wake me up at 7 tomorrow",
        "a pillow please",
        "slippers please",
        "a cot please",
    ]
    for n in range(things):
        text(EMILY, bodies[n % 7], at=now + timedelta(seconds=n))
    assert truthful(now) == 2
