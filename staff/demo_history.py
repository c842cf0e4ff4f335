"""A fortnight of the demo hotel: who stayed, what they asked for, who did it, how it went.

Made through the real actions with past times, so that every rule holds of it; the same seed and
time give the same fortnight. Texts are in demo_history.toml.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from requests_app.actions import messages, praise, requests
from requests_app.actions.answers import rate
from requests_app.actions.journal import By, change
from requests_app.actions.opening import Wanted, open_requests
from requests_app.models import (
    Contact,
    Desk,
    Message,
    Outgoing,
    Promise,
    Property,
    Request,
    Room,
    Service,
    Stay,
)
from requests_app.models.messages import Awaiting, Channel, Delivery
from requests_app.states import Status
from requests_app.wording import (
    how_did_we_do,
    language_of,
    thank_you_for_rating,
    thank_you_for_telling,
    understood,
    whom_to_thank,
)
from staff import demo_stays, demo_today
from staff.models import Person, Role

DAYS = 14
A_DAY = (25, 38)
"""Requests of one day, from and to."""

BUSY_HOURS = (
    7,
    7,
    8,
    8,
    8,
    9,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    17,
    18,
    18,
    19,
    19,
    20,
    21,
    22,
    23,
)
CHANNELS = (
    (Channel.SMS,) * 8 + (Channel.WEB,) * 7 + (Channel.TELEPHONE,) * 3 + (Channel.COUNTER,) * 2
)
MINUTE = timedelta(minutes=1)
WORTH_ASKING = 3
"""A rating above it is followed by the question whom to thank."""


@cache
def texts() -> dict[str, Any]:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(slots=True)
class Fortnight:
    """What making it needs at hand."""

    hotel: Property
    now: datetime
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


def make_history(hotel: Property, *, now: datetime, seed: int = 1925) -> None:
    """Fill the hotel as make_hotel left it. Everything that was to be sent is sent; what is open is
    today's. ``now`` is UTC."""
    with change():
        fortnight = _prepare(hotel, now, random.Random(seed))
        asked_at = sorted(_moments(fortnight))
        for at in asked_at:
            _one_request(fortnight, at)
        _complaints(fortnight)
        _thanks_of_today(fortnight)
        _praise_without_request(fortnight)
        _manager_reads(fortnight)
        demo_stays.depart(fortnight.stays, now=now)
        demo_today.open_now(hotel, texts()["now"], now=now, chance=fortnight.chance)
        _all_sent(hotel)


def _prepare(hotel: Property, now: datetime, chance: random.Random) -> Fortnight:
    stays = demo_stays.make_stays(hotel, texts()["names"], now=now, days=DAYS, chance=chance)
    desks = {desk.slug: desk for desk in Desk.objects.filter(property=hotel)}
    workers = Person.objects.filter(
        property=hotel, is_active=True, role__in=[Role.DESK, Role.SUPERVISOR]
    ).prefetch_related("desks")
    team: dict[str, list[Person]] = {slug: [] for slug in desks}
    for person in workers.order_by("pk"):
        for desk in person.desks.all():
            if person.role == Role.DESK or desk.slug == "front-desk":
                team[desk.slug].append(person)
    return Fortnight(
        hotel=hotel,
        now=now,
        chance=chance,
        stays=stays,
        services={s.slug: s for s in Service.objects.filter(property=hotel).select_related("desk")},
        desks=desks,
        team=team,
    )


def _moments(fortnight: Fortnight) -> list[datetime]:
    """When something was asked: more in the mornings and evenings. Today's are over by now."""
    hotel, now, chance = fortnight.hotel, fortnight.now, fortnight.chance
    latest = now - 75 * MINUTE
    moments: list[datetime] = []
    today = hotel.local(now).date()
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        for _n in range(chance.randint(*A_DAY)):
            at = datetime.combine(
                day, time(chance.choice(BUSY_HOURS), chance.randrange(60)), hotel.zone
            ).astimezone(UTC) + timedelta(seconds=chance.randrange(60))
            if at < latest and at > now - timedelta(days=DAYS):
                moments.append(at)
    # However early it is, today has begun: something was done in the last hours.
    return moments + [latest - fortnight.minutes(1, 240) for _n in range(12)]


