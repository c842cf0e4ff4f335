"""Texts and calls to staff: the real client, real HTTP, and Twilio's callbacks, signed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from requests_app import outbox, reasons
from requests_app.actions import claiming
from requests_app.actions.notices import end_calls
from requests_app.models import Notice, Outgoing
from tests.notices.conftest import MANAGER
from tests.outbox import carrier as carriers
from tests.outbox.carrier import Carrier

Tell = Callable[..., Notice]
HOUR = timedelta(hours=1)


def send_until_done(at: datetime) -> None:
    for n in range(20):
        rows = claiming.claim_due(at=at + n * timedelta(seconds=50), limit=16)
        for row in rows:
            outbox.send_one(row)
        if not Outgoing.objects.filter(state__in=claiming.UNSENT).exists():
            return
    raise AssertionError("it never ends")


@pytest.fixture
def twilio_posts(client: Client, carrier: Carrier) -> Callable[..., HttpResponse]:
    """A form, signed, to an address of ours that Twilio was given."""

    def post(url: str, **form: str) -> HttpResponse:
        signature = RequestValidator("12345").compute_signature(url, form)
        path = url.removeprefix("https://hotel.example")
        return client.post(path, form, headers={"X-Twilio-Signature": signature})

    return post


@pytest.fixture
def call(carrier: Carrier, tell: Tell) -> carriers.Sent:
    """A call that Twilio has taken."""
    tell(channel="call", address=MANAGER, subject="Late", language="fi")
    outbox.send_due()
    return carrier.calls[0]


def outcome() -> tuple[str, str]:
    notice = Notice.objects.get()
    return notice.delivery, notice.reason


def test_a_text_to_staff_goes_from_the_hotels_number(carrier: Carrier, tell: Tell) -> None:
    notice = tell(channel="sms", address=MANAGER, subject="Late")
    assert outbox.send_due() == 1
    assert carrier.sent == [
        {
            "To": MANAGER,
            "From": "+12025550100",
            "Body": "Late\n412: 2 bath towels are late.",
            "StatusCallback": f"https://hotel.example/twilio/status/?notice={notice.pk}",
            "Sid": carrier.sent[0]["Sid"],
        }
    ]
    notice.refresh_from_db()
    assert (notice.external_id, notice.delivery) == (carrier.sent[0]["Sid"], "queued")


@pytest.mark.parametrize("channel", ["sms", "call"])
@pytest.mark.parametrize(
    "trouble",
    [
        carriers.refuse(429, 20429),
        carriers.refuse(503, 20503),
        carriers.fail_after_taking,
        carriers.hang_up_after_taking,
        carriers.hang_after_taking,
    ],
    ids=["slow down", "503", "503 after taking it", "hangs up", "hangs after taking it"],
)
def test_whatever_happens_they_are_told_once(
    carrier: Carrier, tell: Tell, now: datetime, channel: str, trouble: Any
) -> None:
    carrier.next.append(trouble)
    notice = tell(channel=channel, address=MANAGER)
    send_until_done(now)
    told = carrier.sent if channel == "sms" else carrier.calls
    assert len(told) == 1
    notice.refresh_from_db()
    assert notice.external_id == told[0]["Sid"]


def test_the_same_words_to_one_telephone_are_told_twice_if_they_are_two_notices(
    carrier: Carrier, tell: Tell, now: datetime
) -> None:
    """Both hang: each finds its own at the carrier, and neither takes the other's for it."""
    carrier.next.extend([carriers.hang_after_taking] * 2)
    for key in ("first", "second"):
        tell(channel="sms", address=MANAGER, key=key)
    send_until_done(now)
    assert len(carrier.sent) == 2
    ids = set(Notice.objects.values_list("external_id", flat=True))
    assert ids == {message["Sid"] for message in carrier.sent}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (21211, "not a telephone number"),
        (21610, "they asked for no more texts (STOP)"),
        (99999, reasons.REFUSED),
    ],
)
def test_what_is_hopeless_is_parked_with_its_reason(
    carrier: Carrier, tell: Tell, code: int, reason: str
) -> None:
    carrier.next.append(carriers.refuse(400, code))
    notice = tell(channel="sms", address=MANAGER)
    outbox.send_due()
    notice.refresh_from_db()
    assert (notice.delivery, notice.reason, notice.error_code) == ("failed", reason, str(code))
    assert notice.failed
    assert Outgoing.objects.get().state == "parked"


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "queued"])))
def test_reports_in_any_order_end_with_the_furthest(
    carrier: Carrier, tell: Tell, twilio_posts: Any, order: tuple[str, ...]
) -> None:
    tell(channel="sms", address=MANAGER)
    outbox.send_due()
    sent = carrier.sent[0]
    for status in order * 2:
        answer = twilio_posts(sent["StatusCallback"], MessageSid=sent["Sid"], MessageStatus=status)
        assert answer.status_code == 204
    assert outcome() == ("delivered", "")


def test_a_report_before_our_send_has_returned_is_kept(
    carrier: Carrier, tell: Tell, twilio_posts: Any
) -> None:
    """The callback overtakes the answer: both are about the same text."""
    notice = tell(channel="sms", address=MANAGER)
    (row,) = claiming.claim_due(at=timezone.now(), limit=1)
    url = f"https://hotel.example/twilio/status/?notice={notice.pk}"
    told = twilio_posts(url, MessageSid="SMearly", MessageStatus="delivered")
    outbox.send_one(row)
    assert (told.status_code, outcome()) == (204, ("delivered", ""))
    assert Notice.objects.get().external_id == "SMearly"


