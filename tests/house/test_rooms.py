from datetime import timedelta

import pytest
from django.utils import timezone

from requests_app.actions.requests import accept_request
from requests_app.models import Contact, Guest, Property, Request, Room, Stay
from tests.conftest import AYSE, EMILY


@pytest.fixture
def keeper(signed_in):
    return signed_in("supervisor")


@pytest.fixture
def elsewhere(hotel):
    """A room with a guest in another hotel."""
    other = Property.objects.create(
        slug="o", name="O", text_number="+12025550101", telephone="+12025550198"
    )
    now = timezone.now()
    return Stay.objects.create(
        property=other,
        guest=Guest.objects.create(property=other, last_name="Secret"),
        room=Room.objects.create(property=other, number="7"),
        arrived_at=now,
        leaves_at=now + timedelta(days=1),
    )


def stay_of(number):
    return Stay.objects.get(room__number=number, departed_at=None)


def arrival(days=2, **changes):
    leaves = (timezone.now() + timedelta(days=days)).date().isoformat()
    return {"last_name": "Nieminen", "leaves_on": leaves} | changes


def test_the_rooms_show_who_is_in_them(keeper):
    page = keeper.get("/house/").content.decode()
    assert "Ayşe Yılmaz" in page
    assert "Diabetic" in page


@pytest.mark.parametrize(("query", "numbers"), [("41", 12), ("yılm", 1), ("MORGAN", 2), ("xyz", 0)])
def test_a_room_is_found_by_number_or_guest(keeper, query, numbers):
    page = keeper.get("/house/", {"q": query}).content.decode()
    assert page.count('<th scope="row" class="number">') == (3 if query == "41" else numbers)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("bell", False),
        ("housekeeping", False),
        ("ravi.patel", False),
        ("front-desk", True),
        ("emre.kaya", True),
        ("supervisor", True),
        ("manager", True),
        ("admin", True),
    ],
)
def test_the_front_desk_and_whoever_stands_above_keep_the_register(signed_in, room, who, may):
    client, emily = signed_in(who), stay_of("207")
    page = client.get(f"/house/rooms/{emily.room_id}/").content.decode()
    assert "Emily Clarke" in page
    for form in (f"/house/stays/{emily.pk}/check-out/", f"/house/stays/{emily.pk}/move/"):
        assert (form in page) is may
    posts = {
        f"/house/rooms/{room('110').pk}/check-in/": arrival(),
        f"/house/stays/{emily.pk}/": arrival(last_name="Changed"),
        f"/house/stays/{emily.pk}/move/": {"room": room("111").pk},
        f"/house/stays/{emily.pk}/check-out/": {},
    }
    Stay.objects.filter(room__number="111").delete()
    for address, form in posts.items():
        assert client.post(address, form).status_code == (302 if may else 403), address
    emily.refresh_from_db()
    emily.guest.refresh_from_db()
    assert (emily.departed_at is not None, emily.guest.last_name == "Changed") == (may, may)


def test_checking_out_is_asked_about_and_needs_no_script(keeper):
    emily = stay_of("207")
    page = keeper.get(f"/house/rooms/{emily.room_id}/").content.decode()
    before, _, after = page.partition(f'action="/house/stays/{emily.pk}/check-out/"')
    assert before.rindex("<details") > before.rindex("</details>") if "</details>" in before else 1
    assert "Yes, Emily Clarke has left room 207" in after.partition("</details>")[0]


def test_a_stay_is_taken_to_end_tomorrow_until_somebody_says_otherwise(keeper, room, hotel):
    tomorrow = hotel.local(timezone.now()).date() + timedelta(days=1)
    page = keeper.get(f"/house/rooms/{room('110').pk}/").content.decode()
    assert f'name="leaves_on" value="{tomorrow.isoformat()}"' in page
    taken = keeper.get(f"/house/rooms/{room('412').pk}/").content.decode()
    assert "---------" not in taken
    assert "Choose a free room" in taken


@pytest.mark.parametrize("who", ["bell", "front-desk"])
def test_desks_look_into_rooms_but_do_not_keep_the_house(signed_in, room, who):
    client = signed_in(who)
    number = room("110").pk
    for address in ("/house/", f"/house/rooms/{number}/"):
        assert client.get(address).status_code == 200
    assert client.post(f"/house/rooms/{number}/token/").status_code == 403
    for address in (
        "/house/services/",
        "/house/words/",
        "/house/texts/",
        "/house/settings/",
    ):
        assert client.get(address).status_code == 403


def test_another_hotels_rooms_and_stays_do_not_exist(keeper, elsewhere):
    assert "Secret" not in keeper.get("/house/").content.decode()
    room, stay = elsewhere.room_id, elsewhere.pk
    assert keeper.get(f"/house/rooms/{room}/").status_code == 404
    for address in (
        f"/house/rooms/{room}/check-in/",
        f"/house/rooms/{room}/token/",
        f"/house/stays/{stay}/",
        f"/house/stays/{stay}/check-out/",
        f"/house/stays/{stay}/move/",
    ):
        assert keeper.post(address, arrival()).status_code == 404


