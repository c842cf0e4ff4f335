"""Real threads, a real database: what comes twice or at once is stored and answered once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from requests_app import clock
from requests_app.actions import incoming
from requests_app.actions.requests import accept_request
from requests_app.errors import AlreadyChanged
from requests_app.incoming import IncomingMessage
from requests_app.models import Contact, Message, Outgoing, Property, Request, UnroutedMessage
from staff.demo import make_hotel
from staff.models import Person
from tests.conftest import EMILY, STRANGER
from tests.webhooks.conftest import Post, text_form

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGES = "/twilio/messages/"


@pytest.fixture
def hotel(transactional_db: None) -> Property:
    return make_hotel(now=timezone.now())


def at_once(*things: Callable[[], Any]) -> list[Any]:
    """All of them in threads of their own, let go at the same moment; what each returned."""
    barrier = Barrier(len(things))

    def run(thing: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return thing()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as threads:
        return list(threads.map(run, things))


def test_the_same_text_eight_times_at_once_is_one(hotel: Property, post: Post) -> None:
    for n in range(5):
        form = text_form(EMILY, f"{n + 2} towels please")
        answers = at_once(*[lambda form=form: post(MESSAGES, form).status_code] * 8)
        assert answers == [200] * 8
    assert Message.objects.filter(direction="in").count() == 5
    assert sorted(Request.objects.values_list("quantity", flat=True)) == [2, 3, 4, 5, 6]
    assert Outgoing.objects.count() == 2  # the first, and one for what came within its minute


def test_the_first_texts_of_a_new_number_at_once_make_one_contact(
    hotel: Property, post: Post
) -> None:
    forms = [text_form(STRANGER, f"towels {n}") for n in range(6)]
    assert (
        at_once(*[lambda form=form: post(MESSAGES, form).status_code for form in forms])
        == [200] * 6
    )
    assert Contact.objects.count() == 1
    assert Message.objects.filter(direction="in").count() == 6
    card = Request.objects.get()
    assert (card.kind, card.unanswered) == ("unknown_guest", 5)
    assert Message.objects.filter(direction="out").count() == 1


def test_forty_texts_at_once_are_one_line(hotel: Property, post: Post) -> None:
    forms = [text_form(EMILY, f"towel number {n}") for n in range(40)]
    with ThreadPoolExecutor(8) as threads:

        def send(form: dict[str, str]) -> int:
            try:
                return post(MESSAGES, form).status_code
            finally:
                connection.close()

        assert list(threads.map(send, forms)) == [200] * 40
    assert Message.objects.filter(direction="in", understood_at__isnull=False).count() == 40
    card = Request.objects.on_board().get()
    assert (card.service and card.service.slug, card.unanswered) == ("towels", 39)
    assert Message.objects.filter(direction="out").count() <= 1


def test_a_text_no_hotel_has_eight_times_at_once_is_kept_once(hotel: Property, post: Post) -> None:
    form = text_form(EMILY, "hello", To="+12025559999")
    assert at_once(*[lambda: post(MESSAGES, form).status_code] * 8) == [200] * 8
    assert UnroutedMessage.objects.count() == 1


def test_two_who_understand_the_same_words_at_once_do_it_once(hotel: Property) -> None:
    at = timezone.now()
    message = stored("2 towels please")
    at_once(*[lambda: incoming.understand_or_leave(message, now=at)] * 6)
    assert (Request.objects.count(), Outgoing.objects.count()) == (1, 1)


def test_of_two_who_accept_at_once_one_has_it_and_the_other_reads_who(hotel: Property) -> None:
    aino = Person.objects.get(email="housekeeping@demo.example")
    maria = Person.objects.get(email="maria.santos@demo.example")
    for _try in range(10):
        message = stored("2 towels please")
        incoming.understand(message, now=timezone.now())
        request = message.caused.get()

        def accept(by: Person, pk: int = request.pk) -> str:
            mine = Request.objects.select_related("holder").get(pk=pk)
            try:
                accept_request(mine, by=by, at=timezone.now())
            except AlreadyChanged as refusal:
                return str(refusal)
            return "yes"

        answers = at_once(lambda: accept(aino), lambda: accept(maria))
        request.refresh_from_db()
        other = request.holder.short_name  # type: ignore[union-attr]
        assert sorted(answers) == sorted(["yes", f"{other} has this already."])
        assert request.events.filter(kind="accepted").count() == 1
        Message.objects.filter(direction="in").update(at=timezone.now() - timedelta(hours=1))


def stored(body: str) -> Message:
    """As after a crash between storing and understanding."""
    count = Message.objects.count()
    message = incoming.receive_text(
        IncomingMessage(
            external_id=f"SMstored{count}",
            sender=EMILY,
            recipient="+12025550100",
            body=body,
            channel="sms",
            received_at=timezone.now() - timedelta(seconds=30),
        )
    )
    assert message is not None
    return message


def test_words_left_by_a_crash_are_understood_by_the_clock(hotel: Property) -> None:
    message = stored("2 towels please")
    assert Request.objects.count() == 0
    clock.tick()
    clock.tick()
    request = message.caused.get()
    assert (request.service and request.service.slug, request.quantity) == ("towels", 2)
    assert Outgoing.objects.count() == 1


def test_words_that_cannot_be_read_are_kept_and_reach_the_front_desk_in_the_end(
    hotel: Property, post: Post
) -> None:
    """A time zone that no clock has makes everything after the storing fail."""
    Property.objects.update(time_zone="Nowhere/At_All")
    assert post(MESSAGES, text_form(EMILY, "2 towels please")).status_code == 200
    message = Message.objects.get()
    assert (message.body, message.read_attempts, message.understood_at) == (
        "2 towels please",
        1,
        None,
    )
    later = timezone.now() + timedelta(minutes=1)
    for _round in range(incoming.MAX_READ_ATTEMPTS + 3):
        for left in incoming.unread_messages(before=later):
            incoming.understand_or_leave(left, now=later)
    card = Request.objects.get()
    assert (card.kind, card.desk.slug, card.words) == ("unsorted", "front-desk", "2 towels please")
    message.refresh_from_db()
    assert message.read_attempts == incoming.MAX_READ_ATTEMPTS


def test_what_failed_once_is_read_when_it_can_be(hotel: Property, post: Post) -> None:
    Property.objects.update(time_zone="Nowhere/At_All")
    post(MESSAGES, text_form(EMILY, "2 towels please"))
    Property.objects.update(time_zone="Europe/Helsinki")
    clock.tick(timezone.now() + timedelta(minutes=1))
    request = Request.objects.get()
    assert (request.service and request.service.slug, request.quantity) == ("towels", 2)


def test_words_of_a_number_that_was_erased_meanwhile_reach_the_front_desk(hotel: Property) -> None:
    message = stored("2 towels please")
    Contact.objects.all().delete()
    clock.tick()
    clock.tick()
    assert [(r.kind, r.words) for r in Request.objects.all()] == [("unsorted", "2 towels please")]
    message.refresh_from_db()
    assert message.understood_at is not None
