"""What is done from a board: one tap each, with its event, its answer and its refusals."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from requests_app import fragments
from requests_app.actions import requests
from requests_app.models import Message, Outgoing, Promise, Property, Request, TaughtWord
from tests.boards.conftest import as_it_is, events
from tests.conftest import EMILY, STRANGER

SCRIPT = {"HX-Request": "true"}


def tap(client, request: Request, slug: str, **data):
    return client.post(f"/requests/{request.pk}/{slug}/", data, headers=SCRIPT)


def sentence(response) -> str:
    found = re.search(r"data-sentence>(.*?)</p>", response.content.decode())
    return found[1] if found else ""


def test_accepting_answers_with_the_card_as_it_is_now(asked, signed_in, person):
    request = asked()
    response = tap(signed_in("housekeeping"), request, "accept", version=request.version)
    now = as_it_is(request)
    assert (response.status_code, now.status, now.holder) == (
        200,
        "accepted",
        person("housekeeping"),
    )
    assert response.content.decode() == fragments.card(now, "en")
    assert events(now) == [("created", ""), ("accepted", "housekeeping")]


def test_a_second_tap_of_the_same_person_is_no_error_and_changes_nothing(asked, signed_in):
    request = asked()
    client = signed_in("housekeeping")
    first = tap(client, request, "accept", version=request.version)
    second = tap(client, request, "accept", version=request.version)
    assert (second.status_code, second.content) == (200, first.content)
    assert events(request) == [("created", ""), ("accepted", "housekeeping")]


def test_who_comes_second_reads_who_has_it_and_sees_the_card_as_it_is(asked, signed_in):
    request = asked()
    tap(signed_in("housekeeping"), request, "accept", version=request.version)
    late = tap(signed_in("maria.santos"), request, "accept", version=request.version)
    assert (late.status_code, sentence(late)) == (409, "Aino L. has this already.")
    assert fragments.card(as_it_is(request), "en") in late.content.decode()


def test_starting_takes_it_in_the_same_breath(asked, signed_in):
    request = asked()
    assert tap(signed_in("housekeeping"), request, "start", version=1).status_code == 200
    assert as_it_is(request).status == "in_progress"
    assert [kind for kind, _who in events(request)] == ["created", "accepted", "started"]


def test_nobody_starts_what_a_colleague_has(asked, signed_in):
    request = asked()
    tap(signed_in("housekeeping"), request, "accept")
    refused = tap(signed_in("maria.santos"), request, "start")
    assert (refused.status_code, sentence(refused)) == (409, "Aino L. has this already.")


def test_a_stale_card_is_refused_and_answered_as_it_is_now(asked, signed_in):
    request = asked()
    tap(signed_in("housekeeping"), request, "note", text="Extra large", submission=uuid4())
    stale = tap(signed_in("maria.santos"), request, "accept", version=request.version)
    assert stale.status_code == 409
    assert sentence(stale) == "This has changed meanwhile. Here it is as it is now."
    assert "Extra large" in stale.content.decode()


def test_a_move_that_is_not_allowed_is_refused(asked, signed_in):
    request = asked()
    client = signed_in("housekeeping")
    tap(client, request, "done", what="Brought")
    refused = tap(client, request, "start")
    assert (refused.status_code, as_it_is(request).status) == (409, "done")


def test_holding_needs_a_reason_and_keeps_a_time_to_look_again(asked, signed_in):
    request = asked()
    client = signed_in("housekeeping")
    assert tap(client, request, "hold", reason=" ", minutes=30).status_code == 422
    assert tap(client, request, "hold", quick="Waiting for a part", minutes=30).status_code == 200
    held = as_it_is(request)
    assert (held.status, held.hold_reason) == ("on_hold", "Waiting for a part")
    assert timedelta(minutes=29) < held.hold_until - timezone.now() <= timedelta(minutes=30)
    assert events(request)[-1] == ("held", "housekeeping")


def test_handing_over_makes_it_new_on_the_other_desk(asked, signed_in, desk):
    request = asked()
    client = signed_in("housekeeping")
    tap(client, request, "accept")
    assert tap(client, request, "transfer", desk="bell", reason="On their way").status_code == 200
    now = as_it_is(request)
    assert (now.desk, now.status, now.holder) == (desk("bell"), "new", None)
    assert tap(client, request, "transfer", desk="nowhere").status_code == 422


def test_a_desk_releases_its_own_and_a_supervisor_anybodys(asked, signed_in):
    request = asked()
    tap(signed_in("housekeeping"), request, "accept")
    refused = tap(signed_in("maria.santos"), request, "release")
    assert (refused.status_code, sentence(refused)) == (403, "This is for somebody else to decide.")
    assert tap(signed_in("supervisor"), request, "release").status_code == 200
    assert as_it_is(request).status == "new"


def test_a_desk_cancels_its_own_and_a_supervisor_anybodys(asked, signed_in):
    request = asked()
    tap(signed_in("housekeeping"), request, "accept")
    assert tap(signed_in("maria.santos"), request, "cancel", reason="Twice").status_code == 403
    assert tap(signed_in("supervisor"), request, "cancel", reason=" ").status_code == 422
    assert tap(signed_in("supervisor"), request, "cancel", reason="Twice").status_code == 200
    now = as_it_is(request)
    assert (now.status, events(now)[-1]) == ("cancelled", ("cancelled", "supervisor"))


def test_done_means_logged(asked, signed_in, person):
    request = asked()
    client = signed_in("housekeeping")
    helper = person("maria.santos")
    form = client.get(f"/requests/{request.pk}/done/", headers=SCRIPT).content.decode()
    assert form.index("Maria S.") < form.index("Somebody else") < form.index("Tomasz N.")
    done = tap(
        client, request, "done", what="Brought", beyond="A hot-water bottle", helpers=[helper.pk]
    )
    log = request.fulfilments.get()
    assert done.status_code == 200
    assert (log.by, list(log.helpers.all()), log.what, log.beyond) == (
        person("housekeeping"), [helper], "Brought", "A hot-water bottle",
    )  # fmt: skip
    assert tap(client, request, "done", what="Brought").status_code == 200
    assert request.fulfilments.count() == 1


def test_who_finishes_what_another_took_is_asked_whether_they_helped(asked, signed_in, person):
    request, maria = asked(), person("maria.santos")
    tap(signed_in("maria.santos"), request, "accept")
    client = signed_in("housekeeping")
    form = client.get(f"/requests/{request.pk}/done/", headers=SCRIPT).content.decode()
    assert f'value="{maria.pk}" checked' in form
    tap(client, request, "done", helpers=[maria.pk])
    now = as_it_is(request)
    assert (now.holder, now.fulfilments.get().by) == (person("housekeeping"),) * 2


def test_a_guest_who_says_not_yet_at_the_counter_gets_the_same_request_again(asked, signed_in):
    request = asked()
    client = signed_in("housekeeping")
    tap(client, request, "done")
    assert tap(client, request, "reopen", reason="One is missing").status_code == 200
    now = as_it_is(request)
    assert (now.status, now.reworked, events(now)[-1]) == ("new", 1, ("reopened", "housekeeping"))


def test_a_reply_is_sent_once_however_often_the_form_is(text, signed_in):
    request = text(EMILY, "2 towels please").caused.get()
    client, form = signed_in("housekeeping"), {"text": "On my way!", "submission": uuid4()}
    assert tap(client, request, "reply", **form).status_code == 200
    assert tap(client, request, "reply", **form).status_code == 200
    said = Message.objects.filter(request=request, author__isnull=False)
    assert [(m.body, m.automatic, m.delivery) for m in said] == [("On my way!", False, "waiting")]


def test_who_said_stop_is_not_texted_and_the_words_are_not_lost(text, signed_in):
    request = text(EMILY, "2 towels please").caused.get()
    text(EMILY, "STOP")
    refused = tap(signed_in("housekeeping"), request, "reply", text="Coming", submission=uuid4())
    assert refused.status_code == 409
    assert sentence(refused).startswith("This guest asked for no more texts.")
    assert "No texts: STOP" in refused.content.decode()


def test_a_note_is_shown_on_the_card_and_never_sent(text, signed_in):
    request = text(EMILY, "2 towels please").caused.get()
    answered = tap(
        signed_in("housekeeping"), request, "note", text="Knock twice", submission=uuid4()
    )
    assert "Knock twice" in answered.content.decode()
    note = Message.objects.get(request=request, direction="note")
    assert (note.body, Outgoing.objects.filter(message=note).count()) == ("Knock twice", 0)


def test_a_moved_promise_is_kept_in_the_ledger_and_told_to_the_guest(text, signed_in, hotel):
    request = text(EMILY, "2 towels please").caused.get()
    old = request.due_at
    client = signed_in("housekeeping")
    assert tap(client, request, "promise", minutes=60).status_code == 422
    moved = tap(client, request, "promise", minutes=60, reason="Many requests", version=1)
    now = as_it_is(request)
    assert (moved.status_code, now.due_at > old) == (200, True)
    ledger = Promise.objects.filter(request=request).order_by("made_at")
    assert [(p.due_at, p.replaced_at is None, p.reason) for p in ledger] == [
        (old, False, ""), (now.due_at, True, "Many requests"),
    ]  # fmt: skip
    told = Message.objects.filter(request=request, direction="out").latest("pk")
    assert f"{hotel.local(now.due_at):%H:%M}" in told.body
    again = tap(client, request, "promise", minutes=60, reason="Many requests", version=1)
    assert (again.status_code, ledger.count()) == (200, 2)


def test_a_time_that_has_passed_cannot_be_promised(asked, signed_in):
    request = asked()
    answered = tap(signed_in("housekeeping"), request, "promise", minutes=-5, reason="Late")
    assert answered.status_code == 422
    assert as_it_is(request).due_at == request.due_at


def test_sorting_takes_one_tap_and_teaches_only_when_asked_to(text, signed_in, service):
    message = text(EMILY, "the frobnicator is glurping")
    request = message.caused.get()
    client = signed_in("front-desk")
    url = f"/requests/{request.pk}/sort/?service=television"
    assert client.post(url, {"version": request.version}, headers=SCRIPT).status_code == 200
    now = as_it_is(request)
    assert (now.kind, now.service, now.desk.slug) == (
        "service",
        service("television"),
        "engineering",
    )
    assert TaughtWord.objects.count() == 0
    again = text(EMILY, "my frobnicator again").caused.get()
    tap(client, again, "sort", service="television", teach="on", word="frobnicator")
    taught = TaughtWord.objects.get()
    assert (taught.word, taught.service.slug) == ("frobnicator", "television")
    assert text(EMILY, "frobnicator").caused.get().service == service("television")


def test_whose_number_it_is_is_told_in_one_tap_and_the_kept_words_are_read(text, signed_in, hotel):
    card = text(STRANGER, "2 towels please") and Request.objects.get(kind="unknown_guest")
    client = signed_in("front-desk")
    stay = hotel.stays.get(room__number="305", departed_at=None)
    form = client.get(f"/requests/{card.pk}/settle/", headers=SCRIPT).content.decode()
    assert f'value="{stay.pk}"' in form
    assert tap(client, card, "settle", stay=stay.pk).status_code == 200
    opened = Request.objects.get(kind="service")
    assert (opened.room_now.number, opened.service.slug, opened.quantity) == ("305", "towels", 2)
    assert as_it_is(card).status == "cancelled"


def test_a_parked_text_is_sent_again_with_one_tap(text, signed_in, now):
    from requests_app.actions import delivery

    request = text(EMILY, "2 towels please").caused.get()
    outgoing = Outgoing.objects.get(message__request=request)
    delivery.park(outgoing, reason="No such number", code="21211")
    client = signed_in("front-desk")
    assert "A text did not arrive" in fragments.card(as_it_is(request), "en")
    page = client.get(f"/requests/{request.pk}/").content.decode()
    assert "No such number" in page
    answered = client.post(f"/messages/{outgoing.message_id}/send-again/", headers=SCRIPT)
    outgoing.refresh_from_db()
    assert (answered.status_code, outgoing.state) == (204, "due")
    assert "A text did not arrive" not in fragments.card(as_it_is(request), "en")


@pytest.mark.parametrize(
    "slug", ["accept", "start", "done", "hold", "transfer", "release", "reply", "note", "promise",
             "sort", "settle", "reopen", "cancel"],
)  # fmt: skip
def test_another_hotels_request_is_not_found(elsewhere, signed_in, slug):
    client = signed_in("admin")
    assert client.get(f"/requests/{elsewhere.pk}/{slug}/").status_code == 404
    assert tap(client, elsewhere, slug, reason="x", text="x").status_code == 404
    assert events(elsewhere) == [("created", "")]


def test_what_nobody_can_do_is_not_found(asked, signed_in):
    assert tap(signed_in("admin"), asked(), "explode").status_code == 404


def test_without_javascript_a_form_leads_back_to_where_it_was(asked, signed_in):
    request = asked()
    client = signed_in("housekeeping")
    way = {"next": "/boards/housekeeping/"}
    done = client.post(f"/requests/{request.pk}/accept/", way | {"version": 1})
    assert (done.status_code, done["Location"]) == (302, "/boards/housekeeping/")
    away = client.post(f"/requests/{request.pk}/start/", {"next": "https://evil.example/"})
    assert away["Location"] == f"/requests/{request.pk}/"
    page = client.get(f"/requests/{request.pk}/hold/?next=/boards/all/").content.decode()
    assert "<!doctype html>" in page
    assert 'name="next" value="/boards/all/"' in page


def test_without_javascript_a_refusal_is_a_page_with_the_card_as_it_is_now(asked, signed_in):
    request = asked()
    tap(signed_in("housekeeping"), request, "accept")
    refused = signed_in("maria.santos").post(f"/requests/{request.pk}/accept/", {"version": 1})
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Aino L. has this already." in page
    assert fragments.card(as_it_is(request), "en") in page


def test_nobody_acts_without_signing_in(asked, client):
    request = asked()
    refused = client.post(f"/requests/{request.pk}/accept/")
    assert (refused.status_code, refused["Location"].startswith("/sign-in/")) == (302, True)
    assert as_it_is(request).status == "new"


def test_every_form_opens_in_a_dialog_and_as_a_page(text, signed_in, hotel: Property):
    request = text(EMILY, "the frobnicator is glurping").caused.get()
    stranger = text(STRANGER, "hello?") and Request.objects.get(kind="unknown_guest")
    client = signed_in("front-desk")
    for slug in ["done", "hold", "transfer", "reply", "note", "promise", "sort", "cancel"]:
        for headers in ({}, SCRIPT):
            assert client.get(f"/requests/{request.pk}/{slug}/", headers=headers).status_code == 200
    assert client.get(f"/requests/{stranger.pk}/settle/").status_code == 200


def test_what_cannot_be_done_now_is_not_asked_about(asked, signed_in):
    request = asked()
    client = signed_in("housekeeping")
    for slug in ("reopen", "release", "settle"):
        refused = client.get(f"/requests/{request.pk}/{slug}/", headers=SCRIPT)
        assert (refused.status_code, sentence(refused)) == (
            409,
            "That is not possible now: the request is new.",
        )
    assert client.get(f"/requests/{request.pk}/reopen/").status_code == 409


BEFORE: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "accept": (), "start": (), "done": (), "hold": (), "transfer": (), "promise": (), "sort": (),
    "cancel": (),
    "release": (("accept", {}),),
    "reopen": (("done", {}),),
}  # fmt: skip
FILLED = {
    "hold": {"reason": "Asleep"}, "transfer": {"desk": "bell"}, "sort": {"service": "pillow"},
    "promise": {"minutes": "60", "reason": "Busy"}, "cancel": {"reason": "Twice"},
}  # fmt: skip


@pytest.mark.parametrize("slug", BEFORE)
def test_a_stale_page_is_refused_with_the_card_as_it_is_now(asked, signed_in, slug):
    request = asked()
    client = signed_in("supervisor")
    for earlier, form in BEFORE[slug]:
        assert tap(client, request, earlier, **form).status_code == 200
    stale = as_it_is(request).version
    # Somebody else has changed it meanwhile; its status is what it was.
    colleague = signed_in("housekeeping")
    assert tap(colleague, request, "note", text="x", submission=uuid4()).status_code == 200
    Request.objects.filter(pk=request.pk).update(version=stale + 5)
    before = as_it_is(request)
    refused = tap(client, request, slug, version=stale, **FILLED.get(slug, {}))
    now = as_it_is(request)
    assert (refused.status_code, now.version, now.status) == (409, stale + 5, before.status)
    assert fragments.card(now, "en") in refused.content.decode()


@pytest.mark.parametrize("slug", ["release", "reopen"])
def test_what_is_new_is_neither_released_nor_reopened(asked, signed_in, slug):
    request = asked()
    client = signed_in("housekeeping")
    for version in ({"version": 1}, {"version": 0}, {}):
        assert tap(client, request, slug, **version).status_code == 409
    assert events(request) == [("created", "")]


@pytest.mark.parametrize("slug", BEFORE)
def test_a_second_tap_on_the_same_card_is_no_error_whatever_was_tapped(asked, signed_in, slug):
    request = asked()
    client = signed_in("supervisor")
    for earlier, form in BEFORE[slug]:
        tap(client, request, earlier, **form)
    seen = as_it_is(request).version
    answers = [
        tap(client, request, slug, version=seen, **FILLED.get(slug, {})).status_code
        for _tap in range(2)
    ]
    assert answers == [200, 200]
    assert len({kind for kind, _who in events(request)}) == len(events(request))


def test_a_cancelled_request_says_why_in_its_conversation(asked, signed_in):
    request = asked()
    client = signed_in("housekeeping")
    tap(client, request, "cancel", quick="Asked twice")
    page = client.get(f"/requests/{request.pk}/").content.decode()
    assert re.search(r'Cancelled: <span dir="auto">Asked twice</span></p>', page)


def test_not_yet_is_never_the_button_that_stands_out(asked, signed_in):
    request = asked()
    tap(signed_in("housekeeping"), request, "done")
    requests.confirm_request(as_it_is(request), at=timezone.now())
    assert "primary" not in fragments.card(as_it_is(request), "en")
    page = signed_in("housekeeping").get(f"/requests/{request.pk}/").content.decode()
    assert 'class="button small primary"' not in page
