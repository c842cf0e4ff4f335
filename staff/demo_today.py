"""What is on the demo hotel's boards when somebody opens them: every lane, and every oddity."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from requests_app import queries
from requests_app.actions import incoming, requests, timing
from requests_app.actions.opening import Wanted, open_requests
from requests_app.incoming import IncomingMessage
from requests_app.models import Desk, Promise, Property, Request, Service, Stay
from requests_app.models.messages import Channel
from staff.models import Person

MINUTE = timedelta(minutes=1)


def open_now(
    hotel: Property, entries: list[dict[str, Any]], *, now: datetime, chance: random.Random
) -> None:
    """Guests with a telephone text, as texts come; the others ask at the counter or on the page."""
    hotel.refresh_from_db()
    stays = Stay.objects.in_house(now).filter(property=hotel).select_related("guest", "room")
    by_room = {stay.room.number: stay for stay in stays}
    others = [s for s in stays.order_by("room__number") if not s.guest.telephone]
    chance.shuffle(others)
    next_stay = iter(others)
    for entry in entries:
        at = now - entry["ago"] * MINUTE
        if "text" in entry:
            found = _text(hotel, entry, at=at)
        else:
            stay = by_room[entry["room"]] if "room" in entry else next(next_stay)
            found = iter([_asked(hotel, stay, entry, at=at, chance=chance)])
        for request in found:
            _as_far_as(hotel, request, entry, at=at, now=now)


def _text(hotel: Property, entry: dict[str, Any], *, at: datetime) -> Iterator[Request]:
    """The same path as a carrier's webhook, at a time that has passed."""
    message = incoming.receive_text(
        IncomingMessage(
            external_id=f"DEMO{uuid.uuid4().hex}",
            sender=entry["text"],
            recipient=hotel.text_number,
            body=entry["words"],
            channel=Channel.SMS,
            received_at=at,
        )
    )
    if message is None:
        return iter(())
    incoming.understand_or_leave(message, now=at)
    return iter(queries.cards(Request.objects.filter(cause=message)))


def _asked(
    hotel: Property, stay: Stay, entry: dict[str, Any], *, at: datetime, chance: random.Random
) -> Request:
    services = Service.objects.filter(property=hotel).select_related("desk")
    service = services.get(slug=entry["service"]) if "service" in entry else None
    front_desk = Desk.objects.get(property=hotel, slug="front-desk")
    suggested = services.get(slug=entry["suggested"]) if "suggested" in entry else None
    wanted = Wanted(
        desk=service.desk if service else front_desk,
        service=service,
        kind=entry.get("kind", Request.Kind.SERVICE),
        quantity=entry.get("quantity"),
        words=entry["words"],
        note=entry.get("note", ""),
        urgent="urgent" in entry,
        urgent_words=entry.get("urgent", ""),
        complaint=entry.get("kind") == Request.Kind.COMPLAINT,
        suggested=suggested,
    )
    on_page = entry["channel"] == Channel.WEB
    clerk = Person.objects.get(property=hotel, email="front-desk@demo.example")
    (request,) = open_requests(
        hotel,
        [wanted],
        channel=entry["channel"],
        at=at,
        room=stay.room,
        stay=stay,
        browser=f"{chance.getrandbits(128):032x}" if on_page else "",
        language=stay.guest.language,
        by=None if on_page else clerk,
    )
    return request


def _as_far_as(
    hotel: Property, request: Request, entry: dict[str, Any], *, at: datetime, now: datetime
) -> None:
    state = entry["state"]
    if state == "late":
        promise = Promise.objects.get(request=request, replaced_at=None)
        timing.miss_promise(promise, at=promise.due_at + timedelta(seconds=1))
    if "by" not in entry:
        return
    who = Person.objects.get(property=hotel, email=f"{entry['by']}@demo.example")
    requests.accept_request(request, by=who, at=at + 2 * MINUTE)
    if state == "started":
        requests.start_request(request, by=who, at=at + 4 * MINUTE)
    if state == "hold":
        until = now + entry["until"] * MINUTE
        timing.move_promise(
            request, due_at=until, by=who, at=at + 5 * MINUTE, reason=entry["reason"]
        )
        requests.hold_request(
            request, by=who, at=at + 5 * MINUTE, reason=entry["reason"], until=until
        )
    if state == "done":
        helpers = Person.objects.filter(
            property=hotel, email=f"{entry.get('helper', '')}@demo.example"
        )
        requests.finish_request(
            request,
            by=who,
            at=at + 9 * MINUTE,
            helpers=helpers,
            what=entry["what"],
            beyond=entry.get("beyond", ""),
        )
