"""Alerts: encrypted for one browser, over real HTTP; subscriptions that are gone are removed."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import IntegrityError, transaction
from django.test import Client

from requests_app import alert_keys, outbox, reasons
from requests_app.actions import claiming, subscriptions
from requests_app.actions.subscriptions import UnknownPushService, is_push_service
from requests_app.errors import Missing
from requests_app.models import CarrierTrouble, Notice, Outgoing, PushSubscription
from staff.models import Person

Tell = Callable[..., Notice]


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Browser:
    """What a browser keeps to itself, and what it tells the hotel."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.told = {
            "endpoint": endpoint,
            "p256dh": base64url(point),
            "auth": base64url(self.auth),
            "device": "Chrome, Android",
        }

    def read(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        found: dict[str, Any] = json.loads(plain)
        return found


class PushService:
    def __init__(self) -> None:
        self.url = ""
        self.status: dict[str, int] = {}
        self.pushed: list[tuple[str, dict[str, str], bytes]] = []


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    push_service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = push_service.status.get(self.path, 201)
            if status == 201:
                headers = {name.lower(): value for name, value in self.headers.items()}
                push_service.pushed.append((self.path, headers, body))
            self.send_response(status)
            if status == 307:
                self.send_header("Location", f"{push_service.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    push_service.url = f"http://127.0.0.1:{server.server_port}"
    settings.PUSH_SERVICES = ["127.0.0.1"]
    settings.PUBLIC_URL = "https://hotel.example"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield push_service
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def browser(
    service: PushService, person: Callable[[str], Person], now: datetime
) -> Callable[[str], Browser]:
    """The manager switches alerts on in one more browser: ``browser("phone")``."""

    def switch_on(name: str) -> Browser:
        made = Browser(f"{service.url}/{name}")
        subscriptions.subscribe(person("manager"), **made.told, at=now)
        return made

    return switch_on


def outcome() -> tuple[str, str, str]:
    notice = Notice.objects.get()
    return notice.delivery, notice.reason, notice.outgoing.state


def test_every_browser_of_theirs_can_read_it_and_nobody_else(
    service: PushService, browser: Callable[[str], Browser], tell: Tell
) -> None:
    browsers = {f"/{name}": browser(name) for name in ("phone", "desk")}
    notice = tell(channel="push", address="", subject="Late", text="412: İki havlu", language="tr")
    outbox.send_due()
    assert len(service.pushed) == 2
    for path, headers, body in service.pushed:
        assert b"havlu" not in body
        assert browsers[path].read(body) == {
            "title": "Late",
            "body": "412: İki havlu",
            "url": "/",
            "tag": f"notice-{notice.pk}",
            "lang": "tr",
        }
        assert headers["authorization"].startswith("vapid t=")
        assert alert_keys.public_key() in headers["authorization"]
        assert (headers["urgency"], int(headers["ttl"]) > 0) == ("high", True)
    assert outcome() == ("sent", "", "sent")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_no_more_is_forgotten(
    service: PushService, browser: Callable[[str], Browser], tell: Tell, status: int
) -> None:
    browser("phone")
    browser("desk")
    service.status["/phone"] = status
    tell(channel="push", address="")
    outbox.send_due()
    assert [s.endpoint for s in PushSubscription.objects.all()] == [f"{service.url}/desk"]
    assert outcome() == ("sent", "", "sent")


def test_without_a_browser_it_is_said_that_there_is_none(
    service: PushService, browser: Callable[[str], Browser], tell: Tell, settings: Any
) -> None:
    settings.TWILIO_AUTH_TOKEN = "12345"  # a real hotel, not the demo
    browser("phone")
    service.status["/phone"] = 410
    tell(channel="push", address="")
    outbox.send_due()
    assert outcome() == ("failed", reasons.NO_BROWSER, "parked")
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("status", "reason"), [(429, reasons.SLOW_DOWN), (500, reasons.CARRIER_FAILED)]
)
def test_a_service_in_trouble_is_tried_again(
    service: PushService,
    browser: Callable[[str], Browser],
    tell: Tell,
    now: datetime,
    status: int,
    reason: str,
) -> None:
    browser("phone")
    service.status["/phone"] = status
    tell(channel="push", address="")
    outbox.send_due()
    assert (Outgoing.objects.get().state, CarrierTrouble.objects.get().reason) == ("due", reason)
    service.status.clear()
    for row in claiming.claim_due(at=now + timedelta(minutes=10), limit=4):
        outbox.send_one(row)
    assert outcome() == ("sent", "", "sent")
    assert not CarrierTrouble.objects.exists()


@pytest.mark.parametrize("status", [307, 400, 403, 413])
def test_what_is_refused_for_good_is_parked_and_no_redirect_is_followed(
    service: PushService, browser: Callable[[str], Browser], tell: Tell, status: int
) -> None:
    browser("phone")
    service.status["/phone"] = status
    tell(channel="push", address="")
    outbox.send_due()
    assert outcome() == ("failed", reasons.REFUSED, "parked")
    assert service.pushed == []
    assert PushSubscription.objects.count() == 1


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/Qx", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilfcm.googleapis.com.example/x", False),
        ("https://x@fcm.googleapis.com/x", False),
        ("https://127.0.0.1/x", False),
        ("http://localhost:8000/x", False),
        ("https://169.254.169.254/x", False),
        ("file:///etc/passwd", False),
        ("https://[/x", False),
        ("", False),
    ],
)
def test_only_push_services_are_called(endpoint: str, known: bool) -> None:
    assert is_push_service(endpoint) is known


