"""What live pages of staff share: who may look, a seat at the hub, and the frames it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, parse_cookie
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from requests_app.hub import SIGNED_OUT, Seat, View, hub
from requests_app.threads import in_thread
from staff.models import Person

UNKNOWN = 4404

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def session_of(scope: Scope) -> SessionStore:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return SessionStore(parse_cookie(cookies.decode("latin1")).get(settings.SESSION_COOKIE_NAME))


def person_of(session: SessionStore) -> Person | None:
    """Who is signed in with this session, as every page checks it; None for nobody."""
    request = HttpRequest()
    request.session = session
    person = get_user(request)
    return person if isinstance(person, Person) and person.is_active else None


def staff_socket(view_of: Callable[[Person, str], View | None]) -> Any:
    """An ASGI application for sockets of people who are signed in, looking at ``view_of``."""

    def look(scope: Scope) -> tuple[View | None, int, str | None]:
        session = session_of(scope)
        person = person_of(session)
        if person is None:
            return None, SIGNED_OUT, None
        slug = scope["url_route"]["kwargs"].get("slug", "")
        return view_of(person, slug), person.pk, session.session_key

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        await send({"type": "websocket.accept"})  # a refused handshake could tell no code
        view, person_id, key = await in_thread(look, scope)
        if view is None:
            code = SIGNED_OUT if key is None else UNKNOWN
            await send({"type": "websocket.close", "code": code})
            return
        seat = Seat(
            view, send, flow=scope.get("concierge.flow"), person_id=person_id, session_key=key
        )
        try:
            await hub.join(seat)
            while (await receive())["type"] != "websocket.disconnect":
                pass
        finally:
            hub.leave(seat)

    return application


def join(pieces: Iterable[SafeString]) -> SafeString:
    return format_html_join("\n", "{}", ((piece,) for piece in pieces))


def frame(kind: str, body: SafeString, sequence: int, *, after: int | None = None) -> str:
    since = "" if after is None else mark_safe(f' data-after="{after:d}"')  # noqa: S308
    return format_html(
        '<live-frame data-kind="{}"{} data-sequence="{}">{}</live-frame>',
        kind, since, sequence, body,
    )  # fmt: skip
