"""Delivery reports come in any order, repeated, early, late, or about nothing of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.test import Client
from twilio.request_validator import RequestValidator

from requests_app import outbox
from requests_app.actions import claiming, delivery, messages
from requests_app.models import Contact, Message, Outgoing
from tests.outbox import carrier as carriers
from tests.outbox.carrier import Carrier

Report = Callable[..., int]


@pytest.fixture
def report(client: Client, settings: Any) -> Report:
    """Twilio's callback, signed, to the address we gave it with the message."""

    def send(sent: carriers.Sent, status: str, **more: str) -> int:
        url = sent["StatusCallback"]
        form = {"MessageSid": sent["Sid"], "MessageStatus": status, **more}
        signature = RequestValidator("12345").compute_signature(url, form)
        path = url.removeprefix("https://hotel.example")
        return client.post(path, form, headers={"X-Twilio-Signature": signature}).status_code

    return send


@pytest.fixture
def sent(carrier: Carrier, emily: Contact, now: datetime) -> carriers.Sent:
    messages.text_to(emily, text="hello", by=None, at=now)
    outbox.send_due()
    return carrier.sent[0]


def delivered_as() -> str:
    return Message.objects.get().delivery


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_reports_in_any_order_end_with_the_furthest(
    sent: carriers.Sent, report: Report, order: tuple[str, ...]
) -> None:
    assert [report(sent, status) for status in order * 2] == [204] * 6
    assert delivered_as() == "delivered"


def test_read_is_further_than_delivered_and_failed_is_not(
    sent: carriers.Sent, report: Report
) -> None:
    for status in ("read", "delivered", "failed", "undelivered"):
        report(sent, status)
    assert delivered_as() == "read"


def test_a_failure_is_shown_with_its_code(sent: carriers.Sent, report: Report) -> None:
    report(sent, "sent")
    report(sent, "undelivered", ErrorCode="30003")
    assert (delivered_as(), Message.objects.get().error_code) == ("undelivered", "30003")


def test_words_we_do_not_know_change_nothing(sent: carriers.Sent, report: Report) -> None:
    assert report(sent, "partially_delivered") == 204
    assert delivered_as() == "queued"


def test_a_report_about_nothing_of_ours_is_not_known(sent: carriers.Sent, report: Report) -> None:
    stranger = sent | {"Sid": "SMother", "StatusCallback": "https://hotel.example/twilio/status/"}
    assert report(stranger, "delivered") == 404
    other = stranger | {"StatusCallback": "https://hotel.example/twilio/status/?message=99999999"}
    assert report(other, "delivered") == 404
    odd = stranger | {"StatusCallback": "https://hotel.example/twilio/status/?message=%E2%85%A7"}
    assert report(odd, "delivered") == 404


def test_a_report_of_another_message_cannot_take_ours(sent: carriers.Sent, report: Report) -> None:
    """Its id is known already, so a second id for the same message is not believed."""
    assert report(sent | {"Sid": "SMother"}, "failed") == 404
    assert delivered_as() == "queued"


def test_a_report_before_our_send_has_returned_is_kept(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    """The callback overtakes the answer: both are about the same message."""
    message = messages.text_to(emily, text="hello", by=None, at=now)
    (row,) = claiming.claim_due(at=now, limit=1)
    assert delivery.delivery_report(external_id="SMearly", state="delivered", message_id=message.pk)
    delivery.sent(row, external_id="SMearly", at=now)
    message.refresh_from_db()
    assert (message.external_id, message.delivery) == ("SMearly", "delivered")
    assert Outgoing.objects.get().state == "sent"


def test_a_report_settles_what_we_did_not_know(
    carrier: Carrier, emily: Contact, now: datetime, report: Report
) -> None:
    carrier.next.append(carriers.hang_after_taking)
    messages.text_to(emily, text="hello", by=None, at=now)
    outbox.send_due()
    assert Outgoing.objects.get().state == "uncertain"
    assert report(carrier.sent[0], "delivered") == 204
    assert (Outgoing.objects.get().state, delivered_as()) == ("sent", "delivered")
    assert claiming.claim_due(at=now + timedelta(days=1), limit=16) == []
    assert carrier.asked == []


def test_a_slow_send_does_not_undo_what_a_report_told(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    message = messages.text_to(emily, text="hello", by=None, at=now)
    (row,) = claiming.claim_due(at=now, limit=1)
    delivery.delivery_report(external_id="SM1", state="sent", message_id=message.pk)
    delivery.unknown_whether_sent(row, reason="the connection broke", at=now)
    assert Outgoing.objects.get().state == "sent"


def test_a_late_report_of_the_first_try_does_not_pass_for_the_second(
    carrier: Carrier, emily: Contact, now: datetime, report: Report
) -> None:
    carrier.next.append(carriers.fail_after_taking)
    messages.text_to(emily, text="hello", by=None, at=now)
    outbox.send_due()
    row = Outgoing.objects.get()
    delivery.park(row, reason="given up", code="")
    delivery.send_again(row, at=now)
    assert report(carrier.sent[0], "failed") == 404
    assert Outgoing.objects.get().state == "due"
