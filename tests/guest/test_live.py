"""The room's page, live: what a browser is sent, and what it is never sent."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.parse
import urllib.request
from uuid import uuid4

import pytest
from django.utils import timezone
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from requests_app import queries
from requests_app.actions import requests
from requests_app.guest import browser
from requests_app.guest.live import GuestView
from requests_app.hub import Changes
from tests.guest.conftest import Phone, asked
from tests.serving import Server


def view_of(guest: Phone) -> GuestView:
    cookies = {name: morsel.value for name, morsel in guest.client.cookies.items()}
    return GuestView(
        property_id=guest.room.property_id,
        room_id=guest.room.pk,
        browser=browser.key_in(cookies),
        language="en",
        csrf=cookies["csrftoken"],
    )


def cards_in(html: str) -> list[str]:
    return re.findall(r'<article class="card.*?</article>', html, re.S)


def test_a_pushed_card_is_byte_for_byte_the_one_in_the_page(hotel, phone, person):
    guest = phone()
    guest.send(words="2 towels and an iron please")
    for request in asked(hotel):
        requests.finish_request(request, by=person("housekeeping"), at=timezone.now())
    guest.send(words="the lamp is broken")
    frame, sequence = view_of(guest).snapshot()
    assert cards_in(frame) == cards_in(guest.shown())
    assert len(cards_in(frame)) == 3
    head = queries.head_sequence(hotel.pk)
    assert frame.startswith(f'<live-frame data-kind="snapshot" data-sequence="{head}">')
    assert sequence == head


def test_a_browser_hears_of_its_own_changes_and_of_nobody_elses(hotel, phone, person):
    guest, other = phone("305"), phone("305")
    guest.send(words="2 towels and an iron please")
    other.send(words="a pillow please")
    towels, _iron, pillow = asked(hotel)
    before = queries.head_sequence(hotel.pk)

    requests.accept_request(pillow, by=person("housekeeping"), at=timezone.now())
    assert view_of(guest).changes(Changes(hotel.pk, before)) is None

    requests.accept_request(towels, by=person("housekeeping"), at=timezone.now())
    frame = view_of(guest).changes(Changes(hotel.pk, before))
    assert re.findall(r'id="(request-\d+)"', frame) == [f"request-{towels.pk}"]
    assert "Aino L. is taking care of it." in frame
    assert cards_in(frame)[0] in guest.shown()


class Tab:
    """A browser's page and socket at a real server, over real HTTP."""

    def __init__(self, server: Server, number: str = "305") -> None:
        self.server = server
        ((self.token,),) = server.rows(
            "SELECT token FROM requests_app_room WHERE number = ?", number
        )
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, path: str = "", **form: str) -> str:
        if form:
            form |= {"csrfmiddlewaretoken": self.cookies["csrftoken"], "submission": str(uuid4())}
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(f"{self.server.url}/r/{self.token}/{path}", data) as answer:
            return answer.read().decode()

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: str(cookie.value) for cookie in self.jar}

    def listen(self, *, origin: str = "", **cookies: str) -> ClientConnection:
        sent = self.cookies | cookies
        return connect(
            f"{self.server.sockets_url}/ws/r/{self.token}/?language=en",
            origin=origin or self.server.url,
            additional_headers={"Cookie": "; ".join(f"{k}={v}" for k, v in sent.items())},
        )


@pytest.mark.services
def test_over_a_real_socket_changes_arrive_and_strangers_are_turned_away(server):
    guest, stranger = Tab(server), Tab(server)
    guest.open()
    stranger.open()
    guest.open(words="2 towels please")
    ((request,),) = server.rows("SELECT id FROM requests_app_request")

    with guest.listen() as socket:
        snapshot = str(socket.recv(10))
        assert cards_in(snapshot) == cards_in(guest.open())
        guest.open(f"requests/{request}/write/", words="the soft ones")
        changed = str(socket.recv(10))
        assert 'data-kind="changes"' in changed
        assert cards_in(changed) == cards_in(guest.open())
        assert "the soft ones" in changed

    key = guest.cookies["browser-live"]
    refused = [
        lambda: stranger.listen(),
        lambda: guest.listen(origin="https://elsewhere.example"),
        lambda: guest.listen(**{"browser-live": key[:-1] + ("A" if key[-1] != "A" else "B")}),
    ]
    for listen in refused:
        with pytest.raises(InvalidStatus) as refusal:
            listen()
        assert refusal.value.response.status_code == 403
    guest.token = "nobody-ever-had-this-token"
    with pytest.raises(InvalidStatus):
        guest.listen()
