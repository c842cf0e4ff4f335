"""Beside a card: what the guest was told, new times in one tap, and follow-ups in a few seconds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from requests_app import clock, fragments
from requests_app.actions import requests, timing
from requests_app.actions.journal import fresh
from requests_app.actions.opening import Wanted, open_requests
from requests_app.models import Contact, Message, Promise, Request, Service

MINUTE = timedelta(minutes=1)


@pytest.fixture
def asked(hotel, room):
    def ask(slug="towels", *, minutes_ago=0, **fields):
        what = Service.objects.select_related("desk").get(property=hotel, slug=slug)
        (request,) = open_requests(
            hotel,
            [Wanted(desk=what.desk, service=what)],
            channel="sms", at=timezone.now() - minutes_ago * MINUTE, room=room("412"), **fields,
        )  # fmt: skip
        return request

    return ask


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_warned_card_offers_new_times_and_a_tap_tells_the_guest(asked, hotel, signed_in, person):
    contact = Contact.objects.create(property=hotel, address="+12025550127", language="en")
    request = asked(minutes_ago=11, contact=contact, language="en")
    requests.accept_request(request, by=person("housekeeping"), at=timezone.now() - 10 * MINUTE)
    clock.tick(request.promised_at + timedelta(minutes=request_share(request)))
    request = fresh(request)
    assert request.warned == "holder"
    card = fragments.card(request, "en")
    assert 'data-warned="holder"' in card
    assert "Its time is running out" in card
    offers = re.findall(r'formaction="(/requests/\d+/promise/[^"]+)"', card)
    assert len(offers) == 3
    answer = signed_in("housekeeping").post(
        offers[1].replace("&amp;", "&"),
        {"version": request.version},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert 'data-warned="holder"' not in answer.content.decode()
    standing = Promise.objects.get(request=request, replaced_at=None)
    assert standing.due_at == fresh(request).due_at > request.due_at
    assert (standing.told_in_time, standing.reason) == (True, "Offered on the card")
    told = Message.objects.get(direction="out")
    assert hotel.local(standing.due_at).strftime("%H:%M") in told.body


def test_danger_nobody_has_taken_and_who_is_texted_no_more_are_offered_no_new_time(
    asked, hotel, person
):
    stopped = Contact.objects.create(
        property=hotel, address="+12025550127", opted_out_at=timezone.now()
    )
    danger = asked("doctor", minutes_ago=30)
    silent = asked(minutes_ago=30, contact=stopped)
    Request.objects.update(warned="desk")
    Request.objects.filter(pk=danger.pk).update(urgent=True)
    for request in (danger, silent):
        assert "new-times" not in fragments.card(fresh(request), "en")
    requests.accept_request(fresh(danger), by=person("concierge"), at=timezone.now())
    Request.objects.filter(pk=danger.pk).update(warned="desk", sequence=9_000)
    assert "new-times" in fragments.card(fresh(danger), "en")


def request_share(request):
    """Minutes from the promise to the step that warns its holder."""
    return (request.due_at - request.promised_at) / MINUTE * 0.75 + 0.01


def test_the_ledger_says_who_moved_it_why_and_whether_the_guest_knew_in_time(
    asked, hotel, signed_in, person
):
    contact = Contact.objects.create(property=hotel, address="+12025550127", language="en")
    request = asked(minutes_ago=40, contact=contact, language="en")
    start = request.created_at
    aino = person("housekeeping")
    timing.move_promise(
        request, due_at=start + 30 * MINUTE, by=aino, at=start + 5 * MINUTE, reason="No towels left"
    )
    clock.tick(start + 31 * MINUTE)
    timing.move_promise(
        fresh(request),
        due_at=start + 60 * MINUTE,
        by=aino,
        at=start + 35 * MINUTE,
        reason="Iron",
    )
    requests.finish_request(fresh(request), by=aino, at=start + 39 * MINUTE)
    page = signed_in("supervisor").get(f"/requests/{request.pk}/").content.decode()
    ledger = plain(page.partition('class="ledger"')[2].partition("</section>")[0])
    first, second, third = Promise.objects.filter(request=request).order_by("pk")
    hour = {p.pk: hotel.local(p.due_at).strftime("%H:%M") for p in (first, second, third)}
    assert f"{hour[first.pk]} moved in time" in ledger
    assert re.search(
        rf"{hour[second.pk]} broken told \d\d:\d\d, in time · Aino L\. : No towels left", ledger
    )
    assert re.search(
        rf"{hour[third.pk]} kept told \d\d:\d\d, after the old time had passed · Aino L\. : Iron",
        ledger,
    )


def test_who_refused_texts_has_not_been_told_and_the_ledger_says_so(
    asked, hotel, signed_in, person
):
    contact = Contact.objects.create(
        property=hotel, address="+12025550127", opted_out_at=timezone.now()
    )
    request = asked(contact=contact)
    timing.move_promise(
        request,
        due_at=timezone.now() + 50 * MINUTE,
        by=person("bell"),
        at=timezone.now(),
        reason="busy",
    )
    page = signed_in("supervisor").get(f"/requests/{request.pk}/").content.decode()
    assert page.count("the guest has not been told") == 2
    assert list(Promise.objects.values_list("told_at", "told_in_time").order_by("pk")) == [
        (None, None),
        (None, False),
    ]


def test_a_follow_up_from_a_card_in_one_tap(asked, signed_in, hotel):
    request = asked()
    client = signed_in("front-desk")
    form = client.get(f"/requests/{request.pk}/follow-up/").content.decode()
    submission = re.search(r'name="submission" value="([^"]+)"', form)[1]
    for _tap in range(2):
        client.post(
            f"/requests/{request.pk}/follow-up/",
            {"minutes": "120", "submission": submission, "version": request.version},
        )
    planned = Request.objects.exclude(pk=request.pk).get()
    assert (planned.status, planned.words, planned.room_now_id, planned.desk_id) == (
        "scheduled", "Check on the guest", request.room_now_id, request.desk_id,
    )  # fmt: skip
    assert not Promise.objects.filter(request=planned).exists()
    assert request.events.filter(kind="planned").count() == 1
    # It comes in time, cannot be forgotten, and is warned of like any other.
    clock.tick(planned.starts_at)
    assert fresh(planned).status == "new"
    clock.tick(planned.due_at + timedelta(minutes=11))
    assert {a.whom for a in planned.alerts.all()} >= {"desk", "supervisor"}
    assert not planned.events.filter(kind="late").exists()


def test_a_follow_up_on_another_day_is_by_the_hotels_clock(asked, signed_in, hotel, now):
    request = asked()
    day = hotel.local(now).date() + timedelta(days=3)
    signed_in("front-desk").post(
        f"/requests/{request.pk}/follow-up/",
        {"at": "10:30", "day": day.isoformat(), "words": "Flowers"},
    )
    planned = Request.objects.exclude(pk=request.pk).get()
    local = hotel.local(planned.due_at)
    assert (local.date(), local.strftime("%H:%M"), planned.words) == (day, "10:30", "Flowers")


def test_a_follow_up_needs_a_time(asked, signed_in):
    request = asked()
    answer = signed_in("front-desk").post(f"/requests/{request.pk}/follow-up/", {"words": "x"})
    assert answer.status_code == 422
    assert "Say when." in answer.content.decode()


def test_flowers_on_friday_from_the_new_request_page(signed_in, hotel, now):
    day = hotel.local(now).date() + timedelta(days=4)
    client = signed_in("concierge")
    client.post(
        "/requests/new/",
        {"room": "412", "words": "flowers", "at": "09:00", "day": day.isoformat()},
    )
    flowers = Request.objects.get()
    assert (flowers.status, hotel.local(flowers.due_at).date()) == ("scheduled", day)
    refused = client.post("/requests/new/", {"room": "412", "words": "flowers", "day": str(day)})
    assert refused.status_code == 422
    client.post("/requests/new/", {"room": "412", "words": "check on the guest", "minutes": "60"})
    check = Request.objects.exclude(pk=flowers.pk).get()
    assert abs(check.due_at - timezone.now() - 60 * MINUTE) < 5 * MINUTE
    assert not Promise.objects.filter(request=check).exists()
