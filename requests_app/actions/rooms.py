"""Rooms of a hotel: added by their numbers, renamed, and taken away while nobody has used them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from requests_app.actions.journal import change, house_changed, touch
from requests_app.errors import Missing, RequestError
from requests_app.models import Property, Request, Room

LONGEST_NUMBER: Final = 12
AT_ONCE: Final = 2_000
"""Rooms that one form adds: more is a slip of the finger, such as 1-99999."""

_RANGE: Final = re.compile(r"(\d+)\s*[-–]\s*(\d+)")


def room_numbers(words: str) -> list[str]:
    """ "101-103, 201, Suite A" → ["101", "102", "103", "201", "Suite A"], each once.

    Raises Missing, with a sentence, where that is no list of rooms.
    """
    numbers: dict[str, None] = {}
    for piece in re.split(r"[,;\n]", words):
        name = " ".join(piece.split())
        if span := _RANGE.fullmatch(name):
            first, last = int(span[1]), int(span[2])
            if not 0 <= last - first < AT_ONCE:
                raise Missing(_("“%(words)s” is not a row of rooms.") % {"words": name})
            width = len(span[1])
            numbers.update(dict.fromkeys(f"{n:0{width}}" for n in range(first, last + 1)))
        elif name:
            numbers[name] = None
    for name in numbers:
        if len(name) > LONGEST_NUMBER:
            raise Missing(
                _("“%(words)s” is too long: at most %(n)d characters.")
                % {"words": name, "n": LONGEST_NUMBER}
            )
    if not numbers:
        raise Missing(_("Write at least one room number."))
    if len(numbers) > AT_ONCE:
        raise Missing(_("That is more than %(n)d rooms at once.") % {"n": AT_ONCE})
    return list(numbers)


def floor_of(number: str) -> str:
    """ "412" is on the fourth floor, "1204" on the twelfth; what is no such number is on none."""
    return number[:-2] if number.isdecimal() and len(number) > 2 else ""


def add_rooms(hotel: Property, *, numbers: Iterable[str]) -> int:
    """Those that are not there yet, each with a code of its own. Returns how many were added."""
    with change():
        house_changed(hotel.pk)  # locks the hotel: two who add the same rooms add them once
        there = set(Room.objects.filter(property=hotel).values_list("number", flat=True))
        new = [number for number in dict.fromkeys(numbers) if number not in there]
        Room.objects.bulk_create(
            Room(property=hotel, number=number, floor=floor_of(number)) for number in new
        )
    return len(new)


def rename_room(room: Room, *, number: str) -> Room:
    """Its code, its guests and its requests stay; boards show the new number at once."""
    number = " ".join(number.split())
    if not number:
        raise Missing(_("Write at least one room number."))
    with change():
        house_changed(room.property_id)
        others = Room.objects.filter(property_id=room.property_id).exclude(pk=room.pk)
        if others.filter(number=number).exists():
            raise RequestError(_("There is a room %(number)s already.") % {"number": number})
        room.number, room.floor = number, floor_of(number)
        room.save(update_fields=["number", "floor"])
        asked_here = Q(room=room) | Q(stay__room=room)
        shown = Request.objects.filter(asked_here, property_id=room.property_id).on_board()
        touch(shown, property_id=room.property_id)
    return room


def remove_room(room: Room) -> None:
    """Typed by mistake: nobody has stayed there and nothing was asked for. Raises RequestError."""
    try:
        with change():
            room.delete()
            house_changed(room.property_id)
    except ProtectedError as used:
        raise RequestError(
            _("Room %(number)s has a history and stays. Renew its code to close its page.")
            % {"number": room.number}
        ) from used
