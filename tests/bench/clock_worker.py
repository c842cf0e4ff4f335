"""``python -m tests.bench.clock_worker``: a hotel with 100,000 pending promises, and its clock.

Prints one JSON object: seconds of the clock's question and of the bare one, in turns; what rounds
cost, and how late the latest of those that fell due was dealt with, while 100 fall due each second.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from datetime import datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from requests_app import clock
from requests_app.actions.journal import change
from requests_app.actions.opening import Wanted, open_requests
from requests_app.models import Promise, Property, Request, RequestEvent, Service
from staff.demo import make_hotel

PENDING = 100_000
A_SECOND = 100


def fill(hotel: Property, first: datetime, pending: int) -> None:
    """``pending`` promises, A_SECOND of them falling due in each second from ``first`` on. Their
    earlier warnings are over: the next look is at the promised time."""
    what = Service.objects.select_related("desk").get(property=hotel, slug="towels")
    (pattern,) = open_requests(
        hotel, [Wanted(desk=what.desk, service=what)], channel="counter",
        at=first - timedelta(minutes=15),
    )  # fmt: skip
    is_sqlite = connection.vendor == "sqlite"
    numbers = (
        f"(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {pending - 1})"
        " SELECT n FROM c) AS numbers"
        if is_sqlite
        else f"generate_series(0, {pending - 1}) AS numbers(n)"
    )
    stamp = connection.ops.adapt_datetimefield_value(first)
    due = (
        f"strftime('%Y-%m-%d %H:%M:%f000', '{stamp}', '+' || (n / {A_SECOND}.0) || ' seconds')"
        if is_sqlite
        else f"TIMESTAMPTZ '{stamp}' + make_interval(secs => n / {A_SECOND}.0)"
    )
    other = {
        "due_at": due,
        "next_look_at": due,
        "submission": "lower(hex(randomblob(16)))" if is_sqlite else "gen_random_uuid()",
    }
    columns = [f.column for f in Request._meta.concrete_fields if not f.primary_key]
    chosen = ", ".join(other.get(column, column) for column in columns)
    with change(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO requests_app_request ({', '.join(columns)})"
            f" SELECT {chosen} FROM {numbers}, requests_app_request WHERE id = {pattern.pk}"
        )
        cursor.execute(
            "INSERT INTO requests_app_promise (request_id, due_at, made_at, reason)"
            f" SELECT id, due_at, created_at, '' FROM requests_app_request WHERE id > {pattern.pk}"
        )
        cursor.execute("CREATE TABLE bare (id integer PRIMARY KEY, due_at timestamp NOT NULL)")
        cursor.execute(
            "INSERT INTO bare SELECT id, next_look_at FROM requests_app_request"
            f" WHERE id > {pattern.pk}"
        )
        cursor.execute("CREATE INDEX bare_due ON bare (due_at)")
        cursor.execute(f"DELETE FROM requests_app_promise WHERE request_id = {pattern.pk}")
        cursor.execute(f"DELETE FROM requests_app_requestevent WHERE request_id = {pattern.pk}")
        cursor.execute(f"DELETE FROM requests_app_request WHERE id = {pattern.pk}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def bare(at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM bare WHERE due_at <= %s ORDER BY due_at LIMIT 500",
            [connection.ops.adapt_datetimefield_value(at)],
        )
        return len([pk for (pk,) in cursor.fetchall()])


def questions(first: datetime, turns: int) -> dict[str, list[float]]:
    """The same question, A_SECOND due, by the clock and bare, in turns."""
    at = first + timedelta(seconds=1)
    taken: dict[str, list[float]] = {"ours": [], "bare": []}
    for _turn in range(turns):
        begun = time.perf_counter()
        mine = len(clock.due(at))
        middle = time.perf_counter()
        theirs = bare(at)
        end = time.perf_counter()
        assert mine == theirs >= A_SECOND
        taken["ours"].append(middle - begun)
        taken["bare"].append(end - middle)
    return taken


def lived(first: datetime, seconds: float) -> dict[str, object]:
    """Rounds in real time, as ``clock.run`` makes them."""
    time.sleep(max(0.0, (first - timezone.now()).total_seconds()))
    begun = time.perf_counter()
    rounds: list[float] = []
    latest: list[float] = []
    seen, asked = 0, first
    while time.perf_counter() - begun < seconds:
        start, asked = time.perf_counter(), timezone.now()
        clock.tick()
        end = timezone.now()
        rounds.append(time.perf_counter() - start)
        new = RequestEvent.objects.filter(pk__gt=seen, kind="late").order_by("pk")
        for pk, due_at in new.values_list("pk", "request__due_at"):
            seen = pk
            latest.append((end - due_at).total_seconds())
        time.sleep(max(clock.BREATH_SECONDS, clock.TICK_SECONDS - (time.perf_counter() - start)))
    left = Promise.objects.filter(kept=None, due_at__lt=asked).count()
    return {"rounds": rounds, "late": max(latest), "done": len(latest), "left": left}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--pending", type=int, default=PENDING)
    wanted = parser.parse_args()
    call_command("migrate", verbosity=0)
    hotel = make_hotel(now=timezone.now() - timedelta(hours=1))
    # In the future, as far as filling the tables takes.
    first = timezone.now() + timedelta(seconds=30 + wanted.pending / 5_000)
    fill(hotel, first, wanted.pending)
    taken = questions(first, 200)
    print(json.dumps(taken | lived(first, wanted.seconds)))  # noqa: T201


if __name__ == "__main__":
    main()
