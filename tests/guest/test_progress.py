"""What a guest reads about their request from asking to thanking, and what their taps do."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.utils import timezone

from requests_app.actions import requests, talking
from requests_app.models import Commendation, Message, Rating, Request
from requests_app.queries import requests_by_id
from requests_app.states import EventKind, Status
from tests.guest.conftest import Phone, asked, notices


@pytest.fixture
def towels(hotel, phone) -> tuple[Phone, Request]:
    guest = phone("305")
    guest.send("towels/", quantity="2")
    return guest, asked(hotel)[0]


def again(request: Request) -> Request:
    return requests_by_id([request.pk])[request.pk]


def card(guest: Phone, request: Request) -> str:
    """The request's card, as text without tags."""
    found = re.search(rf'<article[^>]*id="request-{request.pk}".*?</article>', guest.shown(), re.S)
    assert found is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def steps(guest: Phone) -> list[str]:
    return re.findall(r'<li class="reached[^>]*>([^<]*)<', guest.shown())


def finish(request: Request, *people) -> None:
    requests.finish_request(again(request), by=people[0], at=timezone.now(), helpers=people[1:])


def test_every_step_is_told_with_who_has_it(towels, person):
    guest, request = towels
    assert steps(guest) == ["Received"]
    assert "We have it. Housekeeping, by " in card(guest, request)

    requests.accept_request(again(request), by=person("housekeeping"), at=timezone.now())
    assert steps(guest) == ["Received", "Accepted"]
    assert "Aino L. is taking care of it. Housekeeping, by " in card(guest, request)

    requests.start_request(again(request), by=person("housekeeping"), at=timezone.now())
    assert steps(guest) == ["Received", "Accepted", "On the way"]
    assert "Aino L. is on the way." in card(guest, request)

    finish(request, person("housekeeping"))
    assert steps(guest) == ["Received", "Accepted", "On the way", "With you"]
    assert "Done. Did everything arrive?" in card(guest, request)


def test_on_hold_is_said_kindly_and_its_reason_stays_inside(towels, person):
    guest, request = towels
    requests.accept_request(again(request), by=person("housekeeping"), at=timezone.now())
    requests.hold_request(
        again(request), by=person("housekeeping"), at=timezone.now(), reason="short of staff"
    )
    assert "A moment longer. Aino L. has it in hand." in card(guest, request)
    assert "short of staff" not in guest.shown()


def test_notes_of_staff_are_never_shown_and_replies_are(towels, person):
    guest, request = towels
    aino = person("housekeeping")
    talking.note_request(again(request), by=aino, at=timezone.now(), text="difficult guest")
    talking.reply_to_guest(again(request), by=aino, at=timezone.now(), text="White or cream?")
    assert "difficult" not in guest.shown()
    assert "White or cream? Aino L." in card(guest, request)


def test_what_is_late_says_so(towels, hotel):
    guest, request = towels
    due_at = timezone.now() - timedelta(minutes=3)
    Request.objects.update(due_at=due_at)
    told = f"{hotel.local(due_at):%H:%M}"
    assert f"We said {told}, and we are late. We are sorry." in card(guest, request)
    assert "by " + told not in card(guest, request)


def test_the_guest_writes_back_and_the_card_shows_it_once(towels):
    guest, request = towels
    number = uuid4()
    for _ in range(2):
        guest.does(request, "write", words="Cream, <b>please</b>", submission=number)
    request.refresh_from_db()
    message = Message.objects.get(direction="in")
    assert (message.body, message.request_id, message.channel, request.unanswered) == (
        "Cream, <b>please</b>",
        request.pk,
        "web",
        1,
    )
    assert request.events.last().kind == EventKind.HEARD
    assert "Cream, <b>please</b> You" in card(guest, request)
    empty = guest.does(request, "write", words="  ")
    assert (empty.status_code, notices(empty)) == (422, ["Write a few words first."])


def test_an_alarm_in_an_answer_puts_the_card_on_top(towels):
    guest, request = towels
    guest.does(request, "write", words="there is smoke coming from the wall")
    assert again(request).urgent
    assert "In danger, telephone 112 now." in card(guest, request)


def test_a_flood_of_answers_stops_at_the_card_and_is_kept(towels):
    guest, request = towels
    for n in range(35):
        guest.does(request, "write", words=f"and {n}")
    assert Message.objects.filter(direction="in").count() == 35
    assert again(request).unanswered == 30


def test_not_needed_any_more_while_nobody_has_it(towels, person):
    guest, request = towels
    guest.does(request, "not-needed")
    assert (again(request).status, again(request).events.last().by) == (Status.CANCELLED, "guest")
    assert "Not needed any more." in card(guest, request)
    assert guest.does(request, "not-needed").status_code == 303  # twice is no error


def test_what_somebody_has_is_not_taken_back_by_a_stale_page(towels, person):
    guest, request = towels
    requests.accept_request(again(request), by=person("housekeeping"), at=timezone.now())
    late = guest.does(request, "not-needed")
    assert (late.status_code, notices(late)) == (
        409,
        ["That is not possible now: the request is accepted."],
    )
    assert "Aino L. is taking care of it." in late.content.decode()


