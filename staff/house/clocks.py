"""Times and opening hours of services, the ladder of warnings, and who is duty manager now."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_app.actions import escalation
from requests_app.errors import RequestError
from requests_app.models import Desk, EscalationStep, OnDuty, Service
from staff.frame import StaffRequest, frame, staff_only
from staff.house.clock_forms import DutyForm, HoursForm, StepForm, TimesForm, hours_words
from staff.house.rooms import KEEPERS
from staff.house.steps import ladders_of, trial_of
from staff.models import Person

GET_OR_POST = ["GET", "HEAD", "POST"]


def _page(
    request: StaffRequest, template: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    page = frame(request.user, here="house") | context
    return render(request, f"house/{template}.html", page, status=status)


@require_http_methods(GET_OR_POST)
@staff_only(*KEEPERS)
def times(request: StaffRequest) -> HttpResponse:
    """All services' minutes in one form, with the hours they are open."""
    hotel, sentence, status = request.user.property, "", 200
    services = list(Service.objects.filter(property=hotel, active=True).select_related("desk"))
    form = TimesForm(services, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                escalation.set_times(form.times())
                return redirect(resolve_url("times") + "?saved=1")
            except RequestError as refusal:
                sentence, status = str(refusal), refusal.status
    desks = Desk.objects.filter(property=hotel)
    context: dict[str, object] = {
        "by_desk": [
            (
                desk,
                hours_words(desk.hours),
                [
                    (service, *form.fields_of(service), hours_words(service.hours))
                    for service in services
                    if service.desk_id == desk.pk
                ],
            )
            for desk in desks
        ],
        "sentence": sentence,
        "saved": "saved" in request.GET,
    }
    return _page(request, "times", context, status)


@require_http_methods(GET_OR_POST)
@staff_only(*KEEPERS)
def hours(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    """Opening hours of one service or desk."""
    if kind not in {"service", "desk"}:
        raise Http404
    mine = request.user.property_id
    row: Service | Desk
    if kind == "service":
        row = get_object_or_404(Service.objects.select_related("desk"), pk=pk, property_id=mine)
    else:
        row = get_object_or_404(Desk, pk=pk, property_id=mine)
    form = HoursForm(row.hours, request.POST if request.method == "POST" else None)
    sentence, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                escalation.set_hours(row, hours=form.hours())
                return redirect(resolve_url("times") + "?saved=1")
            except RequestError as refusal:
                sentence = str(refusal)
    context: dict[str, object] = {"row": row, "kind": kind, "form": form, "sentence": sentence}
    if isinstance(row, Service):
        context["of_desk"] = hours_words(row.desk.hours)
    return _page(request, "hours", context, status)


@require_GET
@staff_only(*KEEPERS)
def warnings(request: StaffRequest) -> HttpResponse:
    hotel = request.user.property
    drafts = EscalationStep.objects.filter(property=hotel, active=False, removed_at=None).count()
    return _page(request, "warnings", {"ladders": ladders_of(hotel), "drafts": drafts})


@require_http_methods(GET_OR_POST)
@staff_only(*KEEPERS)
def step(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new step, or one to change: a draft either way, until it is switched on."""
    hotel, sentence, status = request.user.property, "", 200
    known = _step(request, pk) if pk is not None else None
    form = StepForm(hotel, request.POST or None, step=known)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                escalation.save_step(hotel, known, at=timezone.now(), **form.cleaned_data)
                return redirect("warnings")
            except RequestError as refusal:
                sentence = str(refusal)
    return _page(request, "step", {"form": form, "step": known, "sentence": sentence}, status)


def _step(request: StaffRequest, pk: int) -> EscalationStep:
    steps = EscalationStep.objects.filter(property_id=request.user.property_id, removed_at=None)
    return get_object_or_404(steps, pk=pk)


@require_POST
@staff_only(*KEEPERS)
def switch_step(request: StaffRequest, pk: int) -> HttpResponse:
    active = request.POST.get("active") == "1"
    escalation.switch_step(_step(request, pk), active=active, at=timezone.now())
    return redirect("warnings")


@require_POST
@staff_only(*KEEPERS)
def remove_step(request: StaffRequest, pk: int) -> HttpResponse:
    escalation.remove_step(_step(request, pk), at=timezone.now())
    return redirect("warnings")


@require_POST
@staff_only(*KEEPERS)
def switch_drafts_on(request: StaffRequest) -> HttpResponse:
    escalation.switch_drafts_on(request.user.property, at=timezone.now())
    return redirect("warnings")


@require_GET
@staff_only(*KEEPERS)
def try_steps(request: StaffRequest) -> HttpResponse:
    """On last month's data: whom, of what, how often, at what hour."""
    now, drafts_only = timezone.now(), request.GET.get("what") == "drafts"
    hotel = request.user.property
    trial = trial_of(hotel, since=now - timedelta(days=30), until=now, drafts_only=drafts_only)
    return _page(request, "try", {"trial": trial, "drafts_only": drafts_only})


@require_http_methods(GET_OR_POST)
@staff_only(*KEEPERS)
def duty(request: StaffRequest) -> HttpResponse:
    """Who is duty manager now, and how their telephone is rung."""
    hotel, sentence, status = request.user.property, "", 200
    people = list(Person.objects.filter(property=hotel, is_active=True))
    now_on = [turn.person_id for turn in OnDuty.objects.filter(property=hotel)]
    initial: dict[str, object] = {f"person{n}": str(pk) for n, pk in enumerate(now_on)}
    initial |= {"safety_minutes": hotel.safety_minutes, "ring_tries": hotel.ring_tries}
    posted = request.POST if request.method == "POST" else None
    form = DutyForm(people, posted, initial=initial)
    if posted is not None:
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            now = timezone.now()
            try:
                escalation.set_on_duty(hotel, form.on_duty(), at=now)
                escalation.set_safety(
                    hotel,
                    safety_minutes=data["safety_minutes"],
                    ring_tries=data["ring_tries"],
                    at=now,
                )
                return redirect(resolve_url("duty") + "?saved=1")
            except RequestError as refusal:
                sentence = str(refusal)
    turns = list(OnDuty.objects.filter(property=hotel).select_related("person"))
    context: dict[str, object] = {
        "form": form,
        "turns": turns,
        "unreachable": [turn.person for turn in turns if not turn.person.telephone],
        "sentence": sentence,
        "saved": "saved" in request.GET,
    }
    return _page(request, "duty", context, status)
