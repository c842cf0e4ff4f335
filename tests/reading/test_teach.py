"""What of an unsorted text is worth teaching."""

from __future__ import annotations

import pytest

from requests_app.reading.teach import word_to_teach


@pytest.mark.parametrize(
    ("text", "language", "word"),
    [
        ("two zibidak please", "en", "zibidak"),
        ("could I get 3 plonkers", "en", "plonkers"),
        ("3x plonkers", "en", "plonkers"),
        ("do you have any plonkers?", "en", "plonkers"),
        ("Hi! Could you please send a blue plonker to my room? Thanks", "en", "blue plonker"),
        ("Can I have the kumara bowl at 7pm tomorrow", "en", "kumara bowl"),
        ("beach chair please", "en", "beach chair"),
        ("zibidak rica ederim", "tr", "zibidak"),
        ("Merhaba, odama iki tane zibidak getirir misiniz", "tr", "zibidak"),
        ("saisinko kaksi zibidakia kiitos", "fi", "zibidakia"),
        ("hei, tuokaa yksi höpönassu huoneeseen 412", "fi", "höpönassu"),
        ("zibidak", "xx", "zibidak"),
    ],
)
def test_the_thing_is_taught_without_what_stands_around_it(
    text: str, language: str, word: str
) -> None:
    assert word_to_teach(text, language) == word


@pytest.mark.parametrize("text", ["", "2", "please", "hello!", "two more please", "🙏", "\ud800"])
def test_where_nothing_is_named_there_is_nothing_to_teach(text: str) -> None:
    assert word_to_teach(text, "en") == ""
