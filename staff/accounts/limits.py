"""How long a sign-in waits after wrong passwords: a little at first, longer each time.

Counted by account, by where it comes from, and by both together. A browser in which somebody has
signed in before is known by a cookie and counted by itself alone: so nobody elsewhere can keep the
administrator out, by guessing at their account or from their internet address.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from math import ceil

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase

KEPT_SECONDS = 60 * 60
"""So long after the last wrong password its count is forgotten."""
KNOWN_COOKIE = "known-here"
KNOWN_SECONDS = 180 * 24 * 60 * 60

_signer = signing.TimestampSigner(salt="staff.accounts.limits")


@dataclass(frozen=True, slots=True)
class Limit:
    """From the ``first`` wrong password on one waits: 5 seconds, then twice as long each time."""

    first: int
    longest_seconds: int

    def wait(self, failures: int) -> int:
        if failures < self.first:
            return 0
        return int(min(self.longest_seconds, 5 * 2 ** min(failures - self.first, 20)))


ONE_BROWSER = Limit(first=5, longest_seconds=15 * 60)
"""Of one account from one place, or from one known browser."""
ONE_ACCOUNT = Limit(first=8, longest_seconds=60)
"""From wherever: many places guessing at one account."""
ONE_PLACE = Limit(first=9, longest_seconds=60)
"""Whatever the account: a whole hotel sits behind one internet address."""


def coming_from(request: HttpRequest) -> str:
    """The visitor's internet address. Behind our proxy (PUBLIC_URL is https) the one it appended:
    what stands to the left of that was written by the visitor."""
    if settings.SECURE:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def _digest(*parts: str) -> str:
    joined = "|".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:32]


def _known(request: HttpRequest, email: str) -> str:
    """The mark of a browser in which this account has signed in before; "" for any other."""
    try:
        said = _signer.unsign(request.COOKIES.get(KNOWN_COOKIE, ""), max_age=KNOWN_SECONDS)
    except signing.BadSignature:
        return ""
    accounts, _dot, mark = said.rpartition(".")
    return mark if _digest(email) in accounts.split("+") else ""


def _limits(request: HttpRequest, email: str) -> dict[str, Limit]:
    email = email.strip().lower()
    known = _known(request, email)
    if known:
        return {f"sign-in-known-{_digest(email, known)}": ONE_BROWSER}
    place = coming_from(request)
    return {
        f"sign-in-both-{_digest(email, place)}": ONE_BROWSER,
        f"sign-in-account-{_digest(email)}": ONE_ACCOUNT,
        f"sign-in-place-{_digest(place)}": ONE_PLACE,
    }


def seconds_to_wait(request: HttpRequest, email: str) -> int:
    """Until the next try is looked at; 0: now. Sooner ones are neither looked at nor counted."""
    until: dict[str, float] = cache.get_many([f"{key}-until" for key in _limits(request, email)])
    return max([0, *(ceil(moment - time.time()) for moment in until.values())])


def count_failure(request: HttpRequest, email: str) -> None:
    for key, limit in _limits(request, email).items():
        cache.add(key, 0, KEPT_SECONDS)
        try:
            failures = cache.incr(key)
        except ValueError:  # it ran out between the two lines
            failures = 1
            cache.set(key, failures, KEPT_SECONDS)
        cache.touch(key, KEPT_SECONDS)
        wait = limit.wait(failures)
        if wait:
            cache.set(f"{key}-until", time.time() + wait, wait)


def forgive(request: HttpRequest, email: str) -> None:
    """Signed in: this browser and this account start anew. The place does not: others may be
    guessing from there."""
    mine = [key for key, limit in _limits(request, email).items() if limit is not ONE_PLACE]
    cache.delete_many([*mine, *(f"{key}-until" for key in mine)])


def remember(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """This browser is known from now on, for this account and those it was known for."""
    mine = _digest(email.strip().lower())
    accounts: list[str] = []
    try:
        said = _signer.unsign(request.COOKIES.get(KNOWN_COOKIE, ""), max_age=KNOWN_SECONDS)
        accounts = said.rpartition(".")[0].split("+")
    except signing.BadSignature:
        pass
    accounts = [mine, *(account for account in accounts if account != mine)][:12]
    response.set_cookie(
        KNOWN_COOKIE,
        _signer.sign(f"{'+'.join(accounts)}.{secrets.token_urlsafe(12)}"),
        max_age=KNOWN_SECONDS,
        path="/sign-in/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
