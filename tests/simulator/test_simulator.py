from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from requests_app import outbox
from requests_app.actions.notices import end_calls, notify
from requests_app.models import Contact, Message, Notice, Request
from tests.conftest import AYSE, EMILY, MORGANS

SEND = "/simulator/send/"


def test_the_guests_phones_lie_side_by_side_and_a_strangers(hotel, client):
    page = client.get("/simulator/").content.decode()
    keys = ["12025550112", "12025550135", "12025550127", "12025550128", "12025550177"]
    assert [page.count(f'id="phone-{key}"') for key in keys] == [1] * 5
    assert "208 / 209" in page


def test_what_is_typed_goes_the_way_of_a_text(hotel, client):
    answer = client.post(
        SEND, {"number": EMILY, "body": "2 towels and a toothbrush please, and the AC is dripping"}
    )
    assert answer["Location"].endswith("#phone-12025550127")
    assert [
        (r.desk.slug, r.service.slug, r.room.number) for r in Request.objects.order_by("pk")
    ] == [
        ("housekeeping", "towels", "207"),
        ("housekeeping", "dental-kit", "207"),
        ("engineering", "air-conditioning", "207"),
    ]
    said = Message.objects.get(direction="in")
    assert (said.channel, said.external_id[:3], said.understood_at is not None) == (
        "simulator",
        "SIM",
        True,
    )
    reply = Message.objects.get(direction="out")
    assert reply.body in client.get("/simulator/").content.decode()


def test_a_reply_is_delivered_once_the_phone_is_looked_at(hotel, client):
    client.post(SEND, {"number": EMILY, "body": "2 towels please"})
    assert outbox.send_due() == 1
    assert Message.objects.get(direction="out").delivery == "queued"
    assert "delivered" in client.get("/simulator/").content.decode()
    assert Message.objects.get(direction="out").delivery == "delivered"


def test_the_page_hears_only_of_what_is_new(hotel, client):
    mark = client.get("/simulator/").context["mark"]
    assert client.get("/simulator/threads/", {"mark": mark}).status_code == 204
    client.post(SEND, {"number": AYSE, "body": "merhaba"})
    answer = client.get("/simulator/threads/", {"mark": mark})
    assert (answer.status_code, "merhaba" in answer.content.decode()) == (200, True)


def test_a_stranger_is_asked_for_room_and_name(hotel, client):
    client.post(
        SEND, {"number": "+447700900111", "body": "2 towels please", "stranger": "+447700900111"}
    )
    page = client.get("/simulator/", {"stranger": "+44 7700 900111"}).content.decode()
    assert "which room are you in" in page
    assert Contact.objects.get().address == "+447700900111"


def test_a_shared_number_is_asked_which_room(hotel, client):
    client.post(SEND, {"number": MORGANS, "body": "2 towels please"})
    assert "208, 209" in Message.objects.get(direction="out").body


@pytest.mark.parametrize("number", ["", "me", "12", "+"])
def test_what_is_no_number_sends_nothing(hotel, client, number):
    assert client.post(SEND, {"number": number, "body": "hello"}).status_code == 422
    assert client.get("/simulator/", {"stranger": number or "x"}).status_code == 200
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "🙂🙂", "x" * 5000, "<script>alert(1)</script>", "a\x00b", "‮abc"]
)
def test_any_words_are_kept_and_shown_escaped(hotel, client, body):
    assert client.post(SEND, {"number": EMILY, "body": body}).status_code == 302
    assert "<script>alert" not in client.get("/simulator/").content.decode()
    assert Message.objects.filter(direction="in").count() == 1


def test_it_needs_the_token_of_its_own_page(hotel):
    client = Client(enforce_csrf_checks=True)
    assert client.post(SEND, {"number": EMILY, "body": "hello"}).status_code == 403


def test_with_a_carrier_there_are_no_pretended_phones(hotel, client, settings):
    settings.TWILIO_AUTH_TOKEN = "x"
    for answer in (
        client.get("/simulator/"),
        client.get("/simulator/threads/"),
        client.post(SEND, {"number": EMILY}),
    ):
        assert answer.status_code == 404


def test_a_real_hotels_guests_cannot_be_played(hotel, client):
    hotel.is_demo = False
    hotel.save()
    assert client.get("/simulator/").status_code == 404
    assert client.post(SEND, {"number": EMILY, "body": "hello"}).status_code == 404


def tell(hotel, channel, key="k", **more):
    address = {"email": "manager@demo.example", "push": ""}.get(channel, "+358401234567")
    told = {"person": None, "address": address, "text": "412 is late <b>"} | more
    notice = notify(hotel, channel=channel, key=key, at=timezone.now(), **told)
    outbox.send_due()
    return notice


@pytest.mark.parametrize(
    ("channel", "said"),
    [("email", "sent"), ("sms", "delivered"), ("push", "sent")],
)
def test_what_staff_are_told_is_shown(hotel, client, settings, channel, said):
    settings.EMAIL_IS_SET = False
    notice = tell(hotel, channel)
    page = client.get("/simulator/").content.decode()
    assert "412 is late &lt;b&gt;" in page
    notice.refresh_from_db()
    assert notice.delivery == said
    assert not notice.failed


def test_a_telephone_rings_until_1_is_pressed(hotel, client):
    notice = tell(hotel, "call")
    page = client.get("/simulator/").content.decode()
    assert f'action="/simulator/calls/{notice.pk}/"' in page
    mark = client.get("/simulator/").context["mark"]
    assert client.post(f"/simulator/calls/{notice.pk}/", {"digit": "1"}).status_code == 302
    notice.refresh_from_db()
    assert (notice.digit, notice.delivery) == ("1", "read")
    answer = client.get("/simulator/threads/", {"mark": mark})
    assert (answer.status_code, "1 was pressed" in answer.content.decode()) == (200, True)


def test_a_telephone_that_is_not_answered_ends_so_that_it_can_be_read(hotel, client):
    notice = tell(hotel, "call")
    for _twice in range(2):
        client.post(f"/simulator/calls/{notice.pk}/", {"digit": ""})
    notice.refresh_from_db()
    assert (notice.delivery, notice.reason, notice.failed) == (
        "undelivered",
        "nobody answered",
        True,
    )
    other = tell(hotel, "call", key="other")
    other.refresh_from_db()
    assert end_calls(at=other.sent_at + timedelta(seconds=59)) == 0
    assert end_calls(at=other.sent_at + timedelta(seconds=61)) == 1


def test_only_calls_of_the_demo_can_be_answered(hotel, client, settings):
    mail = tell(hotel, "email")
    assert client.post(f"/simulator/calls/{mail.pk}/", {"digit": "1"}).status_code == 404
    call = tell(hotel, "call", key="c")
    settings.TWILIO_AUTH_TOKEN = "x"
    assert client.post(f"/simulator/calls/{call.pk}/", {"digit": "1"}).status_code == 404
    assert Notice.objects.filter(answered_at=None).count() == 2
