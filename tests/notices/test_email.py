"""E-mail to staff: a real mail server, which refuses for now, for good, and in the midst of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from requests_app import outbox, reasons
from requests_app.actions import claiming
from requests_app.models import CarrierTrouble, Notice, Outgoing
from tests.notices.mail_server import MailServer, running_mail_server
from tests.serving import free_port

Tell = Callable[..., Notice]


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server() as running:
        settings.EMAIL_IS_SET = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 0.5
        settings.PUBLIC_URL = "https://hotel.example"
        yield running


def send_until_done(at: datetime) -> int:
    for n in range(20):
        for row in claiming.claim_due(at=at + n * timedelta(hours=1), limit=16):
            outbox.send_one(row)
        if not Outgoing.objects.filter(state__in=claiming.UNSENT).exists():
            return n + 1
    raise AssertionError("it never ends")


def test_a_mail_is_sent_with_what_mailboxes_look_at(mail_server: MailServer, tell: Tell) -> None:
    notice = tell(subject="412 is late — havlu", text="İki havlu\nodaya", language="tr")
    outbox.send_due()
    (mail,) = mail_server.mails
    assert (mail["To"], mail["From"]) == ("manager@demo.example", "concierge@demo.example")
    assert (mail["Content-Language"], mail["Auto-Submitted"]) == ("tr", "auto-generated")
    assert mail["Message-ID"].startswith(f"<notice-{notice.pk}.")
    assert mail["Message-ID"].endswith("@hotel.example>")
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().replace("\r\n", "\n").strip() == "İki havlu\nodaya"
    notice.refresh_from_db()
    assert (notice.delivery, notice.outgoing.state) == ("sent", "sent")


def test_without_a_subject_the_hotel_is_the_subject(mail_server: MailServer, tell: Tell) -> None:
    tell()
    outbox.send_due()
    assert mail_server.mails[0]["Subject"] == "Demo Hotel"


@pytest.mark.parametrize(
    ("command", "reply", "reason", "code"),
    [
        ("RCPT", "550 5.1.1 no such user", reasons.NO_SUCH_MAILBOX, "550"),
        ("RCPT", "553 not allowed", reasons.NO_SUCH_MAILBOX, "553"),
        ("MAIL", "554 go away", reasons.MAIL_REFUSED, "554"),
        ("TAKEN", "552 too much", reasons.MAIL_REFUSED, "552"),
    ],
)
def test_what_is_refused_for_good_is_parked_with_the_reason(
    mail_server: MailServer, tell: Tell, command: str, reply: str, reason: str, code: str
) -> None:
    mail_server.replies.append((command, reply))
    notice = tell()
    outbox.send_due()
    notice.refresh_from_db()
    assert (notice.delivery, notice.reason, notice.error_code) == ("failed", reason, code)
    assert (Outgoing.objects.get().state, mail_server.mails) == ("parked", [])
    assert not CarrierTrouble.objects.exists(), "one mailbox says nothing about the server"


@pytest.mark.parametrize(
    ("command", "reply", "server_wide"),
    [
        ("RCPT", "450 greylisted", False),
        ("RCPT", "452 mailbox full", False),
        ("MAIL", "451 try later", False),
        ("TAKEN", "451 try later", False),
        ("MAIL", "421 closing down", True),
        ("CONNECT", "421 too busy", True),
        ("CONNECT", "", True),
    ],
)
def test_what_is_refused_for_now_is_tried_again_and_arrives_once(
    mail_server: MailServer,
    tell: Tell,
    now: datetime,
    command: str,
    reply: str,
    server_wide: bool,
) -> None:
    mail_server.replies.append((command, reply))
    notice = tell()
    outbox.send_due()
    assert Outgoing.objects.get().state == "due"
    assert CarrierTrouble.objects.exists() == server_wide
    send_until_done(now + timedelta(minutes=30))
    assert len(mail_server.mails) == 1
    notice.refresh_from_db()
    assert notice.delivery == "sent"
    assert not CarrierTrouble.objects.exists()


def test_a_repeat_carries_the_same_message_id(
    mail_server: MailServer, tell: Tell, now: datetime
) -> None:
    """It took the mail and hung up: nobody knows, so it goes again, and mailboxes can tell."""
    mail_server.replies.append(("TAKEN", ""))
    tell()
    outbox.send_due()
    assert Outgoing.objects.get().state == "uncertain"
    send_until_done(now + timedelta(minutes=30))
    first, again = mail_server.mails
    assert first["Message-ID"] == again["Message-ID"]
    tell(key="another")
    outbox.send_due()
    assert mail_server.mails[-1]["Message-ID"] != first["Message-ID"]


def test_a_mail_server_that_cannot_be_reached_is_probed(
    mail_server: MailServer, tell: Tell, now: datetime, settings: Any
) -> None:
    settings.EMAIL_PORT = free_port()
    for n in range(3):
        tell(key=f"late-{n}")
    assert outbox.send_due() == 3
    assert CarrierTrouble.objects.get().reason == reasons.UNREACHABLE
    (probe,) = claiming.claim_due(at=now + timedelta(hours=1), limit=16)
    settings.EMAIL_PORT = mail_server.port
    outbox.send_one(probe)
    send_until_done(now + timedelta(hours=2))
    assert len(mail_server.mails) == 3


@pytest.mark.parametrize("address", ["no at sign", "a@b\nBcc: x@y.example", "ü@ü.example\x00"])
def test_an_address_that_is_none_is_hopeless(
    mail_server: MailServer, tell: Tell, address: str
) -> None:
    mail_server.replies.append(("RCPT", "501 syntax"))
    notice = tell(address=address.replace("\x00", ""))
    outbox.send_due()
    notice.refresh_from_db()
    assert notice.delivery == "failed"
    assert mail_server.mails == []
