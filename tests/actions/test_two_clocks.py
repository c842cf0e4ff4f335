"""Two clocks at one moment: one alert, one call, one broken promise. Real threads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from requests_app import clock
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.requests import accept_request
from requests_app.errors import AlreadyChanged
from requests_app.models import Alert, Notice, Promise, Property, Request, Service
from staff.demo import make_hotel
from staff.models import Person
from tests.webhooks.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hotel(transactional_db: None) -> Property:
    return make_hotel(now=timezone.now() - timedelta(days=1))


def opened(hotel: Property, count: int, **wanted: Any) -> list[Request]:
    what = Service.objects.select_related("desk").get(property=hotel, slug="towels")
    return open_requests(
        hotel,
        [Wanted(desk=what.desk, service=what, **wanted) for _n in range(count)],
        channel="counter",
        at=timezone.now() - timedelta(hours=2),
    )


def test_two_clocks_and_one_step_are_one_alert(hotel: Property) -> None:
    found = opened(hotel, 30)
    at = timezone.now()
    at_once(*[lambda: clock.tick(at)] * 4)
    clock.tick(at)
    alerts = Alert.objects.values_list("request", "step")
    assert len(alerts) == len(set(alerts)) == 30 * 6
    for request in found:
        kinds = list(request.events.values_list("kind", flat=True))
        assert (kinds.count("late"), kinds.count("warned")) == (1, 6)
    assert set(Promise.objects.values_list("kept", flat=True)) == {False}
    assert clock.due(timezone.now()) == []
    # Two supervisor's alerts and one text to each of the two on duty, for each.
    assert Notice.objects.count() == 30 * (2 + 2)


def test_two_clocks_ring_one_telephone_once(hotel: Property) -> None:
    opened(hotel, 3, urgent=True)
    at = timezone.now()
    at_once(*[lambda: clock.tick(at)] * 4)
    assert Notice.objects.filter(channel="call").count() == 3
    at_once(*[lambda: clock.tick(at + 2 * MINUTE)] * 4)
    assert Notice.objects.filter(channel="call").count() == 6
    assert set(Alert.objects.filter(by="call").values_list("tries", flat=True)) == {2}


def test_a_clock_and_somebody_who_accepts_at_one_moment_lose_nothing(hotel: Property) -> None:
    """Whoever is second does it all the same, or is told; and what was warned is heard in the end
    or still pending, never both."""
    aino = Person.objects.get(email="housekeeping@demo.example")
    for request in opened(hotel, 6):

        def accept(pk: int = request.pk) -> str:
            mine = Request.objects.select_related("property", "holder").get(pk=pk)
            try:
                accept_request(mine, by=aino, at=timezone.now())
            except AlreadyChanged:
                return "changed"
            return "accepted"

        answers = at_once(accept, clock.tick)
        now = Request.objects.get(pk=request.pk)
        assert (now.status == "accepted") == (answers[0] == "accepted")
        clock.tick()
        assert Promise.objects.get(request=request).kept is False
        pending = Alert.objects.filter(request=request, acknowledged_at=None).exists()
        assert bool(Request.objects.get(pk=request.pk).warned) == pending
