"""What machines ask: alive, ready, and the counters."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from concierge.callers import may_read_metrics
from requests_app import pulse
from requests_app.threads import is_leaving

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

GRACE_SECONDS = 60
"""After a start: the clock begins when the doors are open, and has what piled up to do first."""

_started = time.monotonic()


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """200, or 503 with a line for each part that fails. ``?of=web``: whether this process can
    serve, for a balancer; a dead worker is no reason to turn guests away."""
    failing = failures(all_parts=request.GET.get("of") != "web")
    if failing:
        return HttpResponse("\n".join([*failing, ""]), status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def failures(*, all_parts: bool) -> list[str]:
    failing = ["this process is leaving"] if is_leaving() else []
    try:
        felt = pulse.pulse()
    except DatabaseError:
        failing.append("the database does not answer")
    else:
        if all_parts and time.monotonic() - _started > GRACE_SECONDS:
            failing += felt.complaints(timezone.now())
    if settings.REDIS_URL:
        try:
            shared_cache.get("readyz")
        except Exception:
            failing.append("the channel layer does not answer")
    return failing


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format: the counters of all processes of this machine, and gauges of the
    database. Counts only: no names, no numbers, no words; and not for everybody, since they tell
    how busy a hotel is."""
    if not may_read_metrics(request):
        words = "Only from this machine or its private network, or with METRICS_TOKEN.\n"
        return HttpResponse(words, status=403, content_type="text/plain")
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


@cache
def _registry() -> CollectorRegistry:
    from prometheus_client import REGISTRY, CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = REGISTRY
    if settings.REDIS_URL:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Now())
    return registry


class Now:
    """Gauges, read when they are asked for. Those of the database are the same in every process."""

    def describe(self) -> list[Metric]:
        return []  # asks nothing of the database at registration

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily as Gauge

        sockets, behind = sockets_now()
        process = ["process"]
        live = Gauge("concierge_sockets", "Boards and pages that are live", labels=process)
        live.add_metric([str(os.getpid())], sockets)
        yield live
        lag = Gauge("concierge_hub_changes_behind", "Changes its boards lack", labels=process)
        lag.add_metric([str(os.getpid())], behind)
        yield lag
        try:
            now = pulse.gauges()
        except DatabaseError:
            yield Gauge("concierge_database_up", "Whether the database answers", 0)
            return
        yield Gauge("concierge_database_up", "Whether the database answers", 1)
        figures: list[tuple[str, str, Any]] = [
            ("clock_age_seconds", "Since the clock was heard", now.clock_age),
            ("texts_unread", "Texts stored and not yet understood", now.unread),
            ("texts_oldest_unread_seconds", "Age of the oldest of them", now.oldest_unread_age),
            ("outgoing_oldest_unsent_seconds", "Age of the oldest unsent", now.oldest_unsent_age),
            ("requests_open", "Requests on boards", now.requests_open),
            ("requests_late", "Those past their promise", now.requests_late),
        ]
        for name, words, value in figures:
            yield Gauge(f"concierge_{name}", words, value)
        outgoing = Gauge("concierge_outgoing", "Messages not sent, by state", labels=["state"])
        for state, count in sorted(now.outgoing.items()):
            outgoing.add_metric([state], count)
        yield outgoing


def sockets_now() -> tuple[int, int]:
    """How many sockets this process has, and how many changes its boards have not been shown."""
    from requests_app import queries
    from requests_app.hub import hub

    seats = sum(len(here) for here in list(hub.seats.values()))
    shown = dict(hub.heads)
    try:
        heads = queries.head_sequences(shown)
    except DatabaseError:
        return seats, 0
    return seats, sum(max(0, head - shown[pk]) for pk, head in heads.items())
