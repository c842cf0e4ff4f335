"""Whose name stands in a text, what an hour belongs to, and what is wrong beside what is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from requests_app.reading import CERTAIN, Intent, Reading, Setting, read
from tests.reading.conftest import HELSINKI

Read = Callable[[str], Reading]
AT_NIGHT = datetime(2026, 3, 10, 3, 10, tzinfo=HELSINKI)


def times(reading: Reading) -> list[tuple[str, str | None]]:
    return [(w.service, w.at.isoformat()[:16] if w.at else None) for w in reading.requests]


@pytest.mark.parametrize(
    "text",
    [
        "Virtanen, kaksi pyyhettä kiitos",
        "305 Virtanen. Kaksi pyyhettä kiitos",
        "2 towels please, Clarke, thanks",
        "207 Clarke. Thanks!",
        "Aydin 107 teşekkürler",
    ],
)
def test_thanks_beside_the_name_of_who_writes_are_no_praise(reading: Read, text: str) -> None:
    assert reading(text).intent in {Intent.REQUEST, Intent.THANKS}


@pytest.mark.parametrize(
    "text",
    ["Thanks Mika!", "Kiitos Helena avusta!", "Teşekkürler Selin", "Thank you Aino for the ice"],
)
def test_thanks_to_somebody_are_praise(reading: Read, text: str) -> None:
    assert reading(text).intent == Intent.PRAISE


@pytest.mark.parametrize(
    "text",
    [
        "Can someone kill the noise next door, it's 3am",
        "it is 3 am and our shower is broken",
        "the toilet is blocked and its 3 in the morning",
        "gürültü var, saat 3",
        "klima çalışmıyor, saat 3 oldu",
        "kello on 3 ja naapuri meluaa",
        "loud music again at 3am",
    ],
)
def test_what_time_it_is_says_not_when_something_is_wanted(text: str) -> None:
    assert [at for _, at in times(read(text, Setting(now=AT_NIGHT)))] == [None]


@pytest.mark.parametrize(
    ("text", "at"),
    [("2 towels at 7", "07:00"), ("saat 7'de 2 havlu", "07:00"), ("taxi at 5", "05:00")],
)
def test_an_hour_to_come_is_still_one(text: str, at: str) -> None:
    assert times(read(text, Setting(now=AT_NIGHT)))[0][1] == f"2026-03-10T{at}"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Wake up call 7am both tomorrow and friday", ["11", "13"]),
        ("wake us at 7 on thursday and friday please", ["12", "13"]),
        ("wake me at 7 tomorrow, thursday and friday", ["11", "12", "13"]),
        ("Herätys huomenna ja perjantaina klo 7", ["11", "13"]),
        ("yarın ve cuma saat 7'de uyandırır mısınız", ["11", "13"]),
        ("wake up call this friday at 7", ["13"]),
        ("wake up call tomorrow, wednesday, at 7am", ["11"]),
    ],
)
def test_several_days_are_as_many_wishes(reading: Read, text: str, days: list[str]) -> None:
    found = reading(text).requests
    assert times(reading(text)) == [("wake-up-call", f"2026-03-{day}T07:00") for day in days]
    assert all(wish.confidence >= CERTAIN for wish in found)


@pytest.mark.parametrize(
    "text",
    [
        "wake up call tomorrow friday at 7am",
        "wake up call at 7 every day",
        "her sabah 7'de uyandırır mısınız",
        "herätys joka aamu klo 7",
    ],
)
def test_days_nobody_can_be_sure_of_are_for_a_person(reading: Read, text: str) -> None:
    assert reading(text).requests
    assert all(wish.confidence < CERTAIN for wish in reading(text).requests)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Pillows and in half an hour tea please", [None, "15:30"]),
        ("İki yastık ve yarım saat sonra çay lütfen", [None, "15:30"]),
        ("Kaksi tyynyä ja puolen tunnin päästä teetä, kiitos", [None, "15:30"]),
        ("Towels now and a taxi at 7", [None, "19:00"]),
        ("Towels and tea at 7", ["19:00", "19:00"]),
        ("At 7 towels and tea please", ["19:00", "19:00"]),
        ("ice at 6 and champagne at 8", ["18:00", "20:00"]),
    ],
)
def test_the_time_of_one_wish_is_not_the_others(
    reading: Read, text: str, wanted: list[str | None]
) -> None:
    assert [at and at[11:] for _, at in times(reading(text))] == wanted


def test_a_number_after_to_the_room_counts_things(reading: Read) -> None:
    for text in ("Odaya 3 havlu lütfen", "Huoneeseen 3 pyyhettä", "3 towels to the room"):
        assert [wish.quantity for wish in reading(text).requests] == [3], text
    assert [w.quantity for w in reading("Room 12 towels please").requests] == [None]


@pytest.mark.parametrize("text", ["two hundred towels", "a thousand pillows", "tuhat pyyhettä"])
def test_hundreds_are_a_matter_for_a_person(reading: Read, text: str) -> None:
    assert [wish.quantity for wish in reading(text).requests] == [None]


@pytest.mark.parametrize("text", ["-5 towels", "need -3 pillows"])
def test_less_than_none_is_for_a_person(reading: Read, text: str) -> None:
    (wish,) = reading(text).requests
    assert (wish.quantity, wish.confidence < CERTAIN) == (None, True)


def test_dashes_of_a_list_are_no_minus(reading: Read) -> None:
    wishes = reading("-2 towels\n-3 pillows").requests
    assert [(wish.service, wish.quantity) for wish in wishes] == [("towels", 2), ("pillow", 3)]


@pytest.mark.parametrize(
    "text",
    [
        "Wie lautet das WLAN-Passwort?",
        "¿Cuál es la contraseña del wifi?",
        "Quel est le mot de passe du wifi ?",
        "Was kostet ein Taxi nach Hause?",
        "Wifi şifresi nedir?",
    ],
)
def test_a_question_in_whatever_language_sends_nobody(reading: Read, text: str) -> None:
    assert all(wish.confidence < CERTAIN for wish in reading(text).requests)


@pytest.mark.parametrize(
    "text", ["The lamp is broken bomb.png", "999 Nobody need towels", "fire.jpg is our photo"]
)
def test_a_file_and_a_mere_number_alarm_nobody(reading: Read, text: str) -> None:
    assert not reading(text).urgent


@pytest.mark.parametrize(
    "text",
    [
        "911",
        "999!!",
        "please call 112",
        "112 now",
        "soita 112",
        "there is a bomb.",
        "a bomb in 305",
    ],
)
def test_danger_is_still_heard(reading: Read, text: str) -> None:
    assert reading(text).urgent


def test_a_wish_beside_a_complaint_is_a_wish(reading: Read) -> None:
    found = reading("My food was cold, and nobody came. Also send towels")
    assert found.complaint
    assert {w.service: w.complained for w in found.requests} == {
        "room-service": True,
        "towels": False,
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Mika and Selin were lovely, but the room was dirty", True),
        ("Huone oli likainen, mutta Mika oli ihana", True),
        ("Mika was lovely. The breakfast was a disgrace", True),
        ("Thank you Mika! Could you also send 2 bottles of water?", False),
        ("Selin was wonderful", False),
    ],
)
def test_praise_may_hold_a_complaint(reading: Read, text: str, complaint: bool) -> None:
    assert (reading(text).intent, reading(text).complaint) == (Intent.PRAISE, complaint)
