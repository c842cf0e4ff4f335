"""What Twilio failed to deliver is found in its list: once, in order, from where we were."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from requests_app import inbox, reasons
from requests_app.actions import arrivals, incoming, reconciling
from requests_app.incoming import IncomingMessage
from requests_app.models import Message, Property, Reconciliation, Request, UnroutedMessage
from tests.conftest import AYSE, EMILY
from tests.inbox.conftest import ACCOUNT, jpeg
from tests.outbox import carrier as carriers
from tests.outbox.carrier import Carrier, Sent

Texts = Callable[..., Sent]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def begun(hotel: Property, carrier: Carrier, now: datetime) -> None:
    """The hotel has been open for an hour and has just looked; the next look is due now."""
    Reconciliation.objects.create(property=hotel, seen_until=now, due_at=now - MINUTE)


def look_again() -> None:
    Reconciliation.objects.update(due_at=timezone.now() - MINUTE)
    assert inbox.reconcile_due()


def said() -> list[str]:
    return list(
        Message.objects.filter(direction="in").order_by("pk").values_list("body", flat=True)
    )


def test_what_was_not_delivered_is_taken_in_as_if_it_had_been(
    carrier: Carrier, guest_texts: Texts
) -> None:
    text = guest_texts("2 towels please")
    assert inbox.reconcile_due()
    message = Message.objects.get(direction="in")
    assert (message.external_id, message.body, message.channel) == (
        text["Sid"], "2 towels please", "sms",
    )  # fmt: skip
    assert message.understood_at is not None
    (request,) = Request.objects.all()
    assert (request.service and request.service.slug, request.cause_id) == ("towels", message.pk)
    assert Message.objects.filter(direction="out").count() == 1


def test_looking_again_doubles_nothing(carrier: Carrier, guest_texts: Texts) -> None:
    guest_texts("2 towels please")
    for _look in range(3):
        look_again()
    assert (said(), Request.objects.count()) == (["2 towels please"], 1)


def test_what_the_webhook_brought_is_passed_over(
    carrier: Carrier, guest_texts: Texts, now: datetime
) -> None:
    text = guest_texts("2 towels please")
    arrivals.take_in(
        IncomingMessage(
            external_id=text["Sid"], sender=EMILY, recipient="+12025550100",
            body="2 towels please", channel="sms", received_at=now,
        )
    )  # fmt: skip
    look_again()
    assert (said(), Request.objects.count()) == (["2 towels please"], 1)


def test_all_pages_are_read_and_the_oldest_is_taken_in_first(
    carrier: Carrier, guest_texts: Texts, now: datetime
) -> None:
    carrier.page_size = 3
    numbers = [f"+1202556{n:04}" for n in range(10)]
    for n, number in enumerate(numbers):
        guest_texts(f"text {n}", sender=number, at=now + timedelta(seconds=n))
    look_again()
    assert said() == [f"text {n}" for n in range(10)]
    pages = [query.get("Page", ["0"])[0] for query in carrier.asked if "+" in query["To"][0][:1]]
    assert pages == ["0", "1", "2", "3"]


def test_it_goes_on_from_the_last_text_seen_with_an_overlap(
    carrier: Carrier, guest_texts: Texts, now: datetime
) -> None:
    at = (now + 3 * MINUTE).replace(microsecond=0)
    guest_texts("hello", at=at - 5 * MINUTE)
    guest_texts("2 towels please", at=at - 4 * MINUTE)
    look_again()
    look = Reconciliation.objects.get()
    assert look.seen_until == max(now, at - 4 * MINUTE)
    assert (look.failures, look.lease_until, look.reason) == (0, None, "")
    assert look.looked_at is not None
    assert timedelta(minutes=4) < look.due_at - timezone.now() <= timedelta(minutes=5)
    carrier.asked.clear()
    look_again()
    (since,) = {q["DateSent>"][0] for q in carrier.asked}
    assert datetime.fromisoformat(since) == (look.seen_until - reconciling.OVERLAP).replace(
        microsecond=0
    )


def test_a_clock_that_runs_ahead_does_not_skip_what_comes(
    carrier: Carrier, guest_texts: Texts, now: datetime
) -> None:
    guest_texts("from tomorrow", at=now + timedelta(days=1))
    look_again()
    assert Reconciliation.objects.get().seen_until <= timezone.now()


def test_whatsapp_is_looked_through_too(carrier: Carrier, guest_texts: Texts) -> None:
    guest_texts("merhaba", sender=f"whatsapp:{AYSE}", To="whatsapp:+12025550100")
    look_again()
    message = Message.objects.get(direction="in")
    assert (message.channel, message.contact and message.contact.address) == ("whatsapp", AYSE)


def test_what_we_sent_ourselves_is_not_a_guests(carrier: Carrier, guest_texts: Texts) -> None:
    guest_texts("to ourselves", Direction="outbound-api")
    look_again()
    assert said() == []


def test_a_text_with_pictures_brings_their_addresses(carrier: Carrier, guest_texts: Texts) -> None:
    text = guest_texts("look", NumMedia="2")
    uri = f"{ACCOUNT}/Messages/{text['Sid']}/Media"
    listed = [{"sid": f"ME{n}", "uri": f"{uri}/ME{n}.json"} for n in range(2)]
    carrier.lists[f"{uri}.json"] = {"media_list": listed, "next_page_uri": None}
    for n in range(2):
        carrier.media[f"{uri}/ME{n}"] = (200, {"Content-Type": "image/jpeg"}, jpeg())
    look_again()
    message = Message.objects.get(direction="in")
    assert message.media == [f"https://api.twilio.com{uri}/ME{n}" for n in range(2)]
    assert inbox.fetch_pictures() == 2
    assert {picture.state for picture in message.pictures.all()} == {"kept"}


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (lambda handler: handler.answer(503, {"code": 20503, "status": 503}), "CARRIER_FAILED"),
        (lambda handler: handler.answer(429, {"code": 20429, "status": 429}), "SLOW_DOWN"),
        (lambda handler: carriers.hang(handler, {}), "NO_ANSWER_IN_TIME"),
        (lambda handler: handler.answer_with(200, {}, b"not json"), "OUR_MISTAKE"),
    ],
    ids=["503", "429", "hangs", "nonsense"],
)
def test_a_carrier_that_is_slow_or_down_only_delays(
    carrier: Carrier, guest_texts: Texts, behave: Any, reason: str
) -> None:
    guest_texts("2 towels please")
    carrier.gets.append(behave)
    assert inbox.reconcile_due()
    look = Reconciliation.objects.get()
    assert (look.failures, look.reason) == (1, getattr(reasons, reason))
    assert look.lease_until is None
    assert look.due_at - timezone.now() < MINUTE, "sooner than usual"
    assert not inbox.reconcile_due()
    look_again()
    assert said() == ["2 towels please"]
    assert Reconciliation.objects.get().failures == 0


def test_a_page_that_fails_in_the_midst_skips_nothing(
    carrier: Carrier, guest_texts: Texts, now: datetime
) -> None:
    carrier.page_size = 2
    for n in range(5):
        guest_texts(f"text {n}", sender=f"+1202556{n:04}", at=now + timedelta(seconds=n))
    carrier.gets.extend(
        [carriers.answer_as_usual, lambda handler: handler.answer(503, {"code": 1, "status": 503})]
    )
    before = Reconciliation.objects.get().seen_until
    assert inbox.reconcile_due()
    assert Reconciliation.objects.get().seen_until == before
    look_again()
    assert said() == [f"text {n}" for n in range(5)]


def test_one_text_that_cannot_be_stored_does_not_cost_the_others(
    carrier: Carrier, guest_texts: Texts, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = guest_texts("first", at=now)
    guest_texts("second", at=now + timedelta(seconds=1))
    receive = incoming.receive_text

    def fails_once(text: IncomingMessage) -> Message | None:
        if text.external_id == bad["Sid"]:
            raise RuntimeError("the disk is full")
        return receive(text)

    with monkeypatch.context() as broken:
        broken.setattr(incoming, "receive_text", fails_once)
        look_again()
    assert said() == ["second"]
    assert Reconciliation.objects.get().failures == 1
    look_again()
    assert said() == ["second", "first"]


def test_two_processes_do_not_look_at_one_list_together(now: datetime, hotel: Property) -> None:
    first = reconciling.claim_due(at=now)
    assert first is not None
    assert reconciling.claim_due(at=now) is None
    # One that died is followed by another after its lease, and is not heard any more.
    later = now + 2 * reconciling.LEASE
    second = reconciling.claim_due(at=later)
    assert second is not None
    reconciling.looked(first, seen_until=later, at=later)
    row = Reconciliation.objects.get()
    assert (row.seen_until, row.lease_until) == (now, second.lease_until)


def test_a_start_looks_at_once_and_a_new_hotel_begins_with_now(hotel: Property) -> None:
    Reconciliation.objects.update(due_at=timezone.now() + 4 * MINUTE)
    other = Property.objects.create(slug="other", name="Other", text_number="+12025550199")
    at = timezone.now()
    reconciling.look_at_once(at=at)
    reconciling.look_at_once(at=at)
    assert {row.property_id: row.due_at for row in Reconciliation.objects.all()} == {
        hotel.pk: at, other.pk: at,
    }  # fmt: skip
    assert Reconciliation.objects.get(property=other).seen_until == at


def test_an_unrouted_text_is_known_too(carrier: Carrier, now: datetime) -> None:
    UnroutedMessage.objects.create(external_id="SM1", sender="x", recipient="y", received_at=now)
    assert reconciling.known(["SM1", "SM2"]) == {"SM1"}


@pytest.mark.django_db(transaction=True)
def test_the_webhook_and_the_look_at_the_same_moment_make_one(
    carrier: Carrier, guest_texts: Texts, now: datetime
) -> None:
    """Twilio was only late: its post comes while we take in what we found."""
    texts = [guest_texts(f"2 towels {n}", sender=f"+1202556{n:04}") for n in range(12)]
    barrier, raised = threading.Barrier(2), list[BaseException]()

    def webhook() -> None:
        try:
            barrier.wait()
            for text in texts:
                arrivals.take_in(
                    IncomingMessage(
                        external_id=text["Sid"], sender=text["From"], recipient=text["To"],
                        body=text["Body"], channel="sms", received_at=timezone.now(),
                    )
                )  # fmt: skip
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=webhook)
    thread.start()
    barrier.wait()
    look_again()
    thread.join(30)
    assert raised == []
    assert sorted(said()) == sorted(text["Body"] for text in texts)
    assert Message.objects.filter(direction="out").count() == 12
