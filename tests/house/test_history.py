"""The demo hotel's fortnight: believable, and as the rules would have it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from requests_app import house
from requests_app.actions import incoming
from requests_app.clock import tick
from requests_app.incoming import IncomingMessage
from requests_app.models import (
    Commendation,
    Contact,
    Message,
    Outgoing,
    Property,
    Rating,
    Request,
    Stay,
)
from requests_app.states import ON_BOARD
from staff.demo import make_hotel
from staff.demo_history import make_history

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Once for all tests that only look: each of them rolls back to it."""
    house.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        make_history(make_hotel(now=NOW), now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def history(made, db):
    return Property.objects.get()


def test_nothing_of_the_past_waits_to_be_sent(history):
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"sent"}
    waiting = Message.objects.filter(direction="out", delivery__in=["waiting", "queued", "failed"])
    assert not waiting.exists()


def test_every_day_had_its_requests_at_every_desk(history):
    days = Counter(history.local(r.created_at).date() for r in Request.objects.all())
    assert len(days) in {14, 15}
    assert all(20 <= n <= 60 for day, n in days.items() if day != min(days))
    assert set(Request.objects.values_list("desk__slug", flat=True)) == set(
        history.desks.values_list("slug", flat=True)
    )
    assert {"en", "tr", "fi"} <= set(Request.objects.values_list("language", flat=True))
    assert not Request.objects.filter(created_at__gt=NOW).exists()


def test_the_boards_are_live(history):
    board = Request.objects.on_board()
    assert 15 <= board.count() <= 25
    assert set(board.values_list("status", flat=True)) == {str(status) for status in ON_BOARD}
    late = [r for r in board if r.is_late(NOW)]
    assert len(late) == 1
    assert NOW - late[0].due_at < timedelta(hours=1)
    assert board.filter(urgent=True).count() == 1
    assert {"unsorted", "unknown_guest", "complaint", "service"} <= set(
        board.values_list("kind", flat=True)
    )
    scheduled = board.get(status="scheduled")
    assert (scheduled.service.slug, history.local(scheduled.wanted_at).strftime("%H:%M")) == (
        "wake-up-call",
        "06:30",
    )


def test_a_round_of_the_clock_finds_nothing_left_over(history):
    def states():
        return list(Request.objects.order_by("pk").values_list("pk", "status", "version"))

    before = states()
    tick(NOW)
    assert states() == before


def test_praise_is_in_every_state(history):
    said = Commendation.objects.all()
    assert 18 <= said.count() <= 40
    assert said.filter(acknowledged_at=None).count() >= 3
    assert said.filter(acknowledged_at__isnull=False, passed_on_at=None).exists()
    assert said.filter(passed_on_at__isnull=False).exclude(note="").exists()
    assert said.filter(people__seen_at__isnull=False).exists()
    assert said.filter(passed_on_at__isnull=False, people__seen_at=None).exists()
    (open_name,) = [c for c in said if c.open_names]
    assert [(name["words"], len(name["candidates"])) for name in open_name.open_names] == [
        ("Mika", 2)
    ]
    assert not said.filter(request=None).exclude(channel="web").exists()


def test_not_everything_went_well(history):
    assert Request.objects.filter(reworked__gt=0).exists()
    assert Request.objects.filter(promises__kept=False).count() > 5
    assert Request.objects.filter(complaint=True).count() >= 5
    assert set(Rating.objects.values_list("score", flat=True)) >= {3, 4, 5}
    kept = Request.objects.filter(promises__kept=True).count()
    assert kept > 0.8 * Request.objects.count()


def test_guests_come_and_go_and_no_room_is_given_twice(history):
    assert Stay.objects.filter(departed_at__isnull=False).count() > 100
    present = Stay.objects.in_house(NOW)
    assert Counter(present.values_list("room", flat=True)).most_common(1)[0][1] == 1
    for room in history.rooms.all():
        stays = list(room.stays.order_by("arrived_at"))
        for earlier, later in pairwise(stays):
            assert earlier.leaves_at <= later.arrived_at
    assert not present.filter(room__number="110").exists()


def test_the_phones_of_the_guests_wait_for_no_answer(history):
    telephones = ["+12025550112", "+12025550135", "+12025550127", "+12025550128"]
    assert not Contact.objects.filter(address__in=telephones).exclude(awaiting="").exists()
    message = incoming.receive_text(
        IncomingMessage(
            external_id="SM1",
            sender="+12025550112",
            recipient=history.text_number,
            body="iki havlu lütfen",
            channel="sms",
            received_at=NOW,
        )
    )
    incoming.understand(message, now=NOW)
    assert [r.service.slug for r in message.caused.all()] == ["towels"]
    reply = Message.objects.filter(direction="out", contact=message.contact).latest("pk")
    assert reply.outgoing.due_at == NOW  # not kept back by what was said before
