"""Unknown numbers, shared numbers: nothing is lost meanwhile, and everything is used afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from requests_app import wording
from requests_app.actions import requests
from requests_app.actions.house import settle_number
from requests_app.actions.messages import AUTOMATIC_PER_HOUR
from requests_app.models import (
    Commendation,
    Contact,
    Guest,
    Message,
    Outgoing,
    Property,
    Request,
    Room,
    Stay,
)
from staff.models import Person
from tests.conftest import EMILY, MORGANS, STRANGER

Text = Callable[..., Message]
MINUTES = timedelta(minutes=1)


def said() -> list[str]:
    return list(
        Message.objects.filter(direction="out").order_by("pk").values_list("body", flat=True)
    )


def asked_for() -> list[tuple[str | None, str | None, str]]:
    return [
        (r.service and r.service.slug, r.room and r.room.number, r.status)
        for r in Request.objects.order_by("pk").select_related("service", "room")
    ]


def test_an_unknown_number_is_asked_and_its_words_are_used(
    hotel: Property, text: Text, now: datetime
) -> None:
    text(STRANGER, "2 towels please", at=now)
    assert said() == [wording.who_are_you(hotel)]
    assert asked_for() == [(None, None, "new")]
    assert Request.objects.get().kind == "unknown_guest"
    text(STRANGER, "305 Virtanen", at=now + MINUTES)
    assert asked_for() == [(None, None, "cancelled"), ("towels", "305", "new")]
    assert Request.objects.get(service__slug="towels").quantity == 2
    assert len(said()) == 2
    contact = Contact.objects.get()
    assert contact.stay is not None
    assert (contact.stay.room.number, contact.awaiting, contact.tries) == ("305", "", 0)
    assert not Message.objects.filter(held=True).exists()


@pytest.mark.parametrize(
    "answer",
    [
        "305 virtanen",
        "Virtanen, 305",
        "I am in room 305, my name is Kari Virtanen",
        "huone 305, Virtanen",
        "305 Virtannen",
        "VIRTANEN 305!!",
    ],
)
def test_a_room_and_surname_settle_it_and_are_no_request_themselves(
    hotel: Property, text: Text, now: datetime, answer: str
) -> None:
    text(STRANGER, "2 towels please", at=now)
    text(STRANGER, answer, at=now + MINUTES)
    assert asked_for() == [(None, None, "cancelled"), ("towels", "305", "new")]


@pytest.mark.parametrize(
    "answer", ["305", "Virtanen", "305 Smith", "777 Virtanen", "412 Virtanen", "305 i like it"]
)
def test_half_an_answer_settles_nothing(
    hotel: Property, text: Text, now: datetime, answer: str
) -> None:
    text(STRANGER, "2 towels please", at=now)
    text(STRANGER, answer, at=now + MINUTES)
    assert Contact.objects.get().stay is None
    assert said() == [wording.who_are_you(hotel), wording.not_found(hotel)]


def test_a_short_surname_must_be_a_word_of_its_own(
    hotel: Property, text: Text, now: datetime, room: Callable[[str], Room]
) -> None:
    li = Guest.objects.create(property=hotel, last_name="Li")
    Stay.objects.create(
        property=hotel, guest=li, room=room("110"), arrived_at=now - MINUTES, leaves_at=now
    )
    text(STRANGER, "110 I like it", at=now)
    assert Contact.objects.get().stay is None
    text(STRANGER, "110 Li", at=now + MINUTES)
    assert Contact.objects.get().stay is not None


def test_a_guest_without_a_surname_is_nobody_to_guess(
    hotel: Property, text: Text, now: datetime, room: Callable[[str], Room]
) -> None:
    nobody = Guest.objects.create(property=hotel, last_name="")
    Stay.objects.create(
        property=hotel, guest=nobody, room=room("110"), arrived_at=now - MINUTES, leaves_at=now
    )
    text(STRANGER, "110 towels", at=now)
    assert Contact.objects.get().stay is None


def test_three_wrong_answers_and_the_front_desk_goes_on(
    hotel: Property, text: Text, now: datetime
) -> None:
    text(STRANGER, "2 towels please", at=now)
    for n in range(1, 6):
        text(STRANGER, f"777 Smith{n}", at=now + n * MINUTES)
    assert said() == [
        wording.who_are_you(hotel),
        wording.not_found(hotel),
        wording.not_found(hotel),
        wording.front_desk_will_help(hotel),
    ]
    card = Request.objects.on_board().get()
    assert (card.kind, card.desk.slug, card.unanswered) == ("unknown_guest", "front-desk", 5)
    text(STRANGER, "305 Virtanen", at=now + 7 * MINUTES)
    assert Contact.objects.get().stay is None, "who may try for ever finds out who is where"


def test_the_next_day_a_number_is_asked_anew(hotel: Property, text: Text, now: datetime) -> None:
    text(STRANGER, "hello", at=now)
    for n in range(1, 5):
        text(STRANGER, f"777 Smith{n}", at=now + n * MINUTES)
    text(STRANGER, "hello again", at=now + timedelta(hours=20))
    assert said()[-1] == wording.who_are_you(hotel)
    text(STRANGER, "305 Virtanen", at=now + timedelta(hours=20, minutes=1))
    assert Contact.objects.get().stay is not None


def test_the_front_desk_says_whose_number_it_is(
    hotel: Property, text: Text, now: datetime, person: Callable[[str], Person]
) -> None:
    text(STRANGER, "2 towels please", at=now)
    text(STRANGER, "no idea what you mean", at=now + MINUTES)
    stay = Stay.objects.get(room__number="305")
    settle_number(Contact.objects.get(), stay, by=person("front-desk"), at=now + 2 * MINUTES)
    assert ("towels", "305", "new") in asked_for()
    assert not Message.objects.filter(direction="in", understood_at=None).exists()


def test_when_the_register_learns_the_number_kept_words_are_used(
    hotel: Property, text: Text, now: datetime
) -> None:
    text(STRANGER, "2 towels please", at=now)
    Guest.objects.filter(last_name="Virtanen").update(telephone=STRANGER)
    text(STRANGER, "and a pillow", at=now + MINUTES)
    assert asked_for() == [
        (None, None, "cancelled"),
        ("towels", "305", "new"),
        ("pillow", "305", "new"),
    ]


def test_a_shared_number_is_asked_which_room_and_a_number_answers(
    hotel: Property, text: Text, now: datetime
) -> None:
    text(MORGANS, "2 towels please", at=now)
    assert said() == [wording.which_room(["208", "209"])]
    text(MORGANS, "209", at=now + MINUTES)
    assert asked_for() == [(None, None, "cancelled"), ("towels", "209", "new")]
    text(MORGANS, "a pillow please", at=now + 2 * MINUTES)
    assert asked_for()[-1] == ("pillow", "209", "new")


def test_a_shared_number_that_names_its_room_at_once_is_not_asked(
    hotel: Property, text: Text, now: datetime
) -> None:
    text(MORGANS, "2 towels to 208 please", at=now)
    assert asked_for() == [("towels", "208", "new")]


@pytest.mark.parametrize("words", ["208 there is smoke here!", "208 FIRE"])
def test_danger_told_together_with_the_room_is_not_lost(
    hotel: Property, text: Text, now: datetime, words: str
) -> None:
    text(MORGANS, words, at=now)
    card = Request.objects.on_board().get()
    assert (card.urgent, card.room and card.room.number, card.words) == (True, "208", words)
    assert hotel.emergency_number in said()[-1]


@pytest.mark.parametrize("sender", [STRANGER, MORGANS])
def test_danger_from_a_number_we_cannot_place_is_on_top_at_once(
    hotel: Property, text: Text, now: datetime, sender: str
) -> None:
    text(sender, "hello", at=now)
    text(sender, "there is a fire", at=now + timedelta(seconds=3))
    card = Request.objects.on_board().get()
    assert (card.urgent, card.desk.slug) == (True, "front-desk")
    told = Message.objects.filter(direction="out").order_by("pk").last()
    assert told is not None
    assert hotel.emergency_number in told.body
    assert told.outgoing.due_at == now + timedelta(seconds=3)


def test_two_machines_do_not_talk_for_ever(hotel: Property, text: Text, now: datetime) -> None:
    for n in range(80):
        text(EMILY, f"Thank you for your message number {n}. I am away.", at=now + n * MINUTES / 2)
    for hour in (0, 10, 20):
        since = now + timedelta(minutes=hour)
        assert (
            Message.objects.filter(
                direction="out", automatic=True, at__gte=since, at__lt=since + timedelta(hours=1)
            ).count()
            <= AUTOMATIC_PER_HOUR
        )
    assert Message.objects.filter(direction="in").count() == 80


def test_what_is_said_within_a_minute_is_answered_together(
    hotel: Property, text: Text, now: datetime
) -> None:
    text(EMILY, "2 towels please", at=now)
    text(EMILY, "and a pillow", at=now + timedelta(seconds=10))
    text(EMILY, "and a bathrobe", at=now + timedelta(seconds=20))
    first, second = Message.objects.filter(direction="out").order_by("pk")
    assert first.outgoing.due_at == now
    assert second.outgoing.due_at == now + MINUTES
    assert second.body.count("\n") == 1


def test_a_shared_number_is_asked_again_after_a_while_and_follows_a_room_it_names(
    hotel: Property, text: Text, now: datetime
) -> None:
    text(MORGANS, "2 towels please", at=now)
    text(MORGANS, "209", at=now + MINUTES)
    text(MORGANS, "an iron please", at=now + 5 * MINUTES)
    text(MORGANS, "slippers for 208 please", at=now + 10 * MINUTES)
    assert [room for _service, room, _status in asked_for() if room] == ["209", "209", "208"]
    text(MORGANS, "a bathrobe please", at=now + 60 * MINUTES)
    assert said()[-1] == wording.which_room(["208", "209"])


def test_yes_to_our_question_is_an_answer_and_starts_nothing(
    hotel: Property, text: Text, now: datetime, person: Callable[[str], Person]
) -> None:
    text(EMILY, "2 towels please", at=now)
    request = Request.objects.get()
    requests.finish_request(request, by=person("housekeeping"), at=now + 2 * MINUTES)
    text(EMILY, "yes", at=now + 4 * MINUTES)
    request.refresh_from_db()
    assert request.status == "confirmed"
    assert said()[-1] == wording.how_did_we_do()


def test_a_name_that_is_no_number_is_never_texted(hotel: Property, text: Text) -> None:
    text("garbage", "towels please")
    assert said() == []


@pytest.mark.parametrize("seconds", [3, 70])
@pytest.mark.parametrize(
    "pieces",
    [
        ["I'm in 207", "Clarke"],
        ["207", "Clark"],
        ["my name is Clarke", "207"],
        ["we need towels", "Room 207", "my name is Clark"],
        ["2 towels to 207 please", "it's Emily Clarke"],
    ],
)
def test_room_and_surname_may_come_in_two_texts(
    hotel: Property, text: Text, now: datetime, pieces: list[str], seconds: int
) -> None:
    for n, piece in enumerate(pieces):
        text(STRANGER, piece, at=now + timedelta(seconds=n * seconds))
    stay = Contact.objects.get().stay
    assert stay is not None
    assert stay.room.number == "207"
    assert [slug for slug, _room, status in asked_for() if status == "new"] == (
        ["towels"] if "towels" in " ".join(pieces) else []
    )


@pytest.mark.parametrize(
    "pieces", [["207", "Smith"], ["a green tea please for Clarke", "207"], ["Clarke", "305"]]
)
def test_pieces_that_do_not_fit_settle_nothing_and_are_answered(
    hotel: Property, text: Text, now: datetime, pieces: list[str]
) -> None:
    for n, piece in enumerate(pieces):
        text(STRANGER, piece, at=now + timedelta(seconds=3 * n))
    assert Contact.objects.get().stay is None
    assert said()[-1] == wording.not_found(hotel)


def test_pieces_that_never_fit_go_to_the_front_desk_and_that_is_said_once(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n, piece in enumerate(["we need towels", "207", "Smith", "Jones", "Brown", "Miller"]):
        text(STRANGER, piece, at=now + n * timedelta(seconds=20))
    assert said().count(wording.front_desk_will_help(hotel)) == 1


@pytest.mark.parametrize(
    ("words", "services"),
    [
        ("305 Virtanen. Jääpaloja ja kaksi viinilasia huoneeseen klo 20 kiitos", 2),
        ("305 Virtanen. thanks, could you also bring 2 pillows?", 1),
        ("305 Virtanen. Thanks!", 0),
        ("305 Virtanen. 🙏🛁🧴", 1),
        ("Virtanen, 305, kiitos", 0),
    ],
)
def test_a_guests_own_name_is_no_praise_of_somebody_who_works_here(
    hotel: Property, text: Text, now: datetime, words: str, services: int
) -> None:
    text(STRANGER, "hello", at=now)
    text(STRANGER, words, at=now + MINUTES)
    assert Contact.objects.get().stay is not None
    assert not Commendation.objects.exists()
    opened = Request.objects.on_board()
    assert [r.kind for r in opened] == ["service"] * services
    assert {r.words for r in opened} <= {words}


def test_a_surname_that_is_a_word_is_cut_out_once(
    hotel: Property, text: Text, now: datetime
) -> None:
    Guest.objects.filter(last_name="Virtanen").update(last_name="Towels")
    text(STRANGER, "305 Towels, 2 towels please", at=now)
    assert asked_for() == [("towels", "305", "new")]
    assert Request.objects.get().quantity == 2


@pytest.mark.parametrize("word", ["Yes", "başla", "START"])
def test_yes_of_a_guest_who_never_stopped_reaches_the_front_desk(
    hotel: Property, text: Text, now: datetime, word: str
) -> None:
    text(EMILY, word, at=now)
    card = Request.objects.on_board().get()
    assert (card.desk.slug, card.words, len(said())) == ("front-desk", word, 1)
    text(EMILY, word, at=now + 5 * MINUTES)
    card.refresh_from_db()
    assert (Request.objects.count(), card.unanswered) == (1, 1)


@pytest.mark.parametrize("word", ["DUR", "lopeta"])
def test_stop_in_another_language_is_shown_and_answered_with_silence(
    hotel: Property, text: Text, now: datetime, word: str
) -> None:
    text(EMILY, "2 towels please", at=now - 5 * MINUTES)
    Outgoing.objects.update(state="sent")
    text(EMILY, word, at=now)
    assert len(said()) == 1
    assert Request.objects.get().events.filter(kind="heard", reason=word).exists()
    assert Contact.objects.get().opted_out_at is not None