def test_a_guest_arrives_and_texts_from_then_on(keeper, room, text):
    form = arrival(
        first_name="Pekka", telephone="+358 40 1234567", language="fi", preferences="Quiet"
    )
    answer = keeper.post(f"/house/rooms/{room('110').pk}/check-in/", form)
    assert answer["Location"] == f"/house/rooms/{room('110').pk}/"
    stay = stay_of("110")
    assert (str(stay.guest), stay.guest.telephone, stay.guest.language, stay.guest.preferences) == (
        "Pekka Nieminen",
        "+358401234567",
        "fi",
        "Quiet",
    )
    assert stay.property.local(stay.leaves_at).strftime("%H:%M") == "12:00"
    text("+358401234567", "kaksi pyyhettä")
    assert [r.room.number for r in Request.objects.all()] == ["110"]


def test_a_guest_who_returns_is_the_same_guest(keeper, room):
    emily = stay_of("207").guest
    keeper.post(f"/house/stays/{stay_of('207').pk}/check-out/")
    keeper.post(
        f"/house/rooms/{room('110').pk}/check-in/", arrival(last_name="CLARKE", telephone=EMILY)
    )
    assert stay_of("110").guest == emily


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"last_name": ""}, 422, "required"),
        ({"leaves_on": ""}, 422, "required"),
        ({"leaves_on": "2020-01-01"}, 409, "still to come"),
        ({"telephone": "12"}, 422, "telephone number"),
        ({"telephone": "call me"}, 422, "not a telephone number"),
        ({"language": "xx"}, 422, "valid choice"),
    ],
)
def test_an_arrival_that_cannot_be_is_refused(keeper, room, changes, status, sentence):
    answer = keeper.post(f"/house/rooms/{room('110').pk}/check-in/", arrival(**changes))
    assert (answer.status_code, sentence in answer.content.decode()) == (status, True)
    assert not Stay.objects.filter(room__number="110").exists()


def test_a_taken_room_is_not_given_twice(keeper, room):
    answer = keeper.post(f"/house/rooms/{room('412').pk}/check-in/", arrival())
    assert answer.status_code == 409
    assert "Ayşe Yılmaz is in room 412" in answer.content.decode()


def test_a_telephone_without_country_code_is_of_the_hotels_country(keeper, room):
    keeper.post(f"/house/rooms/{room('110').pk}/check-in/", arrival(telephone="(202) 555-0142"))
    assert stay_of("110").guest.telephone == "+12025550142"


def test_who_leaves_is_asked_for_their_room_when_they_text_again(keeper, text):
    text(AYSE, "iki havlu lütfen")
    stay, towels = stay_of("412"), Request.objects.get()
    keeper.post(f"/house/stays/{stay.pk}/check-out/")
    stay.refresh_from_db()
    assert stay.departed_at is not None
    assert Contact.objects.get(address=AYSE).stay is None
    towels.refresh_from_db()
    assert towels.is_open
    text(AYSE, "bavulumu unuttum")
    assert Request.objects.filter(kind="unknown_guest").count() == 1
    assert keeper.post(f"/house/stays/{stay.pk}/check-out/").status_code == 404


def test_open_requests_go_with_the_guest_who_moves(keeper, text, room, person):
    text(EMILY, "2 towels please")
    request = Request.objects.get()
    accept_request(request, by=person("housekeeping"), at=timezone.now())
    keeper.post(f"/house/stays/{stay_of('207').pk}/move/", {"room": room("110").pk})
    request.refresh_from_db()
    assert (request.room.number, request.room_now.number) == ("207", "110")


def test_nobody_is_moved_into_a_taken_room(keeper, room):
    stay = stay_of("207")
    answer = keeper.post(f"/house/stays/{stay.pk}/move/", {"room": room("412").pk})
    assert answer.status_code == 422
    assert stay_of("207") == stay


def test_what_matters_to_a_guest_shows_on_their_open_cards(keeper, text):
    text(EMILY, "2 towels please")
    request, stay = Request.objects.get(), stay_of("207")
    form = arrival(
        first_name="Emily", last_name="Clarke", telephone=EMILY, preferences="Sleeps late"
    )
    keeper.post(f"/house/stays/{stay.pk}/", form)
    before = request.sequence
    request.refresh_from_db()
    stay.guest.refresh_from_db()
    assert (request.sequence > before, stay.guest.preferences) == (True, "Sleeps late")


def test_a_renewed_code_leaves_the_old_card_behind(keeper, room, client):
    old = room("110").token
    assert keeper.get(f"/house/rooms/{room('110').pk}/token/").status_code == 405
    keeper.post(f"/house/rooms/{room('110').pk}/token/")
    assert room("110").token != old
    assert client.get(f"/r/{old}/").status_code == 404
    assert client.get(f"/r/{room('110').token}/").status_code == 200
