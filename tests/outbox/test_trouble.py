"""A carrier in trouble is spared as a whole, in every process, and found well again by one row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from requests_app import outbox, reasons
from requests_app.actions import claiming, delivery, messages
from requests_app.actions.notices import notify
from requests_app.models import CarrierTrouble, Contact, Message, Outgoing, Property
from tests.outbox import carrier as carriers
from tests.outbox.carrier import Carrier

HOUR = timedelta(hours=1)


@pytest.fixture
def guests(hotel: Property) -> list[Contact]:
    return [Contact.objects.create(property=hotel, address=f"+1202555{n:04}") for n in range(40)]


@pytest.fixture
def say_to_all(guests: list[Contact], now: datetime) -> None:
    for guest in guests:
        messages.text_to(guest, text=f"to {guest.address}", by=None, at=now)


def trouble() -> CarrierTrouble:
    return CarrierTrouble.objects.get()


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (carriers.refuse(429, 20429), reasons.SLOW_DOWN),
        (carriers.refuse(500, 20500), reasons.CARRIER_FAILED),
        (carriers.refuse(503, 20503), reasons.CARRIER_FAILED),
        (carriers.hang, reasons.NO_ANSWER_IN_TIME),
        (carriers.hang_up_after_taking, reasons.BROKE),
        (carriers.refuse(401, 20003), reasons.ACCOUNT),
    ],
    ids=["429", "500", "503", "hangs", "hangs up", "account"],
)
def test_one_row_in_trouble_keeps_all_others_waiting(
    carrier: Carrier, say_to_all: None, now: datetime, behave: Any, reason: str
) -> None:
    carrier.next.append(behave)
    (row,) = claiming.claim_due(at=now, limit=1)
    outbox.send_one(row)
    assert (trouble().carrier, trouble().reason) == ("texts", reason)
    assert claiming.claim_due(at=timezone.now(), limit=16) == []
    # Another process sees the same table: nothing there either, whatever it asks for.
    assert claiming.claim_due(at=timezone.now(), limit=1, probe=False) == []


@pytest.mark.parametrize("code", [21610, 21211, 21614])
def test_a_hopeless_row_says_nothing_about_the_carrier(
    carrier: Carrier, say_to_all: None, now: datetime, code: int
) -> None:
    carrier.next.append(carriers.refuse(400, code))
    assert outbox.send_due() == 16
    assert not CarrierTrouble.objects.exists()


def test_it_is_found_well_by_a_single_row_and_then_all_go(
    carrier: Carrier, say_to_all: None, now: datetime
) -> None:
    carrier.next.extend([carriers.refuse(429, 20429)] * 3)
    (row,) = claiming.claim_due(at=now, limit=1)
    outbox.send_one(row)
    for n in (1, 2):
        later = now + n * HOUR
        (probe,) = claiming.claim_due(at=later, limit=16)
        assert probe.is_probe
        assert claiming.claim_due(at=later, limit=16) == [], "one at a time, whoever asks"
        outbox.send_one(probe)
        assert trouble().failures == n + 1
    (probe,) = claiming.claim_due(at=now + 3 * HOUR, limit=16)
    outbox.send_one(probe)
    assert not CarrierTrouble.objects.exists()
    assert len(claiming.claim_due(at=now + 3 * HOUR, limit=16)) == 16


def test_a_refused_probe_of_one_row_still_shows_that_the_carrier_is_well(
    carrier: Carrier, say_to_all: None, now: datetime
) -> None:
    carrier.next.extend([carriers.refuse(503, 20503), carriers.refuse(400, 21211)])
    (row,) = claiming.claim_due(at=now, limit=1)
    outbox.send_one(row)
    (probe,) = claiming.claim_due(at=now + HOUR, limit=16)
    outbox.send_one(probe)
    assert not CarrierTrouble.objects.exists()
    assert Outgoing.objects.filter(state="parked").count() == 1


def test_a_probe_that_dies_is_followed_by_another(
    carrier: Carrier, say_to_all: None, now: datetime
) -> None:
    carrier.next.append(carriers.refuse(503, 20503))
    (row,) = claiming.claim_due(at=now, limit=1)
    outbox.send_one(row)
    (dead,) = claiming.claim_due(at=now + HOUR, limit=16)
    (again,) = claiming.claim_due(at=now + HOUR + claiming.PROBE, limit=16)
    assert again.is_probe
    assert again.pk != dead.pk, "of another row, since the first may be what kills it"


def test_those_on_their_way_when_the_trouble_began_count_once(
    carrier: Carrier, say_to_all: None, now: datetime
) -> None:
    carrier.next.extend([carriers.refuse(429, 20429)] * 16)
    assert outbox.send_due() == 16
    assert trouble().failures == 1
    assert (trouble().until - timezone.now()).total_seconds() <= 13.1


def test_pauses_grow_up_to_two_minutes_and_differ(
    carrier: Carrier, say_to_all: None, now: datetime
) -> None:
    (row,) = claiming.claim_due(at=now, limit=1)
    row.is_probe = True
    pauses = []
    for n in range(12):
        at = now + n * HOUR
        claiming.slow_down(row, reason="no", began=at, at=at)
        pauses.append((trouble().until - at).total_seconds())
    assert 2 <= pauses[0] <= 2.6
    assert all(earlier < later for earlier, later in pairwise(pauses[:7]))
    assert all(120 <= pause <= 156 for pause in pauses[7:])
    assert len(set(pauses[7:])) > 1


def test_other_carriers_go_on(
    carrier: Carrier, hotel: Property, say_to_all: None, now: datetime
) -> None:
    carrier.next.append(carriers.refuse(429, 20429))
    (row,) = claiming.claim_due(at=now, limit=1)
    outbox.send_one(row)
    notify(hotel, person=None, channel="call", address="+3584012345", text="x", key="k", at=now)
    (call,) = claiming.claim_due(at=timezone.now(), limit=16)
    assert call.carrier == "calls"


def test_a_row_is_not_given_up_for_what_its_carrier_has(
    carrier: Carrier, hotel: Property, emily: Contact, now: datetime
) -> None:
    """Slow down is not about the text: it is tried twice as long as one that fails itself."""
    carrier.next.extend([carriers.refuse(429, 20429)] * (delivery.MANY_ATTEMPTS + 5))
    message = messages.text_to(emily, text="hello", by=None, at=now)
    for n in range(delivery.MANY_ATTEMPTS):
        assert Outgoing.objects.get().state == "due", n
        for row in claiming.claim_due(at=now + n * HOUR, limit=16):
            outbox.send_one(row)
    message.refresh_from_db()
    assert (Outgoing.objects.get().state, message.delivery) == ("parked", "failed")
    assert Outgoing.objects.get().reason == reasons.SLOW_DOWN


def test_one_tap_does_not_wait_for_the_pause(
    carrier: Carrier, say_to_all: None, now: datetime
) -> None:
    carrier.next.append(carriers.refuse(503, 20503))
    (row,) = claiming.claim_due(at=now, limit=1)
    outbox.send_one(row)
    claiming.try_now("texts", at=timezone.now())
    (probe,) = claiming.claim_due(at=timezone.now(), limit=16)
    assert probe.is_probe


def test_what_is_given_back_is_as_it_was(carrier: Carrier, say_to_all: None, now: datetime) -> None:
    rows = claiming.claim_due(at=now, limit=3)
    claiming.give_back(rows)
    assert [(r.state, r.attempts, r.lease_until) for r in Outgoing.objects.order_by("pk")[:3]] == [
        ("due", 0, None)
    ] * 3
    assert {row.pk for row in claiming.claim_due(at=now, limit=3)} == {row.pk for row in rows}


def test_a_lease_that_is_nearly_over_is_not_used(
    carrier: Carrier, say_to_all: None, now: datetime
) -> None:
    """Somebody else may have the row by the time we are done: it goes back unsent."""
    rows = claiming.claim_due(at=now - claiming.LEASE + outbox.SENDS_WITHIN / 2, limit=1)
    assert rows == []  # not due so long ago
    (row,) = claiming.claim_due(at=now, limit=1)
    row.lease_until = timezone.now() + outbox.SENDS_WITHIN / 2
    outbox.send_one(row)
    assert carrier.sent == []
    assert Outgoing.objects.get(pk=row.pk).lease_until is None


def test_who_lost_the_lease_overwrites_nothing_but_may_say_that_it_was_sent(
    carrier: Carrier, emily: Contact, now: datetime
) -> None:
    messages.text_to(emily, text="hello", by=None, at=now)
    (slow,) = claiming.claim_due(at=now, limit=1)
    (other,) = claiming.claim_due(at=now + 2 * claiming.LEASE, limit=1)
    # The other is at it: whatever the slow one says now is not heard.
    assert delivery.sent(slow, external_id="SMslow", at=now) is False
    delivery.park(slow, reason="no", code="1")
    delivery.not_sent(slow, reason="no", at=now)
    delivery.unknown_whether_sent(slow, reason="no", at=now)
    row = Outgoing.objects.get()
    assert (row.state, row.lease_until, row.attempts) == ("uncertain", other.lease_until, 2)
    # The other does not know: then the slow one does.
    delivery.unknown_whether_sent(other, reason="no", at=now)
    assert delivery.sent(slow, external_id="SMslow", at=now) is True
    assert Message.objects.get().external_id == "SMslow"
    assert delivery.sent(other, external_id="SMother", at=now) is False
    assert Message.objects.get().external_id == "SMslow"


def test_a_carrier_we_do_not_know_is_refused_by_the_database(
    hotel: Property, now: datetime
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CarrierTrouble.objects.create(carrier="pigeo", since=now, until=now)
    CarrierTrouble.objects.create(carrier="texts", since=now, until=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CarrierTrouble.objects.create(carrier="texts", since=now, until=now)


def test_an_old_reply_is_for_a_person_to_decide_about(
    carrier: Carrier, emily: Contact, now: datetime, text: Callable[..., Message]
) -> None:
    """ "By 18:40", found at midnight by a hotel that was down since the afternoon."""
    messages.text_to(emily, text="by 18:40", by=None, at=now - 5 * HOUR)
    outbox.send_due()
    row = Outgoing.objects.get()
    assert (carrier.sent, row.state, row.reason) == ([], "parked", reasons.TOO_OLD)
    delivery.send_again(row, at=timezone.now())
    outbox.send_due()
    assert carrier.bodies() == ["by 18:40"]
