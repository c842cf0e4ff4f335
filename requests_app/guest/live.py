"""A room's page, live: a view at the hub, and the socket that looks through it.

Nothing is changed over a socket; it only hears.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import override

from requests_app import queries
from requests_app.guest import browser
from requests_app.guest.door import LANGUAGE_PARAMETER, room_of
from requests_app.guest.languages import languages_of
from requests_app.guest.visit import Visit
from requests_app.hub import Changes, Flow, Seat, hub
from requests_app.models import Room
from requests_app.threads import in_thread

NOTHING_HERE = 4404
"""Closes a socket whose browser has asked nothing, or whose token is unknown."""

CSRF_SECRET_LENGTH = 32


@dataclass(frozen=True)
class GuestView:
    """What one browser sees of one room: only what it asked for itself."""

    property_id: int
    room_id: int
    browser: str
    language: str
    csrf: str = ""

    def _visit(self) -> Visit:
        room = Room.objects.select_related("property").get(pk=self.room_id)
        return Visit(
            request=HttpRequest(),
            room=room,
            language=self.language,
            key=self.browser,
            now=timezone.now(),
            csrf=self.csrf,
        )

    def snapshot(self) -> tuple[str, int]:
        sequence = queries.head_sequence(self.property_id)
        with override(self.language):
            return frame("snapshot", sequence, self._visit().cards()), sequence

    def changes(self, changes: Changes) -> str | None:
        mine = {r.pk for r in changes.requests if r.browser == self.browser}
        if not mine:
            return None
        with override(self.language):
            visit = self._visit()
            cards = [visit.card(r) for r in visit.requests if r.pk in mine]
        return frame("changes", changes.sequence, cards) if cards else None


def frame(kind: str, sequence: int, cards: list[str]) -> str:
    pieces = "\n".join(cards)
    return f'<live-frame data-kind="{kind}" data-sequence="{sequence}">{pieces}</live-frame>'


def view_of(scope: dict[str, Any]) -> GuestView | None:
    """Who looks, by the same cookies as the page. Runs in a pool thread."""
    room = room_of(scope["url_route"]["kwargs"]["token"])
    cookies = _cookies(scope)
    key = browser.key_in(cookies, browser.LIVE_COOKIE)
    if room is None or not key:
        return None
    asked = parse_qs(scope["query_string"].decode("latin1")).get(LANGUAGE_PARAMETER, [""])[0]
    spoken = languages_of(room.property)
    secret = cookies.get(settings.CSRF_COOKIE_NAME, "")
    is_secret = len(secret) == CSRF_SECRET_LENGTH and secret.isascii() and secret.isalnum()
    return GuestView(
        property_id=room.property_id,
        room_id=room.pk,
        browser=key,
        language=asked if asked in spoken else spoken[0],
        csrf=secret if is_secret else "",
    )


def _cookies(scope: dict[str, Any]) -> dict[str, str]:
    parsed: SimpleCookie = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                parsed.load(value.decode("latin1"))
            except CookieError:
                return {}
    return {name: morsel.value for name, morsel in parsed.items()}


async def guest_socket(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """One socket. Says nothing to whoever has asked nothing from this room."""
    await receive()
    view = await in_thread(view_of, scope)
    if view is None:
        await send({"type": "websocket.close", "code": NOTHING_HERE})
        return
    await send({"type": "websocket.accept"})
    seat = Seat(view, send, flow=scope.get("concierge.flow") or Flow())
    try:
        await hub.join(seat)
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        hub.leave(seat)
