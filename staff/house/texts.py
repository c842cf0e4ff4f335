"""Texts that did not arrive: ours that were given up, and those to numbers no hotel has."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from requests_app.actions import delivery
from requests_app.models import Outgoing, UnroutedMessage
from staff.frame import StaffRequest, frame, staff_only
from staff.house.rooms import KEEPERS
from staff.models import Role

SHOWN = 200


@require_GET
@staff_only(*KEEPERS)
def texts(request: StaffRequest) -> HttpResponse:
    parked = Outgoing.objects.filter(
        state=Outgoing.State.PARKED, message__property_id=request.user.property_id
    ).select_related("message__contact", "message__stay__guest", "message__stay__room")
    context: dict[str, object] = {"parked": parked.order_by("-message__at")[:SHOWN]}
    if request.user.role == Role.ADMINISTRATOR:
        context["unrouted"] = UnroutedMessage.objects.order_by("-received_at", "-pk")[:SHOWN]
    return render(request, "house/texts.html", frame(request.user, here="house") | context)


@require_POST
@staff_only(*KEEPERS)
def send_again(request: StaffRequest, outgoing_id: int) -> HttpResponse:
    outgoing = get_object_or_404(
        Outgoing, pk=outgoing_id, message__property_id=request.user.property_id
    )
    delivery.send_again(outgoing, at=timezone.now())
    return redirect("texts")
