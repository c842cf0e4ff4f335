"""After "done": did it arrive, how was it, whom may we thank; and what the clock does by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from requests_app import clock, wording
from requests_app.actions import requests
from requests_app.actions.journal import fresh
from requests_app.models import Commendation, Contact, Message, Property, Rating, Request
from staff.models import Person
from tests.actions.test_moves import opened
from tests.conftest import EMILY

Text = Callable[..., Message]
Who = Callable[[str], Person]
MINUTE = timedelta(minutes=1)


def last_said() -> str:
    said = Message.objects.filter(direction="out").order_by("-pk").first()
    assert said is not None
    return said.body


def done(request: Request, by: Person, at: datetime, **log: object) -> Request:
    return requests.finish_request(fresh(request), by=by, at=at, **log)  # type: ignore[arg-type]


@pytest.fixture
def towels(text: Text, now: datetime) -> Request:
    return text(EMILY, "2 towels please", at=now).caused.get()


def test_arrived_then_a_rating_then_whom_to_thank_reaches_the_manager(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    done(towels, person("housekeeping"), now + MINUTE, helpers=[person("maria.santos")])
    assert last_said() == wording.did_it_arrive(towels, "en")
    text(EMILY, "1", at=now + 2 * MINUTE)
    assert (fresh(towels).status, last_said()) == ("confirmed", wording.how_did_we_do())
    text(EMILY, "5", at=now + 3 * MINUTE)
    assert Rating.objects.get().score == 5
    assert last_said() == wording.whom_to_thank(["Aino", "Maria"])
    text(EMILY, "Aino was wonderful, she even brought flowers", at=now + 4 * MINUTE)
    thanks = Commendation.objects.get()
    assert (thanks.request, thanks.words) == (
        towels,
        "Aino was wonderful, she even brought flowers",
    )
    assert [p.person for p in thanks.people.all()] == [person("housekeeping")]
    assert last_said() == wording.thank_you_for_telling()
    assert Contact.objects.get().awaiting == ""
    assert Request.objects.on_board().count() == 0


def test_a_digit_thanks_the_person_of_that_line(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    done(towels, person("housekeeping"), now + MINUTE, helpers=[person("maria.santos")])
    for n, body in enumerate(["1", "4", "2"], 2):
        text(EMILY, body, at=now + n * MINUTE)
    assert [p.person.first_name for p in Commendation.objects.get().people.all()] == ["Maria"]


def test_not_yet_opens_the_same_request_again_as_rework(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    done(towels, person("housekeeping"), now + MINUTE)
    text(EMILY, "2", at=now + 2 * MINUTE)
    again = fresh(towels)
    assert (again.status, again.reworked, again.holder, again.done_at) == ("new", 1, None, None)
    assert Request.objects.count() == 1
    assert [p.kept for p in again.promises.order_by("pk")] == [None, None]
    assert last_said() == wording.sorry_not_yet(again, again.property, now + 2 * MINUTE)


def test_not_yet_may_come_after_silence_has_confirmed(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    done(towels, person("housekeeping"), now + MINUTE)
    clock.tick(now + timedelta(hours=3))
    assert fresh(towels).status == "confirmed"
    text(EMILY, "2", at=now + timedelta(hours=4))
    assert (fresh(towels).status, fresh(towels).closed_at) == ("new", None)


def test_not_yet_for_what_was_cancelled_goes_to_a_person(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    done(towels, person("housekeeping"), now + MINUTE)
    requests.reopen_request(fresh(towels), at=now + MINUTE)
    requests.cancel_request(fresh(towels), at=now + MINUTE, reason="left")
    text(EMILY, "2", at=now + 2 * MINUTE)
    assert fresh(towels).status == "cancelled"
    assert [r.desk.slug for r in Request.objects.on_board()] == ["front-desk"]


def test_one_question_at_a_time_and_the_answer_asks_the_next(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    pillow = text(EMILY, "a pillow please", at=now).caused.get()
    done(towels, person("housekeeping"), now + 2 * MINUTE)
    done(pillow, person("housekeeping"), now + 2 * MINUTE)
    assert last_said() == wording.did_it_arrive(towels, "en")
    text(EMILY, "1", at=now + 3 * MINUTE)
    assert last_said() == wording.did_it_arrive(pillow, "en")
    text(EMILY, "1", at=now + 4 * MINUTE)
    assert last_said() == wording.how_did_we_do()
    assert [fresh(r).status for r in (towels, pillow)] == ["confirmed", "confirmed"]


def test_what_is_done_while_we_wait_for_a_rating_is_asked_afterwards(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    pillow = text(EMILY, "a pillow please", at=now).caused.get()
    done(towels, person("housekeeping"), now + 2 * MINUTE)
    text(EMILY, "1", at=now + 3 * MINUTE)
    done(pillow, person("housekeeping"), now + 4 * MINUTE)
    assert last_said() == wording.how_did_we_do()
    text(EMILY, "2", at=now + 5 * MINUTE)
    assert Rating.objects.get().score == 2, "the digit answers the question that was asked"
    assert last_said().endswith(wording.did_it_arrive(pillow, "en"))
    assert fresh(pillow).status == "done"


def test_a_wish_instead_of_an_answer_is_a_wish(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    done(towels, person("housekeeping"), now + MINUTE)
    text(EMILY, "2 more pillows please", at=now + 3 * MINUTE)
    assert fresh(towels).status == "done"
    pillows = Request.objects.get(service__slug="pillow")
    assert pillows.quantity == 2


def test_who_said_stop_is_not_asked(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    text(EMILY, "STOP", at=now)
    said = Message.objects.filter(direction="out").count()
    done(towels, person("housekeeping"), now + MINUTE)
    assert Message.objects.filter(direction="out").count() == said


# --- the clock ---------------------------------------------------------------------------------


def test_silence_confirms_after_the_hotels_time_and_not_before(
    hotel: Property, person: Who, now: datetime
) -> None:
    request = opened(hotel, now)
    done(request, person("housekeeping"), now)
    silence = timedelta(minutes=hotel.confirm_after_minutes)
    clock.tick(now + silence - MINUTE)
    assert fresh(request).status == "done"
    clock.tick(now + silence)
    assert fresh(request).status == "confirmed"
    event = request.events.order_by("-pk")[0]
    assert (event.kind, event.by) == ("confirmed", "clock")


def test_a_scheduled_request_comes_onto_the_board_when_its_time_draws_near(
    hotel: Property, now: datetime
) -> None:
    request = opened(hotel, now, wanted_at=now + timedelta(hours=5))
    assert (request.status, request.due_at) == ("scheduled", now + timedelta(hours=5))
    assert request.starts_at is not None
    clock.tick(request.starts_at - MINUTE)
    assert fresh(request).status == "scheduled"
    for _twice in range(2):
        clock.tick(request.starts_at)
    assert fresh(request).status == "new"
    assert request.events.filter(kind="due").count() == 1


def test_a_request_on_hold_is_looked_at_again_at_its_time(
    hotel: Property, person: Who, now: datetime
) -> None:
    request = opened(hotel, now)
    requests.hold_request(
        request, by=person("housekeeping"), at=now, reason="no key", until=now + 2 * MINUTE
    )
    clock.tick(now + MINUTE)
    assert fresh(request).hold_until == now + 2 * MINUTE
    for _twice in range(2):
        clock.tick(now + 2 * MINUTE)
    assert (fresh(request).status, fresh(request).hold_until) == ("on_hold", None)
    assert request.events.filter(kind="due").count() == 1


def test_a_missed_promise_is_marked_once_and_stays_broken(
    hotel: Property, person: Who, now: datetime
) -> None:
    request = opened(hotel, now)
    late = request.due_at + MINUTE
    clock.tick(request.due_at - MINUTE)
    assert [p.kept for p in request.promises.all()] == [None]
    for n in range(3):
        clock.tick(late + n * MINUTE)
    assert [p.kept for p in request.promises.all()] == [False]
    assert request.events.filter(kind="late").count() == 1
    done(request, person("housekeeping"), late + 5 * MINUTE)
    assert [p.kept for p in request.promises.all()] == [False]


def test_a_kept_promise_is_kept(hotel: Property, person: Who, now: datetime) -> None:
    request = opened(hotel, now)
    done(request, person("housekeeping"), request.due_at)
    assert [p.kept for p in request.promises.all()] == [True]


def test_one_row_that_cannot_be_moved_does_not_stop_the_clock(
    hotel: Property, person: Who, now: datetime
) -> None:
    """A version that PostgreSQL cannot count on from; the row behind it is served all the same."""
    broken = opened(hotel, now, wanted_at=now + timedelta(hours=5))
    good = opened(hotel, now, wanted_at=now + timedelta(hours=5))
    Request.objects.filter(pk=broken.pk).update(version=2_147_483_647)
    assert good.starts_at is not None
    clock.tick(good.starts_at)
    assert fresh(good).status == "new"


def test_sorting_tells_the_guest_the_longer_time_and_keeps_danger_short(
    hotel, text, person, service, now
):
    text(EMILY, "zibidak", at=now)
    card = Request.objects.get()
    told = card.due_at
    requests.sort_request(card, service=service("towels"), by=person("front-desk"), at=now)
    card.refresh_from_db()
    assert card.due_at > told
    last = Message.objects.filter(direction="out").latest("pk")
    assert "Bath towels" in last.body
    assert f"{hotel.local(card.due_at):%H:%M}" in last.body

    text(EMILY, "there is smoke in the hallway", at=now)
    alarm = Request.objects.get(urgent=True)
    due = alarm.due_at
    requests.sort_request(alarm, service=service("doctor"), by=person("front-desk"), at=now)
    alarm.refresh_from_db()
    assert alarm.due_at == due


@pytest.mark.parametrize("body", ["2", "2, not yet", "2 one is missing"])
def test_what_is_missing_belongs_to_the_request_that_was_reopened(
    towels: Request, text: Text, person: Who, now: datetime, body: str
) -> None:
    done(towels, person("housekeeping"), now + MINUTE)
    text(EMILY, body, at=now + 2 * MINUTE)
    detail = text(EMILY, "still no belt on one", at=now + 3 * MINUTE)
    again = fresh(towels)
    assert Request.objects.count() == 1
    assert (again.status, again.unanswered) == ("new", 1)
    assert again.words.startswith("still no belt on one")
    assert detail.request_id == towels.pk
    assert again.events.filter(kind="heard", reason="still no belt on one").exists()
    text(EMILY, "and a bathrobe please", at=now + 4 * MINUTE)
    assert [r.service and r.service.slug for r in Request.objects.order_by("pk")] == [
        "towels",
        "bathrobe",
    ]


def test_what_is_asked_long_after_not_yet_is_a_request_of_its_own(
    towels: Request, text: Text, person: Who, now: datetime
) -> None:
    done(towels, person("housekeeping"), now + MINUTE)
    text(EMILY, "2", at=now + 2 * MINUTE)
    text(EMILY, "where is the key for the balcony thing", at=now + 60 * MINUTE)
    assert Request.objects.count() == 2


def test_a_wish_beside_a_complaint_goes_to_its_desk_and_is_answered(text: Text) -> None:
    text(EMILY, "My food was cold, and nobody came. Also send towels")
    complaint = Request.objects.get(complaint=True)
    towels = Request.objects.get(service__slug="towels")
    assert (complaint.desk.slug, complaint.kind) == ("front-desk", "complaint")
    assert (towels.desk.slug, towels.complaint) == ("housekeeping", False)
    assert "Bath towels for room 207" in last_said()
    assert "We are sorry." in last_said()


def test_praise_with_a_complaint_is_both(text: Text) -> None:
    text(EMILY, "Mika and Selin were lovely, but the room was dirty")
    thanks = Commendation.objects.get()
    assert thanks.people.count() + len(thanks.open_names) == 2
    card = Request.objects.get()
    assert (card.complaint, card.desk.slug) == (True, "front-desk")
    assert "We are sorry." in last_said()
    assert wording.thank_you_for_telling() in last_said()


def test_danger_marks_what_it_is_about_and_stands_first(text: Text) -> None:
    text(EMILY, "There is a bomb in the lobby and we need 2 towels")
    danger, towels = Request.objects.order_by("pk")
    assert (danger.urgent, danger.urgent_words, danger.desk.slug) == (True, "bomb", "front-desk")
    assert (towels.urgent, towels.urgent_words) == (False, "")
