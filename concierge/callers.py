"""Who may read what is meant for the hotel's own machines."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def may_read_metrics(request: HttpRequest) -> bool:
    """With METRICS_TOKEN set, whoever sends it; without, whoever asks from a private address.

    Behind a proxy both count: the proxy itself, and the last address it appended.
    """
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        return hmac.compare_digest(given, settings.METRICS_TOKEN.encode())
    seen = [str(request.META.get("REMOTE_ADDR", ""))]
    if "X-Forwarded-For" in request.headers:
        seen.append(request.headers["X-Forwarded-For"].rpartition(",")[2].strip())
    return all(is_private(address) for address in seen)


def is_private(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return found.is_loopback or found.is_private
