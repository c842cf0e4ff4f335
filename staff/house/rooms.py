"""Rooms, and who is in them: arrivals, departures and moves by hand; a new code for the door.

The front desk keeps the register, and whoever stands above a desk; other desks read it. A new code
is for keepers of the house.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from requests_app import queries
from requests_app.actions import house, stays
from requests_app.actions import rooms as doors
from requests_app.errors import NotAllowed, RequestError
from requests_app.models import Property, Request, Room, Stay
from staff.frame import StaffRequest, frame, staff_only
from staff.house.forms import MoveForm, NewRoomsForm, RoomForm, StayForm
from staff.models import Role

KEEPERS = (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)
BUILDERS = (Role.MANAGER, Role.ADMINISTRATOR)
"""Add rooms, rename them, and take away what was typed by mistake."""


def _in_house(property_id: int, at: datetime) -> QuerySet[Stay]:
    return Stay.objects.in_house(at).filter(property_id=property_id).select_related("guest")


@require_GET
@staff_only()
def rooms(request: StaffRequest) -> HttpResponse:
    return _rooms_page(request)


def _rooms_page(
    request: StaffRequest, *, form: NewRoomsForm | None = None, status: int = 200
) -> HttpResponse:
    now, query = timezone.now(), request.GET.get("q", "").strip()
    here = _in_house(request.user.property_id, now).order_by("-arrived_at")
    found = Room.objects.filter(property_id=request.user.property_id)
    if query:
        found = found.filter(
            Q(number__istartswith=query)
            | Q(pk__in=here.filter(guest__last_name__icontains=query).values("room"))
            | Q(pk__in=here.filter(guest__first_name__icontains=query).values("room"))
        )
    found = found.prefetch_related(Prefetch("stays", here, to_attr="present"))
    context = {
        "rooms": found,
        "query": query,
        "occupied": here.order_by().values("room").distinct().count(),
        "all_rooms": Room.objects.filter(property_id=request.user.property_id).count(),
        "new_rooms": form or NewRoomsForm(),
        "may_build": request.user.role in BUILDERS,
    }
    page = frame(request.user, here="house") | context
    return render(request, "house/rooms.html", page, status=status)


@require_POST
@staff_only(*BUILDERS)
def add_rooms(request: StaffRequest) -> HttpResponse:
    form = NewRoomsForm(request.POST)
    if not form.is_valid():
        return _rooms_page(request, form=form, status=422)
    doors.add_rooms(request.user.property, numbers=form.cleaned_data["numbers"])
    return redirect("house")


@require_POST
@staff_only(*BUILDERS)
def rename_room(request: StaffRequest, room_id: int) -> HttpResponse:
    known, form = _room(request, room_id), RoomForm(request.POST)
    if not form.is_valid():
        return _room_page(request, known, door=form, status=422)
    try:
        doors.rename_room(known, number=form.cleaned_data["number"])
    except RequestError as refusal:
        known = _room(request, room_id)
        return _room_page(request, known, door=form, sentence=str(refusal), status=refusal.status)
    return redirect("room", room_id)


@require_POST
@staff_only(*BUILDERS)
def remove_room(request: StaffRequest, room_id: int) -> HttpResponse:
    known = _room(request, room_id)
    try:
        doors.remove_room(known)
    except RequestError as refusal:
        known = _room(request, room_id)
        return _room_page(request, known, sentence=str(refusal), status=refusal.status)
    return redirect("house")


def _room_page(
    request: StaffRequest, room: Room, *, sentence: str = "", status: int = 200, **forms: Any
) -> HttpResponse:
    now, hotel = timezone.now(), request.user.property
    stay = queries.stay_in_room(room.pk, now)
    taken = _in_house(hotel.pk, now).filter(room=OuterRef("pk"))
    free = Room.objects.filter(property=hotel).exclude(Exists(taken)).exclude(pk=room.pk)
    context = {
        "room": room,
        "stay": stay,
        "sentence": sentence,
        "form": StayForm(hotel, initial=_known(stay, hotel, now)),
        "may_edit": request.user.keeps_register,
        "move": MoveForm(free),
        "door": RoomForm(initial={"number": room.number}),
        "may_build": request.user.role in BUILDERS,
        "waiting": Request.objects.filter(stay=stay).on_board().count() if stay else 0,
    }
    page = frame(request.user, here="house") | context | forms
    return render(request, "house/room.html", page, status=status)


def _known(stay: Stay | None, hotel: Property, now: datetime) -> dict[str, object]:
    if stay is None:
        return {"leaves_on": hotel.local(now).date() + timedelta(days=1)}  # most stay a night
    fields = ("first_name", "last_name", "telephone", "language", "preferences")
    known: dict[str, object] = {name: getattr(stay.guest, name) for name in fields}
    return known | {"leaves_on": stay.property.local(stay.leaves_at).date()}


def _must_keep_register(request: StaffRequest) -> None:
    if not request.user.keeps_register:
        raise NotAllowed


def _room(request: StaffRequest, room_id: int) -> Room:
    return get_object_or_404(Room, pk=room_id, property_id=request.user.property_id)


def _stay(request: StaffRequest, stay_id: int) -> Stay:
    """One that is in the house: what has ended is history."""
    present = _in_house(request.user.property_id, timezone.now())
    return get_object_or_404(present.select_related("room", "property"), pk=stay_id)


@require_GET
@staff_only()
def room(request: StaffRequest, room_id: int) -> HttpResponse:
    return _room_page(request, _room(request, room_id))


@require_POST
@staff_only()
def check_in(request: StaffRequest, room_id: int) -> HttpResponse:
    _must_keep_register(request)
    arrival, form = _room(request, room_id), StayForm(request.user.property, request.POST)
    if not form.is_valid():
        return _room_page(request, arrival, form=form, status=422)
    try:
        stays.check_in(arrival, at=timezone.now(), **form.cleaned_data)
    except RequestError as refusal:
        return _room_page(request, arrival, form=form, sentence=str(refusal), status=refusal.status)
    return redirect("room", arrival.pk)


@require_POST
@staff_only()
def edit_stay(request: StaffRequest, stay_id: int) -> HttpResponse:
    _must_keep_register(request)
    stay, form = _stay(request, stay_id), StayForm(request.user.property, request.POST)
    if not form.is_valid():
        return _room_page(request, stay.room, form=form, status=422)
    try:
        stays.update_stay(stay, at=timezone.now(), **form.cleaned_data)
    except RequestError as refusal:
        return _room_page(
            request, stay.room, form=form, sentence=str(refusal), status=refusal.status
        )
    return redirect("room", stay.room_id)


@require_POST
@staff_only()
def check_out(request: StaffRequest, stay_id: int) -> HttpResponse:
    _must_keep_register(request)
    stay = stays.check_out(_stay(request, stay_id), at=timezone.now())
    return redirect("room", stay.room_id)


@require_POST
@staff_only()
def move(request: StaffRequest, stay_id: int) -> HttpResponse:
    """Only to a room that is free now; the page offers no other."""
    _must_keep_register(request)
    stay, now = _stay(request, stay_id), timezone.now()
    taken = _in_house(request.user.property_id, now).values("room")
    free = Room.objects.filter(property_id=request.user.property_id).exclude(pk__in=taken)
    form = MoveForm(free, request.POST)
    if not form.is_valid():
        return _room_page(request, stay.room, move=form, status=422)
    house.move_stay(stay, to=form.cleaned_data["room"], at=now, by=request.user)
    return redirect("room", stay.room_id)


@require_POST
@staff_only(*KEEPERS)
def renew_token(request: StaffRequest, room_id: int) -> HttpResponse:
    renewed = house.renew_token(_room(request, room_id), at=timezone.now())
    return redirect("room", renewed.pk)
