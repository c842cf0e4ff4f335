"""One request of the demo's past: from the guest's words to done, confirmed, rated, thanked for."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from requests_app.actions import messages, praise, requests, timing
from requests_app.actions.answers import rate
from requests_app.actions.journal import By
from requests_app.actions.opening import Wanted, open_requests
from requests_app.models import Contact, Desk, Message, Promise, Property, Request, Service, Stay
from requests_app.models.messages import Channel
from requests_app.wording import (
    how_did_we_do,
    language_of,
    thank_you_for_rating,
    thank_you_for_telling,
    understood,
    whom_to_thank,
)
from staff.models import Person

MINUTE = timedelta(minutes=1)
CHANNELS = (
    *(Channel.SMS,) * 8,
    *(Channel.WEB,) * 7,
    *(Channel.TELEPHONE,) * 3,
    *(Channel.COUNTER,) * 2,
)
"""As often as guests use them."""

WORTH_ASKING = 3
"""A rating above it is followed by the question whom to thank."""


@cache
def texts() -> dict[str, Any]:
    with Path(__file__).with_name("demo_history.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(slots=True)
class Fortnight:
    """What making it needs at hand."""

    hotel: Property
    now: datetime
    days: int
    chance: random.Random
    stays: list[Stay] = field(default_factory=list)
    services: dict[str, Service] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    team: dict[str, list[Person]] = field(default_factory=dict)
    """The people of each desk, without those who only look."""
    contacts: dict[int, Contact] = field(default_factory=dict)
    """By guest."""
    used: dict[int, int] = field(default_factory=dict)
    """How often each text of praise was."""

    def likely(self, probability: float) -> bool:
        return self.chance.random() < probability

    def stay_at(self, at: datetime) -> Stay:
        return self.chance.choice([s for s in self.stays if s.arrived_at <= at < s.leaves_at])

    def minutes(self, low: float, high: float) -> timedelta:
        return timedelta(seconds=round(self.chance.uniform(low, high) * 60))

    def on(self, desk: str) -> Person:
        return self.chance.choice(self.team[desk])


def one_request(fortnight: Fortnight, at: datetime) -> None:
    chance = fortnight.chance
    asked = texts()["asked"]
    thing = chance.choices(asked, [entry["often"] for entry in asked])[0]
    stay = fortnight.stay_at(at)
    language = stay.guest.language if stay.guest.language in thing else "en"
    service = fortnight.services[thing["service"]]
    words = chance.choice(thing[language])
    channel = chance.choice(CHANNELS)
    if channel == Channel.SMS and not stay.guest.telephone:
        channel = Channel.WEB
    wanted = Wanted(
        desk=service.desk,
        service=service,
        quantity=chance.choice(thing["quantity"]) if "quantity" in thing else None,
        words=words if channel != Channel.COUNTER else "",
    )
    request = ask(fortnight, stay, wanted, channel=channel, at=at)
    _do(fortnight, request, thing, at=at)


def ask(fortnight: Fortnight, stay: Stay, wanted: Wanted, *, channel: str, at: datetime) -> Request:
    """Open it as this channel does, with the text and our answer where it came by text."""
    hotel, chance = fortnight.hotel, fortnight.chance
    contact = cause = by = None
    browser = ""
    if channel == Channel.SMS:
        contact = _contact(fortnight, stay)
        cause = hear(contact, wanted.words, at=at)
    elif channel == Channel.WEB:
        browser = f"{chance.getrandbits(128):032x}"
    else:
        by = fortnight.on("front-desk")
    (request,) = open_requests(
        hotel,
        [wanted],
        channel=channel,
        at=at,
        room=stay.room,
        stay=stay,
        contact=contact,
        browser=browser,
        language=stay.guest.language,
        cause=cause,
        by=by,
    )
    if contact is not None:
        with language_of(contact.language, hotel) as language:
            reply = understood(hotel, [request], now=at, language=language)
        messages.text_to(
            contact, text=reply, by=None, at=at + timedelta(seconds=2), request=request
        )
    return request


def _contact(fortnight: Fortnight, stay: Stay) -> Contact:
    guest = stay.guest
    if guest.pk not in fortnight.contacts:
        fortnight.contacts[guest.pk], _made = Contact.objects.get_or_create(
            property=fortnight.hotel,
            address=guest.telephone,
            defaults={"stay": stay, "language": guest.language},
        )
    return fortnight.contacts[guest.pk]


def hear(contact: Contact, words: str, *, at: datetime, request: Request | None = None) -> Message:
    return Message.objects.create(
        property_id=contact.property_id,
        contact=contact,
        stay_id=contact.stay_id,
        request=request,
        direction=Message.Direction.IN,
        channel=Channel.SMS,
        body=words,
        language=contact.language,
        intent="answer" if words.isdigit() else "request",
        at=at,
        understood_at=at,
    )


def _do(fortnight: Fortnight, request: Request, thing: dict[str, Any], *, at: datetime) -> None:
    """Taken, done and confirmed; mostly in time, sometimes late, now and then twice."""
    desk = request.desk.slug
    who = fortnight.on(desk)
    # As if it were open: what is asked out of hours would otherwise be done tomorrow.
    usual = fortnight.services[thing["service"]]
    allowed = min((request.due_at - at) / MINUTE, usual.complete_minutes)
    respond = min((request.respond_by - at) / MINUTE, usual.respond_minutes)
    accepted_at = at + fortnight.minutes(0.4, max(1.5, respond * 0.9))
    late = fortnight.likely(0.07)
    done_at = max(
        accepted_at + fortnight.minutes(1.5, 4),
        at + fortnight.minutes(allowed * 1.1, allowed * 1.6)
        if late
        else at + fortnight.minutes(allowed * 0.25, allowed * 0.92),
    )
    requests.accept_request(request, by=who, at=accepted_at)
    if fortnight.likely(0.6):
        requests.start_request(request, by=who, at=accepted_at + (done_at - accepted_at) * 0.3)
    if request.due_at < done_at:
        _late(request)
    again = fortnight.likely(0.025)
    _finish(fortnight, request, who, thing, at=done_at)
    if again:
        again_at = done_at + fortnight.minutes(4, 9)
        request = requests.reopen_request(request, at=again_at, reason="2")
        requests.accept_request(request, by=who, at=again_at + fortnight.minutes(0.5, 3))
        done_at = again_at + fortnight.minutes(5, 11)
        _finish(fortnight, request, who, thing, at=done_at)
    _afterwards(fortnight, request, at=done_at)


def _late(request: Request) -> None:
    promise = Promise.objects.get(request=request, replaced_at=None)
    timing.miss_promise(promise, at=promise.due_at + timedelta(seconds=1))
    request.refresh_from_db(fields=["version", "sequence"])


def _finish(
    fortnight: Fortnight, request: Request, who: Person, thing: dict[str, Any], *, at: datetime
) -> None:
    chance = fortnight.chance
    others = [p for p in fortnight.team[request.desk.slug] if p.pk != who.pk]
    helpers = [chance.choice(others)] if others and fortnight.likely(0.22) else []
    beyond = thing.get("beyond", [])
    requests.finish_request(
        request,
        by=who,
        at=at,
        helpers=helpers,
        what=chance.choice(thing["what"]),
        beyond=chance.choice(beyond) if beyond and fortnight.likely(0.3) else "",
    )


def _afterwards(fortnight: Fortnight, request: Request, *, at: datetime) -> None:
    """The guest answers, rates and perhaps thanks; or keeps silent, which confirms as well."""
    contact = request.contact
    silent_at = at + timedelta(minutes=fortnight.hotel.confirm_after_minutes)
    answered_at = at + fortnight.minutes(1, 14)
    if answered_at > fortnight.now - 2 * MINUTE or not fortnight.likely(0.6):
        confirmed_at = min(silent_at, fortnight.now - MINUTE)
        requests.confirm_request(request, at=confirmed_at, actor=By.CLOCK)
        return
    if contact is not None:
        hear(contact, "1", at=answered_at, request=request)
    requests.confirm_request(request, at=answered_at)
    _say(request, how_did_we_do, at=answered_at)
    if not fortnight.likely(0.45):
        return
    score = fortnight.chance.choices([5, 4, 3, 2], [64, 26, 8, 2])[0]
    rated_at = answered_at + MINUTE
    if contact is not None:
        hear(contact, str(score), at=rated_at, request=request)
    rate(request, score=score, at=rated_at)
    if score > WORTH_ASKING:
        names = [person.first_name for person in praise.people_who_did(request)]
        _say(request, lambda: whom_to_thank(names), at=rated_at)
    else:
        _say(request, lambda: thank_you_for_rating(score), at=rated_at)
    if score == 2:
        _put_right(fortnight, request, at=rated_at)
    if score == 5 and fortnight.likely(0.2):
        thank(fortnight, request, at=rated_at + 2 * MINUTE)


def _say(request: Request, words: Callable[[], str], *, at: datetime) -> None:
    """What the hotel answers by itself, in the guest's language; on a room's page nothing."""
    if request.contact is not None:
        with language_of(request.language, request.property):
            text = words()
        after = at + timedelta(seconds=2)
        messages.text_to(request.contact, text=text, by=None, at=after, request=request)


def _put_right(fortnight: Fortnight, request: Request, *, at: datetime) -> None:
    card = Request.objects.get(
        property=fortnight.hotel, kind=Request.Kind.COMPLAINT, created_at=at, stay=request.stay
    )
    settle_complaint(fortnight, card, "Telephoned and apologised; tried again, all is well now")


def settle_complaint(fortnight: Fortnight, card: Request, what: str) -> None:
    who, at = fortnight.on("front-desk"), card.created_at
    requests.accept_request(card, by=who, at=at + fortnight.minutes(1, 4))
    done_at = at + fortnight.minutes(8, 14)
    requests.finish_request(card, by=who, at=done_at, what=what)
    requests.confirm_request(card, at=done_at + 60 * MINUTE, actor=By.CLOCK)


def thank(fortnight: Fortnight, request: Request, *, at: datetime) -> None:
    """In words that fit, and that nobody has used yet where that is possible."""
    did = praise.people_who_did(request)
    service = request.service.slug if request.service else ""
    fitting = [
        entry
        for entry in texts()["praise"]
        if entry.get("people", 1) <= len(did) and service in entry.get("of", [service])
    ]
    pool = [e for e in fitting if request.language in e] or [e for e in fitting if "en" in e]
    least = min(fortnight.used.get(id(entry), 0) for entry in pool)
    entry = fortnight.chance.choice([e for e in pool if fortnight.used.get(id(e), 0) == least])
    fortnight.used[id(entry)] = least + 1
    language = request.language if request.language in entry else "en"
    words = entry[language].format(a=did[0].first_name, b=did[-1].first_name)
    contact = request.contact
    praise.commend(
        fortnight.hotel,
        words=words,
        at=at,
        channel=request.channel,
        language=language,
        request=request,
        stay=request.stay,
        message=hear(contact, words, at=at, request=request) if contact else None,
        offered=did,
        chosen=[] if contact else did[: entry.get("people", 1)],
    )
    _say(request, thank_you_for_telling, at=at)
