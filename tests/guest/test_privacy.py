"""What others see of what a guest asked: nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from requests_app.actions import house
from requests_app.actions.opening import Wanted, open_requests
from requests_app.models import Photo, Property, Request, Stay
from requests_app.queries import stay_in_room
from tests.guest.conftest import Phone, asked, picture


@pytest.fixture
def mine(hotel, phone) -> tuple[Phone, Request]:
    guest = phone("305")
    guest.send(words="2 towels please")
    return guest, asked(hotel)[0]


def test_an_unknown_and_a_renewed_token_lead_to_a_friendly_page(hotel, phone, room):
    guest = phone("305")
    guest.send(words="2 towels please")
    old = guest.address
    house.renew_token(room("305"), at=timezone.now())
    for address in (old, "/r/nobody-ever-had-this-token/", "/r/short/", "/r/%00%FF/"):
        answer = guest.client.get(address)
        assert answer.status_code == 404
        page = answer.content.decode()
        assert "This code is no longer in use." in page
        assert 'href="tel:+12025550199"' in page
        assert "towels" not in page
    assert guest.client.post(old, {"words": "more"}).status_code == 404


def test_where_there_are_several_hotels_a_lost_page_names_none(hotel):
    Property.objects.create(slug="other", name="Other", text_number="+1", telephone="+2")
    page = Client().get("/r/nobody-ever-had-this-token/").content.decode()
    assert "tel:" not in page
    assert "from the telephone in your room" in page


def test_looking_leaves_no_key_behind_and_asking_does(hotel, phone):
    guest = phone()
    guest.open()
    assert "browser" not in guest.client.cookies
    guest.send(words="2 towels please")
    cookies = {name: guest.client.cookies[name] for name in ("browser", "browser-live")}
    assert {name: (c["path"], c["httponly"], c["samesite"]) for name, c in cookies.items()} == {
        "browser": ("/r/", True, "Lax"),
        "browser-live": ("/ws/r/", True, "Lax"),
    }


def test_another_browser_sees_and_moves_nothing(mine, phone):
    _guest, request = mine
    visitor = phone("305")
    assert f'id="request-{request.pk}"' not in visitor.shown()
    visitor.send(words="an iron please")  # with a key of their own
    assert f'id="request-{request.pk}"' not in visitor.shown()
    for move in ("write", "not-needed", "arrived", "not-yet", "rate", "thank"):
        assert visitor.does(request, move, words="hello", score="5").status_code == 404
    request.refresh_from_db()
    assert (request.status, request.unanswered) == ("new", 0)


def test_the_same_browser_on_another_rooms_page_sees_nothing_of_this_one(mine, room):
    guest, request = mine
    guest.room, guest.address = room("306"), f"/r/{room('306').token}/"
    assert f'id="request-{request.pk}"' not in guest.shown()
    assert guest.does(request, "not-needed").status_code == 404


@pytest.mark.parametrize("forged", ["", "abc", "abc:def", "x" * 5000])
def test_a_cookie_that_was_tampered_with_is_none(mine, forged):
    guest, request = mine
    key = guest.client.cookies["browser"].value
    guest.client.cookies["browser"] = forged or key[:-1] + ("A" if key[-1] != "A" else "B")
    assert f'id="request-{request.pk}"' not in guest.shown()
    assert guest.does(request, "not-needed").status_code == 404


def test_no_page_names_the_guest(mine, hotel):
    guest, _request = mine
    stay = stay_in_room(guest.room.pk, timezone.now())
    assert stay.guest.last_name == "Virtanen"
    assert "Virtanen" not in guest.shown()
    assert "Kari" not in guest.shown()


def test_after_the_stay_its_requests_are_gone_also_for_the_next_guest(mine, hotel):
    guest, request = mine
    now = timezone.now()
    Stay.objects.filter(pk=request.stay_id).update(departed_at=now)
    assert f'id="request-{request.pk}"' not in guest.shown()
    Stay.objects.create(
        property=hotel,
        guest=request.stay.guest,
        room=guest.room,
        arrived_at=now,
        leaves_at=now + timedelta(days=2),
    )
    assert f'id="request-{request.pk}"' not in guest.shown()
    assert guest.does(request, "not-needed").status_code == 404


def test_without_a_stay_the_last_day_is_shown(hotel, phone):
    guest = phone("110")
    guest.send(words="2 towels please")
    (request,) = asked(hotel)
    assert f'id="request-{request.pk}"' in guest.shown()
    Request.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert f'id="request-{request.pk}"' not in guest.shown()


def test_a_guest_who_moved_finds_it_on_the_new_rooms_page(mine, room):
    guest, request = mine
    house.move_stay(request.stay, to=room("110"), at=timezone.now())
    guest.address = f"/r/{room('110').token}/"
    assert f'id="request-{request.pk}"' in guest.shown()


def test_a_form_without_its_token_is_refused_and_says_what_to_do(hotel, room):
    client = Client(enforce_csrf_checks=True)
    address = f"/r/{room('305').token}/"
    client.get(address)
    wrong = client.post(address, {"words": "towels", "csrfmiddlewaretoken": "x" * 32})
    assert wrong.status_code == 403
    assert "Please send it once more." in wrong.content.decode()
    right = client.post(
        address, {"words": "towels", "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    )
    assert (right.status_code, len(asked(hotel))) == (303, 1)


def test_another_hotels_request_and_picture_are_not_here(mine, hotel, tmp_path):
    guest, request = mine
    guest.send(words="look", photo=picture())
    photo = Photo.objects.get()
    assert guest.open(f"photo/{photo.pk}/").status_code == 200
    elsewhere = Property.objects.create(slug="b", name="B", text_number="+3", telephone="+4")
    Photo.objects.update(request=_request_of(elsewhere, request), property=elsewhere)
    assert guest.open(f"photo/{photo.pk}/").status_code == 404
    assert guest.open("photo/999999/").status_code == 404
    theirs = Request.objects.get(property=elsewhere)
    assert guest.does(theirs, "not-needed").status_code == 404


def _request_of(elsewhere: Property, like: Request) -> Request:
    desk = elsewhere.desks.create(slug="front-desk")
    (theirs,) = open_requests(
        elsewhere,
        [Wanted(desk=desk, kind=Request.Kind.UNSORTED, words="theirs")],
        channel="web",
        at=timezone.now(),
        browser=like.browser,
    )
    return theirs


def test_a_picture_is_shown_to_the_browser_that_sent_it_alone(hotel, phone):
    guest, visitor = phone("305"), phone("305")
    guest.send(words="look at this", photo=picture())
    photo = Photo.objects.get()
    own = guest.open(f"photo/{photo.pk}/")
    assert (own.status_code, own["content-type"], own["cache-control"]) == (
        200,
        "image/jpeg",
        "no-store",
    )
    assert visitor.open(f"photo/{photo.pk}/").status_code == 404


def test_every_answer_is_kept_nowhere_and_found_by_no_engine(mine):
    guest, _request = mine
    for answer in (guest.open(), guest.open("towels/"), guest.open("nothing/"), guest.send()):
        assert (answer["cache-control"], answer["x-robots-tag"]) == (
            "no-store",
            "noindex, nofollow",
        )


@pytest.mark.parametrize(
    ("header", "language", "direction"),
    [
        ("fi-FI,fi;q=0.9,en;q=0.8", "fi", "ltr"),
        ("tr", "tr", "ltr"),
        ("ar-EG,ar;q=0.9", "ar", "rtl"),
        ("de,fr;q=0.9", "en", "ltr"),
        ("xx-;;q=nonsense,\x7f", "en", "ltr"),
        ("sv,fi;q=0.5,tr;q=0.9", "tr", "ltr"),
    ],
)
def test_the_page_speaks_the_phones_language(hotel, phone, header, language, direction):
    answer = phone("305", header).open()
    assert f'<html lang="{language}" dir="{direction}">' in answer.content.decode()
    assert answer["content-language"] == language


def test_only_the_hotels_own_languages_are_spoken(hotel, phone):
    Property.objects.update(languages=["fi", "en"])
    page = phone("305", "tr").shown()
    assert '<html lang="fi"' in page
    assert 'href="?language=tr"' not in page


def test_the_language_is_switched_by_a_link_kept_and_the_address_stays(hotel, phone):
    guest = phone("305", "en")
    switched = guest.open("towels/", language="ar", said="many")
    assert (switched.status_code, switched["location"]) == (
        303,
        f"{guest.address}towels/?said=many",
    )
    assert '<html lang="ar" dir="rtl">' in guest.shown()
    assert guest.open(language="xx").status_code == 200
