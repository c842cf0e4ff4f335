"""Phones to text with: the same path as a carrier's webhook, with a made-up id. The demo only."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from requests_app import reasons
from requests_app.actions import delivery, incoming, notices
from requests_app.incoming import IncomingMessage
from requests_app.models import Message, Notice, Property
from requests_app.models.messages import Channel, Delivery
from requests_app.models.notices import NoticeChannel
from requests_app.simulator import phones

LONGEST = 1600
"""As long as a carrier lets a text be."""


def _hotel() -> Property:
    hotel = phones.demo_hotel()
    if hotel is None:
        raise Http404
    return hotel


def _context(request: HttpRequest, hotel: Property) -> dict[str, Any]:
    written = request.POST.get("stranger") or request.GET.get("stranger") or phones.STRANGER
    number = phones.number_of(written)
    stranger = number or phones.STRANGER
    ringing = phones.phones(hotel, stranger=stranger, now=timezone.now())
    told = phones.told_to_staff(hotel)
    _receive(ringing, told)
    return {
        "hotel": hotel,
        "phones": ringing,
        "notices": [
            (notice, phones.is_ringing(notice), reasons.why(notice.reason, notice.error_code))
            for notice in told
        ],
        "stranger": stranger,
        "sentence": "" if number else _("That is not a telephone number: begin with +."),
        "mark": phones.mark(ringing, told),
        "longest": LONGEST,
    }


def _receive(ringing: list[phones.Phone], told: list[Notice]) -> None:
    """A phone that is looked at has what was sent to it, and says so, as a real one does."""
    for message in (message for phone in ringing for message in phone.messages):
        if message.delivery in {Delivery.QUEUED, Delivery.SENT}:
            state = Delivery.DELIVERED
            delivery.delivery_report(external_id=message.external_id or "", state=state)
            message.delivery = state
    for notice in told:
        if notice.channel == NoticeChannel.SMS and notice.delivery == Delivery.QUEUED:
            notice.delivery = Delivery.DELIVERED
            delivery.notice_report(
                external_id=notice.external_id or "",
                notice_id=None,
                state=notice.delivery,
                at=timezone.now(),
            )


@require_GET
def simulator(request: HttpRequest) -> HttpResponse:
    return render(request, "simulator/simulator.html", _context(request, _hotel()))


@require_GET
def threads(request: HttpRequest) -> HttpResponse:
    """What has been said since the page last looked; 204 where that is nothing."""
    context = _context(request, _hotel())
    if request.GET.get("mark") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "simulator/_threads.html", context)


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """A guest texts. Stored, then understood, as at the webhook."""
    hotel = _hotel()
    number = phones.number_of(request.POST.get("number", ""))
    body = request.POST.get("body", "")[:LONGEST]
    if number is None:
        return render(request, "simulator/simulator.html", _context(request, hotel), status=422)
    text(hotel, number, body)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "simulator/_threads.html", _context(request, hotel))
    query = urlencode({"stranger": request.POST.get("stranger", "")})
    return redirect(f"{resolve_url('simulator')}?{query}#phone-{number.lstrip('+')}")


def text(hotel: Property, number: str, body: str) -> Message | None:
    now = timezone.now()
    message = incoming.receive_text(
        IncomingMessage(
            external_id=f"SIM{uuid.uuid4().hex}",
            sender=number,
            recipient=hotel.text_number,
            body=body,
            channel=Channel.SIMULATOR,
            received_at=now,
        )
    )
    if message is not None:
        incoming.understand_or_leave(message, now=now)
    return message


@require_POST
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """The telephone of somebody who works here: a key is pressed, or nobody picks it up."""
    hotel = _hotel()
    if not Notice.objects.filter(pk=pk, property=hotel, channel=NoticeChannel.CALL).exists():
        raise Http404
    digit = request.POST.get("digit", "")
    if digit:
        notices.answer_call(pk, digit=digit[:1], at=timezone.now())
    else:
        notices.hang_up(pk)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "simulator/_threads.html", _context(request, hotel))
    return redirect(resolve_url("simulator") + "#staff")
