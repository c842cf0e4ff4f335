"""Several workers and one table: every row is sent once, each guest's in order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from requests_app import outbox
from requests_app.actions import claiming, messages
from requests_app.models import Contact, Message, Outgoing, Property
from tests.outbox import carrier as carriers
from tests.outbox.carrier import Carrier

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4


def unsent() -> int:
    return Outgoing.objects.filter(state__in=claiming.UNSENT).count()


def work_until_done(barrier: Barrier, raised: list[BaseException]) -> None:
    """A worker's rounds, without its pauses."""
    barrier.wait()
    deadline = time.monotonic() + 60
    try:
        while unsent() and time.monotonic() < deadline:
            if not outbox.send_due():
                time.sleep(0.01)
    except BaseException as error:
        raised.append(error)
    finally:
        connection.close()


@pytest.fixture
def say(hotel: Property, now: datetime) -> Callable[[int, int], None]:
    def to(guests: int, each: int) -> None:
        contacts = [
            Contact.objects.create(property=hotel, address=f"+1202555{n:04}") for n in range(guests)
        ]
        for n in range(each):
            for contact in contacts:
                messages.text_to(contact, text=f"{contact.address} {n}", by=None, at=now)

    return to


def test_no_row_is_sent_twice_and_order_is_kept(
    carrier: Carrier, say: Callable[[int, int], None]
) -> None:
    say(12, 4)
    barrier, raised = Barrier(WORKERS), list[BaseException]()
    threads = [Thread(target=work_until_done, args=(barrier, raised)) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert raised == []
    assert Counter(Counter(carrier.bodies()).values()) == {1: 48}
    by_guest: dict[str, list[str]] = defaultdict(list)
    for message in carrier.sent:
        by_guest[message["To"]].append(message["Body"])
    assert all(bodies == sorted(bodies) for bodies in by_guest.values())
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"sent"}
    assert Message.objects.exclude(external_id=None).count() == 48


def test_the_loop_sends_everything_once_and_drains_when_it_is_stopped(
    carrier: Carrier, say: Callable[[int, int], None], settings: Any
) -> None:
    """Two processes' loops, both stopped in the midst of it, and then a third."""
    settings.REDIS_URL = "redis://elsewhere"  # so none believes itself alone
    say(60, 2)
    carrier.next.append(carriers.hang_up_after_taking)

    async def two_for_a_while() -> None:
        tasks = [asyncio.create_task(outbox.run()) for _ in range(2)]
        while len(carrier.sent) < 30:
            await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(two_for_a_while())
    assert not Outgoing.objects.filter(lease_until__isnull=False).exists(), "all came back"
    Outgoing.objects.filter(state__in=claiming.UNSENT).update(due_at=timezone.now())

    async def one_to_the_end() -> None:
        task = asyncio.create_task(outbox.run())
        deadline = time.monotonic() + 40
        while await asyncio.to_thread(outbox.returning(unsent)) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(one_to_the_end())
    assert unsent() == 0
    assert Counter(Counter(carrier.bodies()).values()) == {1: 120}
