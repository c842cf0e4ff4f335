"""What keeps an old database as quick as a new one."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import connection

from requests_app import queries
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.tidying import tidy
from requests_app.models import Desk


def test_sign_ins_that_are_over_go_and_others_stay(db, now):
    for key, days in [("over", -1), ("alive", 1)]:
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(days=days)
        )
    tidy(at=now)
    assert [session.pk for session in Session.objects.all()] == ["alive"]
    tidy(at=now)
    assert Session.objects.count() == 1


def test_sqlite_knows_afterwards_how_much_there_is(hotel, now):
    desk = Desk.objects.get(property=hotel, slug="front-desk")
    open_requests(hotel, [Wanted(desk=desk, kind="unsorted", words="Hello")], channel="web", at=now)
    tidy(at=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'request_on_board'")
        assert cursor.fetchone() == ("1 1 1 1",)


def test_a_board_reads_only_what_is_open_whatever_sqlite_knows(hotel, django_assert_num_queries):
    with django_assert_num_queries(1) as captured:
        queries.board_rows(hotel.pk, None)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
        plan = " ".join(row[-1] for row in cursor.fetchall())
    assert "USING INDEX request_on_board (property_id=? AND closed_at=?)" in plan
