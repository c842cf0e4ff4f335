"""A guest scans and asks, in words or from the list."""

from __future__ import annotations

from uuid import uuid4

from django.utils import timezone

from requests_app.models import Message, Request
from requests_app.states import Status
from tests.guest.conftest import asked, notices


def test_words_become_one_request_per_thing_each_on_its_desk(hotel, phone):
    guest = phone("305")
    answer = guest.send(words="2 towels and a toothbrush please, and the AC is dripping")

    assert [(r.desk.slug, r.service.slug, r.quantity, r.room.number) for r in asked(hotel)] == [
        ("housekeeping", "towels", 2, "305"),
        ("housekeeping", "dental-kit", 1, "305"),
        ("engineering", "air-conditioning", None, "305"),
    ]
    first = asked(hotel)[0]
    assert (answer.status_code, answer["location"]) == (303, f"{guest.address}#request-{first.pk}")
    message = Message.objects.get()
    assert (message.direction, message.channel, message.intent) == ("in", "web", "request")
    assert {r.cause_id for r in asked(hotel)} == {message.pk}
    assert {r.stay_id for r in asked(hotel)} == {message.stay_id}
    assert message.stay.room == guest.room