def test_a_call_names_what_twilio_needs(carrier: Carrier, call: carriers.Sent) -> None:
    notice = Notice.objects.get()
    public = "https://hotel.example/twilio/voice"
    assert (call["To"], call["From"]) == (MANAGER, "+12025550100")
    assert call["Url"] == f"{public}/notice/?notice={notice.pk}"
    assert call["StatusCallback"] == f"{public}/status/?notice={notice.pk}"
    assert call["AsyncAmdStatusCallback"] == call["StatusCallback"]
    assert (notice.external_id, notice.delivery) == (call["Sid"], "queued")


def test_it_is_spoken_in_their_language_again_and_again_until_a_key_is_pressed(
    call: carriers.Sent, twilio_posts: Any
) -> None:
    answer = twilio_posts(call["Url"], CallSid=call["Sid"], CallStatus="in-progress")
    spoken = ET.fromstring(answer.content)
    gathers = spoken.findall("Gather")
    assert len(gathers) == 3
    for gather in gathers:
        assert gather.attrib["numDigits"] == "1"
        assert gather.attrib["action"] == call["Url"]
        first, _ask = gather.findall("Say")
        assert first.text == "Late 412: 2 bath towels are late."
        assert first.attrib["language"] == "fi-FI"
    assert spoken.find("Hangup") is not None
    assert outcome() == ("sent", "")


def test_a_key_ends_it_and_is_kept(call: carriers.Sent, twilio_posts: Any) -> None:
    answer = twilio_posts(call["Url"], CallSid=call["Sid"], Digits="1")
    assert ET.fromstring(answer.content).find("Say") is not None
    notice = Notice.objects.get()
    assert (notice.delivery, notice.digit, notice.answered_at is not None) == ("read", "1", True)
    twilio_posts(call["StatusCallback"], CallSid=call["Sid"], CallStatus="completed")
    assert outcome() == ("read", "")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("ringing", ("sent", "")),
        ("in-progress", ("sent", "")),
        ("no-answer", ("undelivered", reasons.NOT_ANSWERED)),
        ("busy", ("undelivered", reasons.BUSY)),
        ("failed", ("failed", reasons.CALL_FAILED)),
        ("canceled", ("undelivered", reasons.NOT_ANSWERED)),
        ("completed", ("undelivered", reasons.NO_DIGIT)),
        ("something new", ("queued", "")),
    ],
)
def test_how_a_call_went_can_be_read(
    call: carriers.Sent, twilio_posts: Any, status: str, expected: tuple[str, str]
) -> None:
    answer = twilio_posts(call["StatusCallback"], CallSid=call["Sid"], CallStatus=status)
    assert answer.status_code == 204
    assert outcome() == expected
    late = twilio_posts(call["StatusCallback"], CallSid=call["Sid"], CallStatus="ringing")
    assert late.status_code == 204
    assert outcome() == (expected if expected[0] != "queued" else ("sent", ""))


def test_a_machine_that_listens_is_said_to_be_one(call: carriers.Sent, twilio_posts: Any) -> None:
    twilio_posts(call["StatusCallback"], CallSid=call["Sid"], AnsweredBy="machine_start")
    twilio_posts(call["StatusCallback"], CallSid=call["Sid"], CallStatus="completed")
    assert outcome() == ("undelivered", reasons.MACHINE)


def test_a_person_is_no_machine(call: carriers.Sent, twilio_posts: Any) -> None:
    twilio_posts(call["StatusCallback"], CallSid=call["Sid"], AnsweredBy="human")
    assert outcome() == ("queued", "")


def test_a_call_nobody_knows_is_not_known(call: carriers.Sent, twilio_posts: Any) -> None:
    url = "https://hotel.example/twilio/voice/status/?notice=987654"
    assert twilio_posts(url, CallSid="CAother", CallStatus="busy").status_code == 404
    url = "https://hotel.example/twilio/voice/notice/?notice=987654"
    assert b"<Reject" in twilio_posts(url, CallSid="CAother").content
    assert outcome() == ("queued", "")


@pytest.mark.parametrize("path", ["notice", "status"])
def test_who_cannot_sign_changes_nothing(call: carriers.Sent, client: Client, path: str) -> None:
    number = Notice.objects.get().pk
    answer = client.post(
        f"/twilio/voice/{path}/?notice={number}",
        {"CallSid": call["Sid"], "CallStatus": "busy", "Digits": "1"},
        headers={"X-Twilio-Signature": "bm8="},
    )
    assert answer.status_code == 403
    assert outcome() == ("queued", "")


def test_a_call_whose_end_is_never_told_ends_by_itself(call: carriers.Sent) -> None:
    sent_at = Notice.objects.get().sent_at
    assert sent_at is not None
    assert end_calls(at=sent_at + timedelta(minutes=4)) == 0
    assert end_calls(at=sent_at + timedelta(minutes=6)) == 1
    assert outcome() == ("undelivered", reasons.NOT_ANSWERED)


def test_a_call_that_waited_too_long_is_not_made(
    carrier: Carrier, tell: Tell, now: datetime
) -> None:
    tell(channel="call", address=MANAGER, at=now - HOUR)
    outbox.send_due()
    assert carrier.calls == []
    assert outcome() == ("failed", reasons.TOO_OLD)


def test_a_notice_that_was_answered_meanwhile_is_not_repeated(
    carrier: Carrier, tell: Tell, now: datetime, twilio_posts: Any
) -> None:
    """Twilio took the call, hung up on us, and the manager pressed a key: all is well."""
    carrier.next.append(carriers.hang_up_after_taking)
    tell(channel="call", address=MANAGER)
    outbox.send_due()
    made = carrier.calls[0]
    twilio_posts(made["Url"], CallSid=made["Sid"], Digits="1")
    send_until_done(now + timedelta(minutes=5))
    assert len(carrier.calls) == 1
    assert outcome() == ("read", "")
