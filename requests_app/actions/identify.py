"""Whose telephone number is this? Settled by room and surname, by room, or by the front desk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F

from requests_app import queries
from requests_app.actions.journal import By, change, move, take_sequence
from requests_app.actions.opening import Wanted, open_requests
from requests_app.house import House
from requests_app.models import Contact, Message, Request, Room, Stay
from requests_app.models.messages import Awaiting
from requests_app.reading import Intent, Reading
from requests_app.states import EventKind, Status

if TYPE_CHECKING:
    from staff.models import Person

ROOM_REMEMBERED = timedelta(minutes=30)
"""After so long, a number shared by several rooms is asked again which one it is."""

SAME_NAME = 85
"""rapidfuzz ratio (0 to 100) from which a surname is the one in the register, misspelt."""

MOST_WORDS = 20
"""In a longer text, a surname among the words proves nothing: it may list them all."""

NAME_ALONE = 3
"""Words that a name has, first names and all, where it is all that a text says."""

PIECES = 10
"""So many texts are looked through for the other half of an answer."""

BESIDE_A_NAME = frozenset(
    """
    i im am in my name is the we are it s from room number no surname last first hi hello mr mrs
    oda odam odada odadayim odadayiz numara numarali nolu no adim soyadim ismim ben biz merhaba
    huone huoneessa huoneesta numero nimi nimeni sukunimi sukunimeni on olen olemme mina hei moi
    غرفة الغرفة غرفتي رقم اسمي اسم العائلة انا أنا في مرحبا
    """.split()  # noqa: SIM905
)
"""What people write around their room and name, as ``_plain`` leaves it."""

_WORD = re.compile(r"\w+", re.UNICODE)


def _plain(name: str) -> str:
    """Without diacritics and case: Yılmaz, YILMAZ and yilmaz are one name."""
    decomposed = unicodedata.normalize("NFKD", name.replace("ı", "i").replace("ø", "o"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def identify(
    contact: Contact, message: Message, house: House, *, stays: Sequence[Stay], now: datetime
) -> Stay | None:
    """Settle a number to a stay by what its holder wrote; None if that does not settle it.

    With ``stays`` (a number shared by several) the room is enough, since the register already has
    the number. Otherwise room *and* surname must fit, said in one text or in two: a room number
    alone is no proof.
    """
    words = _words(message.body)
    rooms = [house.rooms[w] for w in words if w in house.rooms]
    if stays:
        found = [s for s in stays if s.room_id in {r.pk for r in rooms}]
    else:
        found = _named_in(contact, rooms, [_names_in(words)], now=now)
        if not found:
            earlier = _said_earlier(contact, message, now=now)
            if rooms:
                names = [_names_in(said) for said in earlier if _is_short(said)]
                found = _named_in(contact, rooms, names, now=now)
            elif _is_short(words):
                said = [house.rooms[w] for text in earlier for w in text if w in house.rooms]
                found = _named_in(contact, said[:1], [_names_in(words)], now=now)
    if len(found) != 1:
        return None
    contact.room_said_at = now if len(stays) > 1 else None
    settle(contact, found[0], now=now, actor=By.GUEST)
    return found[0]


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text))


def _names_in(words: Sequence[str]) -> list[str]:
    return [_plain(w) for w in words if not w.isdigit()][:MOST_WORDS]


def _is_short(words: Sequence[str]) -> bool:
    """So little beside "my name is" and a number that it may be a name said by itself."""
    rest = [name for name in _names_in(words) if name not in BESIDE_A_NAME]
    return 0 < len(rest) <= NAME_ALONE


def _said_earlier(contact: Contact, message: Message, *, now: datetime) -> list[list[str]]:
    """The words of what this number wrote in this dialogue and we have kept, the latest first."""
    bodies = (
        Message.objects.filter(
            contact=contact, held=True, understood_at=None, at__gt=now - ROOM_REMEMBERED
        )
        .exclude(pk=message.pk)
        .order_by("-at", "-pk")
        .values_list("body", flat=True)[:PIECES]
    )
    return [_words(body) for body in bodies]


def _named_in(
    contact: Contact, rooms: Sequence[Room], texts: Sequence[list[str]], *, now: datetime
) -> list[Stay]:
    if not rooms or not texts:
        return []
    return [
        stay
        for stay in Stay.objects.in_house(now)
        .filter(property_id=contact.property_id, room__in=rooms)
        .select_related("guest", "room")
        if any(_is_named(stay, names) for names in texts)
    ]


def completes(contact: Contact, message: Message, house: House, *, now: datetime) -> bool:
    """Whether it may be the name to a room said before: then it wants an answer."""
    return _is_short(_words(message.body)) and any(
        w in house.rooms for said in _said_earlier(contact, message, now=now) for w in said
    )


def without_whose(text: str, stay: Stay) -> str:
    """The text without the guest's room number and name, where it says who writes.

    Only where it does: of "207, are there flowers?" written by Mrs Flowers, the flowers stay.
    """
    found = [(word[0], word.start(), word.end()) for word in _WORD.finditer(text)]
    cut: list[tuple[int, int]] = []
    rooms = [place for place, (word, _, _) in enumerate(found) if word == stay.room.number]
    surname = _WORD.findall(_plain(stay.guest.last_name))
    parts = [part for part in surname if len(part) > 1]
    first = set(_WORD.findall(_plain(stay.guest.first_name)))
    exact = [place for place, (word, _, _) in enumerate(found) if _plain(word) in parts]
    near = exact or [
        place for place, (word, _, _) in enumerate(found) if _is_near(_plain(word), parts)
    ]
    if near:
        # Of several, the one beside the room, else the first: it is said once.
        here = min(near, key=lambda place: min((abs(place - r) for r in rooms), default=0))
        last = here
        while last + 1 < len(found) and last + 1 in near:
            last += 1
        while here > 0 and (here - 1 in near or _plain(found[here - 1][0]) in first):
            here -= 1
        cut += [found[place][1:] for place in range(here, last + 1)]
    cut += [found[place][1:] for place in rooms[:1]]
    for start, end in sorted(cut, reverse=True):
        text = text[:start] + text[end:]
    return text.strip(" \t\n.,;:!-–—/")


def _is_near(word: str, parts: Sequence[str]) -> bool:
    from rapidfuzz import fuzz  # when it is needed: it costs start time

    return any(fuzz.ratio(part, word) >= SAME_NAME for part in parts)


def still_meant(
    contact: Contact, text: str, stays: Sequence[Stay], house: House, *, now: datetime
) -> Sequence[Stay]:
    """Whose words a shared number's are: the room said within ROOM_REMEMBERED, unless the text
    names another of theirs; otherwise all of them, and they are asked."""
    if contact.room_said_at is None:
        return stays
    theirs = queries.stays_by_telephone(contact, now)
    if len(theirs) < 2:
        return stays
    words = set(_WORD.findall(unicodedata.normalize("NFKC", text)))
    names_one = any(stay.room.number in words for stay in theirs)
    if names_one or contact.room_said_at < now - ROOM_REMEMBERED:
        return theirs
    return stays


def _is_named(stay: Stay, names: Sequence[str]) -> bool:
    """Whole words only: somebody called Li is not named by "I like it here"."""
    from rapidfuzz import fuzz  # when it is needed: it costs start time

    surname = " ".join(_WORD.findall(_plain(stay.guest.last_name)))
    if not surname:
        return False
    parts = {surname, *(part for part in surname.split() if len(part) > 3)}
    return f" {surname} " in f" {' '.join(names)} " or any(
        fuzz.ratio(part, name) >= SAME_NAME for part in parts for name in names
    )


def names_a_room(text: str, house: House) -> bool:
    """Whether it may be meant as an answer: one of our rooms, or a number as long as theirs."""
    longest = max(map(len, house.rooms), default=0)
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    return any(w in house.rooms or (w.isdigit() and 2 < len(w) <= longest) for w in words)


def only_says_whose(text: str, house: House, reading: Reading, stay: Stay) -> bool:
    """ "305 Virtanen", "oda 412, adım Yılmaz": an answer to our question with no wish beside it."""
    if reading.urgent or reading.intent in {Intent.COMPLAINT, Intent.PRAISE, Intent.QUESTION}:
        return False
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    names = set(_WORD.findall(_plain(f"{stay.guest.first_name} {stay.guest.last_name}")))
    rest = [
        word
        for word in map(_plain, words)
        if not word.isdigit() and word not in names and word not in BESIDE_A_NAME
    ]
    surname = _WORD.findall(_plain(stay.guest.last_name))
    says_it = any(word.isdigit() or _is_near(_plain(word), surname) for word in words)
    # A number or name, and a word or two: a first name, a surname spelt in another way.
    return says_it and len(rest) <= 2


def settle(
    contact: Contact, stay: Stay, *, now: datetime, by: Person | None = None, actor: str = ""
) -> None:
    """This number belongs to this stay; the card that asked who it was is closed."""
    with change():
        contact.stay = stay
        contact.awaiting = Awaiting.NOTHING
        contact.awaiting_request = None
        contact.tries = 0
        contact.language = contact.language or stay.guest.language
        contact.save(
            update_fields=[
                "stay",
                "awaiting",
                "awaiting_request",
                "tries",
                "language",
                "room_said_at",
            ]
        )
        # What was said before anybody knew who it is belongs to the stay's conversation, too.
        Message.objects.filter(
            contact=contact, stay=None, request__kind=Request.Kind.UNKNOWN_GUEST
        ).update(stay=stay)
        for card in queries.cards(
            Request.objects.filter(
                property_id=contact.property_id, contact=contact, kind=Request.Kind.UNKNOWN_GUEST
            ).on_board()
        ):
            move(
                card,
                Status.CANCELLED,
                EventKind.IDENTIFIED,
                at=now,
                by=by,
                actor=actor,
                data={"room": stay.room.number},
                holder=None,
                stay=stay,
                closed_at=now,
                hold_reason="",
            )


def open_unknown_guest(
    contact: Contact, message: Message, house: House, reading: Reading, *, now: datetime
) -> None:
    """One card at the front desk for a number nobody knows, in the guest's own words."""
    card = (
        Request.objects.filter(
            property_id=contact.property_id, contact=contact, kind=Request.Kind.UNKNOWN_GUEST
        )
        .on_board()
        .exclude(status=Status.DONE)
        .first()
    )
    if card is None:
        open_requests(
            contact.property,
            [
                Wanted(
                    desk=house.front_desk,
                    kind=Request.Kind.UNKNOWN_GUEST,
                    words=message.body,
                    urgent=reading.urgent,
                    urgent_words=", ".join(reading.urgent_words),
                )
            ],
            channel=message.channel,
            at=now,
            contact=contact,
            language=reading.language,
            cause=message,
        )
        return
    alarm = ", ".join(word for word in reading.urgent_words if word not in card.urgent_words)
    # Not ``move``: a guest who goes on writing must not make the desk's next tap a stale one.
    Request.objects.filter(pk=card.pk).update(
        unanswered=F("unanswered") + 1,
        words=(f"{message.body}\n{card.words}" if alarm else f"{card.words}\n{message.body}")[
            :2000
        ],
        urgent=card.urgent or reading.urgent,
        urgent_words=", ".join(filter(None, [alarm, card.urgent_words]))[:120],
        sequence=take_sequence(contact.property_id),
    )
