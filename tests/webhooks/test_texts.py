"""What a guest's words become, whatever they are; each of them once."""

from __future__ import annotations

import pytest

from requests_app import metrics
from requests_app.incoming import clean_text
from requests_app.models import Contact, Message, Outgoing, Property, Request, UnroutedMessage
from requests_app.reading import Intent
from tests.conftest import EMILY
from tests.webhooks.conftest import Post, text_form

MESSAGES = "/twilio/messages/"
TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def count(metric: str, **labels: str) -> float:
    counter = getattr(metrics, metric)
    return float((counter.labels(**labels) if labels else counter)._value.get())


def test_a_text_is_stored_and_becomes_requests_and_one_answer(hotel: Property, post: Post) -> None:
    before = count("texts_in", channel="sms")
    form = text_form(EMILY, "2 towels and a toothbrush please, and the AC is dripping")
    answer = post(MESSAGES, form)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        200,
        TWIML,
        "text/xml",
    )
    message = Message.objects.get(direction="in")
    assert (message.external_id, message.body, message.channel) == (
        form["MessageSid"],
        form["Body"],
        "sms",
    )
    assert message.understood_at is not None
    assert message.caused.count() == 3
    assert Outgoing.objects.count() == 1
    assert count("texts_in", channel="sms") - before == 1


def test_the_same_text_again_is_acknowledged_and_counted_and_nothing_else(
    hotel: Property, post: Post
) -> None:
    form = text_form(EMILY, "2 towels please")
    post(MESSAGES, form)
    before = count("texts_repeated"), count("texts_in", channel="sms")
    for _again in range(3):
        assert post(MESSAGES, form).status_code == 200
    assert (count("texts_repeated"), count("texts_in", channel="sms")) == (
        before[0] + 3,
        before[1],
    )
    assert Message.objects.filter(direction="in").count() == 1
    assert (Request.objects.count(), Outgoing.objects.count()) == (1, 1)


def test_a_text_to_a_number_no_hotel_has_is_kept_once_and_not_answered(
    hotel: Property, post: Post
) -> None:
    before = count("texts_unrouted"), count("texts_repeated")
    form = text_form(EMILY, "hello\x00", To="+12025559999")
    assert [post(MESSAGES, form).status_code for _ in range(2)] == [200, 200]
    assert list(UnroutedMessage.objects.values_list("sender", "recipient", "body")) == [
        (EMILY, "+12025559999", "hello\N{REPLACEMENT CHARACTER}")
    ]
    assert (Message.objects.count(), Outgoing.objects.count()) == (0, 0)
    assert (count("texts_unrouted"), count("texts_repeated")) == (before[0] + 1, before[1] + 1)


ODD = {
    "empty": "",
    "spaces": "  \n ",
    "emoji": "🙏🙏🙏",
    "1,600 characters": "ä" * 1_600,
    "right-to-left marks": "\u202e\u2067abc\u2069\u202c",
    "HTML": "<script>alert(1)</script><b>towel</b>",
    "SQL": "'; DROP TABLE requests_app_message; --",
    "NUL": "a\x00b",
    "a template": "{{ settings.SECRET_KEY }} {% load x %}",
    "a percent sign": "100%s %(name)s {0} \\",
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD.keys())
def test_odd_words_are_stored_as_they_were_and_reach_the_front_desk(
    hotel: Property, post: Post, body: str
) -> None:
    assert post(MESSAGES, text_form(EMILY, body)).status_code == 200
    message = Message.objects.get(direction="in")
    assert message.body == body.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    assert message.understood_at is not None
    request = message.caused.get()
    assert (request.desk.slug, request.words) == ("front-desk", message.body)


def test_what_no_database_holds_is_replaced() -> None:
    assert clean_text("a\ud83db\x00") == "a?b\N{REPLACEMENT CHARACTER}"


def test_a_whatsapp_message_is_answered_on_whatsapp(hotel: Property, post: Post) -> None:
    post(MESSAGES, text_form(EMILY, "2 towels please"))
    post(
        MESSAGES,
        text_form(f"whatsapp:{EMILY}", "and a bathrobe", To=f"whatsapp:{hotel.text_number}"),
    )
    contact = Contact.objects.get()
    assert (contact.address, contact.channel) == (EMILY, "whatsapp")
    assert [m.channel for m in Message.objects.filter(direction="in")] == ["sms", "whatsapp"]


def test_a_picture_without_words_reaches_the_front_desk(hotel: Property, post: Post) -> None:
    form = text_form(EMILY, "", NumMedia="1", MediaUrl0="https://api.twilio.com/a/Media/ME1")
    post(MESSAGES, form)
    message = Message.objects.get(direction="in")
    assert message.media == ["https://api.twilio.com/a/Media/ME1"]
    assert message.caused.get().desk.slug == "front-desk"


@pytest.mark.parametrize("nonsense", ["-1", "x", "99", "1e9", "²"])
def test_a_nonsensical_number_of_pictures_loses_no_words(
    hotel: Property, post: Post, nonsense: str
) -> None:
    assert post(MESSAGES, text_form(EMILY, "towels", NumMedia=nonsense)).status_code == 200
    assert Message.objects.get(direction="in").body == "towels"


# --- STOP, START, HELP -------------------------------------------------------------------------


def said() -> list[str]:
    return list(Message.objects.filter(direction="out").values_list("body", flat=True))


def test_stop_is_obeyed_shown_and_never_a_request(hotel: Property, post: Post) -> None:
    post(MESSAGES, text_form(EMILY, "2 towels please"))
    post(MESSAGES, text_form(EMILY, "and a bathrobe"))  # answered within the minute: it waits
    post(MESSAGES, text_form(EMILY, "STOP"))
    towels = Request.objects.get(service__slug="towels")
    assert Contact.objects.get().opted_out_at is not None
    assert [e.reason for e in towels.events.filter(kind="heard")] == ["STOP"]
    assert Request.objects.count() == 2
    assert said() == [], "what still waited to be said is not said any more"
    post(MESSAGES, text_form(EMILY, "1 pillow"))
    assert (Request.objects.count(), said()) == (3, [])


def test_start_is_obeyed_and_answered(hotel: Property, post: Post) -> None:
    post(MESSAGES, text_form(EMILY, "stop"))
    post(MESSAGES, text_form(EMILY, "START"))
    assert Contact.objects.get().opted_out_at is None
    assert len(said()) == 1
    assert Request.objects.count() == 0


def test_help_is_answered_with_the_telephone(hotel: Property, post: Post) -> None:
    post(MESSAGES, text_form(EMILY, "HELP"))
    assert [hotel.telephone in words for words in said()] == [True]
    assert Request.objects.count() == 0


@pytest.mark.parametrize("word", ["STOP", "HELP", "START"])
def test_what_the_carrier_has_answered_is_not_answered_twice(
    hotel: Property, post: Post, word: str
) -> None:
    post(MESSAGES, text_form(EMILY, word, OptOutType=word))
    assert (said(), Request.objects.count()) == ([], 0)
    assert (Contact.objects.get().opted_out_at is not None) == (word == "STOP")


def test_a_word_of_the_carriers_own_list_is_obeyed_too(hotel: Property, post: Post) -> None:
    """Advanced Opt-Out knows words that the hotel's administrator chose at Twilio."""
    post(MESSAGES, text_form(EMILY, "towels", OptOutType="STOP"))
    assert Contact.objects.get().opted_out_at is not None
    assert (said(), Request.objects.count()) == ([], 0)
    assert Message.objects.get().intent == Intent.STOP
