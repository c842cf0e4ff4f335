"""Times become instants in the property's zone, never in the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from requests_app.reading import Setting, read
from tests.reading.conftest import HELSINKI


def _at(text: str, now: datetime) -> str | None:
    wishes = [wish for wish in read(text, Setting(now=now)).requests if wish.at]
    return wishes[0].at.strftime("%d %H:%M") if wishes else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("taxi at 7", "10 19:00"),
        ("taxi at 7pm", "10 19:00"),
        ("taxi at 7 am", "11 07:00"),
        ("taxi at 19:30", "10 19:30"),
        ("taxi at half past six", "10 18:30"),
        ("taxi at quarter to 7", "10 18:45"),
        ("taxi in half an hour", "10 15:30"),
        ("taxi in 20 min", "10 15:20"),
        ("taxi in an hour and a half", "10 16:30"),
        ("wake me tomorrow morning at 6", "11 06:00"),
        ("wake up call at 7", "11 07:00"),
        ("dinner for two on friday at 20:00", "13 20:00"),
        ("babysitter tonight", "10 20:00"),
        ("taxi tmrw 9am", "11 09:00"),
        ("taxi at noon", "11 12:00"),
        ("yarın sabah 6'da uyandırır mısınız", "11 06:00"),
        ("akşam 8'de taksi", "10 20:00"),
        ("yarım saat sonra taksi", "10 15:30"),
        ("saat 7 buçukta taksi", "10 19:30"),
        ("20 dakika içinde taksi", "10 15:20"),
        ("huomenna klo 6 herätys", "11 06:00"),
        ("puolen tunnin päästä taksi", "10 15:30"),
        ("taksi puoli seitsemän", "10 18:30"),
        ("taksi klo 19.30", "10 19:30"),
        ("taksi perjantaina klo 18", "13 18:00"),
        ("airport transfer for 3 tomorrow 5am", "11 05:00"),
        ("table for 7 tomorrow at 8", "11 20:00"),
        ("burger and fries in 20 minutes", "10 15:20"),
        ("taxi fri. at 5 pm please", "13 17:00"),
        ("wedding cake please", None),
        ("late checkout until 2pm please", "11 14:00"),
        ("do not disturb until 5 pm", None),
        ("öğlene kadar rahatsız etmeyin", None),
        ("älkää häiritkö puoleenpäivään asti", None),
        ("towels please", None),
        ("the AC has been broken since 7", None),
    ],
)
def test_a_time_is_the_next_sensible_one(text: str, expected: str | None) -> None:
    assert _at(text, datetime(2026, 3, 10, 15, 0, tzinfo=HELSINKI)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wake up call tomorrow at 5:45 and a cab at 6:15", ["11 05:45", "11 06:15"]),
        ("wake me at 6 tomorrow. And a taxi at 7", ["11 06:00", "11 07:00"]),
        ("Yarın sabah 6'da uyandırma, 7'de taksi", ["11 06:00", "11 07:00"]),
        ("huomenna herätys 5.45 ja taksi 6.15", ["11 05:45", "11 06:15"]),
        ("taxi on friday at 9 and dinner at 7", ["13 09:00", "13 19:00"]),
        ("Taxi at 17:00 and a wake-up call tomorrow at 6", ["10 17:00", "11 06:00"]),
        ("Tomorrow we leave. Can we get dinner at 7?", ["10 19:00"]),
        ("dinner at 8 tonight and a wake up call at 6", ["10 20:00", "11 06:00"]),
    ],
)
def test_a_day_named_once_holds_for_the_hours_after_it(text: str, expected: list[str]) -> None:
    wishes = read(text, Setting(now=datetime(2026, 3, 10, 15, 0, tzinfo=HELSINKI))).requests
    assert [wish.at.strftime("%d %H:%M") for wish in wishes if wish.at] == expected


def test_an_hour_the_clocks_skip_becomes_the_next_one() -> None:
    before = datetime(2026, 3, 28, 20, 0, tzinfo=HELSINKI)
    assert _at("taxi tomorrow at 3:30 am", before) == "29 04:30"


def test_a_distance_is_real_time_across_the_change_of_clocks() -> None:
    before = datetime(2026, 3, 29, 2, 50, tzinfo=HELSINKI)
    (wish,) = read("taxi in 20 min", Setting(now=before)).requests
    assert wish.at is not None
    assert wish.at.astimezone(UTC) - before.astimezone(UTC) == timedelta(minutes=20)
    assert wish.at.strftime("%H:%M") == "04:10"


def test_an_hour_that_comes_twice_is_the_one_still_to_come() -> None:
    second = datetime(2026, 10, 25, 3, 10, tzinfo=HELSINKI, fold=1)
    (wish,) = read("taxi at 03:30", Setting(now=second)).requests
    assert wish.at is not None
    assert wish.at.timestamp() - second.timestamp() == 20 * 60
