"""Real threads on a real database file: one request, two who want it."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from requests_app.models import Message, Request, RequestEvent
from staff.demo import make_hotel
from staff.models import Person

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def hotel(transactional_db):
    return make_hotel(now=timezone.now())


def at_once(*things):
    barrier = Barrier(len(things))

    def run(thing):
        try:
            barrier.wait()
            return thing()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as threads:
        return list(threads.map(run, things))


def client_of(local: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(email=f"{local}@demo.example"))
    return client


def test_of_two_who_accept_at_once_exactly_one_has_it_and_the_other_reads_who(hotel, asked):
    people = {"Aino L.": client_of("housekeeping"), "Maria S.": client_of("maria.santos")}
    for n in range(ROUNDS):
        request = asked("towels", f"{n % 4 + 1}{n % 12 + 1:02d}")
        url = f"/requests/{request.pk}/accept/"
        answers = at_once(
            *[
                lambda c=c, url=url: c.post(url, {"version": 1}, headers=SCRIPT)
                for c in people.values()
            ]
        )
        assert sorted(a.status_code for a in answers) == [200, 409]
        holder = Request.objects.select_related("holder").get(pk=request.pk).holder.short_name
        winner = [name for name, a in zip(people, answers, strict=True) if a.status_code == 200]
        loser = next(a for a in answers if a.status_code == 409)
        read = re.search(r"data-sentence>(.*?)</p>", loser.content.decode())[1]
        assert (winner, read) == ([holder], f"{holder} has this already.")
    kinds = Counter(RequestEvent.objects.values_list("kind", flat=True))
    assert kinds == {"created": ROUNDS, "accepted": ROUNDS}


def test_one_person_tapping_twice_at_once_is_never_refused(hotel, asked):
    client, again = client_of("housekeeping"), client_of("housekeeping")
    for _round in range(5):
        url = f"/requests/{asked().pk}/accept/"
        answers = at_once(*[lambda c=c, url=url: c.post(url, {"version": 1}, headers=SCRIPT)
                            for c in (client, again)])  # fmt: skip
        assert [a.status_code for a in answers] == [200, 200]
    assert RequestEvent.objects.filter(kind="accepted").count() == 5


def test_a_reply_and_an_accept_at_once_are_both_kept(hotel, asked):
    writer, taker = client_of("front-desk"), client_of("housekeeping")
    for n in range(5):
        pk = asked().pk
        form = {"text": f"Reply {n}", "submission": f"00000000-0000-4000-8000-{n:012}"}
        answers = at_once(
            lambda pk=pk, form=form: writer.post(f"/requests/{pk}/reply/", form, headers=SCRIPT),
            lambda pk=pk: taker.post(f"/requests/{pk}/accept/", headers=SCRIPT),
        )
        assert answers[0].status_code == 200
        assert answers[1].status_code in {200, 409}
    assert Message.objects.filter(direction="out").count() == 5


def test_a_new_request_saved_twice_at_once_is_one(hotel):
    client, again = client_of("front-desk"), client_of("front-desk")
    for n in range(5):
        form = {"room": "412", "words": "ice", "submission": f"00000000-0000-4000-8000-{n:012}"}
        answers = at_once(*[lambda c=c, form=form: c.post("/requests/new/", form, headers=SCRIPT)
                            for c in (client, again)])  # fmt: skip
        assert [a.status_code for a in answers] == [200, 200]
    assert Request.objects.count() == 5