def _one_request(fortnight: Fortnight, at: datetime) -> None:
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
    allowed = (request.due_at - at) / MINUTE
    respond = (request.respond_by - at) / MINUTE
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
    requests.miss_promise(promise, at=promise.due_at + timedelta(seconds=1))
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
        _thank(fortnight, request, at=rated_at + 2 * MINUTE)


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
    _settle_complaint(fortnight, card, "Telephoned and apologised; tried again, all is well now")


def _settle_complaint(fortnight: Fortnight, card: Request, what: str) -> None:
    who, at = fortnight.on("front-desk"), card.created_at
    requests.accept_request(card, by=who, at=at + fortnight.minutes(1, 4))
    done_at = at + fortnight.minutes(8, 14)
    requests.finish_request(card, by=who, at=done_at, what=what)
    requests.confirm_request(card, at=done_at + 60 * MINUTE, actor=By.CLOCK)


def _thank(fortnight: Fortnight, request: Request, *, at: datetime) -> None:
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


def _thanks_of_today(fortnight: Fortnight) -> None:
    """Two guests have just said thank you: something new waits for the manager."""
    pleased = Request.objects.filter(
        property=fortnight.hotel,
        status=Status.CONFIRMED,
        kind=Request.Kind.SERVICE,
        language="en",
        reworked=0,
        commendations=None,
    )
    for minutes, request in zip((21, 9), pleased.order_by("-done_at")[:2], strict=True):
        at = fortnight.now - minutes * MINUTE
        _thank(fortnight, request, at=max(at, (request.done_at or at) + MINUTE))


def _complaints(fortnight: Fortnight) -> None:
    for back, entry in zip((12, 9, 6, 4, 1), texts()["complaints"], strict=True):
        at = fortnight.now - timedelta(days=back) + fortnight.minutes(-120, 120)
        language = next(code for code in entry if code != "what")
        wanted = Wanted(
            desk=fortnight.desks["front-desk"],
            kind=Request.Kind.COMPLAINT,
            words=entry[language],
            complaint=True,
        )
        stay = fortnight.stay_at(at)
        card = ask(fortnight, stay, wanted, channel=Channel.WEB, at=at)
        _settle_complaint(fortnight, card, entry["what"])


def _praise_without_request(fortnight: Fortnight) -> None:
    """A first name that two people share, and somebody without a name: both wait for the manager."""
    for words, minutes in (
        (texts()["praise_open"]["en"], 38),
        (texts()["praise_open"]["nobody"], 60 * 26),
    ):
        at = fortnight.now - timedelta(minutes=minutes)
        stay = fortnight.stay_at(at)
        praise.commend(
            fortnight.hotel, words=words, at=at, channel=Channel.WEB, language="en", stay=stay
        )


def _manager_reads(fortnight: Fortnight) -> None:
    """What is older than yesterday evening was read; most of it was passed on, some of it seen."""
    manager = Person.objects.filter(property=fortnight.hotel, role=Role.MANAGER).first()
    assert manager is not None
    chance, seen = fortnight.chance, fortnight.now - timedelta(days=2)
    received: Sequence[Any] = list(fortnight.hotel.commendations.order_by("at", "pk"))
    for commendation in received[:-4]:
        if commendation.open_names:
            continue
        at = min(commendation.at + fortnight.minutes(60, 700), fortnight.now - 5 * MINUTE)
        praise.acknowledge(commendation, by=manager, at=at)
        if commendation.people.exists() and fortnight.likely(0.8):
            note = chance.choice(texts()["notes"])
            praise.pass_on(commendation, note=note, by=manager, at=at + MINUTE)
    for person in Person.objects.filter(property=fortnight.hotel).order_by("pk"):
        if fortnight.likely(0.75):
            praise.see_thanks(person, at=seen)


def _all_sent(hotel: Property) -> None:
    """Nothing of the past is sent again: no guest of this fortnight ever existed."""
    waiting = Message.objects.filter(property=hotel, outgoing__state=Outgoing.State.DUE)
    ids = list(waiting.values_list("pk", flat=True))
    Outgoing.objects.filter(message__in=waiting).update(state=Outgoing.State.SENT, attempts=1)
    Message.objects.filter(pk__in=ids).update(delivery=Delivery.DELIVERED)
    done = Request.objects.filter(property=hotel, status=Status.DONE)
    asked = Contact.objects.filter(property=hotel, awaiting=Awaiting.ARRIVED)
    asked.exclude(awaiting_request__in=done).update(
        awaiting=Awaiting.NOTHING, awaiting_request=None, asked_at=None
    )
