"""Whom a guest means: found by any of their names, never invented, never picked."""

from __future__ import annotations

import pytest

from requests_app.reading.meaning import StaffName
from requests_app.reading.people import match_people

MIKA, SELIN, AYSE, CAN, PEKKA, ANNA, OTHER_ANNA, MAY, HOPE = range(1, 10)
STAFF = (
    StaffName(MIKA, "Mika", "Korhonen"),
    StaffName(SELIN, "Selin", "Yılmaz", ("Selo",)),
    StaffName(AYSE, "Ayşe", "Demir"),
    StaffName(CAN, "Can", "Öztürk"),
    StaffName(PEKKA, "Pekka", "Virtanen"),
    StaffName(ANNA, "Anna", "Laine"),
    StaffName(OTHER_ANNA, "Anna", "Mäki"),
    StaffName(MAY, "May", "Chen"),
    StaffName(HOPE, "Hope"),
)


def _who(text: str, offered: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    return [named.candidates for named in match_people(text, STAFF, offered=offered)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mika and the lovely Selin, also Mr Virtanen", [(MIKA,), (SELIN,), (PEKKA,)]),
        ("thanks mikka", [(MIKA,)]),
        ("mika, selin", [(MIKA,), (SELIN,)]),
        ("Mika Korhonen", [(MIKA,)]),
        ("Mikalle ja Pekalle", [(MIKA,), (PEKKA,)]),
        ("Virtaselle kiitos", [(PEKKA,)]),
        ("Selin'e teşekkürler", [(SELIN,)]),
        ("Ayşe hanım harikaydı", [(AYSE,)]),
        ("ayse hanim", [(AYSE,)]),
        ("selo", [(SELIN,)]),
        ("yilmaz", [(SELIN,)]),
        ("Selim", [(SELIN,)]),
        ("THANK YOU MIKA", [(MIKA,)]),
        ("Mika, Mika and again Mika", [(MIKA,)]),
        ("Can", [(CAN,)]),
        ("thanks to Can", [(CAN,)]),
        ("Can bey", [(CAN,)]),
        ("Can was wonderful", [(CAN,)]),
        ("selo and Hope", [(SELIN,), (HOPE,)]),
        ("anna laine", [(ANNA,)]),
        ("Anna M.", [(OTHER_ANNA,)]),
    ],
)
def test_people_are_found_by_any_of_their_names(text: str, expected: list[tuple[int, ...]]) -> None:
    assert _who(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Can you bring towels",
        "can we thank everyone",
        "May I have a towel",
        "I hope you may help",
        "the lady at the guest desk",
        "everyone was great",
        "you can",
        "Hope you are well",
        "",
        "🙏",
        "12 34",
        "I hope we can come in May",
    ],
)
def test_ordinary_words_are_nobody(text: str) -> None:
    assert [named for named in _who(text) if named] == []


def test_two_of_the_same_first_name_are_both_left_open() -> None:
    assert _who("Anna") == [(ANNA, OTHER_ANNA)]
    assert _who("Anna", (ANNA, OTHER_ANNA)) == [(ANNA, OTHER_ANNA)]


def test_of_two_the_one_who_by_the_log_helped_is_meant() -> None:
    assert _who("Anna", (OTHER_ANNA, MIKA)) == [(OTHER_ANNA,)]


def test_digits_count_the_people_offered_from_one() -> None:
    assert _who("1, 3", (HOPE, SELIN, CAN)) == [(HOPE,), (CAN,)]
    assert _who("4", (HOPE, SELIN, CAN)) == []
    assert _who("2 and Mika", (HOPE, SELIN)) == [(SELIN,), (MIKA,)]


def test_a_name_nobody_here_has_is_said_so() -> None:
    assert [(n.words, n.candidates) for n in match_people("Jorge was great", STAFF)] == [
        ("Jorge", ())
    ]
    assert _who("Mika Lahtinen") == [()]


def test_nobody_is_found_where_nobody_works() -> None:
    assert match_people("thanks can and mika", ()) == ()
