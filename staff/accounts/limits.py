"""How often a sign-in may fail: counted by address and by where it comes from.

A whole hotel sits behind one internet address, so that one may fail more often before it waits.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

WITHIN_SECONDS = 15 * 60
FAILURES_OF_AN_ADDRESS = 10
FAILURES_FROM_ONE_PLACE = 50


def coming_from(request: HttpRequest) -> str:
    """The visitor's internet address. Behind our proxy (PUBLIC_URL is https) the one it appended:
    what stands to the left of that was written by the visitor."""
    if settings.SECURE:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def _keys(email: str, place: str) -> dict[str, int]:
    digest = hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()[:32]
    where = hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()[:32]
    return {
        f"sign-in-address-{digest}": FAILURES_OF_AN_ADDRESS,
        f"sign-in-from-{where}": FAILURES_FROM_ONE_PLACE,
    }


def must_wait(email: str, place: str) -> bool:
    keys = _keys(email, place)
    counts = cache.get_many(keys)
    return any(counts.get(key, 0) >= limit for key, limit in keys.items())


def count_failure(email: str, place: str) -> None:
    """The window begins with the first failure and is not prolonged by later ones."""
    for key in _keys(email, place):
        cache.add(key, 0, WITHIN_SECONDS)
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two lines
            cache.set(key, 1, WITHIN_SECONDS)


def forgive(email: str, place: str) -> None:
    """Signed in: the address starts anew. The place does not: others may be guessing from there."""
    cache.delete(next(iter(_keys(email, place))))
