"""The telephones of the demo hotel's guests, and one of a stranger; reads only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from requests_app.models import Message, Notice, Property, Stay
from requests_app.models.messages import Delivery
from requests_app.models.notices import NoticeChannel

STRANGER = "+12025550177"
SHOWN = 60
"""Messages of one phone that are shown, the latest."""
NOTICES_SHOWN = 20

EXAMPLES: dict[str, tuple[str, ...]] = {
    "en": (
        "2 towels and a toothbrush please, and the AC is dripping",
        "Taxi at 7 tomorrow morning",
    ),
    "tr": ("İki havlu ve bir diş fırçası alabilir miyiz?", "Yarın sabah 6'da uyandırır mısınız"),
    "fi": ("Saisinko kaksi pyyhettä?", "Taksi huomenna klo 6, kiitos"),
    "": ("Hi, could we have extra pillows?", "305 Virtanen"),
}
"""What a phone offers to send with one tap, in its guest's language; "" is the stranger's."""


@dataclass(frozen=True, slots=True)
class Phone:
    """``number`` is E.164; ``rooms`` of the stays it belongs to, by the register."""

    number: str
    who: str
    rooms: str
    language: str
    messages: tuple[Message, ...]

    @property
    def key(self) -> str:
        """Fit for an id."""
        return self.number.lstrip("+")

    @property
    def examples(self) -> tuple[str, ...]:
        return EXAMPLES.get(self.language if self.rooms else "", EXAMPLES["en"])


def demo_hotel() -> Property | None:
    """The hotel whose guests can be played; None where real texts could be meant."""
    if settings.TWILIO_AUTH_TOKEN:
        return None
    return Property.objects.filter(is_demo=True).first()


def number_of(written: str) -> str | None:
    """E.164, or None where it is not a telephone number."""
    import phonenumbers  # when it is needed: it costs start time

    try:
        parsed = phonenumbers.parse(written, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def phones(hotel: Property, *, stranger: str, now: datetime) -> list[Phone]:
    """One for each number of the guests in the house, by room; the stranger's last."""
    stays = (
        Stay.objects.in_house(now)
        .filter(property=hotel)
        .exclude(guest__telephone="")
        .select_related("guest", "room")
        .order_by("-room__number")
    )
    by_number: dict[str, list[Stay]] = {}
    for stay in stays:
        by_number.setdefault(stay.guest.telephone, []).append(stay)
    found = [
        Phone(
            number=number,
            who=" · ".join(str(stay.guest) for stay in theirs[::-1]),
            rooms=" / ".join(stay.room.number for stay in theirs[::-1]),
            language=theirs[0].guest.language,
            messages=said_on(hotel, number),
        )
        for number, theirs in by_number.items()
    ]
    if stranger not in by_number:
        found.append(Phone(stranger, "", "", "", said_on(hotel, stranger)))
    return found


def said_on(hotel: Property, number: str) -> tuple[Message, ...]:
    said = Message.objects.filter(
        property=hotel, contact__property=hotel, contact__address=number
    ).exclude(direction=Message.Direction.NOTE)
    return tuple(said.order_by("-at", "-pk")[:SHOWN])[::-1]


def told_to_staff(hotel: Property) -> list[Notice]:
    """What staff were told outside the boards, the latest first."""
    told = Notice.objects.filter(property=hotel).select_related("person")
    return list(told.order_by("-created_at", "-pk")[:NOTICES_SHOWN])


def is_ringing(notice: Notice) -> bool:
    """A call that can be answered: Twilio's "1" is a button here."""
    return notice.channel == NoticeChannel.CALL and notice.delivery in {
        Delivery.QUEUED,
        Delivery.SENT,
    }


def mark(phones_: list[Phone], told: list[Notice]) -> str:
    """Changes whenever something was said, or something we said got further."""
    states = [(m.pk, m.delivery, m.body) for phone in phones_ for m in phone.messages]
    states += [(n.pk, n.delivery, n.text) for n in told]
    return hashlib.sha256(repr(states).encode()).hexdigest()[:16]
