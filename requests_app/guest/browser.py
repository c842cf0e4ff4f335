"""Which browser is this? A signed random key in a cookie, made when something is first asked.

Not made for looking: caches, link previews and scanners of codes leave nothing behind.
"""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

COOKIE = "browser"
LIVE_COOKIE = "browser-live"
"""The same key for the socket: a cookie has one path, and ours lives under two."""
PATHS = {COOKIE: "/r/", LIVE_COOKIE: "/ws/r/"}
LANGUAGE_COOKIE = "guest-language"
MAX_AGE = 60 * 60 * 24 * 60
"""Seconds: longer than almost every stay."""

_signer = signing.Signer(salt="requests_app.guest.browser")


def key_in(cookies: dict[str, str], name: str = COOKIE) -> str:
    """The browser's key, or "" where there is none or somebody wrote it themselves."""
    try:
        return _signer.unsign(cookies.get(name, ""))
    except signing.BadSignature:
        return ""


def new_key(submission: UUID | None) -> str:
    """A key for a browser that has none.

    Derived from the form's random number where it has one: a first tap that is sent twice at once
    must be one browser, or its owner would lose sight of half of what they asked.
    """
    if submission is None:
        return secrets.token_urlsafe(24)
    return salted_hmac(
        "requests_app.guest.browser", submission.hex, algorithm="sha256"
    ).hexdigest()[:43]


def remember(response: HttpResponseBase, key: str) -> None:
    for name, path in PATHS.items():
        _set(response, name, _signer.sign(key), path)


def remember_language(response: HttpResponseBase, language: str) -> None:
    _set(response, LANGUAGE_COOKIE, language, PATHS[COOKIE])


def _set(response: HttpResponseBase, name: str, value: str, path: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=MAX_AGE,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def form_number(browser: str, *parts: object) -> UUID:
    """The number of a form inside a pushed piece: the same each time the same piece is rendered,
    and nobody else's."""
    said = "|".join([browser, *map(str, parts)])
    return UUID(bytes=hashlib.sha256(said.encode()).digest()[:16], version=5)


def csrf_secret(request: HttpRequest) -> str:
    """The browser's own CSRF secret, unmasked: pieces pushed to it must equal those of its page."""
    from django.middleware.csrf import get_token

    get_token(request)
    return str(request.META["CSRF_COOKIE"])