def test_a_browser_is_one_persons_and_the_oldest_make_room(
    service: PushService, person: Callable[[str], Person], now: datetime
) -> None:
    one = Browser(f"{service.url}/shared")
    subscriptions.subscribe(person("housekeeping"), **one.told, at=now)
    subscriptions.subscribe(person("manager"), **one.told, at=now)
    assert PushSubscription.objects.get().person == person("manager")
    subscriptions.unsubscribe(person("housekeeping"), endpoint=one.endpoint)
    assert PushSubscription.objects.count() == 1, "it is not theirs any more"
    for n in range(12):
        made = Browser(f"{service.url}/{n}")
        subscriptions.subscribe(person("manager"), **made.told, at=now + timedelta(seconds=n + 1))
    kept = set(PushSubscription.objects.values_list("endpoint", flat=True))
    assert kept == {f"{service.url}/{n}" for n in range(2, 12)}


@pytest.mark.parametrize(
    ("about", "error"),
    [
        ({"endpoint": "https://evil.example/x"}, UnknownPushService),
        ({"endpoint": "https://fcm.googleapis.com/" + "x" * 1_000}, UnknownPushService),
        ({"p256dh": ""}, Missing),
        ({"p256dh": "AAAA"}, Missing),
        ({"auth": "not base64!"}, Missing),
        ({"auth": "ü"}, Missing),
    ],
)
def test_nonsense_is_refused(
    service: PushService,
    person: Callable[[str], Person],
    now: datetime,
    about: dict[str, str],
    error: type[Exception],
) -> None:
    made = Browser(f"{service.url}/x")
    with pytest.raises(error):
        subscriptions.subscribe(person("manager"), **(made.told | about), at=now)
    assert not PushSubscription.objects.exists()


def test_the_database_keeps_whole_ones_once(person: Callable[[str], Person], now: datetime) -> None:
    row = {"person": person("manager"), "endpoint": "e", "p256dh": "p", "auth": "a"}
    PushSubscription.objects.create(**row, created_at=now)
    for nonsense in ({}, {"endpoint": ""}, {"endpoint": "f", "p256dh": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PushSubscription.objects.create(**(row | nonsense), created_at=now)


def test_the_account_page_switches_on_off_and_tries(
    service: PushService, signed_in: Callable[[str], Client], now: datetime
) -> None:
    client = signed_in("manager")
    page = client.get("/account/").content.decode()
    assert f'data-key="{alert_keys.public_key()}"' in page
    made = Browser(f"{service.url}/phone")
    assert client.post("/account/alerts/on/", made.told).status_code == 204
    assert client.post("/account/alerts/on/", made.told | {"auth": ""}).status_code == 422
    assert "Chrome, Android" in client.get("/account/").content.decode()
    for _twice in range(2):
        client.post("/account/alerts/try/", {"submission": "same"})
    outbox.send_due()
    assert len(service.pushed) == 1
    assert made.read(service.pushed[0][2])["title"] == "It works"
    other = signed_in("housekeeping")
    number = str(PushSubscription.objects.get().pk)
    other.post("/account/alerts/off/", {"subscription": number})
    assert PushSubscription.objects.count() == 1, "only one's own"
    client.post("/account/alerts/off/", {"subscription": number})
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("path", ["on", "off", "try"])
def test_only_who_is_signed_in_has_alerts(client: Client, db: None, path: str) -> None:
    answer = client.post(f"/account/alerts/{path}/", {"endpoint": "x"})
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/")


def test_the_worker_is_a_script_at_the_root(client: Client, db: None) -> None:
    answer = client.get("/alerts-worker.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript")
    assert b"showNotification" in answer.content
    assert "no-cache" in answer["Cache-Control"] or "no-store" in answer["Cache-Control"]


def test_processes_that_start_together_agree_on_one_key(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    alert_keys._vapid.cache_clear()

    def key() -> str:
        made: str = alert_keys.public_key()
        return made

    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _n: key(), range(8)))
    alert_keys._vapid.cache_clear()
    assert keys == {key()}
    assert [file.name for file in tmp_path.iterdir()] == ["vapid-key"]
    assert (tmp_path / "vapid-key").stat().st_mode & 0o077 == 0
