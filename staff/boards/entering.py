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
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app import fragments, lookups
from requests_app.actions import counter
from requests_app.actions.opening import MAX_QUANTITY, Wanted
from requests_app.cards import title_of
from requests_app.clock_faces import day_and_time
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
    wrong = ""
    """The field that was refused by ``enter``."""

    def enter(self, hotel: Property, *, by: Person, at: datetime) -> list[Request]:
        """Raises Missing for a room this hotel does not have, or nothing wanted."""
        data = self.cleaned_data
        room = Room.objects.filter(property=hotel, number=data["room"].strip()).first()
        if room is None and data["room"].strip():
            self.wrong = "room"
            raise Missing(_("There is no room %(room)s.") % {"room": data["room"].strip()})
        self.wrong = "words"
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
    ids = [r.pk for r in entered]
    if is_script(request):
        cards = lookups.in_order(ids)
        pieces = [fragments.card(card, request.user.language) for card in cards]
        became = entered_sentence(ids, request.user.property)
        return HttpResponse("".join([*pieces, format_html("<p data-became>{}</p>", became)]))
    back = way_back(request)
    said = f"?entered={','.join(map(str, ids))}"
    return redirect(
        f"{back.partition('?')[0]}{said}" if back.startswith("/boards/") else back or "home"
    )


def entered_sentence(ids: list[int], hotel: Property) -> str:
    """What became of it: "412: 2 blankets → Housekeeping by 18:40; taxi → Bell desk, 20:00"."""
    found = [r for r in lookups.in_order(ids) if r.property_id == hotel.pk]
    if not found:
        return ""
    became = "; ".join(_became(request) for request in found)
    room = found[0].room_now
    return f"{room.number}: {became}" if room else became


def _became(request: Request) -> str:
    said = {
        "what": title_of(request),
        "desk": request.desk.name_in(get_language() or "en"),
        "time": day_and_time(request, request.due_at),
    }
    if request.wanted_at is not None:
        return _("%(what)s → %(desk)s, %(time)s") % said
    return _("%(what)s → %(desk)s by %(time)s") % said


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
        "wrong": form.wrong or (next(iter(form.errors), "") if form.is_bound else ""),
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
