"""A request asked by telephone or at the counter, entered in seconds; and a follow-up we plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app import fragments, lookups
from requests_app.actions import counter
from requests_app.actions.opening import MAX_QUANTITY, Wanted
from requests_app.errors import Missing, RequestError
from requests_app.models import Desk, Property, Request, Room, Service
from requests_app.models.messages import Channel
from staff.boards.acting import is_script, way_back
from staff.boards.acts import next_time, on_day
from staff.boards.later import LATER
from staff.frame import StaffRequest, frame, staff_only
from staff.models import Person

CHANNELS = (Channel.TELEPHONE, Channel.COUNTER)


class Entry(forms.Form):
    room = forms.CharField(max_length=12, required=False)
    words = forms.CharField(max_length=500, required=False)
    service = forms.SlugField(required=False)
    quantity = forms.IntegerField(min_value=1, max_value=MAX_QUANTITY, required=False)
    at = forms.TimeField(required=False)
    day = forms.DateField(required=False)
    minutes = forms.IntegerField(min_value=1, max_value=7 * 24 * 60, required=False)
    desk = forms.SlugField(required=False)
    channel = forms.ChoiceField(choices=[(c.value, c.label) for c in CHANNELS], required=False)
    submission = forms.UUIDField(required=False)

    def enter(self, hotel: Property, *, by: Person, at: datetime) -> list[Request]:
        """Raises Missing for a room this hotel does not have, or nothing wanted."""
        data = self.cleaned_data
        room = Room.objects.filter(property=hotel, number=data["room"].strip()).first()
        if room is None and data["room"].strip():
            raise Missing(_("There is no room %(room)s.") % {"room": data["room"].strip()})
        services = Service.objects.filter(property=hotel, active=True).select_related("desk")
        return counter.enter_request(
            hotel,
            room=room,
            words=data["words"],
            by=by,
            at=at,
            channel=data["channel"] or Channel.TELEPHONE,
            submission=data["submission"] or uuid4(),
            desk=Desk.objects.filter(property=hotel, slug=data["desk"]).first(),
            service=services.filter(slug=data["service"]).first() if data["service"] else None,
            quantity=data["quantity"],
            wanted_at=self.wanted_at(hotel, at),
        )

    def wanted_at(self, hotel: Property, now: datetime) -> datetime | None:
        """From a time and perhaps a day, else from "in … minutes", in UTC. Raises Missing."""
        data = self.cleaned_data
        if data["day"] and not data["at"]:
            raise Missing(_("Say at what time."))
        if data["at"]:
            moment = next_time(hotel, data["at"], now)
            moment = on_day(hotel, data["day"], moment) if data["day"] else moment
            if moment <= now:
                raise Missing(_("Choose a time that is still to come."))
            return moment
        return now + timedelta(minutes=data["minutes"]) if data["minutes"] else None


@staff_only()
def new_request(request: StaffRequest) -> HttpResponse:
    """The form, and what it enters. Saved: the cards, or the way back to the board."""
    if request.method != "POST":
        return ask(request, Entry(request.GET or None), submission=str(uuid4()))
    form = Entry(request.POST)
    if not form.is_valid():
        return ask(request, form, sentence=_("Please look at what you entered once more."))
    try:
        entered = form.enter(request.user.property, by=request.user, at=timezone.now())
    except RequestError as error:
        return ask(request, form, sentence=str(error))
    if is_script(request):
        cards = lookups.in_order(r.pk for r in entered)
        return HttpResponse("".join(fragments.card(c, request.user.language) for c in cards))
    return redirect(way_back(request) or "home")


def ask(
    request: StaffRequest, form: Entry, *, submission: str = "", sentence: str = ""
) -> HttpResponse:
    hotel = request.user.property
    filled = form.data
    context: dict[str, Any] = {
        "filled": filled,
        "channels": CHANNELS,
        "later": [(str(minutes), words) for minutes, words in LATER],
        "rooms": lookups.room_numbers(hotel),
        "catalogue": lookups.services_by_desk(hotel),
        "desks_here": Desk.objects.filter(property=hotel),
        "submission": submission or filled.get("submission") or str(uuid4()),
        "sentence": sentence,
        "next": way_back(request),
    }
    status = 422 if sentence else 200
    if is_script(request):
        return render(request, "boards/_new.html", context, status=status)
    context |= frame(request.user, here="")
    return render(request, "boards/new.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the words would become."""

    what: str
    desk: str
    at: str
    urgent: bool


def preview_of(hotel: Property, wanted: Wanted, language: str) -> Preview:
    named = wanted.service is not None and wanted.service.slug != counter.OTHER
    what = wanted.words
    if named and wanted.service is not None:
        what = wanted.service.name_in(language, wanted.quantity)
    at = f"{hotel.local(wanted.wanted_at):%H:%M}" if wanted.wanted_at else ""
    return Preview(what, wanted.desk.name_in(language), at, wanted.urgent)


@staff_only()
def reading(request: StaffRequest) -> HttpResponse:
    """As somebody types: what these words in this room would become. Writes nothing."""
    person, now = request.user, timezone.now()
    words = request.GET.get("words", "").strip()[:500]
    number = request.GET.get("room", "").strip()[:12]
    hotel = person.property
    desk = Desk.objects.filter(property=hotel, slug=request.GET.get("desk", "")[:50]).first()
    wanted = counter.wanted_by_words(hotel, words, by=person, desk=desk, now=now) if words else []
    room = Room.objects.filter(property=hotel, number=number).first()
    stay = lookups.guest_in(room, now) if room else None
    context = {
        "becomes": [preview_of(hotel, thing, person.language) for thing in wanted],
        "room": room,
        "number": number,
        "stay": stay,
    }
    return render(request, "boards/_reading.html", context)
