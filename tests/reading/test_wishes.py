"""What is wished for, and what is only mentioned, refused, asked about or thanked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from requests_app.reading import CERTAIN, Intent, Setting, StaffName, read
from tests.reading.conftest import TUESDAY_AT_THREE


def test_several_things_in_one_text_become_several_wishes(wished) -> None:
    assert wished("2 towels and a toothbrush please, and the AC is dripping") == [
        ("towels", 2),
        ("dental-kit", 1),
        ("air-conditioning", None),
    ]


def test_a_thing_said_twice_is_wished_for_once(wished) -> None:
    assert wished("2 towels please. I repeat, 2 towels") == [("towels", 2)]


def test_two_kinds_of_one_service_are_added_up(wished) -> None:
    assert wished("2 bath towels and 3 hand towels please") == [("towels", 5)]


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("a couple of towels please", 2),
        ("half a dozen towels", 6),
        ("２ towels", 2),
        ("towels x3", 3),
        ("towels for room 412 please", None),
        ("2 towels for room 412 please", 2),
        ("yarım düzine havlu", 6),
        ("kaksi pyyhettä kiitos", 2),
        ("pari pyyhettä kiitos", 2),
        ("412 numaraya 2 havlu lütfen", 2),
        ("towels please", None),
    ],
)
def test_quantities_are_read_and_room_numbers_are_none(wished, text, quantity) -> None:
    assert wished(text) == [("towels", quantity)]


@pytest.mark.parametrize(
    "text",
    [
        "no towels needed",
        "we don't need towels",
        "havluya gerek yok",
        "havlu istemiyorum",
        "emme tarvitse pyyhkeitä",
        "thanks for the towels",
        "kiitos pyyhkeistä",
        "The towels were lovely, thanks",
        "what time is breakfast?",
        "kahvaltı saat kaçta?",
        "mihin aikaan aamiainen on?",
        "ok",
    ],
)
def test_what_is_refused_asked_about_or_thanked_for_is_no_wish(wished, text) -> None:
    assert wished(text) == []


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("there is no hair dryer in my room", "hairdryer"),
        ("no hot water", "hot-water"),
        ("the TV remote has no batteries", "television"),
        ("şampuan yok", "toiletries"),
        ("huoneessa ei ole hiustenkuivaajaa", "hairdryer"),
        ("HAVLU İSTİYORUZ", "towels"),
        ("havlularımı değiştirir misiniz", "towels"),
        ("2 towls pls", "towels"),
        ("pyyhkeita kiitos", "towels"),
    ],
)
def test_what_is_missing_broken_inflected_or_misspelt_is_certain(setting, text, service) -> None:
    (wish,) = read(text, setting).requests
    assert wish.service == service
    assert wish.confidence >= CERTAIN


def test_a_bare_no_is_left_to_a_person(setting: Setting) -> None:
    (wish,) = read("no towels", setting).requests
    assert wish.confidence < CERTAIN


def test_what_no_word_explains_goes_to_the_front_desk_as_written(setting: Setting) -> None:
    reading = read("2 towels please. I need the grumblewick frobnicated", setting)
    assert [wish.service for wish in reading.requests] == ["towels", "other"]
    assert reading.requests[1].words == reading.leftover == "I need the grumblewick frobnicated"
    assert reading.requests[1].confidence < CERTAIN


def test_what_is_to_be_called_off_is_left_to_a_person(wished) -> None:
    assert wished("please cancel my taxi") == [("other", None)]


def test_a_service_the_property_does_not_offer_goes_to_the_front_desk(setting: Setting) -> None:
    (wish,) = read("2 towels please", replace(setting, services=frozenset({"taxi"}))).requests
    assert (wish.service, wish.confidence < CERTAIN) == ("other", True)


def test_a_word_taught_here_is_understood_here(setting: Setting) -> None:
    taught = replace(setting, taught=(("en", "kumara bowl", "room-service"),))
    assert [w.service for w in read("a kumara bowl please", taught).requests] == ["room-service"]
    assert [w.service for w in read("a kumara bowl please", setting).requests] != ["room-service"]


def test_a_number_of_guests_is_the_size_of_a_table(wished) -> None:
    assert wished("table for 7 tomorrow") == [("restaurant-booking", 7)]
    assert wished("akşam 8'de dört kişilik masa") == [("restaurant-booking", 4)]
    assert wished("pöytä neljälle klo 19.30") == [("restaurant-booking", 4)]


def test_a_request_beside_praise_is_kept(setting: Setting) -> None:
    reading = read("Thank you Mika! Could you also send 2 bottles of water?", setting)
    assert (reading.intent, reading.staff) == (Intent.PRAISE, ("Mika",))
    assert [(w.service, w.quantity) for w in reading.requests] == [("bottled-water", 2)]


def test_a_guest_who_signs_is_not_praised(setting: Setting) -> None:
    reading = read("2 extra pillows please. Thanks so much, Anna", setting)
    assert (reading.intent, reading.staff) == (Intent.REQUEST, ())


def test_staff_are_recognised_in_lower_case(setting: Setting) -> None:
    here = replace(setting, staff=(StaffName(1, "Selin", "Kaya"),))
    assert read("selin was wonderful", here).staff == ("selin",)


def test_a_guest_may_write_in_another_language_than_we_know(setting: Setting) -> None:
    known = Setting(now=TUESDAY_AT_THREE, language="tr")
    assert read("could we get two towels please", known).language == "en"
    assert read("ok", known).language == "tr"


@pytest.mark.parametrize(
    "text",
    [
        "don't bring any more towels",
        "STOP bringing towels please",
        "we don't need any more towels",
        "One pillow too many, please take it away",
        "you brought too many towels, please take them back",
        "havlu getirmeyi bırakın",
        "daha fazla havlu istemiyoruz",
        "lisää pyyhkeitä ei tarvita",
        "yksi tyyny liikaa, ottakaa se pois",
        "Could you water the plants",
        "çiçekleri sular mısınız",
    ],
)
def test_what_is_too_much_or_only_sounds_like_a_thing_is_never_brought(setting, text) -> None:
    assert [w.service for w in read(text, setting).requests if w.confidence >= CERTAIN] == []


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("some more towels please", ["towels"]),
        ("extra pillows instead of blankets please", ["pillow"]),
        ("yastık istemiyorum, daha fazla havlu lütfen", ["towels"]),
        ("take the tray away please", ["tray-pick-up"]),
        ("there are too many ants in the bathroom", ["room-cleaning"]),
        ("Could you water my plant and bring 2 towels", ["other", "towels"]),
    ],
)
def test_more_of_a_thing_is_still_a_wish(wished, text, services) -> None:
    assert [service for service, _ in wished(text)] == services


@pytest.mark.parametrize(
    "text", ["We still don't have the towels", "hâlâ havlumuz yok", "vieläkään ei ole pyyhkeitä"]
)
def test_what_was_asked_for_before_is_a_complaint_and_no_second_order(setting, text) -> None:
    reading = read(text, setting)
    assert reading.intent is Intent.COMPLAINT
    assert [(w.service, w.confidence < CERTAIN) for w in reading.requests] == [("towels", True)]


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "Necesito dos toallas por favor",
        "Mi habitación está muy fría",
        "El aire acondicionado no funciona",
        "Ich brauche zwei Handtücher bitte",
        "Können Sie uns bitte ein Taxi rufen",
    ],
)
@pytest.mark.parametrize("languages", [("en", "tr", "fi"), ("fi", "en"), ("tr", "fi", "en")])
def test_a_text_in_no_language_of_ours_is_taken_for_none_of_the_others(text, languages) -> None:
    setting = Setting(now=TUESDAY_AT_THREE, languages=languages)
    assert read(text, setting).language == languages[0]
    hinted = replace(setting, language=languages[-1])
    assert read(text, hinted).language == languages[-1]
