"""Requests by telephone and at the counter, and follow-ups: entered in seconds, once."""

from __future__ import annotations

import re
from uuid import uuid4

from django.utils import timezone

from requests_app.models import Request
from tests.boards.conftest import events

SCRIPT = {"HX-Request": "true"}


def enter(client, **form):
    return client.post("/requests/new/", {"submission": uuid4(), **form}, headers=SCRIPT)


def test_words_become_what_they_mean(signed_in, hotel):
    client = signed_in("front-desk")
    entered = enter(client, room="305", words="2 towels and a toothbrush", channel="counter")
    opened = Request.objects.order_by("pk")
    assert entered.status_code == 200
    assert [(r.service.slug, r.quantity, r.room.number, r.channel) for r in opened] == [
        ("towels", 2, "305", "counter"),
        ("dental-kit", 1, "305", "counter"),
    ]
    assert str(opened[0].stay.guest) == "Kari Virtanen"
    assert entered.content.decode().count("<article") == 2
    assert events(opened[0]) == [("created", "front-desk")]


def test_a_form_sent_twice_makes_one_request(signed_in, hotel):
    client, form = signed_in("front-desk"), {"room": "305", "words": "ice", "submission": uuid4()}
    first, second = enter(client, **form), enter(client, **form)
    assert (first.content, Request.objects.count()) == (second.content, 1)


def test_a_service_that_is_picked_wins_over_the_words(signed_in, hotel):
    enter(signed_in("bell"), room="412", words="the usual", service="pillow", quantity=3)
    request = Request.objects.get()
    assert (request.service.slug, request.quantity, request.words) == ("pillow", 3, "the usual")


def test_a_follow_up_waits_for_its_time(signed_in, hotel, time_machine_at_ten):
    enter(signed_in("front-desk"), room="412", words="check on the guest at 20:00")
    request = Request.objects.get()
    assert (request.status, request.desk.slug) == ("scheduled", "front-desk")
    assert f"{hotel.local(request.wanted_at):%H:%M}" == "20:00"
    page = signed_in("front-desk").get("/boards/front-desk/").content.decode()
    assert "check on the guest at 20:00" in page


def test_what_no_service_names_goes_to_the_desk_that_was_chosen(signed_in, hotel):
    enter(signed_in("bell"), room="412", words="wind the grandfather clock", desk="bell")
    request = Request.objects.get()
    assert (request.service.slug, request.desk.slug) == ("other", "bell")


def test_a_room_that_does_not_exist_is_said_so_and_the_words_are_kept(signed_in, hotel):
    refused = enter(signed_in("bell"), room="999", words="2 towels")
    assert (refused.status_code, Request.objects.count()) == (422, 0)
    assert "There is no room 999." in refused.content.decode()
    assert 'value="2 towels"' in refused.content.decode()


def test_nothing_wanted_is_nothing_opened(signed_in, hotel):
    refused = enter(signed_in("bell"), room="412", words="  ")
    assert (refused.status_code, Request.objects.count()) == (422, 0)


def test_while_typing_it_says_what_it_would_become(signed_in, hotel):
    client = signed_in("bell")
    seen = client.get("/requests/new/reading/", {"room": "207", "words": "2 towels"})
    page = seen.content.decode()
    assert ("2 bath towels" in page, "Housekeeping" in page, "Emily Clarke" in page) == (True,) * 3
    assert "Feather allergy: synthetic pillows" in page
    unknown = client.get("/requests/new/reading/", {"room": "999", "words": ""})
    assert "There is no room 999." in unknown.content.decode()
    assert Request.objects.count() == 0


def test_the_form_is_a_page_without_javascript(signed_in, hotel):
    client = signed_in("bell")
    assert "<!doctype html>" in client.get("/requests/new/?room=412").content.decode()
    saved = client.post("/requests/new/", {"room": "412", "words": "ice", "next": "/boards/bell/"})
    assert (saved.status_code, saved["Location"]) == (
        302,
        f"/boards/bell/?entered={Request.objects.get().pk}",
    )
    page = client.get(saved["Location"]).content.decode()
    assert re.search(r"412: Ice → In-room dining by \d\d:\d\d", page)
    assert "Ice →" not in signed_in("bell").get("/boards/bell/?entered=999,x").content.decode()
    assert Request.objects.get().created_at <= timezone.now()


def test_what_became_of_it_is_said_also_where_it_went_to_other_desks(signed_in, hotel):
    form = {"room": "412", "words": "2 blankets and a taxi at 20:00"}
    said = signed_in("front-desk").post("/requests/new/", form, headers={"HX-Request": "true"})
    became = re.search(r"<p data-became>(.*?)</p>", said.content.decode())
    assert became
    assert re.fullmatch(
        r"412: 2 blankets → Housekeeping by \d\d:\d\d; Taxi → Bell desk, .*20:00", became[1]
    )


def test_a_refusal_points_at_the_field_that_is_wrong(signed_in):
    form = {"room": "999", "words": "ice"}
    page = signed_in("bell").post("/requests/new/", form).content.decode()
    room, words = page.index('id="new-room"'), page.index('id="new-words"')
    assert 'aria-invalid="true" aria-describedby="new-wrong" autofocus' in page[room:words]
    assert page.count("autofocus") == 1
    assert "There is no room 999." in page
