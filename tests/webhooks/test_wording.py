"""What the hotel says by itself: short, in every language, and never a word that unsubscribes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from requests_app import queries, wording
from requests_app.models import Message, Property, Request
from requests_app.reading import Intent, Setting, read
from requests_app.reading.keywords import _by_words
from tests.conftest import EMILY

UNSUBSCRIBES = {
    *("stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"),
    *("start", "yes", "unstop"),
}
"""Twilio's default opt-out and opt-in words: a guest may send back any word that we wrote."""

NOT_SAID = {"language_of", "clock_time", "clip"}
"""Functions of wording.py that make no sentence."""


@pytest.fixture
def sentences(
    hotel: Property, text: Callable[..., Message], now: datetime
) -> Callable[[str], dict[str, str]]:
    """Every sentence of wording.py in a language, made with real rows."""
    text(EMILY, "2 towels and a toothbrush, and something odd", at=now)
    text(EMILY, "there is smoke", at=now)
    requests = list(queries.cards(Request.objects.order_by("pk")))
    values: dict[str, Any] = {
        "hotel": hotel,
        "request": requests[0],
        "requests": requests,
        "now": now,
        "at": now,
        "names": ["Aino", "Mika"],
        "rooms": ["208", "209"],
        "score": 1,
        "people": [],
    }

    def say(language: str) -> dict[str, str]:
        said = {}
        with translation.override(language):
            for name, function in inspect.getmembers(wording, inspect.isfunction):
                if function.__module__ != wording.__name__ or name in NOT_SAID:
                    continue
                if name.startswith("_"):
                    continue
                parameters = inspect.signature(function).parameters
                given = values | {"language": language}
                said[name] = function(**{p: given[p] for p in parameters if p in given})
        return said

    return say


LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_ours_has_a_word_that_unsubscribes(
    sentences: Callable[[str], dict[str, str]], language: str
) -> None:
    ours = {
        words[0]
        for words, intent in _by_words().items()
        if len(words) == 1 and (intent is not Intent.HELP)
    }
    for name, sentence in sentences(language).items():
        words = set(re.findall(r"\w+", sentence.casefold()))
        assert words & (UNSUBSCRIBES | ours) == set(), (name, sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_fits_into_few_segments(
    sentences: Callable[[str], dict[str, str]], language: str
) -> None:
    for name, sentence in sentences(language).items():
        assert 0 < len(sentence) <= wording.LIMIT, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_machine_that_sends_our_words_back_unsubscribes_nobody(
    sentences: Callable[[str], dict[str, str]], language: str, hotel: Property, now: datetime
) -> None:
    setting = Setting(now=hotel.local(now), languages=tuple(LANGUAGES))
    for name, sentence in sentences(language).items():
        intent = read(sentence, setting).intent
        assert intent not in {Intent.STOP, Intent.START, Intent.HELP}, (name, sentence)
