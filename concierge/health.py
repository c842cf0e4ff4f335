"""What machines ask: alive, ready, and the counters."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse

from requests_app.threads import is_leaving


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """200 once the database answers and its tables are there."""
    if is_leaving():
        return HttpResponse("leaving\n", status=503, content_type="text/plain")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM requests_app_property")
            cursor.fetchone()
    except Exception:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def metrics(_request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. Counts only: no names, no numbers, no words."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
