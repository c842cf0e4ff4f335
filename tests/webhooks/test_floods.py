"""Many texts within a minute: nothing understood, urgent or told to the guest is given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet

from requests_app import queries, wording
from requests_app.actions.requests import accept_request, finish_request
from requests_app.models import Message, Outgoing, Promise, Property, Request, RequestEvent
from staff.models import Person
from tests.conftest import EMILY, MORGANS, STRANGER

Text = Callable[..., Message]
Who = Callable[[str], Person]
SECOND = timedelta(seconds=1)

SENSIBLE = [
    "2 towels please",
    "a toothbrush too",
    "the AC is dripping",
    "an iron please",
    "wake me up at 7 tomorrow",
    "a pillow please",
    "slippers please",
    "and a bathrobe",
    "what time is breakfast?",
    "are the eggs from around here, I wonder about that",
]


def services() -> list[str]:
    return [
        r.service.slug if r.service else r.kind
        for r in Request.objects.on_board().select_related("service").order_by("pk")
    ]


def out() -> list[Message]:
    return list(Message.objects.filter(direction="out").order_by("at", "pk"))


def promised() -> QuerySet[Promise]:
    """What stands in the ledger, and the guest was told."""
    return Promise.objects.filter(replaced_at=None, told_at__isnull=False)


def test_sensible_texts_in_a_minute_lose_nothing_that_was_understood(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n, body in enumerate(SENSIBLE):
        text(EMILY, body, at=now + n * 4 * SECOND)
    assert services() == [
        "towels",
        "dental-kit",
        "air-conditioning",
        "iron",
        "wake-up-call",
        "pillow",
        "slippers",
        "many_texts",
    ]
    assert not Request.objects.filter(status="cancelled").exists()
    line = Request.objects.get(kind="many_texts")
    assert (line.desk.slug, line.words) == ("front-desk", "“and a bathrobe” and 2 more texts")
    assert [m.body for m in line.messages.filter(direction="in")] == SENSIBLE[7:]


def test_what_was_to_be_said_goes_in_the_end_and_tells_of_all_that_is_open(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n, body in enumerate(SENSIBLE):
        text(EMILY, body, at=now + n * 4 * SECOND)
    first, second = out()
    assert (first.outgoing.due_at, second.outgoing.due_at) == (now, now + 60 * SECOND)
    with wording.language_of("en", hotel):
        assert second.body.startswith("We have your messages")
    rest = Request.objects.exclude(kind="many_texts").select_related("service").order_by("pk")[1:]
    for request in rest:
        assert request.title_in("en") in second.body
    told = Request.objects.exclude(kind="many_texts")
    assert promised().count() == told.count()


def test_a_reply_that_grows_too_long_still_names_everything(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n, body in enumerate(SENSIBLE[:7]):
        text(EMILY, body, at=now + n * SECOND)
    reply = out()[-1].body
    assert len(reply) <= wording.LIMIT
    assert not reply.endswith("…")
    for request in Request.objects.select_related("service").order_by("pk")[1:]:
        assert request.title_in("en") in reply


@pytest.mark.parametrize("sender", [EMILY, STRANGER])
def test_forty_times_the_same_is_one_card_that_opens_them_all(
    hotel: Property, text: Text, now: datetime, sender: str
) -> None:
    bodies = [f"towel number {n}" for n in range(40)]
    for n, body in enumerate(bodies):
        text(sender, body, at=now + n * SECOND)
    card = Request.objects.on_board().get()
    assert [card.service and card.service.slug, card.kind] == (
        ["towels", "service"] if sender == EMILY else [None, "unknown_guest"]
    )
    assert card.unanswered == 39
    assert [m.body for m in queries.conversation(card) if m.direction == "in"] == bodies
    assert len(out()) == 1
    assert promised().count() == (1 if sender == EMILY else 0)


def test_the_words_of_a_burst_are_used_once_when_its_number_is_known(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n in range(20):
        text(STRANGER, f"towel number {n}", at=now + n * SECOND)
    text(STRANGER, "305 Virtanen", at=now + 21 * SECOND)
    assert services() == ["towels"]
    card = Request.objects.on_board().get()
    assert sum(m.direction == "in" for m in queries.conversation(card)) == 21
    assert "2" not in {m.body for m in out()}


@pytest.mark.parametrize("sender", [EMILY, STRANGER, MORGANS])
@pytest.mark.parametrize("place", [3, 12])
def test_danger_in_a_burst_is_on_top_in_its_own_words_and_answered_at_once(
    hotel: Property, text: Text, now: datetime, sender: str, place: int
) -> None:
    bodies = [f"towel number {n}" for n in range(20)]
    bodies[place] = "there is smoke in the corridor"
    for n, body in enumerate(bodies):
        text(sender, body, at=now + n * SECOND)
    card = Request.objects.on_board().get(urgent=True)
    assert "smoke" in card.urgent_words
    assert "smoke in the corridor" in card.words
    assert card.desk.slug == "front-desk"
    urgent = [m for m in out() if m.intent == "urgent"]
    assert [m.outgoing.due_at for m in urgent] == [now + place * SECOND]
    assert hotel.emergency_number in urgent[0].body


def test_danger_again_marks_the_card_on_top_and_is_answered_once_a_minute(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n in range(10):
        text(EMILY, f"towel number {n}", at=now + n * SECOND)
    text(EMILY, "FIRE", at=now + 11 * SECOND)
    card = Request.objects.on_board().get(urgent=True)
    version = card.version
    text(EMILY, "someone is bleeding", at=now + 12 * SECOND)
    card.refresh_from_db()
    assert (card.urgent_words, card.version, card.unanswered) == ("bleeding, FIRE", version, 1)
    at_once = [m for m in out() if m.outgoing.due_at <= now + 60 * SECOND and m.intent == "urgent"]
    assert len(at_once) == 1


def test_danger_is_answered_however_much_was_said_this_hour(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n in range(14):
        text(EMILY, "2 towels please", at=now + n * 120 * SECOND)
    text(EMILY, "there is a fire", at=now + 1700 * SECOND)
    assert out()[-1].intent == "urgent"


def test_what_is_to_be_sorted_folds_into_the_line_and_keeps_the_time_told(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n in range(12):
        text(EMILY, f"xyzzy plugh grault {n}", at=now + n * SECOND)
    line = Request.objects.on_board().get()
    first = Request.objects.order_by("pk")[0]
    assert (line.kind, line.desk.slug, line.due_at) == ("many_texts", "front-desk", first.due_at)
    assert line.words == "“xyzzy plugh grault 10” and 11 more texts"
    assert len(out()) == 1
    standing = promised().get()
    assert (standing.request, standing.due_at) == (line, first.due_at)


def test_a_flood_opens_a_new_line_when_the_last_one_is_done(
    hotel: Property, text: Text, person: Who, now: datetime
) -> None:
    for n in range(10):
        text(EMILY, f"xyzzy plugh grault {n}", at=now + n * SECOND)
    first = Request.objects.on_board().get()
    finish_request(first, by=person("front-desk"), at=now + 11 * SECOND)
    text(EMILY, "hello?", at=now + 12 * SECOND)
    assert Request.objects.on_board().exclude(status="done").get().pk != first.pk


def test_what_somebody_has_taken_stays_theirs_and_hears_what_is_repeated(
    hotel: Property, text: Text, person: Who, now: datetime
) -> None:
    text(EMILY, "2 towels please", at=now)
    towels = Request.objects.get()
    accept_request(towels, by=person("housekeeping"), at=now + SECOND)
    for n in range(10):
        text(EMILY, "towels please", at=now + (2 + n) * SECOND)
    towels.refresh_from_db()
    assert (towels.status, towels.quantity) == ("accepted", 2)
    assert "many_texts" not in services()


def test_different_wishes_below_the_limit_stay_different(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n, body in enumerate(SENSIBLE[:6]):
        text(EMILY, body, at=now + n * SECOND)
    assert len(services()) == 6


def test_stop_in_a_burst_is_obeyed_and_promises_nothing_that_was_not_told(
    hotel: Property, text: Text, now: datetime
) -> None:
    for n, body in enumerate([*SENSIBLE, "STOP"]):
        text(EMILY, body, at=now + n * SECOND)
    assert (out(), promised().count()) == ([], 0)
    assert RequestEvent.objects.filter(kind="heard", reason="STOP").count() == len(services())
    text(EMILY, "2 blankets please", at=now + 300 * SECOND)
    assert services()[-1] == "blanket"
    assert promised().count() == 0


def test_what_was_sent_before_stop_stays_promised(
    hotel: Property, text: Text, now: datetime
) -> None:
    text(EMILY, "2 towels please", at=now)
    Outgoing.objects.update(state="sent")
    text(EMILY, "an iron please", at=now + SECOND)
    text(EMILY, "STOP", at=now + 2 * SECOND)
    (standing,) = promised().select_related("request__service")
    assert standing.request.title_in("en") == "2 bath towels"


def test_a_question_never_writes_over_a_promise_that_waits(
    hotel: Property, text: Text, now: datetime
) -> None:
    text(MORGANS, "209", at=now - 600 * SECOND)
    text(MORGANS, "an iron please", at=now)
    text(MORGANS, "slippers please", at=now + 10 * SECOND)
    text(MORGANS, "a bathrobe for 208 please", at=now + 20 * SECOND)
    assert "Slippers for room 209" in " ".join(m.body for m in out())
    assert Outgoing.objects.filter(due_at__gt=now).count() == 1
