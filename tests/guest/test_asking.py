"""A guest scans and asks, in words or from the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from requests_app import clock
from requests_app.actions import visitors, web
from requests_app.models import Commendation, Message, Service
from requests_app.states import Status
from tests.guest.conftest import asked, notices

EVENING = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # 18:30 in Helsinki


def test_words_become_one_request_per_thing_each_on_its_desk(hotel, phone):
    guest = phone("305")
    answer = guest.send(words="2 towels and a toothbrush please, and the AC is dripping")

    assert [(r.desk.slug, r.service.slug, r.quantity, r.room.number) for r in asked(hotel)] == [
        ("housekeeping", "towels", 2, "305"),
        ("housekeeping", "dental-kit", 1, "305"),
        ("engineering", "air-conditioning", None, "305"),
    ]
    first = asked(hotel)[0]
    assert (answer.status_code, answer["location"]) == (303, f"{guest.address}#request-{first.pk}")
    message = Message.objects.get()
    assert (message.direction, message.channel, message.intent) == ("in", "web", "request")
    assert {r.cause_id for r in asked(hotel)} == {message.pk}
    assert {r.stay_id for r in asked(hotel)} == {message.stay_id}
    assert message.stay.room == guest.room


def test_a_room_nobody_is_registered_in_works_as_well(hotel, phone):
    guest = phone("110")
    guest.send(words="an iron please")
    assert [(r.service.slug, r.room.number, r.stay) for r in asked(hotel)] == [
        ("iron", "110", None)
    ]
    assert 'data-status="new"' in guest.shown()


@pytest.mark.parametrize(
    ("language", "words", "service"),
    [
        ("tr", "iki havlu lütfen", "towels"),
        ("fi", "kaksi pyyhettä, kiitos", "towels"),
        ("ar", "منشفتين من فضلك", "towels"),
    ],
)
def test_words_are_read_in_the_language_of_the_page(hotel, phone, language, words, service):
    phone("305", language).send(words=words)
    assert [(r.service.slug, r.language) for r in asked(hotel)] == [(service, language)]


def test_a_service_is_asked_with_quantity_words_and_a_time_on_the_hotels_clock(hotel, phone):
    with time_machine.travel(EVENING, tick=False):
        phone().send("taxi/", quantity="2", wanted_at="2026-11-21T07:15", words="Two bags")
    (taxi,) = asked(hotel)
    assert (taxi.service.slug, taxi.quantity, taxi.wanted_at, taxi.words, taxi.status) == (
        "taxi",
        2,
        datetime(2026, 11, 21, 5, 15, tzinfo=UTC),
        "Two bags",
        Status.SCHEDULED,
    )
    assert taxi.cause.body == "Two bags"


def test_everything_can_be_asked_for_at_a_time(hotel, phone):
    with time_machine.travel(EVENING, tick=False):
        form = phone().open("towels/").content.decode()
        phone().send("towels/", quantity="2", wanted_at="2026-11-20T21:00")
    assert '<details class="later"><summary>At a time of your choice</summary>' in form
    (towels,) = asked(hotel)
    assert (towels.service.slug, towels.wanted_at) == (
        "towels",
        datetime(2026, 11, 20, 19, 0, tzinfo=UTC),
    )
    assert "<details" not in phone().open("taxi/").content.decode().partition("<main")[2]


def test_a_time_that_has_passed_is_refused_with_a_sentence_and_nothing_is_lost(hotel, phone):
    with time_machine.travel(EVENING, tick=False):
        answer = phone().send("taxi/", wanted_at="2026-11-20T18:29", words="Two bags")
        this_minute = phone().send("taxi/", wanted_at="2026-11-20T18:30")
    assert (answer.status_code, notices(answer)) == (
        422,
        ["That time has passed. Choose one that is still to come."],
    )
    assert 'value="2026-11-20T18:29"' in answer.content.decode()
    assert "Two bags</textarea>" in answer.content.decode()
    assert this_minute.status_code == 303


@pytest.mark.parametrize(
    "given", ["noon", "2026-13-40T99:99", "9999-12-31T23:59", "0001-01-01T00:00"]
)
def test_a_time_that_is_none_is_refused(hotel, phone, given):
    assert phone().send("taxi/", wanted_at=given).status_code == 422
    assert asked(hotel) == []


@pytest.mark.parametrize("given", ["0", "-1", "9999", "abc", "1.5", "१०००"])
def test_a_quantity_must_be_one_to_ninety_nine(hotel, phone, given):
    answer = phone().send("towels/", quantity=given)
    assert (answer.status_code, notices(answer)) == (422, ["Choose a number from 1 to 99."])
    assert asked(hotel) == []


def test_a_service_that_is_switched_off_or_elsewhere_is_not_here(hotel, phone, service):
    off, staff_only = service("ice"), service("information")
    Service.objects.filter(pk=off.pk).update(active=False)
    guest = phone()
    assert [
        guest.open(f"{slug}/").status_code
        for slug in (off.slug, staff_only.slug, "no-such-service", "towels")
    ] == [404, 404, 404, 200]
    assert guest.send("ice/").status_code == 404
    assert asked(hotel) == []


def test_a_form_sent_twice_makes_one_request_also_without_a_cookie_yet(hotel, phone):
    guest, number = phone(), uuid4()
    guest.send("towels/", submission=number, quantity="3", words="soft ones")
    first_cookie = guest.client.cookies["browser"].value
    guest.client.cookies.clear()
    guest.send("towels/", submission=number, quantity="3", words="soft ones")
    assert guest.client.cookies["browser"].value == first_cookie
    assert [(r.service.slug, r.quantity) for r in asked(hotel)] == [("towels", 3)]
    assert Message.objects.count() == 1

    words = uuid4()
    for _ in range(2):
        guest.send(submission=words, words="a pillow and a blanket please")
    assert [r.service.slug for r in asked(hotel)] == ["towels", "pillow", "blanket"]
    assert Message.objects.count() == 2


def test_nothing_at_all_is_refused_with_a_sentence(hotel, phone):
    answer = phone().send(words="   ")
    assert (answer.status_code, notices(answer)) == (
        422,
        ["Write a few words first, or add a photo."],
    )
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    "words",
    [
        "😀😀😀",
        "<script>alert(1)</script> <img src=x onerror=alert(1)>",
        "'; DROP TABLE requests_app_request; --",
        "\u202eabc\u202c \u200f\u200e odd",
        "{{ request.user }}{% debug %}",
        "qwrt " * 320,
        "ab" * 5_000,
    ],
)
def test_odd_words_are_kept_as_they_were_shown_escaped_and_go_to_the_front_desk(
    hotel, phone, words
):
    guest = phone()
    assert guest.send(words=words).status_code == 303
    (request,) = asked(hotel)
    kept = words.strip()[:8_000]
    assert (request.desk.slug, request.kind, request.words) == ("front-desk", "unsorted", kept)
    assert Message.objects.get().body == kept
    page = guest.shown()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_what_no_database_can_hold_is_replaced(hotel, phone):
    phone().send(words="ab\x00cd")
    assert Message.objects.get().body == "ab\N{REPLACEMENT CHARACTER}cd"


def test_an_alarm_is_urgent_and_the_page_says_to_telephone(hotel, phone):
    guest = phone()
    guest.send(words="there is smoke in my room")
    assert [(r.urgent, r.desk.slug) for r in asked(hotel)] == [(True, "front-desk")]
    page = guest.shown()
    assert "In danger, telephone 112 now." in page
    assert page.count('href="tel:112"') == 2  # on the card and in the footer
    assert 'href="tel:+12025550199"' in page


def test_a_doctor_tapped_in_the_list_is_urgent_too(hotel, phone):
    phone().send("doctor/")
    assert [(r.service.slug, r.urgent) for r in asked(hotel)] == [("doctor", True)]


def test_praise_in_the_box_is_praise_and_no_request(hotel, phone, person):
    answer = phone().send(words="Aino was wonderful today, thank you so much!")
    assert asked(hotel) == []
    praise = Commendation.objects.get()
    assert (praise.channel, [c.person for c in praise.people.all()]) == (
        "web",
        [person("housekeeping")],
    )
    page = phone().client.get(answer["location"])
    assert notices(page) == ["Thank you. Our manager will read this, and pass it on."]


def test_a_complaint_in_the_box_goes_to_the_front_desk_first(hotel, phone):
    phone().send(words="This is unacceptable, I complained about the noise twice and nobody came")
    assert {(r.desk.slug, r.complaint) for r in asked(hotel)} == {("front-desk", True)}


def test_a_prankster_makes_one_line_and_every_word_is_kept(hotel, phone, room):
    guest = phone()
    for _ in range(web.MANY_REQUESTS):
        guest.send("towels/", quantity="1")
    answers = [guest.send(words=f"pillow number {n} please") for n in range(1, 4)]
    urgent = guest.send(words="fire in the bathroom")

    line = asked(hotel)[-1]
    assert len(asked(hotel)) == web.MANY_REQUESTS + 1
    assert (line.kind, line.desk.slug, line.unanswered, line.urgent) == (
        "many_texts",
        "front-desk",
        4,
        True,
    )
    assert [m.body for m in line.messages.all()] == [
        "pillow number 1 please",
        "pillow number 2 please",
        "pillow number 3 please",
        "fire in the bathroom",
    ]
    assert {a["location"] for a in [*answers, urgent]} == {f"{guest.address}?said=many#top"}
    (sentence,) = notices(guest.client.get(f"{guest.address}?said=many"))
    assert "+12025550199" in sentence


def test_a_pick_of_the_list_is_exact_however_many_there_were(hotel, phone):
    guest = phone()
    for _ in range(web.MANY_REQUESTS):
        guest.send("towels/", quantity="1")
    guest.send("iron/", words="with a board")
    last = asked(hotel)[-1]
    assert (last.service.slug, last.words, last.kind) == ("iron", "with a board", "service")


def test_what_one_telephone_asks_for_is_not_counted_for_another(hotel, phone):
    first, second = phone(), phone()
    for _ in range(web.MANY_REQUESTS):
        first.send("towels/", quantity="1")
    second.send(words="2 pillows please")
    assert [(r.service.slug, r.quantity) for r in asked(hotel)][-1] == ("pillow", 2)


def test_what_one_text_asks_for_is_shown_in_the_order_of_its_words(hotel, phone):
    guest = phone()
    guest.send(words="2 towels, an iron and a bathrobe please")
    page = guest.shown()
    things = ["2 bath towels", "1 iron and ironing board", "1 bathrobe"]
    mine = page[page.index(things[0]) :]
    assert [thing for thing in things if thing in mine] == things
    assert sorted(things, key=mine.index) == things


def test_words_that_could_not_be_understood_are_shown_as_kept_and_read_later(
    hotel, phone, monkeypatch
):
    guest = phone()
    with monkeypatch.context() as broken:
        broken.setattr(visitors, "read", None)
        assert guest.send(words="two towels").status_code == 303
    assert asked(hotel) == []
    assert "two towels" in guest.shown()

    clock.tick(Message.objects.get().at + timedelta(seconds=10))
    assert [(r.service.slug, r.quantity) for r in asked(hotel)] == [("towels", 2)]
    assert "We have it." in guest.shown()


def test_words_nobody_can_ever_read_go_to_the_front_desk(hotel, phone, monkeypatch):
    monkeypatch.setattr(visitors, "read", None)
    guest = phone()
    guest.send(words="two towels")
    for minute in range(web.MAX_READ_ATTEMPTS):
        clock.tick(Message.objects.get().at + timedelta(minutes=minute + 1))
    assert [(r.kind, r.words, r.room.number) for r in asked(hotel)] == [
        ("unsorted", "two towels", "305")
    ]
