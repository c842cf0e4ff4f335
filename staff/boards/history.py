"""A request's events and a message's delivery, in words for colleagues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app import reasons
from requests_app.models import IncomingPicture, Message, Outgoing, Property, RequestEvent
from requests_app.models.messages import Channel, Delivery
from requests_app.models.promises import By
from requests_app.reading.catalogue import desk_name, service_name
from requests_app.states import EventKind, Whom

UNSENT = {Outgoing.State.DUE, Outgoing.State.UNCERTAIN}


def moment(hotel: Property, at: datetime, now: datetime) -> str:
    """ "18:40" today, "Sat 21 Nov 18:40" on another day."""
    local = hotel.local(at)
    if local.date() == hotel.local(now).date():
        return f"{local:%H:%M}"
    return f"{date_format(local, 'D j M')} {local:%H:%M}"


def event_words(event: RequestEvent, hotel: Property, now: datetime) -> str:
    """What happened, and its reason; who and when stand beside it."""
    language = get_language() or "en"
    data: dict[str, Any] = event.data or {}
    words = str(EventKind(event.kind).label)
    if event.kind == EventKind.TRANSFERRED and "to" in data:
        words = _("Handed over to %(desk)s") % {"desk": desk_name(data["to"], language)}
    elif event.kind == EventKind.SORTED and "service" in data:
        words = _("Sorted: %(service)s") % {"service": service_name(data["service"], language)}
    elif event.kind == EventKind.PROMISED and "to" in data:
        due = moment(hotel, datetime.fromisoformat(data["to"]), now)
        words = _("Promise moved to %(time)s") % {"time": due}
    elif event.kind == EventKind.HELD and data.get("until"):
        until = moment(hotel, datetime.fromisoformat(data["until"]), now)
        words = _("On hold until %(time)s") % {"time": until}
    elif event.kind == EventKind.MOVED and "to" in data:
        words = _("Guest moved from %(old)s to %(new)s") % {"old": data["from"], "new": data["to"]}
    elif event.kind == EventKind.IDENTIFIED and "room" in data:
        words = _("It is the guest of %(room)s") % {"room": data["room"]}
    elif event.kind == EventKind.WARNED and "whom" in data:
        words = _("Warned: %(whom)s, %(how)s") % {
            "whom": Whom(data["whom"]).label,
            "how": By(data["by"]).label,
        }
    elif event.kind == EventKind.PLANNED and "at" in data:
        at = moment(hotel, datetime.fromisoformat(data["at"]), now)
        words = _("Planned for %(time)s") % {"time": at}
    if event.kind == EventKind.DONE and data.get("beyond"):
        words = _("Done, and beyond: %(what)s") % {"what": data["beyond"]}
    said_elsewhere = {EventKind.REPLIED, EventKind.NOTED, EventKind.HEARD}
    if event.reason and event.kind not in said_elsewhere:
        words = f"{words}: {event.reason}"
    return words


def actor_of(event: RequestEvent) -> str:
    if event.person is not None:
        return event.person.short_name
    return str(RequestEvent.By(event.by).label)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said, as the conversation shows it."""

    message: Message
    side: str
    """ "guest", "us" or "note"."""
    at: str
    channel: str
    by: str
    delivery: str
    failed: bool
    can_send_again: bool
    waiting_to_be_known: bool
    pictures: list[tuple[IncomingPicture, str]]
    """Each with why it could not be had."""


def lines_of(messages: Iterable[Message], hotel: Property, now: datetime) -> list[Line]:
    return [line_of(message, hotel, now) for message in messages]


def line_of(message: Message, hotel: Property, now: datetime) -> Line:
    way = message.direction
    side = {Message.Direction.IN: "guest", Message.Direction.OUT: "us"}.get(
        Message.Direction(way), "note"
    )
    outgoing: Outgoing | None = getattr(message, "outgoing", None)
    by = ""
    if side == "us":
        by = _("sent by itself") if message.automatic else ""
    if message.author is not None:
        by = message.author.short_name
    known = message.channel in Channel.values
    return Line(
        message=message,
        side=side,
        at=moment(hotel, message.at, now),
        channel=str(Channel(message.channel).label) if known and side != "note" else "",
        by=by,
        delivery=_delivery(message, outgoing) if side == "us" else "",
        failed=message.delivery in {Delivery.FAILED, Delivery.UNDELIVERED},
        can_send_again=outgoing is not None and outgoing.state == Outgoing.State.PARKED,
        waiting_to_be_known=message.held and message.understood_at is None,
        pictures=[(picture, reasons.why(picture.reason)) for picture in message.pictures.all()]
        if message.media
        else [],
    )


def _delivery(message: Message, outgoing: Outgoing | None) -> str:
    if not message.delivery:
        return ""
    words = str(Delivery(message.delivery).label)
    why = reasons.why(outgoing.reason if outgoing is not None else "", message.error_code)
    if message.delivery in {Delivery.FAILED, Delivery.UNDELIVERED} and why:
        return f"{words}: {why}"
    if outgoing is not None and outgoing.state in UNSENT and outgoing.attempts:
        tried = _("%(state)s, tried %(n)s times") % {"state": words, "n": outgoing.attempts}
        return f"{tried}: {why}" if why else tried
    return words
