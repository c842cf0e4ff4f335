"""Whoever cannot sign is refused, nothing is stored, and it is counted."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, urlencode
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from requests_app import metrics
from requests_app.carriers import twilio
from requests_app.models import Message, Property, UnroutedMessage
from tests.conftest import EMILY
from tests.webhooks.conftest import PUBLIC_URL, TOKEN, Post, signature_of, text_form

PATHS = [
    "/twilio/messages/",
    "/twilio/status/",
    "/twilio/voice/",
    "/twilio/voice/notice/",
    "/twilio/voice/status/",
]


def refused() -> float:
    return metrics.texts_refused._value.get()


def test_our_arithmetic_is_twilios() -> None:
    """The vector of Twilio's own documentation."""
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "From": "+14158675309",
        "Digits": "1234",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature_of(url, form, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert twilio._signature_of_bytes("12345", url, urlencode(form).encode()) == (
        b"RSOYDt4T1cUTdK1PDd93/VVr8B8="
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "signature",
    ["", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "ø", "x" * 5_000],
    ids=["missing", "of something else", "not ASCII", "long"],
)
def test_forged_or_missing_signatures_are_refused_and_counted(
    hotel: object, post: Post, path: str, signature: str
) -> None:
    before = refused()
    answer = post(path, text_form(EMILY, "2 towels please"), signature=signature)
    assert (answer.status_code, refused() - before) == (403, 1)
    assert (Message.objects.count(), UnroutedMessage.objects.count()) == (0, 0)


def test_a_signature_of_other_words_is_refused(hotel: object, post: Post) -> None:
    form = text_form(EMILY, "2 towels please")
    signature = signature_of(PUBLIC_URL + "/twilio/messages/", form)
    answer = post("/twilio/messages/", form | {"Body": "200 towels"}, signature=signature)
    assert (answer.status_code, Message.objects.count()) == (403, 0)


def test_without_a_token_nothing_is_signed(hotel: object, post: Post, settings: object) -> None:
    settings.TWILIO_AUTH_TOKEN = ""  # type: ignore[attr-defined]
    form = text_form(EMILY, "2 towels please")
    signature = signature_of(PUBLIC_URL + "/twilio/messages/", form, token="")
    assert post("/twilio/messages/", form, signature=signature).status_code == 403


def test_the_public_address_counts_with_its_query(hotel: object, post: Post) -> None:
    """Behind a proxy the request's own host is another one: ``testserver`` here."""
    form = text_form(EMILY, "2 towels please")
    assert post("/twilio/messages/?hotel=a%20b&x=", form).status_code == 200
    assert Message.objects.filter(direction="in").count() == 1


def test_empty_and_repeated_parameters_count(hotel: object, client: Client) -> None:
    form = text_form(EMILY, "", FromCity="")
    fields = [*form.items(), ("MessagingServiceSid", "b"), ("MessagingServiceSid", "a")]
    signed = PUBLIC_URL + "/twilio/messages/"
    signed += "".join(name + value for name, value in sorted(fields))
    answer = client.post(
        "/twilio/messages/",
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature_of(signed, {})},
    )
    assert (answer.status_code, Message.objects.filter(direction="in").count()) == (200, 1)


@pytest.mark.parametrize(
    "raw",
    [b"towels \xed\xa0\xbd", b"\xff\xfe towels", b"caf\xe9 towels"],
    ids=["half a surrogate pair", "UTF-16", "latin-1"],
)
def test_words_that_are_not_utf8_are_signed_by_their_bytes(
    hotel: object, client: Client, raw: bytes
) -> None:
    import base64
    import hashlib
    import hmac

    form = text_form(EMILY, "")
    del form["Body"]
    body = f"Body={quote_from_bytes(raw)}&{urlencode(form)}"
    fields = sorted([("Body", raw), *((k, v.encode()) for k, v in form.items())])
    signed = f"{PUBLIC_URL}/twilio/messages/".encode()
    signed += b"".join(name.encode() + value for name, value in fields)
    signature = base64.b64encode(hmac.new(TOKEN.encode(), signed, hashlib.sha1).digest())
    answer = client.post(
        "/twilio/messages/",
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature.decode()},
    )
    assert answer.status_code == 200
    assert Message.objects.get(direction="in").body == raw.decode("utf-8", "replace")


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
def test_a_signed_form_that_is_no_text_is_refused_by_name(
    hotel: object, post: Post, missing: str
) -> None:
    answer = post("/twilio/messages/", text_form(EMILY, "towels") | {missing: ""})
    assert (answer.status_code, missing in answer.content.decode()) == (400, True)
    assert Message.objects.count() == 0


def test_only_posts_are_heard(hotel: object, client: Client) -> None:
    assert {client.get(path).status_code for path in PATHS} == {405}


def test_a_call_is_connected_with_the_front_desk(hotel: object, post: Post) -> None:
    answer = post("/twilio/voice/", {"CallSid": "CA1", "From": EMILY, "To": "+12025550100"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml")
    assert b"<Dial>+12025550199</Dial>" in answer.content
    answer = post("/twilio/voice/", {"CallSid": "CA1", "From": EMILY, "To": "+12025559999"})
    assert b"<Reject" in answer.content


@pytest.mark.parametrize(
    ("language", "code", "voice"),
    [
        ("en", "en-GB", "Polly.Amy"),
        ("fi", "fi-FI", "Polly.Suvi"),
        ("tr", "tr-TR", "Polly.Filiz"),
        ("ar", "arb", "Polly.Zeina"),
        ("xx", "en-GB", "Polly.Amy"),
    ],
)
def test_who_calls_is_greeted_in_the_hotels_language(
    hotel: Property, post: Post, language: str, code: str, voice: str
) -> None:
    Property.objects.update(languages=[language])
    answer = post("/twilio/voice/", {"CallSid": "CA1", "From": EMILY, "To": "+12025550100"})
    said = ET.fromstring(answer.content).find("Say")
    assert said is not None
    assert said.attrib == {"language": code, "voice": voice}
    assert "Demo Hotel" in (said.text or "")
    with translation.override(language if language != "xx" else "en"):
        assert said.text == gettext("Welcome to %(hotel)s. We connect you with the front desk.") % {
            "hotel": "Demo Hotel"
        }


def test_a_call_without_fields_is_answered_all_the_same(hotel: object, post: Post) -> None:
    assert b"<Reject" in post("/twilio/voice/", {"X": "y"}).content
    assert b"<Reject" in post("/twilio/voice/notice/?notice=%E2%85%A7", {"X": "y"}).content
    assert post("/twilio/voice/status/?notice=1", {"X": "y"}).status_code == 204
