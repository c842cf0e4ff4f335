"""What time alone brings about: warnings in their order, telephones that ring, calls that wake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from requests_app import clock
from requests_app.actions import escalation, requests, ringing, talking, timing
from requests_app.actions.journal import fresh
from requests_app.actions.notices import answer_call
from requests_app.actions.opening import Wanted, open_requests
from requests_app.models import (
    Alert,
    EscalationStep,
    Notice,
    OnDuty,
    Promise,
    Property,
    Request,
    Service,
)
from requests_app.models.messages import Delivery
from staff.models import Person

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
Find = Callable[[str], Any]


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
def ask(hotel: Property, service: Find, room: Find) -> Callable[..., Request]:
    def ask(slug: str = "towels", *, at: datetime = NOON, **wanted: Any) -> Request:
        what: Service = service(slug)
        (request,) = open_requests(
            hotel,
            [Wanted(desk=what.desk, service=what, **wanted)],
            channel="web", browser="a" * 20, at=at, room=room("412"),
        )  # fmt: skip
        return request

    return ask


def warned(request: Request) -> list[tuple[str, str, int]]:
    """(whom, how, minutes after the request was made) of every warning."""
    return [
        (a.whom, a.by, round((a.at - request.created_at) / MINUTE)) for a in request.alerts.all()
    ]


def run(until: datetime, *, since: datetime = NOON, step: timedelta = MINUTE) -> None:
    at = since
    while at <= until:
        clock.tick(at)
        at += step


def test_what_is_not_due_is_not_looked_at(ask: Find) -> None:
    request = ask()
    assert request.next_look_at == NOON + 5 * MINUTE
    assert clock.due(NOON + 4 * MINUTE) == []
    assert clock.due(NOON + 5 * MINUTE) == [request.pk]


def test_the_ladder_is_climbed_in_order_and_each_step_once(ask: Find) -> None:
    request = ask()
    run(NOON + 90 * MINUTE)
    assert warned(request) == [
        ("desk", "board", 5),
        ("supervisor", "push", 10),
        ("holder", "board", 12),
        ("desk", "board", 15),
        ("supervisor", "push", 25),
        ("duty_manager", "sms", 60),
    ]
    request = fresh(request)
    assert (request.warned, request.next_look_at) == ("duty_manager", None)
    events = list(request.events.values_list("kind", flat=True))
    assert events.count("warned") == 6
    assert events.count("late") == 1
    sent = Notice.objects.values_list("channel", "person__email")
    assert sorted(sent) == [
        ("push", "supervisor@demo.example"),
        ("push", "supervisor@demo.example"),
        ("sms", "manager@demo.example"),
        ("sms", "supervisor@demo.example"),
    ]


def test_a_clock_that_stood_still_comes_to_all_it_missed(ask: Find) -> None:
    request = ask()
    clock.tick(NOON + 90 * MINUTE)
    assert [whom for whom, _by, _n in warned(request)] == [
        "desk", "supervisor", "holder", "desk", "supervisor", "duty_manager",
    ]  # fmt: skip
    assert Promise.objects.get(request=request).kept is False
    clock.tick(NOON + 91 * MINUTE)
    assert request.alerts.count() == 6


def test_whoever_accepts_has_heard(ask: Find, person: Find) -> None:
    request = ask()
    run(NOON + 6 * MINUTE)
    request = fresh(request)
    assert request.warned == "desk"
    aino = person("housekeeping")
    requests.accept_request(request, by=aino, at=NOON + 7 * MINUTE)
    alert = request.alerts.get()
    assert (alert.acknowledged_at, alert.acknowledged_by) == (NOON + 7 * MINUTE, aino)
    assert fresh(request).warned == ""
    # Answered in hand: nobody is warned of the answer any more, only of the promise.
    run(NOON + 14 * MINUTE, since=NOON + 8 * MINUTE)
    assert warned(request) == [("desk", "board", 5), ("holder", "board", 12)]


def test_answering_the_guest_or_a_note_is_acting_too(ask: Find, person: Find) -> None:
    request = ask()
    run(NOON + 6 * MINUTE)
    talking.note_request(fresh(request), by=person("bell"), at=NOON + 7 * MINUTE, text="I go")
    assert request.alerts.filter(acknowledged_at=None).count() == 0


def test_a_moved_promise_is_warned_of_anew_and_the_old_one_was_never_missed(
    ask: Find, person: Find
) -> None:
    request = ask()
    aino = person("housekeeping")
    requests.accept_request(request, by=aino, at=NOON + MINUTE)
    run(NOON + 13 * MINUTE)
    timing.move_promise(
        fresh(request), due_at=NOON + 33 * MINUTE, by=aino, at=NOON + 13 * MINUTE, reason="busy"
    )
    run(NOON + 32 * MINUTE, since=NOON + 13 * MINUTE)
    assert warned(request) == [("holder", "board", 12), ("holder", "board", 28)]
    first, second = Promise.objects.filter(request=request).order_by("pk")
    assert (first.kept, first.replaced_at) == (None, NOON + 13 * MINUTE)
    assert (second.by, second.reason, second.told_at, second.told_in_time) == (
        aino, "busy", NOON + 13 * MINUTE, True,
    )  # fmt: skip
    assert second.told_by is not None
    assert second.told_by.body.endswith("Thank you for your patience.")


def test_a_promise_moved_after_its_time_is_broken_and_told_too_late(
    ask: Find, person: Find
) -> None:
    request = ask()
    timing.move_promise(
        request, due_at=NOON + 40 * MINUTE, by=person("bell"), at=NOON + 16 * MINUTE, reason="busy"
    )
    first, second = Promise.objects.filter(request=request).order_by("pk")
    assert (first.kept, second.told_in_time, second.kept) == (False, False, None)


@pytest.mark.parametrize(("minute", "first"), [(8, None), (16, False)])
def test_rework_after_its_time_leaves_the_first_promise_missed_and_the_new_one_stands_by_itself(
    ask: Find, person: Find, minute: int, first: bool | None
) -> None:
    request, aino = ask(), person("housekeeping")
    requests.finish_request(request, by=aino, at=NOON + 5 * MINUTE)
    request = requests.reopen_request(fresh(request), at=NOON + minute * MINUTE, reason="2")
    requests.finish_request(fresh(request), by=aino, at=NOON + (minute + 4) * MINUTE)
    kept = list(
        Promise.objects.filter(request=request).order_by("pk").values_list("kept", flat=True)
    )
    assert kept == [first, True]


def test_a_draft_warns_nobody_until_it_is_switched_on(hotel: Property, ask: Find) -> None:
    EscalationStep.objects.all().delete()
    step = escalation.save_step(
        hotel, None, desk=None, service=None, urgent_only=False, anchor="promise", minutes=-10,
        percent=None, whom="desk", by="email", at=NOON,
    )  # fmt: skip
    hotel.refresh_from_db()
    request = ask()
    run(NOON + 4 * MINUTE)
    escalation.switch_step(step, active=True, at=NOON + 4 * MINUTE)
    run(NOON + 6 * MINUTE, since=NOON + 4 * MINUTE)
    assert warned(request) == [("desk", "email", 5)]
    mails = Notice.objects.filter(channel="email").values_list("address", flat=True)
    assert set(mails) == {
        "housekeeping@demo.example", "mika.salo@demo.example", "maria.santos@demo.example",
    }  # fmt: skip


def test_steps_of_a_service_take_the_place_of_the_hotels(ask: Find) -> None:
    wake = ask("wake-up-call", wanted_at=NOON + 3 * MINUTE)
    assert wake.due_at == NOON + 3 * MINUTE
    run(NOON + 7 * MINUTE)
    assert warned(wake) == []
    run(NOON + 11 * MINUTE, since=NOON + 8 * MINUTE)
    assert warned(wake) == [("desk", "board", 8), ("duty_manager", "call", 10)]


# --- scheduled: nothing planned can be forgotten -----------------------------------------------


def test_an_unanswered_wake_up_call_comes_onto_the_board_and_ends_at_the_duty_managers_telephone(
    ask: Find, person: Find
) -> None:
    at_six = NOON + timedelta(hours=6)
    wake = ask("wake-up-call", wanted_at=at_six)
    assert (wake.status, wake.due_at, wake.starts_at) == (
        "scheduled", at_six, at_six - 30 * MINUTE,
    )  # fmt: skip
    run(at_six + 8 * MINUTE, since=at_six - 31 * MINUTE)
    assert fresh(wake).status == "new"
    after_six = [(a.whom, a.by, round((a.at - at_six) / MINUTE)) for a in wake.alerts.all()]
    assert after_six == [
        ("holder", "board", -5), ("desk", "board", 5), ("duty_manager", "call", 7),
    ]  # fmt: skip
    call = Notice.objects.filter(channel="call").first()
    assert call is not None
    assert (call.person, call.address) == (person("manager"), "+12025550182")
    assert call.text == "Demo Hotel. Room 4 1 2. Wake-up call. It is late."


def test_a_clock_that_slept_through_a_wake_up_call_rings_at_once(ask: Find) -> None:
    at_six = NOON + timedelta(hours=6)
    wake = ask("wake-up-call", wanted_at=at_six)
    clock.tick(at_six + 20 * MINUTE)
    assert fresh(wake).status == "new"
    assert [whom for whom, _by, _n in warned(wake)] == ["holder", "desk", "duty_manager"]
    assert Notice.objects.filter(channel="call").count() == 1


def test_a_wake_up_call_that_was_made_wakes_nobody_else(ask: Find, person: Find) -> None:
    wake = ask("wake-up-call", wanted_at=NOON + 30 * MINUTE)
    requests.finish_request(wake, by=person("front-desk"), at=NOON + 31 * MINUTE)
    run(NOON + 60 * MINUTE, since=NOON + 31 * MINUTE)
    assert [how for _whom, how, _n in warned(wake)] == []


# --- urgent: a telephone rings until somebody presses a digit ----------------------------------


def calls() -> list[tuple[str, int]]:
    """(whose telephone, seconds after noon)."""
    return [
        (n.person.email.partition("@")[0], round((n.created_at - NOON).total_seconds()))
        for n in Notice.objects.filter(channel="call").select_related("person").order_by("pk")
        if n.person
    ]


def hang_up() -> None:
    Notice.objects.filter(channel="call", answered_at=None).update(delivery=Delivery.UNDELIVERED)


def test_nobody_reacts_to_something_urgent_and_telephones_ring_until_a_digit_is_pressed(
    hotel: Property, ask: Find, person: Find
) -> None:
    request = ask(urgent=True, urgent_words="smoke")
    clock.tick(NOON + 2 * MINUTE)
    assert calls() == []
    clock.tick(NOON + 3 * MINUTE)
    assert calls() == [("manager", 180)]
    clock.tick(NOON + 3 * MINUTE + timedelta(seconds=6))
    assert calls() == [("manager", 180)]  # it still rings
    for n in (1, 2, 3):
        hang_up()
        clock.tick(NOON + 3 * MINUTE + timedelta(seconds=20 * n))
    assert calls() == [
        ("manager", 180), ("manager", 200), ("supervisor", 220), ("supervisor", 240),
    ]  # fmt: skip
    assert fresh(request).warned == "duty_manager"
    call = Notice.objects.filter(channel="call").latest("pk")
    assert answer_call(call.pk, digit="1", at=NOON + 4 * MINUTE + timedelta(seconds=7))
    clock.tick(NOON + 4 * MINUTE + timedelta(seconds=8))
    event = request.events.get(kind="answered")
    helena = person("supervisor")
    assert (event.person, event.at) == (helena, NOON + 4 * MINUTE + timedelta(seconds=7))
    alert = request.alerts.get(by="call")
    assert (alert.acknowledged_by, alert.again_at) == (helena, None)
    run(NOON + 20 * MINUTE, since=NOON + 5 * MINUTE)
    assert len(calls()) == 4


def test_a_call_the_carrier_says_nothing_of_is_made_again(ask: Find) -> None:
    ask(urgent=True)
    run(NOON + 6 * MINUTE, step=timedelta(seconds=5))
    assert calls() == [("manager", 180), ("manager", 255), ("supervisor", 330)]


def test_whoever_accepts_stops_the_ringing(ask: Find, person: Find) -> None:
    request = ask(urgent=True)
    clock.tick(NOON + 3 * MINUTE)
    hang_up()
    requests.accept_request(fresh(request), by=person("bell"), at=NOON + 3 * MINUTE)
    run(NOON + 10 * MINUTE, since=NOON + 3 * MINUTE, step=timedelta(seconds=20))
    assert len(calls()) == 1


def test_another_time_for_danger_nobody_has_taken_is_no_answer(ask: Find, person: Find) -> None:
    request = ask(urgent=True)
    clock.tick(NOON + 3 * MINUTE)
    hang_up()
    timing.move_promise(
        fresh(request), due_at=NOON + 40 * MINUTE, by=person("bell"), at=NOON + 4 * MINUTE,
        reason="The doctor is on her way",
    )  # fmt: skip
    run(NOON + 8 * MINUTE, since=NOON + 4 * MINUTE)
    assert [at for _who, at in calls()][:2] == [180, 7 * 60]


def test_somebody_who_reacts_in_time_lets_everybody_sleep(ask: Find, person: Find) -> None:
    request = ask(urgent=True)
    requests.accept_request(request, by=person("bell"), at=NOON + MINUTE)
    run(NOON + 4 * MINUTE)
    assert Notice.objects.count() == 0


def test_without_a_telephone_it_says_so_and_rings_as_soon_as_there_is_one(
    hotel: Property, ask: Find, person: Find
) -> None:
    Person.objects.update(telephone="")
    ask(urgent=True)
    clock.tick(NOON + 3 * MINUTE)
    assert (Alert.objects.get().nobody, calls()) == (True, [])
    Person.objects.filter(email="bell@demo.example").update(telephone="+12025550190")
    escalation.set_on_duty(hotel, [person("bell")], at=NOON + 4 * MINUTE)
    clock.tick(NOON + 5 * MINUTE)
    assert (Alert.objects.get(by="call").nobody, calls()) == (False, [("bell", 300)])


def test_safety_can_be_switched_off_and_only_by_its_own_setting(hotel: Property, ask: Find) -> None:
    escalation.set_safety(hotel, safety_minutes=0, ring_tries=2, at=NOON)
    ask(urgent=True)
    run(NOON + 15 * MINUTE)
    assert calls() == []


def test_the_first_of_those_on_duty_is_rung_first_and_managers_where_nobody_is(
    hotel: Property, person: Find
) -> None:
    escalation.set_on_duty(hotel, [person("bell"), person("manager")], at=NOON)
    assert ringing.on_duty(hotel) == [person("bell"), person("manager")]
    escalation.set_on_duty(hotel, [person("manager"), person("bell")], at=NOON + MINUTE)
    assert ringing.on_duty(hotel) == [person("manager"), person("bell")]
    assert set(OnDuty.objects.values_list("since", flat=True)) == {NOON}
    escalation.set_on_duty(hotel, [], at=NOON)
    assert ringing.on_duty(hotel) == [person("manager"), person("admin")]


def test_a_new_property_starts_with_the_default_steps_once(hotel: Property) -> None:
    before = EscalationStep.objects.count()
    assert before == len(escalation.DEFAULT_STEPS) + len(escalation.WAKE_UP_STEPS)
    escalation.give_default_steps(hotel)
    assert EscalationStep.objects.count() == before
