"""A hotel of one's own: opened by one command; rooms added, renamed, taken away; words taught."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from requests_app.actions.rooms import room_numbers
from requests_app.errors import Missing
from requests_app.models import Property, Request, Room, Service, TaughtWord
from staff.models import Person, Role


@pytest.fixture
def manager(signed_in):
    return signed_in("manager")


def lumi(capsys: pytest.CaptureFixture[str], **changes: str) -> tuple[Property, str]:
    options = {
        "time_zone": "Europe/Helsinki", "text_number": "+358 40 123 4567",
        "telephone": "+358 9 123 456", "email": "Anna@Lumi.example", "first_name": "Anna",
        "last_name": "Lumi", "language": "fi", "rooms": "101-103, Suite A",
    } | changes  # fmt: skip
    call_command("open_hotel", "Hotel Lumi", **options)
    return Property.objects.get(name="Hotel Lumi"), capsys.readouterr().out


def test_a_hotel_is_opened_and_its_administrator_signs_in(db, client: Client, capsys) -> None:
    hotel, said = lumi(capsys)
    assert (hotel.slug, hotel.text_number, hotel.language) == ("hotel-lumi", "+358401234567", "fi")
    assert [room.number for room in hotel.rooms.all()] == ["101", "102", "103", "Suite A"]
    assert hotel.desks.count() == 6
    assert hotel.services.count() > 30
    anna = Person.objects.get(property=hotel)
    assert (anna.email, anna.role, anna.desks.count()) == (
        "anna@lumi.example",
        Role.ADMINISTRATOR,
        6,
    )
    password = next(word for word in said.split() if word.count("-") == 3)
    answer = client.post("/sign-in/", {"email": "anna@lumi.example", "password": password})
    assert answer.status_code == 302
    for address in (
        "/boards/all/",
        "/manager/",
        "/house/",
        "/house/rooms/cards/",
        "/house/people/",
    ):
        assert client.get(address).status_code == 200, address
    room = hotel.rooms.get(number="Suite A")
    assert "Hotel Lumi" in Client().get(f"/r/{room.token}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"time_zone": "Helsinki"}, "There is no time zone 'Helsinki'"),
        ({"text_number": "0401234567"}, "begin with + and the country code"),
        ({"telephone": "+1"}, "is no telephone number"),
        ({"email": "anna"}, "valid email"),
        ({"rooms": "205-101"}, "“205-101” is not a row of rooms."),
    ],
)
def test_what_is_wrong_is_said_and_no_hotel_is_left_behind(db, capsys, wrong, sentence) -> None:
    with pytest.raises(CommandError, match=sentence.split("'")[0].replace("+", r"\+")):
        lumi(capsys, **wrong)
    assert not Property.objects.exists()


def test_a_second_hotel_takes_neither_number_nor_address_of_the_first(hotel, capsys) -> None:
    with pytest.raises(CommandError, match="this number already"):
        lumi(capsys, text_number=hotel.text_number)
    with pytest.raises(CommandError, match="e-mail address already"):
        lumi(capsys, email="admin@demo.example")
    assert Property.objects.count() == 1


def test_a_list_of_rooms_is_read_as_people_write_it() -> None:
    assert room_numbers("101-103,  201;Suite  A\n101") == ["101", "102", "103", "201", "Suite A"]
    assert room_numbers("008–011") == ["008", "009", "010", "011"]
    for wrong in ("", " , ", "1-99999", "9-1", "The Presidential Suite", "1-1500, 3001-4500"):
        with pytest.raises(Missing):
            room_numbers(wrong)


def test_rooms_are_added_once_each_with_a_code(manager, hotel) -> None:
    before = set(Room.objects.values_list("token", flat=True))
    answer = manager.post("/house/rooms/new/", {"numbers": "412, 501-503, Sauna"})
    assert answer.status_code == 302
    new = Room.objects.exclude(token__in=before)
    assert [(room.number, room.floor) for room in new] == [
        ("501", "5"), ("502", "5"), ("503", "5"), ("Sauna", ""),
    ]  # fmt: skip
    again = manager.post("/house/rooms/new/", {"numbers": "9-1"})
    assert again.status_code == 422
    assert "“9-1” is not a row of rooms." in again.content.decode()


def test_a_room_is_renamed_and_its_cards_say_so_at_once(manager, hotel, text, now) -> None:
    text("+12025550127", "2 towels please", at=now)
    request, room = Request.objects.get(), Room.objects.get(number="207")
    assert manager.post(f"/house/rooms/{room.pk}/rename/", {"number": "27 B"}).status_code == 302
    moved = Request.objects.get()
    assert moved.sequence > request.sequence
    assert 'data-room="27 B"' in manager.get("/boards/housekeeping/").content.decode()
    taken = manager.post(f"/house/rooms/{room.pk}/rename/", {"number": "208"})
    assert taken.status_code == 409
    assert "There is a room 208 already." in taken.content.decode()


def test_only_a_room_without_history_is_removed(manager, hotel) -> None:
    free, used = Room.objects.get(number="110"), Room.objects.get(number="412")
    assert manager.post(f"/house/rooms/{free.pk}/remove/").status_code == 302
    assert not Room.objects.filter(pk=free.pk).exists()
    kept = manager.post(f"/house/rooms/{used.pk}/remove/")
    assert kept.status_code == 409
    assert "Room 412 has a history and stays." in kept.content.decode()


@pytest.mark.parametrize("who", ["front-desk", "housekeeping", "supervisor"])
def test_only_managers_and_administrators_build(signed_in, hotel, who) -> None:
    room = Room.objects.get(number="110")
    browser = signed_in(who)
    assert "Add rooms" not in browser.get("/house/").content.decode()
    for address, form in (
        ("/house/rooms/new/", {"numbers": "901"}),
        (f"/house/rooms/{room.pk}/rename/", {"number": "9"}),
        (f"/house/rooms/{room.pk}/remove/", {}),
    ):
        assert browser.post(address, form).status_code == 403
    assert Room.objects.filter(number="110").exists()


def test_rooms_of_another_hotel_are_not_there(manager, hotel, capsys) -> None:
    other, _said = lumi(capsys)
    room = other.rooms.get(number="101")
    for what in ("rename", "remove"):
        assert manager.post(f"/house/rooms/{room.pk}/{what}/", {"number": "1"}).status_code == 404


def test_a_word_is_taught_before_anybody_is_misunderstood(signed_in, hotel, text, now) -> None:
    towels = Service.objects.get(property=hotel, slug="towels")
    keeper = signed_in("supervisor")
    form = {"word": "froteepala", "language": "fi", "service": str(towels.pk)}
    assert keeper.post("/house/words/", form).status_code == 302
    assert TaughtWord.objects.get().taught_by.email == "supervisor@demo.example"
    text("+12025550135", "froteepala kiitos", at=now)
    assert Request.objects.get().service == towels
    short = keeper.post("/house/words/", form | {"word": "x"})
    assert short.status_code == 422
    assert "at least two letters" in short.content.decode()
