"""A card tells what became of our last words to its guest, and of the pictures they sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from requests_app import fragments, queries, reasons
from requests_app.actions import claiming, delivery, messages, pictures
from requests_app.models import IncomingPicture, Message, Outgoing, Request
from requests_app.models.messages import Delivery
from tests.conftest import EMILY

Text = Callable[..., Message]


@pytest.fixture
def request_(text: Text, now: datetime) -> Request:
    """Emily wants towels, and our answer is about to go out."""
    return text(EMILY, "2 towels please", at=now).caused.get()


def card() -> str:
    (found,) = queries.requests_by_id(Request.objects.values_list("pk", flat=True)).values()
    return str(fragments.card(found, "en"))


def reply() -> Message:
    return Message.objects.get(direction="out")


def report(state: str, code: str = "") -> None:
    message = reply()
    if message.external_id is None:
        row = claiming.claim_due(at=timezone.now(), limit=1)[0]
        delivery.sent(row, external_id="SM1", at=timezone.now())
    assert delivery.delivery_report(external_id="SM1", state=state, error_code=code)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("sent", "Our text is on its way"),
        ("delivered", "Our text has arrived"),
        ("read", "Our text has been read"),
    ],
)
def test_it_says_how_far_our_words_are(request_: Request, state: str, words: str) -> None:
    assert 'class="told"' not in card()
    report(state)
    assert f'<p class="told">{words}</p>' in card()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("30003", "A text did not arrive: the telephone is switched off or out of reach"),
        ("99999", "A text did not arrive: 99999"),
        ("", "A text did not arrive"),
    ],
)
def test_it_says_why_they_did_not_arrive(request_: Request, code: str, why: str) -> None:
    report("undelivered", code)
    assert why in card()
    assert 'class="told"' not in card()


def test_what_did_not_arrive_is_not_forgotten_over_what_did(
    request_: Request, now: datetime
) -> None:
    report("failed", "30005")
    contact = request_.contact
    assert contact is not None
    later = messages.text_to(contact, text="again", by=None, at=now + timedelta(minutes=1))
    Message.objects.filter(pk=later.pk).update(delivery=Delivery.DELIVERED)
    fragments.forget()
    assert "A text did not arrive: no such number" in card()


def test_words_that_wait_are_said_to_wait_and_then_no_more(
    request_: Request, now: datetime
) -> None:
    for n in range(2):
        assert 'class="told"' not in card()
        (row,) = claiming.claim_due(at=now + timedelta(hours=n), limit=1)
        delivery.not_sent(row, reason=reasons.SLOW_DOWN, at=now)
    assert "Our text still waits to be sent: the carrier asks us to slow down" in card()
    (row,) = claiming.claim_due(at=now + timedelta(hours=3), limit=1)
    delivery.sent(row, external_id="SM1", at=now)
    assert 'class="told"' not in card()


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "failed", "undelivered"])
def test_every_change_a_card_shows_is_numbered(request_: Request, state: str) -> None:
    """A kept card is the same as a fresh one: what it shows cannot change behind its number."""
    card()
    report(state)
    kept = card()
    fragments.forget()
    assert card() == kept


def test_other_cards_of_the_guest_hear_of_it(request_: Request, text: Text, now: datetime) -> None:
    other = text(EMILY, "the wifi does not work", at=now + timedelta(minutes=5)).caused.get()
    report_of = Message.objects.filter(direction="out").order_by("pk").first()
    assert report_of is not None
    for row in Outgoing.objects.filter(message=report_of):
        row.attempts = 1
        row.save()
    before = other.sequence
    delivery.delivery_report(external_id="SM9", state="delivered", message_id=report_of.pk)
    other.refresh_from_db()
    assert other.sequence > before


@pytest.fixture
def picture(request_: Request, now: datetime) -> IncomingPicture:
    message = request_.cause
    assert message is not None
    Message.objects.filter(pk=message.pk).update(media=["https://api.twilio.com/x"])
    message.media = ["https://api.twilio.com/x"]
    pictures.expect([message])
    return IncomingPicture.objects.get()


def test_a_picture_on_its_way_is_counted_and_one_that_is_lost_is_said_to_be(
    request_: Request, picture: IncomingPicture, signed_in: Callable[[str], Client], now: datetime
) -> None:
    fragments.forget()
    assert "1 photo" in card()
    client = signed_in("front-desk")
    page = client.get(f"/requests/{request_.pk}/").content.decode()
    assert "A picture is being fetched" in page
    (claimed,) = pictures.claim_due(at=now, limit=1)
    pictures.give_up(claimed, reason=reasons.PICTURE_TOO_LARGE)
    assert "A picture could not be fetched" in card()
    page = client.get(f"/requests/{request_.pk}/").content.decode()
    assert "A picture could not be fetched: the picture is too large" in page
    assert client.post(f"/pictures/texts/{picture.pk}/again/").status_code == 302
    picture.refresh_from_db()
    assert (picture.state, picture.attempts) == ("waiting", 0)


def test_a_kept_picture_is_shown_to_this_hotels_staff_only(
    request_: Request,
    picture: IncomingPicture,
    signed_in: Callable[[str], Client],
    client: Client,
    now: datetime,
) -> None:
    from requests_app.photos import Picture
    from tests.inbox.conftest import jpeg

    (claimed,) = pictures.claim_due(at=now, limit=1)
    assert pictures.keep(claimed, Picture(jpeg(), 64, 48))
    staff = signed_in("front-desk")
    page = staff.get(f"/requests/{request_.pk}/").content.decode()
    assert f'src="/pictures/texts/{picture.pk}/"' in page
    answer = staff.get(f"/pictures/texts/{picture.pk}/")
    assert b"".join(answer) == jpeg()  # type: ignore[arg-type]
    assert client.get(f"/pictures/texts/{picture.pk}/").status_code == 302
    assert staff.get("/pictures/texts/987654/").status_code == 404


def test_the_house_sees_what_waits_and_what_was_given_up(
    request_: Request, signed_in: Callable[[str], Client], now: datetime
) -> None:
    (row,) = claiming.claim_due(at=now, limit=1)
    claiming.slow_down(row, reason=reasons.SLOW_DOWN, began=now, at=now)
    delivery.park(row, reason="they asked for no more texts (STOP)", code="21610")
    client = signed_in("manager")
    page = client.get("/house/texts/").content.decode()
    assert "the carrier asks us to slow down" in page
    assert "they asked for no more texts (STOP)" in page
    assert client.post("/house/texts/carriers/texts/try/").status_code == 302
    assert client.post("/house/texts/carriers/pigeons/try/").status_code == 404
    assert client.post(f"/house/texts/{row.pk}/send-again/").status_code == 302
    assert Outgoing.objects.get().state == "due"
    assert signed_in("housekeeping").post("/house/texts/carriers/texts/try/").status_code == 403
