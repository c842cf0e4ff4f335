"""A board as a page: its lanes, order and queries, and that a pushed piece is the same HTML."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from requests_app import fragments, queries
from requests_app.actions import house, requests
from requests_app.hub import Changes
from requests_app.lookups import FOUND, NEWEST, find_requests
from requests_app.models import Request
from staff.boards.live import BoardView
from tests.boards.conftest import as_it_is
from tests.conftest import AYSE, EMILY, MORGANS, STRANGER


def cards_in(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<article id="request-(\d+)"', page)]


def lane(page: str, name: str) -> list[int]:
    return cards_in(re.search(rf'data-lane="{name}".*?</section>', page, re.S)[0])


def test_a_card_begins_with_the_attributes_others_rely_on(asked, person):
    request = requests.accept_request(asked(), by=person("housekeeping"), at=timezone.now())
    assert fragments.card(as_it_is(request), "en").startswith(
        f'<article id="request-{request.pk}" data-status="accepted" data-room="412"'
        f' data-desk="housekeeping" data-holder="{request.holder_id}"'
    )


def test_nobody_has_a_new_request(asked):
    assert 'data-holder=""' in fragments.card(asked(), "en")


def test_lanes_show_the_most_urgent_first_and_then_the_soonest_due(asked, signed_in, person, now):
    ironing = asked("iron", "101")
    towels = asked("towels", "102", at=now - timedelta(minutes=30))
    urgent = asked("pillow", "103", urgent=True)
    taken = requests.accept_request(asked("razor", "104"), by=person("housekeeping"), at=now)
    done = requests.finish_request(asked("hangers", "105"), by=person("housekeeping"), at=now)
    later = asked("turndown", "106", wanted_at=now + timedelta(hours=5))
    other_desk = asked("plumbing", "107")
    page = signed_in("housekeeping").get("/boards/housekeeping/").content.decode()
    assert lane(page, "new") == [urgent.pk, towels.pk, ironing.pk]
    assert (lane(page, "in-hand"), lane(page, "waiting")) == ([taken.pk], [done.pk])
    assert lane(page, "scheduled") == [later.pk]
    assert other_desk.pk in cards_in(signed_in("bell").get("/boards/all/").content.decode())


def test_an_urgent_request_is_on_every_board_until_it_is_done(asked, signed_in, person, now):
    request = asked("doctor", "412", urgent=True)
    client = signed_in("engineering")
    assert cards_in(client.get("/boards/engineering/").content.decode()) == [request.pk]
    requests.finish_request(request, by=person("concierge"), at=now)
    assert cards_in(client.get("/boards/engineering/").content.decode()) == []


def test_the_order_on_a_card_sorts_as_the_rows_do(asked, hotel, now):
    for n, slug in enumerate(["iron", "towels", "pillow", "razor", "cot"]):
        asked(slug, f"10{n + 1}", urgent=n % 2 == 0, at=now - timedelta(minutes=7 * n % 5))
    page = "".join(
        fragments.card(r, "en")
        for r in queries.requests_by_id(
            [pk for pk, *_ in queries.board_rows(hotel.pk, None)]
        ).values()
    )
    by_order = sorted(
        re.findall(r'id="request-(\d+)".*?data-order="(\d+)"', page), key=lambda m: m[1]
    )
    rows = [pk for pk, *_rest in queries.board_rows(hotel.pk, None)]
    assert [int(pk) for pk, _order in by_order] == rows


@pytest.mark.parametrize("count", [5, 50])
def test_a_board_costs_the_same_queries_however_many_cards(
    asked, signed_in, django_assert_max_num_queries, django_assert_num_queries, count
):
    for n in range(count):
        asked("towels", f"{n % 4 + 1}{n % 12 + 1:02d}")
    client = signed_in("housekeeping")
    fragments.forget()
    with django_assert_num_queries(9) as cold:
        client.get("/boards/housekeeping/")
    assert len(cold) <= 12
    with django_assert_max_num_queries(8):
        client.get("/boards/housekeeping/")


def test_a_pushed_piece_is_byte_for_byte_in_the_page(asked, signed_in, hotel, desk, now):
    before = queries.head_sequence(hotel.pk)
    request = asked("towels", "412", words="<b>2</b> towels & \u202esoap")
    view = BoardView(hotel.pk, desk("housekeeping").pk, "en")
    pushed = view.changes(Changes(hotel.pk, before))
    page = signed_in("housekeeping").get("/boards/housekeeping/").content.decode()
    piece = re.search(r"<article.*?</article>", pushed, re.S)[0]
    assert (piece in page, piece in view.snapshot()[0]) == (True, True)
    assert "&lt;b&gt;2&lt;/b&gt;" in piece
    assert fragments.card(request, "en") == piece + "\n"
    counts = re.findall(r"<span class=\"count.*?</span>", pushed)
    assert (len(counts), all(count in page for count in counts)) == (7, True)


def test_a_snapshot_holds_what_the_page_holds(asked, text, signed_in, hotel):
    asked("towels", "412")
    text(EMILY, "the AC is dripping and we need 3 pillows")
    frame, sequence = BoardView(hotel.pk, None, "en").snapshot()
    lanes = re.search(r"<div>(.*)</div><span", frame, re.S)[1]
    page = signed_in("supervisor").get("/boards/all/").content.decode()
    assert (lanes in page, sequence) == (True, queries.head_sequence(hotel.pk))
    assert f'data-sequence="{sequence}"' in page


def test_a_change_this_board_does_not_show_is_told_as_gone(asked, hotel, desk, person, now):
    request = asked("towels", "412")
    before = queries.head_sequence(hotel.pk)
    requests.transfer_request(request, to=desk("bell"), by=person("housekeeping"), at=now)
    here, there = (BoardView(hotel.pk, desk(s).pk, "en") for s in ("housekeeping", "bell"))
    gone = f'<i data-gone="request-{request.pk}"></i>'
    assert gone in here.changes(Changes(hotel.pk, before))
    assert gone not in there.changes(Changes(hotel.pk, before))
    assert fragments.card(as_it_is(request), "en") in there.changes(Changes(hotel.pk, before))


def test_a_card_says_all_that_is_out_of_the_ordinary(text, asked, hotel, person, room, now):
    text(AYSE, "Nefes alamıyorum, doktor lazım")
    doctor = hotel.requests.get(service__slug="doctor")
    text(AYSE, "STOP")
    card = fragments.card(as_it_is(doctor), "en")
    assert "Diabetic: sugar-free, bread first" in card
    assert "No texts: STOP" in card
    assert "Urgent: “" in card
    assert "Ayşe Yılmaz · text · Turkish" in card
    assert "“Nefes alamıyorum, doktor lazım”" in card
    text(STRANGER, "some ice please")
    assert "Unknown number" in fragments.card(hotel.requests.get(kind="unknown_guest"), "en")
    moved = asked("towels", "305", quantity=2)
    house.move_stay(moved.stay, to=room("301"), at=now)
    card = fragments.card(as_it_is(moved), "en")
    assert ('data-room="301"' in card, "was 305" in card, "2 bath towels" in card) == (True,) * 3
    held = requests.hold_request(
        asked("cot", "101"), by=person("housekeeping"), at=now, reason="Guest asleep",
        until=now + timedelta(minutes=30),
    )  # fmt: skip
    until = f"{hotel.local(held.hold_until):%H:%M}"
    assert f"On hold until {until}: Guest asleep" in fragments.card(as_it_is(held), "en").replace(
        f"{hotel.local(held.hold_until):%a}", ""
    )
    again = requests.finish_request(asked("iron", "102"), by=person("housekeeping"), at=now)
    requests.reopen_request(again, at=now)
    assert "Not yet" in fragments.card(as_it_is(again), "en")


def test_the_promise_is_a_clock_time_of_the_hotel_and_nothing_relative_to_now(asked, hotel, now):
    request = asked("towels", "412")
    card = fragments.card(request, "en")
    assert f"promised {hotel.local(request.due_at):%H:%M}" in card
    fragments.forget()
    assert fragments.card(as_it_is(request), "en") == card
    assert "csrf" not in card


def test_a_board_of_another_desk_name_is_not_found(signed_in):
    assert signed_in("housekeeping").get("/boards/spa/").status_code == 404


def test_everybody_starts_where_they_work(signed_in):
    starts = {who: signed_in(who).get("/")["Location"]
              for who in ("housekeeping", "supervisor", "manager")}  # fmt: skip
    assert starts == {
        "housekeeping": "/boards/housekeeping/",
        "supervisor": "/boards/all/",
        "manager": "/manager/",
    }


def test_a_board_needs_somebody_who_is_signed_in(client, hotel):
    assert client.get("/boards/all/")["Location"] == "/sign-in/?next=/boards/all/"


def test_the_title_counts_what_is_new(asked, signed_in):
    asked("towels", "412")
    page = signed_in("housekeeping").get("/boards/housekeeping/").content.decode()
    assert "<title>(1) Housekeeping · Concierge</title>" in page


def test_pages_speak_the_language_of_whoever_looks(asked, signed_in, person):
    asked("towels", "412", quantity=2)
    aino = person("housekeeping")
    aino.language = "ar"
    aino.save()
    page = signed_in("housekeeping").get("/boards/housekeeping/").content.decode()
    assert 'lang="ar" dir="rtl"' in page


def test_the_search_finds_rooms_guests_and_words(text, signed_in, elsewhere):
    request = text(MORGANS, "208") and text(EMILY, "3 pillows please").caused.get()
    client = signed_in("bell")
    for words in ("207", "clarke", "pillows", f"#{request.pk}"):
        found = client.get("/search/", {"q": words}, headers={"HX-Request": "true"})
        assert f'href="/requests/{request.pk}/"' in found.content.decode(), words
    assert "Emily Clarke" in client.get("/search/", {"q": "207"}).content.decode()
    nothing = client.get("/search/", {"q": "Hello"}).content.decode()
    assert f"/requests/{elsewhere.pk}/" not in nothing


@pytest.mark.parametrize("cancelled", [1, NEWEST])
def test_what_was_cancelled_is_found_last_however_much_of_it_there_is(
    asked, person, hotel, now, cancelled
):
    done = asked("towels", "412", at=now - timedelta(hours=2))
    Request.objects.filter(pk=done.pk).update(
        status="confirmed", closed_at=now, next_look_at=None, words="blue"
    )
    given_up = [asked("iron", "412", at=now - timedelta(minutes=n)) for n in range(cancelled)]
    Request.objects.filter(pk__in=[r.pk for r in given_up]).update(
        status="cancelled", closed_at=now, next_look_at=None, words="blue"
    )
    found = [request.pk for request in find_requests(hotel, "blue")]
    assert found == [done.pk, *(r.pk for r in given_up)][:FOUND]


def test_what_is_urgent_with_another_desk_is_shown_apart_and_counted_there(asked, signed_in, hotel):
    asked("towels", "412")
    asked("doctor", "305", urgent=True)
    page = signed_in("housekeeping").get("/boards/housekeeping/").content.decode()
    lanes = dict(re.findall(r'data-lane="([\w-]+)".*?<span class="lane-count">(\d+)</span>', page))
    assert lanes == {"elsewhere": "1", "new": "1", "in-hand": "0", "waiting": "0", "scheduled": "0"}
    assert "(1) Housekeeping" in page
    assert re.search(r'data-count="housekeeping">1</span>', page)
    here = page.index('data-lane="elsewhere"')
    assert here < page.index('data-room="305"') < page.index('data-lane="new"')
    everything = signed_in("supervisor").get("/boards/all/").content.decode()
    assert '<span class="lane-count">2</span>' in everything
    assert re.search(r'data-lane="elsewhere"[^>]* hidden>', everything)


def test_what_is_long_over_is_found_where_one_asks_for_it_or_names_it(asked, signed_in, now):
    old = asked("towels", "412", words="the blue towels with dolphins")
    Request.objects.filter(pk=old.pk).update(
        status="confirmed",
        created_at=now - timedelta(days=30),
        closed_at=now - timedelta(days=30),
        next_look_at=None,
    )
    client = signed_in("front-desk")

    def found(**query):
        page = client.get("/search/", query, headers={"HX-Request": "true"}).content.decode()
        return f'data-open="{old.pk}"' in page

    assert not found(q="dolphins")
    assert "all=1" in client.get("/search/", {"q": "dolphins"}).content.decode()
    assert found(q="dolphins", all="1")
    assert found(q=f"#{old.pk}")
    Request.objects.filter(pk=old.pk).update(status="new", closed_at=None)
    assert found(q="dolphins")
