"""Texts that did not arrive: ours that were given up, and those to numbers no hotel has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from requests_app import reasons
from requests_app.actions import claiming, delivery
from requests_app.models import (
    CarrierTrouble,
    Notice,
    Outgoing,
    Property,
    Reconciliation,
    UnroutedMessage,
)
from requests_app.models.messages import Door
from staff.frame import StaffRequest, frame, staff_only
from staff.house.rooms import KEEPERS
from staff.models import Role

SHOWN = 200


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Something of ours that did not go out: a reply to a guest, or a notice to staff."""

    pk: int
    at: datetime
    to: str
    address: str
    words: str
    why: str


def _given_up(row: Outgoing) -> GivenUp:
    said = row.said
    if isinstance(said, Notice):
        person = said.person.short_name if said.person else ""
        channel = str(said.get_channel_display())
        to = f"{person} · {channel}" if person else channel
        why = reasons.why(row.reason, said.error_code)
        return GivenUp(row.pk, said.created_at, to, said.address, said.text, why)
    to = f"{said.stay.room.number} {said.stay.guest}" if said.stay else ""
    address = said.contact.address if said.contact else ""
    return GivenUp(
        row.pk, said.at, to, address, said.body, reasons.why(row.reason, said.error_code)
    )


@require_GET
@staff_only(*KEEPERS)
def texts(request: StaffRequest) -> HttpResponse:
    hotel = request.user.property
    parked = (
        _of(hotel)
        .filter(state=Outgoing.State.PARKED)
        .select_related(
            "message__contact", "message__stay__guest", "message__stay__room", "notice__person"
        )
    )
    context: dict[str, object] = {
        "parked": [_given_up(row) for row in parked.order_by("-pk")[:SHOWN]],
        "troubles": [
            (trouble, reasons.why(trouble.reason))
            for trouble in CarrierTrouble.objects.order_by("since")
        ],
        "look": Reconciliation.objects.filter(property=hotel).first(),
    }
    if request.user.role == Role.ADMINISTRATOR:
        context["unrouted"] = UnroutedMessage.objects.order_by("-received_at", "-pk")[:SHOWN]
    return render(request, "house/texts.html", frame(request.user, here="house") | context)


def _of(hotel: Property) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(Q(message__property=hotel) | Q(notice__property=hotel))


@require_POST
@staff_only(*KEEPERS)
def send_again(request: StaffRequest, outgoing_id: int) -> HttpResponse:
    outgoing = get_object_or_404(_of(request.user.property), pk=outgoing_id)
    delivery.send_again(outgoing, at=timezone.now())
    return redirect("texts")


@require_POST
@staff_only(*KEEPERS)
def try_now(request: StaffRequest, carrier: str) -> HttpResponse:
    """A carrier in trouble is asked at once, and not after its pause."""
    if carrier not in Door.values:
        raise Http404
    claiming.try_now(carrier, at=timezone.now())
    return redirect("texts")
