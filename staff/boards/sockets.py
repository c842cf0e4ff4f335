"""A board's socket: who may look, and a seat at the hub. It hears nothing that anyone says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, parse_cookie

from requests_app.hub import SIGNED_OUT, Seat, View, hub
from requests_app.models import Desk
from requests_app.threads import in_thread
from staff.boards.live import BoardView
from staff.models import Person

UNKNOWN = 4404
EVERYTHING = "all"

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


def board_of(person: Person, slug: str) -> View | None:
    if slug == EVERYTHING:
        return BoardView(person.property_id, None, person.language)
    desk = Desk.objects.filter(property_id=person.property_id, slug=slug).first()
    return None if desk is None else BoardView(desk.property_id, desk.pk, person.language)


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


board_socket = staff_socket(board_of)
