"""Whatever the characters, a reading comes back, and it keeps its promises."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app.reading import Intent, Setting, read
from requests_app.reading.catalogue import load_catalogue
from requests_app.reading.meaning import StaffName
from requests_app.reading.people import match_people

WORDS = (
    "2",
    "towels",
    "please",
    "at",
    "7",
    "pm",
    "tomorrow",
    "taxi",
    "no",
    "and",
    "19:30",
    "in",
    "half",
    "an",
    "hour",
    "havlu",
    "yarın",
    "sabah",
    "6'da",
    "saat",
    "sonra",
    "pyyhkeitä",
    "huomenna",
    "klo",
    "thanks",
    "Mika",
    ",",
    ".",
    "?",
    "25.12",
    "midnight",
    "friday",
    "\ud800",
    "\u200f",
    "<b>",
    "ei",
    "değil",
    "99999999999",
    "٣",
    "0",
    "31.02",
)
ZONES = ("Europe/Helsinki", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "UTC")
MOMENTS = st.builds(
    lambda moment, zone: moment.astimezone(ZoneInfo(zone)),
    st.datetimes(
        datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
        datetime(2035, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    st.sampled_from(ZONES),
)
TEXTS = st.one_of(
    st.text(st.characters(codec=None), max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join),
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, MOMENTS, st.booleans())
def test_no_text_raises_and_every_wish_is_sound(text: str, now: datetime, awaiting: bool) -> None:
    reading = read(text, Setting(now=now, awaiting=awaiting))
    assert reading.text == text
    for wish in reading.requests:
        assert wish.service in load_catalogue()
        assert wish.words in text
        assert wish.quantity is None or wish.quantity > 0
        assert 0 < wish.confidence <= 1
        if wish.at is not None:
            assert wish.at.timestamp() > now.timestamp()
            assert wish.at.utcoffset() == wish.at.astimezone(now.tzinfo).utcoffset()
            assert wish.at - now < timedelta(days=370)
    if reading.intent in (Intent.STOP, Intent.START, Intent.HELP, Intent.ANSWER):
        assert reading.requests == ()


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.lists(st.integers(1, 3), max_size=3, unique=True))
def test_nobody_is_named_who_does_not_work_here(text: str, offered: list[int]) -> None:
    staff = (StaffName(1, "Mika", "Aho"), StaffName(2, "Can"), StaffName(3, "Ayşe", "Ak", ("Ayş",)))
    for named in match_people(text, staff, offered=offered):
        assert set(named.candidates) <= {1, 2, 3}


@pytest.mark.parametrize(
    "text",
    ["", "  \n", "🤷", "\ud800\udfff", "x" * 1600, "<p>" * 500, "'; DROP TABLE x;--", "\u202e"],
)
def test_junk_is_nothing_certain(setting: Setting, text: str) -> None:
    reading = read(text, setting)
    assert reading.intent in (Intent.OTHER, Intent.REQUEST)
    assert [wish.service for wish in reading.requests] == (["other"] if text.strip() else [])
    json.dumps(reading.text)