def test_not_yet_reopens_the_same_request_as_rework(towels, person, hotel):
    guest, request = towels
    finish(request, person("housekeeping"))
    guest.does(request, "not-yet", words="only one came")
    now = again(request)
    assert (now.status, now.reworked, now.unanswered, now.holder) == (Status.NEW, 1, 1, None)
    assert [m.body for m in now.messages.all()] == ["only one came"]
    assert now.words.startswith("only one came")
    assert "We are sorry. It is with us again, first in line." in card(guest, request)
    assert Request.objects.exclude(urgent=True).most_urgent_first()[0] == now
    assert len(asked(hotel)) == 1


def test_not_yet_is_also_right_after_silence_has_confirmed(towels, person):
    guest, request = towels
    finish(request, person("housekeeping"))
    requests.confirm_request(again(request), at=timezone.now(), actor="clock")
    assert "Something is missing" in card(guest, request)
    guest.does(request, "not-yet")
    assert again(request).status == Status.NEW


def test_the_whole_way_to_thanks(towels, person):
    guest, request = towels
    mika, maria, other = person("mika.salo"), person("maria.santos"), person("concierge")
    finish(request, mika, maria, other)
    assert guest.does(request, "arrived").status_code == 303
    assert again(request).status == Status.CONFIRMED
    assert "How did we do?" in card(guest, request)

    guest.does(request, "rate", score="4")
    guest.does(request, "rate", score="5")
    assert [r.score for r in Rating.objects.all()] == [5]  # the last word counts
    assert "Whom may we thank? Mika S. Maria Mika K." in card(guest, request)

    number = uuid4()
    chosen = {"person": [str(mika.pk), str(maria.pk)], "words": "So kind", "submission": number}
    for _ in range(2):
        guest.does(request, "thank", **chosen)
    praise = Commendation.objects.get()
    assert (praise.words, praise.request, praise.channel, praise.stay) == (
        "So kind",
        request,
        "web",
        request.stay,
    )
    assert {(p.person, p.how) for p in praise.people.all()} == {
        (mika, "chosen"),
        (maria, "chosen"),
    }
    assert "Thank you. This goes to Mika and Maria, and our manager reads it too." in card(
        guest, request
    )
    assert "Whom may we thank?" not in guest.shown()


def test_a_name_two_people_share_is_left_open_in_words_and_settled_by_a_tap(towels, person):
    guest, request = towels
    finish(request, person("housekeeping"))
    guest.does(request, "rate", score="5")
    guest.does(request, "thank", words="Mika was so kind")
    praise = Commendation.objects.get()
    assert list(praise.people.all()) == []
    assert [sorted(n["candidates"]) for n in praise.open_names] == [
        sorted([person("mika.salo").pk, person("concierge").pk])
    ]
    assert "Our manager will read this, and pass it on." in card(guest, request)


def test_only_those_of_the_log_can_be_tapped(towels, person):
    guest, request = towels
    finish(request, person("housekeeping"))
    guest.does(request, "rate", score="5")
    refused = guest.does(request, "thank", person=[str(person("manager").pk), "x", "-1"])
    assert (refused.status_code, notices(refused)) == (
        422,
        ["Choose somebody, or write a few words."],
    )
    assert Commendation.objects.count() == 0


@pytest.mark.parametrize("score", ["0", "6", "-1", "five", "", "３", "1e1"])
def test_a_rating_is_one_to_five(towels, person, score):
    guest, request = towels
    finish(request, person("housekeeping"))
    answer = guest.does(request, "rate", score=score)
    assert (answer.status_code, notices(answer)) == (422, ["Choose from 1 to 5."])
    assert Rating.objects.count() == 0
    assert again(request).status == Status.DONE


def test_a_rating_or_thanks_before_it_is_done_is_refused(towels):
    guest, request = towels
    assert guest.does(request, "rate", score="5").status_code == 409
    assert guest.does(request, "thank", words="thanks").status_code == 409
    assert guest.does(request, "arrived").status_code == 409


def test_a_poor_rating_still_offers_to_thank_somebody(towels, person):
    guest, request = towels
    finish(request, person("housekeeping"))
    guest.does(request, "rate", score="2")
    assert "Did somebody help you well all the same?" in card(guest, request)


def test_words_about_something_that_is_over_are_asked_anew(towels, person, hotel):
    guest, request = towels
    guest.does(request, "not-needed")
    guest.does(request, "write", words="an iron after all please")
    assert [r.service.slug for r in asked(hotel)] == ["towels", "iron"]


def test_without_scripts_an_open_request_reloads_by_itself_and_a_closed_one_does_not(towels):
    guest, request = towels
    refresh = '<noscript><meta http-equiv="refresh" content="30"></noscript>'
    assert refresh in guest.shown()
    guest.does(request, "not-needed")
    assert refresh not in guest.shown()


def test_other_words_in_a_form_with_the_same_number_are_never_lost(towels):
    """Two tabs show one card: what is typed in the second was not said in the first."""
    guest, request = towels
    number = uuid4()
    guest.does(request, "write", words="cream", submission=number)
    guest.does(request, "write", words="no, white", submission=number)
    assert [m.body for m in again(request).messages.all()] == ["cream", "no, white"]
