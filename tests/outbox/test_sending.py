"""Every reply reaches the guest once, whatever the carrier does: the real client, real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from requests_app import outbox
from requests_app.actions import claiming, delivery, messages
from requests_app.actions.talking import reply_to_guest
from requests_app.errors import OptedOut
from requests_app.models import Contact, Message, Outgoing, Property
from staff.models import Person
from tests.conftest import EMILY
from tests.outbox import carrier as carriers
from tests.outbox.carrier import Carrier

HOUR = timedelta(hours=1)


def send_all(at: datetime) -> int:
    """One round of the outbox at a time of its own: how many it tried."""
    rows = claiming.claim_due(at=at, limit=outbox.AT_ONCE)
    for row in rows:
        outbox.send_one(row)
    return len(rows)


def send_until_done(at: datetime) -> int:
    """Rounds an hour apart, until nothing is tried any more; how many tries it took."""
    tried = 0
    for n in range(20):
        now_tried = send_all(at + n * HOUR)
        if not now_tried:
            return tried
        tried += now_tried
    raise AssertionError("it never ends")


def state() -> list[tuple[str, str, str]]:
    return [
        (row.message.body, row.state, row.message.delivery)
        for row in Outgoing.objects.select_related("message").order_by("pk")
    ]


def say(contact: Contact, body: str, at: datetime) -> Message:
    return messages.text_to(contact, text=body, by=None, at=at)


def test_a_reply_is_sent_with_all_that_twilio_needs(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    message = say(emily, "2 bath towels: by 18:40 — ☺", now)
    assert send_all(now) == 1
    assert carrier.sent == [
        {
            "To": EMILY,
            "From": "+12025550100",
            "Body": "2 bath towels: by 18:40 — ☺",
            "StatusCallback": f"https://hotel.example/twilio/status/?message={message.pk}",
            "Sid": carrier.sent[0]["Sid"],
        }
    ]
    message.refresh_from_db()
    assert (message.external_id, message.delivery) == (carrier.sent[0]["Sid"], "queued")
    assert send_until_done(now) == 0


def test_whatsapp_is_answered_on_whatsapp(carrier: Carrier, emily: Contact, now: datetime) -> None:
    emily.channel = "whatsapp"
    emily.save()
    say(emily, "hello", now)
    send_all(now)
    assert (carrier.sent[0]["To"], carrier.sent[0]["From"]) == (
        f"whatsapp:{EMILY}",
        "whatsapp:+12025550100",
    )


@pytest.mark.parametrize(
    "trouble",
    [
        carriers.refuse(429, 20429),
        carriers.refuse(503, 20503),
        carriers.fail_after_taking,
        carriers.hang_up_after_taking,
        carriers.hang,
        carriers.hang_after_taking,
    ],
    ids=["slow down", "503", "503 after taking it", "hangs up", "hangs", "hangs after taking it"],
)
@pytest.mark.parametrize("times", [1, 3])
def test_whatever_happens_the_guest_has_it_once(
    carrier: Carrier, emily: Contact, now: datetime, trouble: Any, times: int
) -> None:
    carrier.next.extend([trouble] * times)
    say(emily, "2 bath towels: by 18:40", now)
    send_until_done(now)
    assert carrier.bodies() == ["2 bath towels: by 18:40"]
    assert state() == [("2 bath towels: by 18:40", "sent", "queued")]
    assert Message.objects.get().external_id == carrier.sent[0]["Sid"]


def test_what_may_have_gone_is_looked_for_before_it_is_repeated(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    carrier.next.append(carriers.hang_up_after_taking)
    say(emily, "hello", now)
    send_all(now)
    assert state() == [("hello", "uncertain", "waiting")]
    send_all(now + HOUR)
    assert state() == [("hello", "sent", "queued")]
    assert [(q["To"], q["From"]) for q in carrier.asked] == [([EMILY], ["+12025550100"])]
    assert any(name.startswith("DateSent") for name in carrier.asked[0])


def test_the_same_words_said_twice_are_two_messages(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    """The first is found by its words; the second must not be taken for it."""
    say(emily, "Thank you.", now)
    send_all(now)
    carrier.next.append(carriers.hang)
    say(emily, "Thank you.", now)
    send_until_done(now)
    assert carrier.bodies() == ["Thank you.", "Thank you."]
    assert len(set(Message.objects.values_list("external_id", flat=True))) == 2


def test_signs_that_the_carrier_made_plain_are_still_our_words(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    def smart_encoding(handler: carriers.Handler, message: carriers.Sent) -> None:
        message["Body"] = message["Body"].replace("’", "'").replace("—", "-")
        carriers.hang_up_after_taking(handler, message)

    carrier.next.append(smart_encoding)
    say(emily, "We’re on it — soon", now)
    send_until_done(now)
    assert carrier.bodies() == ["We're on it - soon"]


def test_a_carrier_that_cannot_be_reached_is_tried_again(
    carrier: Carrier, emily: Contact, now: datetime, settings: Any
) -> None:
    from tests.serving import free_port

    there, settings.TWILIO_API_URL = settings.TWILIO_API_URL, f"http://127.0.0.1:{free_port()}"
    say(emily, "hello", now)
    send_all(now)
    assert state() == [("hello", "due", "waiting")]
    settings.TWILIO_API_URL = there
    send_until_done(now + HOUR)
    assert carrier.bodies() == ["hello"]


def test_waits_grow_and_slow_down_is_heard(carrier: Carrier, emily: Contact, now: datetime) -> None:
    carrier.next.extend([carriers.refuse(429, 20429)] * 4)
    say(emily, "hello", now)
    waits = []
    for n in range(4):
        before = timezone.now()
        send_all(now + n * HOUR)
        waits.append((Outgoing.objects.get().due_at - before).total_seconds())
    assert waits[0] >= 10, "the carrier said so"
    assert waits[1] < waits[2] < waits[3]


@pytest.mark.parametrize(("code", "status"), [(21610, 400), (21211, 400), (21614, 400)])
def test_what_is_hopeless_is_parked_and_seen(
    carrier: Carrier, emily: Contact, now: datetime, code: int, status: int
) -> None:
    carrier.next.append(carriers.refuse(status, code))
    message = say(emily, "hello", now)
    assert send_until_done(now) == 1
    message.refresh_from_db()
    assert state() == [("hello", "parked", "failed")]
    assert message.error_code == str(code)
    assert Outgoing.objects.get().reason


def test_stop_told_to_the_carrier_is_stop_told_to_us(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    carrier.next.append(carriers.refuse(400, 21610))
    say(emily, "hello", now)
    say(emily, "are you there", now)
    send_until_done(now)
    emily.refresh_from_db()
    assert emily.opted_out_at is not None
    assert carrier.sent == []
    with pytest.raises(OptedOut):
        say(emily, "hello again", now)


def test_who_says_stop_while_words_wait_does_not_get_them(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    say(emily, "hello", now)
    Contact.objects.update(opted_out_at=now)
    send_until_done(now)
    assert (carrier.sent, [s for _b, s, _d in state()]) == ([], ["parked"])


def test_a_carrier_that_never_works_is_given_up_and_a_person_resumes_it(
    carrier: Carrier,
    hotel: Property,
    text: Callable[..., Message],
    person: Callable[[str], Person],
    now: datetime,
) -> None:
    request = text(EMILY, "2 towels please", at=now).caused.get()
    Outgoing.objects.all().delete()
    carrier.next.extend([carriers.refuse(500, 20500)] * 8)
    message = reply_to_guest(request, by=person("front-desk"), at=now, text="On our way")
    assert send_until_done(now) == delivery.MAX_ATTEMPTS
    assert state() == [("On our way", "parked", "failed")]
    sequence = request.sequence
    request.refresh_from_db()
    assert request.sequence > sequence, "the card must show it"
    for _twice in range(2):
        delivery.send_again(Outgoing.objects.get(), at=now)
    send_until_done(now)
    assert carrier.bodies() == ["On our way"]
    message.refresh_from_db()
    assert (message.delivery, message.error_code) == ("queued", "")


def test_a_guests_replies_keep_their_order_even_when_one_fails(
    carrier: Carrier, emily: Contact, hotel: Property, now: datetime
) -> None:
    kari = Contact.objects.create(property=hotel, address="+12025550135")
    carrier.next.append(carriers.refuse(429, 20429))
    for n in range(3):
        say(emily, f"to Emily {n}", now)
    say(kari, "to Kari", now)
    assert send_all(now) == 2  # the first for each
    assert carrier.bodies() == ["to Kari"]
    send_until_done(now + HOUR)
    assert carrier.bodies() == ["to Kari", "to Emily 0", "to Emily 1", "to Emily 2"]


def test_a_reply_that_waits_for_its_minute_holds_nothing_back(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    messages.text_to(emily, text="later", by=None, at=now, due_at=now + HOUR)
    say(emily, "now", now)
    send_all(now)
    assert carrier.bodies() == ["now"]


def test_what_is_claimed_nobody_else_claims_until_the_lease_is_over(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    say(emily, "hello", now)
    (first,) = claiming.claim_due(at=now, limit=16)
    assert claiming.claim_due(at=now + claiming.LEASE / 2, limit=16) == []
    (again,) = claiming.claim_due(at=now + claiming.LEASE * 2, limit=16)
    assert (again.pk, again.state) == (first.pk, "uncertain")
    # The first was not dead but slow: what it writes down now must not undo the second.
    delivery.not_sent(first, reason="slow", at=now)
    delivery.park(first, reason="slow", code="")
    assert Outgoing.objects.get().state == "uncertain"
    outbox.send_one(again)
    assert carrier.bodies() == ["hello"]


def test_a_sender_that_died_after_the_call_is_not_repeated(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    from requests_app.carriers import carrier_of

    say(emily, "hello", now)
    (row,) = claiming.claim_due(at=now, limit=16)
    carrier_of(row.message).send(row.message)  # and here the process ends
    send_until_done(now + claiming.LEASE * 2)
    assert carrier.bodies() == ["hello"]
    assert state() == [("hello", "sent", "queued")]


def test_a_number_that_was_erased_is_not_tried_for_ever(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    say(emily, "hello", now)
    emily.delete()
    send_until_done(now)
    assert (carrier.sent, [s for _b, s, _d in state()]) == ([], ["parked"])
