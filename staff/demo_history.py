"""A fortnight of the demo hotel: who stayed, what they asked for, who did it, how it went.

Made through the real actions with past times, so that every rule holds of it; the same seed and
time give the same fortnight. Texts are in demo_history.toml.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from requests_app import queries
from requests_app.actions import praise
from requests_app.actions.journal import change
from requests_app.actions.opening import Wanted
from requests_app.models import Contact, Desk, Message, Outgoing, Property, Request, Service
from requests_app.models.messages import Awaiting, Channel, Delivery
from requests_app.states import Status
from staff import demo_stays, demo_today
from staff.demo_requests import (
    MINUTE,
    Fortnight,
    ask,
    one_request,
    settle_complaint,
    texts,
    thank,
)
from staff.models import Person, Role

DAYS = 14
A_DAY = (25, 38)
"""Requests of one day, from and to."""

BUSY_HOURS = (7, 8, 8, 8, 9, 9, 10, 11, 12, 13, 14, 15, 16, 17, 17, 18, 18, 19, 19, 20, 21, 22, 23)


def make_history(hotel: Property, *, now: datetime, days: int = DAYS, seed: int = 1925) -> None:
    """Fill the hotel as make_hotel left it. Everything that was to be sent is sent; what is open is
    today's. ``now`` is UTC. Two ``days`` are the least."""
    with change():
        fortnight = _prepare(hotel, now, days, random.Random(seed))
        asked_at = sorted(_moments(fortnight))
        for at in asked_at:
            one_request(fortnight, at)
        _complaints(fortnight)
        _thanks_of_today(fortnight)
        _praise_without_request(fortnight)
        _manager_reads(fortnight)
        demo_stays.depart(fortnight.stays, now=now)
        demo_today.open_now(hotel, texts()["now"], now=now, chance=fortnight.chance)
        _forget_whose_number(fortnight)
        _all_sent(hotel)


def _prepare(hotel: Property, now: datetime, days: int, chance: random.Random) -> Fortnight:
    stays = demo_stays.make_stays(hotel, texts()["names"], now=now, days=days, chance=chance)
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
        days=days,
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
    for back in range(fortnight.days, -1, -1):
        day = today - timedelta(days=back)
        for _n in range(chance.randint(*A_DAY)):
            at = datetime.combine(
                day, time(chance.choice(BUSY_HOURS), chance.randrange(60)), hotel.zone
            ).astimezone(UTC) + timedelta(seconds=chance.randrange(60))
            if at < latest and at > now - timedelta(days=fortnight.days):
                moments.append(at)
    # However early it is, today has begun: something was done in the last hours.
    return moments + [latest - fortnight.minutes(1, 240) for _n in range(12)]


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
        thank(fortnight, request, at=max(at, (request.done_at or at) + MINUTE))


def _complaints(fortnight: Fortnight) -> None:
    for place, entry in enumerate(texts()["complaints"]):
        back = 1 + place * (fortnight.days - 2) / 4
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
        settle_complaint(fortnight, card, entry["what"])


def _forget_whose_number(fortnight: Fortnight) -> None:
    """The Morgans share a number and were last asked long ago: today they are asked again."""
    for contact in Contact.objects.filter(property=fortnight.hotel):
        if len(queries.stays_by_telephone(contact, fortnight.now)) > 1:
            contact.stay, contact.room_said_at = None, None
            contact.awaiting, contact.awaiting_request = Awaiting.NOTHING, None
            contact.save()


def _praise_without_request(fortnight: Fortnight) -> None:
    """A first name that two people share, and somebody without a name: for the manager."""
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
    if manager is None:
        return
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
    passed_on = fortnight.hotel.commendations.exclude(passed_on_at=None)
    latest = passed_on.order_by("-passed_on_at").first()
    still_to_see = set(latest.people.values_list("person", flat=True)) if latest else set()
    for person in Person.objects.filter(property=fortnight.hotel).order_by("pk"):
        if person.pk not in still_to_see and fortnight.likely(0.75):
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
