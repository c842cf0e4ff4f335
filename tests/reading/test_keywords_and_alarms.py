"""STOP, START, HELP, digits, and words that must wake somebody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from requests_app.reading import Intent, Setting, read


@pytest.mark.parametrize(
    ("word", "intent"),
    [
        *[
            (w, Intent.STOP)
            for w in ["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"]
        ],
        *[(w, Intent.START) for w in ["START", "YES", "UNSTOP"]],
        *[(w, Intent.HELP) for w in ["HELP", "INFO"]],
        *[(w, Intent.STOP) for w in ("dur", "lopeta", "peru", " Stop! ", "stop.", "sTOP\n")],
        ("please stop texting me", Intent.STOP),
        ("lütfen artık bana mesaj göndermeyin", Intent.STOP),
        ("älkää lähettäkö minulle viestejä", Intent.STOP),
    ],
)
@pytest.mark.parametrize("awaiting", [True, False])
def test_keywords_are_obeyed(setting: Setting, word: str, intent: Intent, awaiting: bool) -> None:
    reading = read(word, replace(setting, awaiting=awaiting))
    assert (reading.intent, reading.requests, reading.answer) == (intent, (), None)


@pytest.mark.parametrize(
    "text",
    [
        "can you help me with my bags",
        "please cancel my taxi",
        "stop the noise next door please",
        "info about the tour",
    ],
)
def test_keywords_inside_a_sentence_are_words(setting: Setting, text: str) -> None:
    assert read(text, setting).intent not in (Intent.STOP, Intent.START, Intent.HELP)


@pytest.mark.parametrize(
    ("text", "answer"), [("1", 1), (" 2.", 2), ("５", 5), ("1 👍", 1), ("2️⃣", 2), ("١", 1)]
)
def test_a_bare_digit_is_an_answer(setting: Setting, text: str, answer: int) -> None:
    reading = read(text, setting)
    assert (reading.intent, reading.answer, reading.requests) == (Intent.ANSWER, answer, ())


def test_a_digit_with_words_answers_only_what_was_asked(setting: Setting) -> None:
    assert read("2 not yet", replace(setting, awaiting=True)).answer == 2
    assert read("2 not yet", setting).answer is None
    wanted = read("2 towels please", replace(setting, awaiting=True))
    assert (wanted.answer, [w.service for w in wanted.requests]) == (None, ["towels"])


def test_a_room_number_is_no_answer(setting: Setting) -> None:
    assert read("412", setting).answer is None


@pytest.mark.parametrize(
    "text",
    [
        "FIRE!!",
        "there is smoke in the corridor",
        "I smell gas",
        "someone is trying to get in",
        "we are stuck in the elevator",
        "I want to kill myself",
        "water is pouring through the ceiling",
        "yangın var",
        "odada duman var",
        "gaz kokusu geliyor",
        "kapıyı zorluyorlar",
        "yangin",
        "huoneessa palaa",
        "käytävällä on savua",
        "joku yrittää sisään",
        "tulipalo",
        "hissi jumissa",
        "حريق",
        "شخص يحاول الدخول",
        "🔥",
    ],
)
def test_danger_is_urgent_and_reaches_the_front_desk(setting: Setting, text: str) -> None:
    reading = read(text, setting)
    assert reading.urgent
    assert reading.urgent_words
    assert "other" in [wish.service for wish in reading.requests]


@pytest.mark.parametrize(
    "text",
    [
        "my husband has chest pain",
        "she cant breath",
        "he is unconcious",
        "bleeding a lot",
        "allergic reaction",
        "doctor please, my wife is ill",
        "göğsüm ağrıyor",
        "gogsum agriyor",
        "nefes alamıyorum",
        "eşim bayıldı",
        "rintaan sattuu",
        "vaimoni ei saa henkeä",
        "mies on tajuton",
        "لا أستطيع التنفس",
        "ألم في الصدر",
        "my mother has fallen in the bathroom and can't get up",
        "he fell off the balcony chair and cannot get up",
        "our baby fell",
    ],
)
def test_illness_is_urgent_and_asks_for_a_doctor(setting: Setting, text: str) -> None:
    reading = read(text, setting)
    assert (reading.urgent, reading.intent) == (True, Intent.REQUEST)
    assert "doctor" in [wish.service for wish in reading.requests]


@pytest.mark.parametrize(
    "text",
    [
        "please fire up the heater",
        "is there a smoking room?",
        "where is the nearest gas station?",
        "the fireplace lounge is lovely",
        "bleeding towels again",
        "can I get a knife and fork?",
        "sigara içilen oda var mı",
        "takkahuone",
        "havlu lazım acil değil",
        "the baby has fallen asleep, no cleaning please",
        "My wife fell asleep, please come later",
        "the curtain has fallen and hit the lamp",
        "we can't get up early, late check out please",
    ],
)
def test_words_that_only_sound_alarming_are_calm(setting: Setting, text: str) -> None:
    assert not read(text, setting).urgent


def test_an_alarm_in_another_language_than_the_property_reads_first_is_heard(
    setting: Setting,
) -> None:
    assert read("yangın", replace(setting, language="en")).urgent
