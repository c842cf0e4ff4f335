"""What an operator and a balancer are told, and what guests read while the database is away."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from concierge import health
from requests_app import clock, pulse
from requests_app.models import Heartbeat, Message, Outgoing
from tests.services.several import Several, database_url
from tests.services.test_leaving import ACCOUNT, wait_for
from tests.serving import Server
from tests.webhooks.conftest import text_form


def get(server: Server, path: str, **headers: str) -> tuple[int, str, str]:
    """Status, Retry-After, body."""
    request = urllib.request.Request(server.url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers.get("Retry-After", ""), answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers.get("Retry-After", ""), refusal.read().decode()


@pytest.fixture
def started_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_started", health._started - health.GRACE_SECONDS)


def test_a_clock_that_is_not_heard_is_told_but_turns_no_guest_away(
    hotel: Any, client: Client, started_long_ago: None
) -> None:
    now = timezone.now()
    assert client.get("/readyz").status_code == 503
    clock.tick(now)
    assert client.get("/readyz").content == b"ready\n"
    Heartbeat.objects.update(at=now - pulse.CLOCK_SILENT - timedelta(seconds=5))
    told = client.get("/readyz")
    assert (told.status_code, told.content.count(b"\n")) == (503, 1)
    assert re.match(rb"the clock has not been heard for 6\d s", told.content)
    assert client.get("/readyz?of=web").status_code == 200


def test_a_message_that_waits_too_long_is_told(
    text: Callable[..., Message], client: Client, started_long_ago: None
) -> None:
    now = timezone.now()
    clock.tick(now)
    text("+12025550127", "2 towels please")
    assert client.get("/readyz").status_code == 200
    long_ago = now - pulse.UNSENT_TOO_LONG - timedelta(seconds=5)
    Outgoing.objects.update(due_at=now + timedelta(hours=1))
    assert client.get("/readyz").status_code == 200  # its time has not come
    Message.objects.update(at=long_ago)
    Outgoing.objects.update(attempts=3)
    assert b"a message has waited 30" in client.get("/readyz").content


def test_readiness_costs_one_statement(
    hotel: Any, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clock.tick(timezone.now())
    with django_assert_num_queries(1):
        assert client.get("/readyz").status_code == 200


def test_metrics_tell_what_waits_and_name_nobody(
    text: Callable[..., Message], client: Client
) -> None:
    text("+12025550127", "2 towels please")
    Outgoing.objects.update(state=Outgoing.State.PARKED)
    Message.objects.filter(direction="in").update(understood_at=None)
    told = client.get("/metrics").content.decode()
    for line in [
        "concierge_texts_unread 1.0",
        'concierge_outgoing{state="parked"} 1.0',
        'concierge_outgoing{state="due"} 0.0',
        "concierge_requests_open 1.0",
        "concierge_database_up 1.0",
    ]:
        assert line in told
    for name in ["promises_missed_total", "texts_in_total", "http_seconds", "clock_age_seconds"]:
        assert f"concierge_{name}" in told
    assert re.search(r'concierge_sockets\{process="\d+"\} 0.0', told)
    assert "2025550127" not in told


@pytest.mark.services
def test_counters_of_all_processes_are_added_up_and_survive_a_restart(
    several: Callable[..., Several],
) -> None:
    here = several(**ACCOUNT)
    first = here.web()
    form = text_form("+12025550127", "2 towels please")
    assert first.post_signed("/twilio/messages/", form)[0] == 200
    second = here.web()
    first.stop()
    form = text_form("+12025550112", "2 towels please")
    assert second.post_signed("/twilio/messages/", form)[0] == 200
    assert 'concierge_texts_in_total{channel="sms"} 2.0' in get(second, "/metrics")[2]


@pytest.mark.services
def test_a_database_that_is_away_is_said_calmly_and_nothing_is_acknowledged(
    several: Callable[..., Several], postgres_url: str
) -> None:
    here = several(**ACCOUNT)
    web = here.web()
    name = here.database_url.rpartition("/")[2]
    switch = f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS"
    with psycopg.connect(database_url(postgres_url, "postgres"), autocommit=True) as other:
        other.execute(f"{switch} false")
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        form = text_form("+12025550127", "2 towels please")
        status, body = web.post_signed("/twilio/messages/", form)
        assert (status, body) == (503, b"Try again.\n")
        status, retry, page = get(web, "/boards/all/", Cookie="sessionid=unknown")
        assert (status, retry) == (503, "5")
        assert "Nothing was changed" in page
        status, _retry, page = get(
            web, "/boards/all/", **{"HX-Request": "true", "Cookie": "sessionid=unknown"}
        )
        assert (status, "<" in page) == (503, False)
        assert get(web, "/readyz")[2] == "the database does not answer\n"
        assert "concierge_database_up 0.0" in get(web, "/metrics")[2]
        other.execute(f"{switch} true")
    wait_for(lambda: web.post_signed("/twilio/messages/", form)[0] == 200, 30)
    assert here.rows("SELECT count(*) FROM requests_app_message WHERE direction = 'in'") == [(1,)]
    here.may_fail = True


@pytest.mark.services
def test_an_exhausted_pool_is_said_and_the_text_that_has_its_connection_is_kept(
    several: Callable[..., Several],
) -> None:
    here = several(**ACCOUNT, DATABASE_CONNECTIONS="1")
    here.may_fail = True
    web = here.web()
    form = text_form("+12025550127", "2 towels please")
    with ThreadPoolExecutor(1) as thread, psycopg.connect(here.database_url) as other:
        other.execute("LOCK TABLE requests_app_message IN EXCLUSIVE MODE")
        texting = thread.submit(web.post_signed, "/twilio/messages/", form)
        wait_for(lambda: here.rows("SELECT 1 FROM pg_locks WHERE NOT granted") != [])
        status, retry, page = get(web, "/boards/all/", Cookie="sessionid=unknown")
        assert (status, retry, "Nothing was changed" in page) == (503, "5", True)
        other.rollback()
        assert texting.result(timeout=20)[0] == 200
    wait_for(lambda: get(web, "/sign-in/")[0] == 200)
    assert here.rows("SELECT body FROM requests_app_message WHERE direction = 'in'") == [
        ("2 towels please",)
    ]
