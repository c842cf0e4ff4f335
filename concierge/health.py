"""What machines ask: alive, ready, and the counters."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """200 once the database answers and its tables are there."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM requests_app_property")
            cursor.fetchone()
    except Exception:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. Counts only: no names, no numbers, no words; and not for everybody,
    since they tell how busy a hotel is."""
    if not may_read_metrics(request):
        return HttpResponse(
            "Only from this machine or its private network, or with METRICS_TOKEN.\n",
            status=403,
            content_type="text/plain",
        )
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


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
