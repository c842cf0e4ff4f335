"""What boards, timelines and pages read. Owns every select_related; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone

from requests_app.models import (
    Commendation,
    Contact,
    Message,
    Property,
    Request,
    Service,
    Stay,
    TaughtWord,
)
from requests_app.reading import Setting, StaffName

if TYPE_CHECKING:
    from staff.models import Person

CARD_RELATIONS = ("desk", "service", "suggested", "room", "room_now", "stay__guest", "holder", "contact")
"""Everything a card shows, in one query."""


# --- sequences ---------------------------------------------------------------------------------


def head_sequence(property_id: int) -> int:
    return Property.objects.values_list("sequence", flat=True).get(pk=property_id)


def head_sequences(property_ids: Iterable[int]) -> dict[int, int]:
    rows = Property.objects.filter(pk__in=list(property_ids)).values_list("pk", "sequence")
    return dict(rows)


def cards(requests: QuerySet[Request]) -> QuerySet[Request]:
    """With all that a card shows."""
    return requests.select_related(*CARD_RELATIONS)


def requests_changed(property_id: int, after: int, until: int) -> list[Request]:
    return list(
        cards(
            Request.objects.filter(property_id=property_id, sequence__gt=after, sequence__lte=until)
        )
    )


def commendations_changed(property_id: int, after: int, until: int) -> list[Commendation]:
    return list(
        Commendation.objects.filter(
            property_id=property_id, sequence__gt=after, sequence__lte=until
        ).order_by("at", "pk")
    )


def still_signed_in(pairs: set[tuple[int | None, str | None]]) -> set[tuple[int | None, str | None]]:
    """Of (person id, session key) pairs, those whose person works here and whose session lives."""
    people = set(
        get_user_model()
        .objects.filter(pk__in={person for person, _ in pairs}, is_active=True)
        .values_list("pk", flat=True)
    )
    keys = set(
        Session.objects.filter(
            pk__in={key for _, key in pairs if key}, expire_date__gt=timezone.now()
        ).values_list("pk", flat=True)
    )
    return {(person, key) for person, key in pairs if person in people and key in keys}


# --- boards ------------------------------------------------------------------------------------


def board_keys(property_id: int, desk_id: int | None) -> list[tuple[int, int]]:
    """(request id, sequence) of every card of a board, in the order in which they are shown.

    An urgent request is on every board until it is done, whichever desk has it.
    """
    requests = Request.objects.filter(property_id=property_id).on_board()
    if desk_id is not None:
        requests = requests.filter(Q(desk_id=desk_id) | (Q(urgent=True) & ~Q(status="done")))
    return list(requests.most_urgent_first().values_list("pk", "sequence"))


def requests_by_id(ids: Iterable[int]) -> dict[int, Request]:
    return {r.pk: r for r in cards(Request.objects.filter(pk__in=list(ids)))}


def desk_counts(property_id: int, at: datetime) -> dict[int, tuple[int, int]]:
    """For each desk id: how many requests are open, and how many of these are late."""
    counts: dict[int, tuple[int, int]] = {}
    rows = (
        Request.objects.filter(property_id=property_id)
        .on_board()
        .exclude(status="done")
        .values_list("desk_id", "due_at", "status")
    )
    for desk_id, due_at, status in rows:
        open_now, late = counts.get(desk_id, (0, 0))
        counts[desk_id] = (open_now + 1, late + (due_at < at and status != "scheduled"))
    return counts


def conversation(request: Request) -> QuerySet[Message]:
    """Everything said on any channel by and to the guest of this request, oldest first."""
    whose = Q(request=request) | Q(pk=request.cause_id or 0)
    if request.stay_id is not None:
        whose |= Q(stay_id=request.stay_id)
    elif request.contact_id is not None:
        whose |= Q(contact_id=request.contact_id, stay=None)
    elif request.browser:
        whose |= Q(browser=request.browser)
    return (
        Message.objects.filter(whose, property_id=request.property_id)
        .select_related("author", "outgoing", "contact")
        .order_by("at", "pk")
    )


# --- guests ------------------------------------------------------------------------------------


def stays_of(contact: Contact, at: datetime) -> list[Stay]:
    """The stays in the house that may be behind a number: the one it was settled to, or by telephone."""
    found = list(
        Stay.objects.in_house(at)
        .filter(
            Q(pk=contact.stay_id or 0)
            | Q(guest__telephone=contact.address, property_id=contact.property_id)
        )
        .select_related("guest", "room")
    )
    settled = [stay for stay in found if stay.pk == contact.stay_id]
    return settled or found


def stay_in_room(room_id: int, at: datetime) -> Stay | None:
    """Who is in the room now; the latest to arrive where two overlap."""
    return (
        Stay.objects.in_house(at)
        .filter(room_id=room_id)
        .select_related("guest", "room")
        .order_by("-arrived_at")
        .first()
    )


def requests_of_browser(property_id: int, room_id: int, browser: str) -> QuerySet[Request]:
    """What this browser asked for from this room, newest first; of anyone else's, nothing."""
    if not browser:
        return Request.objects.none()
    return cards(
        Request.objects.filter(browser=browser, property_id=property_id, room_id=room_id)
    ).order_by("-created_at", "-pk")


# --- the reading's setting ---------------------------------------------------------------------


def staff_names(hotel: Property) -> tuple[StaffName, ...]:
    people = get_user_model().objects.filter(property=hotel, is_active=True)
    return tuple(
        StaffName(pk, first, last, tuple(nicknames))
        for pk, first, last, nicknames in people.values_list(
            "pk", "first_name", "last_name", "nicknames"
        )
    )


def reading_setting(hotel: Property, *, now: datetime, language: str | None = None) -> Setting:
    """What the reading must know of this hotel; ``now`` is UTC. Three queries: see ``house``."""
    return Setting(
        now=hotel.local(now),
        language=language or None,
        languages=tuple(hotel.languages),
        services=frozenset(
            Service.objects.filter(property=hotel, active=True).values_list("slug", flat=True)
        ),
        taught=tuple(
            TaughtWord.objects.filter(property=hotel).values_list(
                "language", "word", "service__slug"
            )
        ),
        staff=staff_names(hotel),
    )


def team(hotel: Property) -> list[Person]:
    """Who works here, by name."""
    return list(get_user_model().objects.filter(property=hotel, is_active=True))


def is_on_board(request: Request, desk_id: int | None) -> bool:
    """Whether a board shows this request: the same rule as ``board_keys``, for one row."""
    if request.closed_at is not None:
        return False
    return (
        desk_id is None
        or request.desk_id == desk_id
        or (request.urgent and request.status != "done")
    )
