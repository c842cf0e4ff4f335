"""What a desk looks up: the people, rooms and words around one request. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, QuerySet

from requests_app import queries
from requests_app.models import (
    Desk,
    Fulfilment,
    IncomingPicture,
    Photo,
    Promise,
    Property,
    Request,
    RequestEvent,
    Room,
    Service,
    Stay,
)
from requests_app.states import Status

if TYPE_CHECKING:
    from staff.models import Person

RECENTLY = timedelta(days=14)
OFFICE = frozenset({"manager", "administrator"})
"""Roles (``staff.models.Role``) of those who are not sent to a room."""
MOST_NEAR = 6
"""So many colleagues are offered at once; the others behind one more tap."""
FOUND = 12
"""So many of each kind a search shows."""
NEWEST = 3 * FOUND
"""Among so many there are nearly always enough that were not cancelled."""


def request_of(property_id: int, pk: int) -> Request | None:
    """With all that a card shows; None where this hotel has no such request."""
    return queries.cards(Request.objects.filter(property_id=property_id, pk=pk)).first()


def events_of(request: Request) -> QuerySet[RequestEvent]:
    return request.events.select_related("person").order_by("at", "pk")


def promises_of(request: Request) -> QuerySet[Promise]:
    return request.promises.select_related("by", "told_by").order_by("made_at", "pk")


def fulfilments_of(request: Request) -> QuerySet[Fulfilment]:
    return request.fulfilments.select_related("by").prefetch_related("helpers").order_by("at", "pk")


def others_of_stay(request: Request) -> list[Request]:
    """What else the same guest has open."""
    if request.stay_id is None:
        return []
    others = Request.objects.filter(property_id=request.property_id, stay_id=request.stay_id)
    open_now = others.on_board().exclude(pk=request.pk).most_urgent_first()
    return list(queries.cards(open_now)[:20])


def team_for(
    request: Request, *, besides: Person, now: datetime
) -> tuple[list[Person], list[Person]]:
    """Who may have helped: the desk's own and who helped of late; then everybody else.

    The desk's people come first, then who helps most often. Managers, who seldom carry towels, are
    always among the others.
    """
    lately = Q(helped__at__gte=now - RECENTLY)
    people = get_user_model().objects.filter(property_id=request.property_id, is_active=True)
    times = dict(people.annotate(times=Count("helped", filter=lately)).values_list("pk", "times"))
    of_desk = set(people.filter(desks=request.desk_id).values_list("pk", flat=True))
    near: list[Person] = []
    far: list[Person] = []
    for person in people.exclude(pk=besides.pk):
        is_near = person.role not in OFFICE and (times[person.pk] or person.pk in of_desk)
        (near if is_near else far).append(person)
    near.sort(key=lambda p: (p.pk not in of_desk, -times[p.pk]))
    far = [*near[MOST_NEAR:], *sorted(far, key=lambda p: p.role in OFFICE)]
    return near[:MOST_NEAR], far


def services_by_desk(hotel: Property) -> list[tuple[Desk, list[Service]]]:
    """The whole catalogue that is switched on, to choose from."""
    by_desk: dict[int, list[Service]] = {}
    for service in Service.objects.filter(property=hotel, active=True).select_related("desk"):
        by_desk.setdefault(service.desk_id, []).append(service)
    desks = Desk.objects.filter(property=hotel)
    return [(desk, by_desk[desk.pk]) for desk in desks if desk.pk in by_desk]


def stays_in_house(hotel: Property, now: datetime) -> list[Stay]:
    return list(
        Stay.objects.in_house(now)
        .filter(property=hotel)
        .select_related("guest", "room")
        .order_by("room__number", "arrived_at")
    )


def room_numbers(hotel: Property) -> list[str]:
    return list(Room.objects.filter(property=hotel).values_list("number", flat=True))


def find_stays(hotel: Property, words: str, now: datetime) -> list[Stay]:
    """Guests in the house by room, name or telephone."""
    found = Stay.objects.in_house(now).filter(property=hotel).select_related("guest", "room")
    for word in words.split()[:5]:
        found = found.filter(
            Q(room__number__istartswith=word)
            | Q(guest__first_name__icontains=word)
            | Q(guest__last_name__icontains=word)
            | Q(guest__telephone__contains=word)
        )
    return list(found.order_by("room__number")[:FOUND])


def find_requests(hotel: Property, words: str, *, since: datetime | None = None) -> list[Request]:
    """By number, room, guest or words; the open ones first, then the newest; cancelled last.

    ``since`` leaves out what was asked before and is over, except by its number: what a desk looks
    for is seldom old, and a chain's tenth year must not make it wait.
    """
    requests = Request.objects.filter(property=hotel)
    ids: list[int] = []
    for word in words.split()[:5]:
        # The room's key first: asked for row by row, it would be half of the whole search.
        rooms = list(Room.objects.filter(property=hotel, number=word).values_list("pk", flat=True))
        match = (
            Q(words__icontains=word)
            | Q(note__icontains=word)
            | Q(room_now__in=rooms)
            | Q(room__in=rooms)
            | Q(stay__guest__first_name__icontains=word)
            | Q(stay__guest__last_name__icontains=word)
            | Q(contact__address__contains=word)
        )
        if (number := word.lstrip("#")[:15]).isdecimal():
            match |= Q(pk=int(number))
            ids += Request.objects.filter(property=hotel, pk=int(number)).values_list(
                "pk", flat=True
            )
        requests = requests.filter(match)
    if len(words.split()) > 1:
        ids = []  # a number among other words is one of them
    open_now = requests.on_board().exclude(pk__in=ids).only("pk").order_by("-created_at")
    ids += [request.pk for request in open_now[:FOUND]]
    if len(ids) < FOUND:
        closed = requests.exclude(closed_at=None).exclude(pk__in=ids).only("pk")
        if since is not None:
            closed = closed.filter(created_at__gte=since)
        ids += _cancelled_last(closed.order_by("-created_at"), FOUND - len(ids))
    return in_order(ids)


def _cancelled_last(closed: QuerySet[Request], wanted: int) -> list[int]:
    """Keys, in one query where the newest tell: each looks through all that was asked lately."""
    newest = list(closed.values_list("pk", "status")[:NEWEST])
    standing = [pk for pk, status in newest if status != Status.CANCELLED]
    if len(newest) == NEWEST and len(standing) < wanted:
        others = closed.exclude(status=Status.CANCELLED)
        standing = list(others.values_list("pk", flat=True)[:wanted])
    cancelled = [pk for pk, status in newest if status == Status.CANCELLED]
    return [*standing, *cancelled][:wanted]


def in_order(ids: Iterable[int]) -> list[Request]:
    wanted = list(ids)
    found = queries.requests_by_id(wanted)
    return [found[pk] for pk in wanted if pk in found]


def picture_of(property_id: int, pk: int) -> Photo | None:
    return Photo.objects.filter(property_id=property_id, pk=pk).first()


def text_picture_of(property_id: int, pk: int) -> IncomingPicture | None:
    return IncomingPicture.objects.filter(message__property_id=property_id, pk=pk).first()


def guest_in(room: Room, now: datetime) -> Stay | None:
    return queries.stay_in_room(room.pk, now)
