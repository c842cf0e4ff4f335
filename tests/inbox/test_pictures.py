"""Pictures of a text: fetched when its words are safe, once, whatever the store does; made anew."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from requests_app import inbox, photos, reasons
from requests_app.actions import arrivals, pictures
from requests_app.carriers import Hopeless, media
from requests_app.incoming import IncomingMessage
from requests_app.models import IncomingPicture, Message, Property, Request
from tests.conftest import EMILY
from tests.inbox.conftest import ACCOUNT, jpeg
from tests.outbox.carrier import Carrier, running_carrier
from tests.serving import free_port

HOUR = timedelta(hours=1)
PATH = f"{ACCOUNT}/Messages/SM1/Media/ME1"
JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def store() -> Iterator[Carrier]:
    """Another host, to which Twilio redirects."""
    with running_carrier() as elsewhere:
        yield elsewhere


@pytest.fixture
def texted(hotel: Property, carrier: Carrier, now: datetime) -> Callable[..., Message]:
    def send(*urls: str, body: str = "the tap is leaking") -> Message:
        arrivals.take_in(
            IncomingMessage(
                external_id="SM1", sender=EMILY, recipient=hotel.text_number, body=body,
                channel="sms", received_at=now,
                media_urls=urls or (f"https://api.twilio.com{PATH}",),
            )
        )  # fmt: skip
        return Message.objects.get(direction="in")

    return send


def fetch_until_done(now: datetime) -> int:
    for n in range(20):
        rows = pictures.claim_due(at=now + n * HOUR, limit=4)
        for row in rows:
            inbox.fetch_picture(row)
        if not rows:
            return n
    raise AssertionError("it never ends")


def ends() -> list[tuple[str, str]]:
    return list(IncomingPicture.objects.values_list("state", "reason"))


def test_it_is_expected_with_the_words_and_fetched_afterwards(
    carrier: Carrier, texted: Callable[..., Message]
) -> None:
    carrier.media[PATH] = (200, JPEG, jpeg(4_000, 3_000))
    message = texted()
    assert message.understood_at is not None
    assert (ends(), carrier.fetched) == ([("waiting", "")], [])
    before = Request.objects.get().sequence
    assert inbox.fetch_pictures() == 1
    picture = IncomingPicture.objects.get()
    assert (picture.state, picture.width, picture.height) == ("kept", 2_000, 1_500)
    with picture.file.open("rb") as kept, Image.open(io.BytesIO(kept.read())) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (2_000, 1_500), {})
    assert Request.objects.get().sequence > before, "the card shows it"
    assert inbox.fetch_pictures() == 0


def test_our_token_is_told_to_the_carrier_alone(
    carrier: Carrier, store: Carrier, texted: Callable[..., Message]
) -> None:
    carrier.media[PATH] = (307, {"Location": f"{store.url}/kept/1?key=x"}, b"")
    store.media["/kept/1"] = (302, {"Location": "/kept/2"}, b"")
    store.media["/kept/2"] = (200, JPEG, jpeg())
    texted()
    inbox.fetch_pictures()
    assert ends() == [("kept", "")]
    assert [h.get("Authorization", "")[:6] for _p, h in carrier.fetched] == ["Basic "]
    assert ["Authorization" in h for _p, h in store.fetched] == [False, False]


def test_an_address_that_is_not_the_carriers_gets_no_token(
    carrier: Carrier, store: Carrier, texted: Callable[..., Message]
) -> None:
    store.media["/x.jpg"] = (200, JPEG, jpeg())
    texted(f"{store.url}/x.jpg")
    inbox.fetch_pictures()
    assert ends() == [("kept", "")]
    assert ["Authorization" in h for _p, h in store.fetched] == [False]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x.jpg",
        "https://127.0.0.1/x.jpg",
        "https://[::1]/x.jpg",
        "https://169.254.169.254/latest/meta-data",
        "http://93.184.216.34/x.jpg",
        "file:///etc/passwd",
        "ftp://93.184.216.34/x.jpg",
        "https:///x.jpg",
        "x",
    ],
)
def test_nothing_of_the_hotels_own_network_is_asked(settings: Any, url: str) -> None:
    """Where the carrier is the real one, a picture comes from it or from a public https address."""
    settings.TWILIO_API_URL = "https://93.184.216.35"
    with pytest.raises(Hopeless) as refusal:
        media.fetch(url)
    assert str(refusal.value) == reasons.PICTURE_ELSEWHERE


@pytest.mark.parametrize("status", [404, 401, 429, 500, 503])
def test_a_store_in_trouble_is_tried_again(
    carrier: Carrier, texted: Callable[..., Message], now: datetime, status: int
) -> None:
    carrier.media[PATH] = (status, {}, b"")
    texted()
    assert inbox.fetch_pictures() == 1
    (row,) = IncomingPicture.objects.all()
    assert (row.state, row.lease_until, bool(row.reason)) == ("waiting", None, True)
    assert row.due_at > timezone.now()
    carrier.media[PATH] = (200, JPEG, jpeg())
    fetch_until_done(now + HOUR)
    assert ends() == [("kept", "")]


@pytest.mark.parametrize(
    ("headers", "content", "reason"),
    [
        (JPEG, b"not a picture", reasons.NOT_A_PICTURE),
        (JPEG, b"", reasons.NOT_A_PICTURE),
        ({"Content-Type": "video/mp4"}, jpeg(), reasons.NOT_A_PICTURE),
        ({"Content-Type": "text/vcard"}, b"BEGIN:VCARD", reasons.NOT_A_PICTURE),
        (JPEG, jpeg()[:-400], reasons.NOT_A_PICTURE),
        (JPEG, b"\xff" * (photos.MAX_BYTES + 1), reasons.PICTURE_TOO_LARGE),
    ],
    ids=["noise", "empty", "video", "card", "cut off", "too large"],
)
def test_what_is_no_picture_is_said_to_be_none(
    carrier: Carrier,
    texted: Callable[..., Message],
    headers: dict[str, str],
    content: bytes,
    reason: str,
) -> None:
    carrier.media[PATH] = (200, headers, content)
    texted()
    before = Request.objects.get().sequence
    inbox.fetch_pictures()
    assert ends() == [("failed", reason)]
    assert Request.objects.get().sequence > before, "the card says so"
    assert default_storage.listdir("")[0] == []


def test_more_than_was_said_is_not_read(
    carrier: Carrier, texted: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that names no length, and does not end."""
    monkeypatch.setattr(media, "MAX_BYTES", 100_000)
    endless = b"".join([b"10000\r\n" + b"\xff" * 65_536 + b"\r\n"] * 8) + b"0\r\n\r\n"
    carrier.chunked[PATH] = endless
    texted()
    inbox.fetch_pictures()
    assert ends() == [("failed", reasons.PICTURE_TOO_LARGE)]


