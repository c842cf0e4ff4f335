"""Requests as desks meet them, opened by a guest's text or at the counter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from time_machine import TimeMachineFixture

from requests_app import lookups, queries
from requests_app.actions.opening import Wanted, open_requests
from requests_app.models import Desk, Property, Request, Room, Service
from staff.demo import make_hotel
from staff.models import Person
from tests.serving import Server, copy_of


def as_it_is(request: Request) -> Request:
    """The row as it is now."""
    found = lookups.request_of(request.property_id, request.pk)
    assert found is not None
    return found


def events(request: Request) -> list[tuple[str, str]]:
    """(kind, who) of its history, oldest first; "" for the guest or the clock."""
    return [
        (event.kind, event.person.email.split("@")[0] if event.person else "")
        for event in request.events.select_related("person").order_by("at", "pk")
    ]


@pytest.fixture
def asked(hotel: Property, now: datetime) -> Callable[..., Request]:
    """Somebody asks for a service in a room: ``asked("towels", "412")``."""

    def ask(slug: str = "towels", number: str = "412", **fields: object) -> Request:
        service = Service.objects.select_related("desk").get(property=hotel, slug=slug)
        room = Room.objects.get(property=hotel, number=number)
        stay = queries.stay_in_room(room.pk, now)
        at = fields.pop("at", now)
        wanted = Wanted(desk=service.desk, service=service, **fields)  # type: ignore[arg-type]
        (request,) = open_requests(
            hotel,
            [wanted],
            channel="telephone",
            at=at,
            room=room,
            stay=stay,  # type: ignore[arg-type]
        )
        return as_it_is(request)

    return ask


@pytest.fixture
def elsewhere(hotel: Property, now: datetime) -> Request:
    """A request of another hotel."""
    other = Property.objects.create(
        slug="other", name="Other", text_number="+12025550101", telephone="+12025550198"
    )
    desk = Desk.objects.create(property=other, slug="front-desk")
    room = Room.objects.create(property=other, number="1")
    (request,) = open_requests(
        other, [Wanted(desk=desk, kind="unsorted", words="Hello")], channel="web", at=now, room=room
    )
    return request


@pytest.fixture
def colleague(hotel: Property) -> Callable[[str], Person]:
    return lambda local: Person.objects.get(email=f"{local}@demo.example")


@pytest.fixture
def time_machine_at_ten(time_machine: TimeMachineFixture) -> None:
    """It is ten in the morning in Helsinki."""
    time_machine.move_to(datetime(2026, 11, 20, 8, 0, tzinfo=UTC), tick=False)


@pytest.fixture(scope="module")
def server(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One hotel for all of these: they do not disturb one another."""
    folder = copy_of(furnished, tmp_path_factory.mktemp("boards") / "hotel")
    carrier = {"TWILIO_AUTH_TOKEN": "token", "TWILIO_ACCOUNT_SID": "AC1"}
    running = Server(folder, env=carrier | {"TWILIO_API_URL": "http://127.0.0.1:9"}).start()
    yield running
    assert running.stop() in {0, 130}, running.log
    assert "Traceback" not in running.log, running.log


__all__ = ["as_it_is", "events", "make_hotel"]
