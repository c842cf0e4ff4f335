"""The sheets of QR cards, for those who may print them: all rooms, one floor, or one room."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.guest.cards import cards_pdf, room_cards, sheets_of
from requests_app.models import Room
from staff.frame import StaffRequest, staff_only
from staff.models import Role

MAY_PRINT = (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)


def _rooms(request: StaffRequest) -> list[Room]:
    """``?floor=4`` and ``?room=412`` choose; raises Http404 where nothing is left."""
    rooms = Room.objects.filter(property_id=request.user.property_id)
    if floor := request.GET.get("floor"):
        rooms = rooms.filter(floor=floor)
    if number := request.GET.get("room"):
        rooms = rooms.filter(number=number)
    if not (found := list(rooms)):
        raise Http404
    return found


@require_safe
@staff_only(*MAY_PRINT)
def room_cards_page(request: StaffRequest) -> HttpResponse:
    hotel = request.user.property
    context = {
        "hotel": hotel,
        "sheets": sheets_of(room_cards(hotel, _rooms(request))),
        "floors": Room.objects.filter(property=hotel).exclude(floor="").order_by("floor")
        .values_list("floor", flat=True).distinct(),
        "floor": request.GET.get("floor", ""),
        "chosen": request.GET.urlencode(),
    }  # fmt: skip
    return _kept_nowhere(render(request, "house/room_cards.html", context))


@require_safe
@staff_only(*MAY_PRINT)
def room_cards_pdf(request: StaffRequest) -> HttpResponse:
    data = cards_pdf(room_cards(request.user.property, _rooms(request)))
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="room-cards.pdf"'
    return _kept_nowhere(response)


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    """Every code on these sheets opens a room's page."""
    response.headers["Cache-Control"] = "no-store"
    return response
