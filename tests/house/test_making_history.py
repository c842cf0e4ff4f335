"""Making the demo hotel's history: the same each time, at any hour, once."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import transaction

from requests_app.models import Commendation, Request
from staff.demo_history import make_history

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


def facts():
    asked = Request.objects.order_by("pk").values_list(
        "words", "status", "created_at", "done_at", "due_at"
    )
    return list(asked), list(Commendation.objects.order_by("pk").values_list("words", "at"))


def test_the_same_seed_makes_the_same_days(hotel):
    made = []
    for seed in (1, 1, 2):
        with transaction.atomic():
            make_history(hotel, now=NOW, days=2, seed=seed)
            made.append(facts())
            transaction.set_rollback(True)
    assert made[0] == made[1] != made[2]


@pytest.mark.parametrize("hour", [0, 3, 6, 22])
def test_the_boards_are_live_at_any_hour(hotel, hour):
    now = datetime(2026, 11, 20, hour, 20, tzinfo=UTC)
    make_history(hotel, now=now, days=2)
    assert 15 <= Request.objects.on_board().count() <= 25
    assert sum(r.is_late(now) for r in Request.objects.on_board()) == 1


@pytest.mark.django_db
def test_the_command_makes_it_once():
    call_command("demo", verbosity=0)
    n = Request.objects.count()
    call_command("demo", verbosity=0)
    assert n == Request.objects.count() > 300
