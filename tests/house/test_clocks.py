"""Times, opening hours, the ladder and who is on duty: set in seconds, tried before it is on."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from requests_app import clock
from requests_app.actions import requests
from requests_app.actions.journal import fresh
from requests_app.actions.opening import Wanted, open_requests
from requests_app.ladder import rung_of
from requests_app.models import (
    Desk,
    EscalationStep,
    Message,
    Notice,
    OnDuty,
    Property,
    Service,
)
from requests_app.promises import whole_minutes
from requests_app.replay import try_steps
from tests.conftest import EMILY

MINUTE = timedelta(minutes=1)


def test_all_minutes_are_changed_in_one_form(signed_in, hotel, service):
    supervisor = signed_in("supervisor")
    page = supervisor.get("/house/times/")
    assert page.status_code == 200
    form = {}
    for one in Service.objects.filter(property=hotel):
        form[f"respond-{one.pk}"], form[f"complete-{one.pk}"] = (
            one.respond_minutes,
            one.complete_minutes,
        )
    towels = service("towels")
    form[f"complete-{towels.pk}"] = 12
    before = hotel.house_version
    assert supervisor.post("/house/times/", form).status_code == 302
    assert service("towels").complete_minutes == 12
    hotel.refresh_from_db()
    assert hotel.house_version == before + 1
    form[f"complete-{towels.pk}"] = 2
    refused = supervisor.post("/house/times/", form)
    assert refused.status_code == 409
    assert "cannot be done before somebody has answered" in refused.content.decode()
    assert service("towels").complete_minutes == 12


def test_opening_hours_are_lines_of_days_and_times(signed_in, service):
    ice = service("ice")
    supervisor = signed_in("supervisor")
    address = f"/house/hours/service/{ice.pk}/"
    line = {"row0-days": ["0", "1", "2"], "row0-opens": "07:00", "row0-closes": "23:00"}
    assert supervisor.post(address, line).status_code == 302
    assert service("ice").hours == [{"days": [0, 1, 2], "opens": "07:00", "closes": "23:00"}]
    assert "Mon–Wed 07:00–23:00" in supervisor.get("/house/times/").content.decode()
    half = supervisor.post(address, {"row0-days": ["0"], "row0-opens": "07:00"})
    assert half.status_code == 422
    assert "Say on which days, from when and until when." in half.content.decode()
    assert supervisor.post(address, {}).status_code == 302
    assert service("ice").hours == []


def test_the_guest_is_told_the_true_time_of_what_is_closed(hotel, text, now):
    Service.objects.filter(property=hotel, slug="breakfast").update(
        hours=[{"days": list(range(7)), "opens": "07:00", "closes": "23:00"}]
    )
    tonight = hotel.local(now) + timedelta(days=1)
    text(EMILY, "breakfast please", at=tonight.replace(hour=3, minute=3))
    said = Message.objects.get(direction="out").body
    complete = Service.objects.get(property=hotel, slug="breakfast").complete_minutes
    assert said == f"Breakfast for room 207: In-room dining, from 07:00, by 07:{complete:02}."


def test_steps_are_drafts_until_they_are_switched_on(signed_in, hotel):
    supervisor = signed_in("supervisor")
    form = {
        "amount": "7", "unit": "before", "anchor": "promise", "whom": "desk", "by": "email",
    }  # fmt: skip
    assert supervisor.post("/house/warnings/new/", form).status_code == 302
    step = EscalationStep.objects.get(active=False)
    assert (step.minutes, step.percent, step.whom, step.by) == (-7, None, "desk", "email")
    page = supervisor.get("/house/warnings/").content.decode()
    assert "7 min before the promised time" in page
    supervisor.post(f"/house/warnings/{step.pk}/switch/", {"active": "1"})
    step.refresh_from_db()
    assert step.active
    changed = form | {"amount": "60", "unit": "share"}
    assert supervisor.post(f"/house/warnings/{step.pk}/", changed).status_code == 302
    assert not EscalationStep.objects.filter(pk=step.pk).exists()
    share = EscalationStep.objects.get(active=False)
    assert (share.minutes, share.percent) == (None, 60)
    supervisor.post("/house/warnings/drafts/on/")
    assert not EscalationStep.objects.filter(active=False).exists()
    supervisor.post(f"/house/warnings/{share.pk}/remove/")
    assert not EscalationStep.objects.filter(pk=share.pk).exists()


def test_a_step_that_warned_somebody_is_kept_for_the_record(signed_in, hotel, desk):
    what = Service.objects.select_related("desk").get(property=hotel, slug="towels")
    at = timezone.now() - 20 * MINUTE
    hotel.refresh_from_db()
    (request,) = open_requests(
        hotel, [Wanted(desk=what.desk, service=what)], channel="counter", at=at
    )
    clock.tick(at + 6 * MINUTE)
    step = request.alerts.get().step
    signed_in("supervisor").post(f"/house/warnings/{step.pk}/remove/")
    step.refresh_from_db()
    assert (step.active, step.removed_at is None) == (False, False)
    assert "at the time by which somebody must have it" not in (
        signed_in("supervisor").get("/house/warnings/").content.decode()
    )


def test_who_is_on_duty_and_how_they_are_rung(signed_in, hotel, person):
    manager = signed_in("manager")
    bell, admin = person("bell"), person("admin")
    form = {
        "person0": bell.pk, "person1": admin.pk, "safety_minutes": "4", "ring_tries": "3",
    }  # fmt: skip
    assert manager.post("/house/duty/", form).status_code == 302
    assert [turn.person for turn in OnDuty.objects.filter(property=hotel)] == [bell, admin]
    hotel.refresh_from_db()
    assert (hotel.safety_minutes, hotel.ring_tries) == (4, 3)
    assert "Joonas Mäkelä has no telephone here" in manager.get("/house/duty/").content.decode()


@pytest.mark.parametrize("address", ["times", "warnings", "warnings/try", "duty"])
def test_the_pages_are_for_those_who_keep_house(signed_in, address):
    assert signed_in("bell").get(f"/house/{address}/").status_code == 403
    assert signed_in("supervisor").get(f"/house/{address}/").status_code == 200


def test_another_hotels_steps_and_hours_are_not_found(signed_in, hotel):
    other = Property.objects.create(slug="other", name="Other", text_number="+12025550101")
    desk = Desk.objects.create(property=other, slug="front-desk")
    step = EscalationStep.objects.create(property=other, minutes=1, whom="desk")
    supervisor = signed_in("supervisor")
    assert supervisor.get(f"/house/hours/desk/{desk.pk}/").status_code == 404
    assert supervisor.get(f"/house/warnings/{step.pk}/").status_code == 404
    assert supervisor.post(f"/house/warnings/{step.pk}/switch/").status_code == 404


def test_a_telephone_is_kept_as_it_is_dialled_abroad(signed_in, person):
    client = signed_in("bell")
    bad = client.post("/account/", {"language": "en", "telephone": "12"})
    assert bad.status_code == 422
    client.post("/account/", {"language": "en", "telephone": "(202) 555-0190"})
    assert person("bell").telephone == "+12025550190"


# --- tried on what has been ---------------------------------------------------------------------


def test_what_a_trial_counts_is_what_the_clock_would_have_done(hotel, person):
    """The same ladder over the same history, once lived and once replayed."""
    hotel.refresh_from_db()
    start = timezone.now() - timedelta(hours=8)
    housekeeper = person("housekeeping")
    for n, slug in enumerate(["towels", "pillow", "taxi", "wifi", "towels", "noise"]):
        at = start + n * 7 * MINUTE
        what = Service.objects.select_related("desk").get(property=hotel, slug=slug)
        (request,) = open_requests(
            hotel, [Wanted(desk=what.desk, service=what, urgent=n == 5)], channel="counter", at=at
        )
        for minute in range(120):
            clock.tick(at + minute * MINUTE)
            if n % 2 == 0 and minute == 6:
                requests.accept_request(fresh(request), by=housekeeper, at=at + minute * MINUTE)
            if minute == 20 + 15 * n:
                requests.finish_request(fresh(request), by=housekeeper, at=at + minute * MINUTE)
    lived = sorted(
        (a.request_id, a.step_id, a.about_at, a.whom)
        for request in hotel.requests.all()
        for a in request.alerts.all()
        if a.step_id is not None
    )
    steps = list(EscalationStep.objects.filter(property=hotel))
    tried = try_steps(hotel, steps, since=start - MINUTE, until=timezone.now())
    replayed = sorted(
        (w.request_id, w.rung.step_id) for w in tried.warnings if w.rung.step_id is not None
    )
    assert replayed == [(request, step) for request, step, _about, _whom in lived]
    assert len(replayed) > 10
    sent = Notice.objects.count()
    call_command("try_escalation", stdout=StringIO())
    assert Notice.objects.count() == sent


def test_a_trial_says_whom_for_what_how_often_and_at_what_hour(hotel, person, signed_in):
    at = whole_minutes(timezone.now()) - timedelta(days=2)  # so that the promise is 15 minutes
    what = Service.objects.select_related("desk").get(property=hotel, slug="towels")
    hotel.refresh_from_db()
    (request,) = open_requests(
        hotel, [Wanted(desk=what.desk, service=what)], channel="counter", at=at
    )
    aino = person("housekeeping")
    requests.accept_request(request, by=aino, at=at + MINUTE)
    requests.finish_request(request, by=aino, at=at + 14 * MINUTE)
    EscalationStep.objects.update(active=False)
    printed = StringIO()
    call_command("try_escalation", "--drafts", stdout=printed)
    hour = hotel.local(at + 12 * MINUTE).hour
    said = printed.getvalue()
    assert "1 requests, 1 warnings" in said
    assert "Everything: 75 % of the time to the promised time → Whoever has it" in said
    assert "Aino L. 1" in said
    assert "Bath towels 1" in said
    assert f"  {hour:02}     1" in said
    page = signed_in("supervisor").get("/house/warnings/try/?what=drafts").content.decode()
    assert "these steps would have warned 1 times" in page
    step = next(s for s in EscalationStep.objects.all() if s.percent == 75)
    assert rung_of(step).moment(at, request.due_at) > at