def test_it_is_given_up_in_the_end_and_resumed_by_one_tap(
    carrier: Carrier, texted: Callable[..., Message], now: datetime
) -> None:
    carrier.media[PATH] = (404, {}, b"")
    texted()
    assert fetch_until_done(now) == pictures.MAX_ATTEMPTS
    assert ends() == [("failed", reasons.PICTURE_GONE)]
    carrier.media[PATH] = (200, JPEG, jpeg())
    for _twice in range(2):
        pictures.try_again(IncomingPicture.objects.get(), at=now)
    fetch_until_done(now)
    assert ends() == [("kept", "")]


def test_a_round_of_redirects_ends(carrier: Carrier, texted: Callable[..., Message]) -> None:
    carrier.media[PATH] = (302, {"Location": PATH}, b"")
    texted()
    inbox.fetch_pictures()
    assert ends() == [("failed", reasons.PICTURE_ELSEWHERE)]
    assert len(carrier.fetched) == media.REDIRECTS + 1


def test_a_carrier_that_cannot_be_reached_only_delays(
    carrier: Carrier, texted: Callable[..., Message], settings: Any
) -> None:
    settings.TWILIO_API_URL = f"http://127.0.0.1:{free_port()}"
    texted()
    inbox.fetch_pictures()
    assert ends() == [("waiting", reasons.UNREACHABLE)]


def test_who_died_with_it_is_followed_and_who_was_slow_keeps_nothing(
    carrier: Carrier, texted: Callable[..., Message], now: datetime
) -> None:
    carrier.media[PATH] = (200, JPEG, jpeg())
    texted()
    (slow,) = pictures.claim_due(at=now, limit=4)
    assert pictures.claim_due(at=now + pictures.LEASE / 2, limit=4) == []
    (other,) = pictures.claim_due(at=now + pictures.LEASE * 2, limit=4)
    made = photos.read_picture(io.BytesIO(jpeg()), 1_000)
    assert pictures.keep(other, made) is True
    assert pictures.keep(slow, made) is False
    pictures.give_up(slow, reason="no")
    pictures.not_yet(slow, reason="no", at=now)
    picture = IncomingPicture.objects.get()
    assert picture.state == "kept"
    files = [
        file
        for year in default_storage.listdir("photos")[0]
        for month in default_storage.listdir(f"photos/{year}")[0]
        for file in default_storage.listdir(f"photos/{year}/{month}")[1]
    ]
    assert [picture.file.name.rsplit("/", 1)[-1]] == files


def test_the_same_text_again_expects_nothing_more(
    carrier: Carrier, texted: Callable[..., Message]
) -> None:
    for _twice in range(2):
        texted(f"https://api.twilio.com{PATH}", f"https://api.twilio.com{PATH}2")
    assert IncomingPicture.objects.count() == 2
    assert Request.objects.count() == 1


def test_the_database_refuses_a_kept_one_without_a_file(
    carrier: Carrier, texted: Callable[..., Message]
) -> None:
    texted()
    for nonsense in ({"state": "kept"}, {"file": "x.jpg"}, {"state": "kept", "file": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IncomingPicture.objects.update(**nonsense)
