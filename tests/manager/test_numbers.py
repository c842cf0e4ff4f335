"""Every number on the manager's page, by hand, and the list it opens."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from requests_app.actions import requests, timing
from requests_app.actions.opening import Wanted, open_requests
from requests_app.actions.praise import commend, rate
from requests_app.clock import tick
from requests_app.models import Promise, Property, Request, Stay
from staff.demo_history import make_history
from staff.manager import counts
from staff.manager.counts import Count, counted, numbers
from staff.manager.figures import Share, Spread

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # 17:00 in Helsinki


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def ask(hotel, room, service):
    """Something is asked for so many minutes ago, by web, from a room."""

    def ask_(slug, number, ago, **more):
        at = NOW - timedelta(minutes=ago)
        stay = Stay.objects.filter(room=room(number), departed_at=None).first()
        (request,) = open_requests(
            hotel,
            [Wanted(desk=service(slug).desk, service=service(slug), **more)],
            channel="web",
            at=at,
            room=room(number),
            stay=stay,
            browser="b" * 32,
        )
        return request

    return ask_


def do(request, by, *, accepted, done=None):
    """Minutes after it was asked."""
    requests.accept_request(request, by=by, at=request.created_at + timedelta(minutes=accepted))
    if done is not None:
        at = request.created_at + timedelta(minutes=done)
        requests.finish_request(request, by=by, at=at)


def minutes(n):
    return timedelta(minutes=n)


def test_an_empty_day_has_numbers_too(hotel):
    assert numbers(hotel, NOW) == counts.Numbers(
        at=NOW,
        open_now=0,
        late_now=0,
        first_response=None,
        turnaround=None,
        promises=Share(0, 0),
        missed=0,
        again=Share(0, 0),
        complaints=0,
        content=Share(0, 0),
        thanks_today=0,
        thanks_week=0,
    )


def test_a_day_by_hand(hotel, ask, person, desk):
    aino = person("housekeeping")
    do(ask("towels", "412", 120), aino, accepted=2, done=10)  # kept
    do(ask("towels", "412", 60), aino, accepted=4, done=12)  # kept; within a day: again
    late = ask("wifi", "305", 200)
    do(late, aino, accepted=6, done=90)  # due after 45: missed
    do(ask("ice", "207", 40), aino, accepted=30)  # open, due 25 minutes ago: late, missed
    ask("pillow", "207", 3)  # open, due in 12 minutes: not judged yet
    ask("taxi", "208", 2, wanted_at=NOW + timedelta(hours=15))  # scheduled: open, never late
    yesterday = ask("towels", "208", 60 * 20)
    do(yesterday, aino, accepted=3, done=9)  # yesterday: counts nowhere
    open_requests(
        hotel,
        [Wanted(desk=desk("front-desk"), kind="complaint", complaint=True, words="Too loud")],
        channel="counter",
        at=NOW - minutes(1),
    )
    rate(late, score=5, at=NOW - minutes(30))
    rate(yesterday, score=3, at=NOW - minutes(20))
    for days in (0, 3, 6, 7):
        commend(hotel, words="Thank you", at=NOW - timedelta(days=days), channel="web")
    assert numbers(hotel, NOW) == counts.Numbers(
        at=NOW,
        open_now=4,  # ice, pillow, taxi, complaint
        late_now=1,
        first_response=Spread(minutes(5), minutes(30), 4),  # 2 4 6 30
        turnaround=Spread(minutes(12), minutes(90), 3),  # 10 12 90
        promises=Share(2, 4),  # towels, towels; wifi and ice missed
        missed=2,
        again=Share(1, 3),
        complaints=1,
        content=Share(1, 2),
        thanks_today=1,
        thanks_week=3,
    )


def test_reopened_cycles_belong_to_the_turnaround_and_the_promise_made_anew_tells(
    hotel, ask, person
):
    request, aino = ask("towels", "412", 60), person("housekeeping")
    do(request, aino, accepted=1, done=5)
    again = requests.reopen_request(request, at=request.created_at + minutes(10))
    do(again, aino, accepted=12, done=20)
    found = numbers(hotel, NOW)
    assert found.turnaround == Spread(minutes(20), minutes(20), 1)
    assert (found.promises, found.missed, found.again) == (Share(1, 1), 0, Share(1, 1))


def test_a_promise_moved_after_it_broke_was_broken_all_the_same(hotel, ask, person):
    request, aino = ask("towels", "412", 60), person("housekeeping")
    promise = Promise.objects.get(request=request)
    timing.miss_promise(promise, at=promise.due_at + minutes(1))
    request.refresh_from_db()
    later = promise.due_at + minutes(40)
    requests.accept_request(request, by=aino, at=promise.due_at + minutes(1))
    timing.move_promise(
        request, due_at=later, by=aino, at=promise.due_at + minutes(2), reason="No towels left"
    )
    requests.finish_request(request, by=aino, at=promise.due_at + minutes(9))
    assert request.due_at == later <= NOW
    assert numbers(hotel, NOW).promises == Share(0, 1)


def test_what_was_cancelled_in_time_was_no_promise(hotel, ask):
    requests.cancel_request(ask("towels", "412", 60), at=NOW - minutes(55), reason="Found some")
    assert numbers(hotel, NOW).promises == Share(0, 0)


def test_words_that_waited_for_a_room_count_from_when_they_were_said(hotel, text, person):
    said = NOW - minutes(60)
    text("+12025550177", "2 towels please", at=said)
    text("+12025550177", "207 Clarke", at=said + minutes(10))
    towels = Request.objects.get(service__slug="towels")
    requests.accept_request(towels, by=person("housekeeping"), at=said + minutes(14))
    assert numbers(hotel, NOW).first_response == Spread(minutes(14), minutes(14), 1)


def test_another_hotels_requests_count_nowhere(hotel, ask):
    other = Property.objects.create(
        slug="o", name="O", text_number="+12025550101", telephone="+12025550198"
    )
    ask("towels", "412", 60)
    assert [counted(other, count, NOW).count() for count in Count] == [0] * len(Count)


@pytest.fixture
def a_few_days(hotel):
    make_history(hotel, now=NOW, days=3, seed=2)
    tick(NOW)
    return hotel


def test_every_number_opens_exactly_what_it_counts(a_few_days, signed_in):
    with time_machine.travel(NOW, tick=False):
        found = numbers(a_few_days, NOW)
        assert min(found.promises.n, found.content.n, found.again.part, found.missed) > 0
        manager = signed_in("manager")
        expected = {
            "open": found.open_now,
            "late": found.late_now,
            "answered": found.first_response.n,
            "done": found.turnaround.n,
            "promises": found.promises.n,
            "missed": found.missed,
            "again": found.again.part,
            "complaints": found.complaints,
            "rated": found.content.n,
        }
        page = manager.get("/manager/").content.decode()
        for count, n in expected.items():
            assert f'href="/manager/requests/?count={count}"' in page
            answer = manager.get("/manager/requests/", {"count": count}).content.decode()
            assert (count, answer.count('<tr id="row-')) == (count, n)
        for since, n in (("today", found.thanks_today), ("week", found.thanks_week)):
            assert f'href="/manager/thanks/?since={since}"' in page
            answer = manager.get("/manager/thanks/", {"since": since}).content.decode()
            assert (since, answer.count('<article class="story"')) == (since, n)


def test_each_row_leads_to_its_conversation(hotel, ask, signed_in):
    with time_machine.travel(NOW, tick=False):
        request = ask("towels", "412", 5)
        page = signed_in("manager").get("/manager/requests/?count=open").content.decode()
        assert f'href="/requests/{request.pk}/"' in page


def test_an_unknown_number_has_no_list(signed_in):
    assert signed_in("manager").get("/manager/requests/?count=everything").status_code == 404
    assert signed_in("manager").get("/manager/requests/").status_code == 404


def test_the_page_takes_as_many_queries_for_many_stories(
    a_few_days, signed_in, django_assert_max_num_queries
):
    manager = signed_in("manager")
    with time_machine.travel(NOW, tick=False), django_assert_max_num_queries(50):
        assert manager.get("/manager/").status_code == 200


def test_a_promise_nobody_was_told_is_neither_kept_nor_missed(hotel, ask, person):
    told = ask("towels", "412", 120)
    silent = ask("towels", "305", 120)
    overdue = ask("ice", "207", 60)
    for request in (told, silent):
        do(request, person("housekeeping"), accepted=2, done=10)
    assert (numbers(hotel, NOW).promises, numbers(hotel, NOW).missed) == (Share(2, 3), 1)
    Promise.objects.filter(request__in=[silent, overdue]).update(told_at=None)
    assert (numbers(hotel, NOW).promises, numbers(hotel, NOW).missed) == (Share(1, 1), 0)
