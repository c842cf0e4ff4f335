"""The catalogue of services, and the words staff have taught it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_app.actions import hotel as actions
from requests_app.actions import house
from requests_app.errors import RequestError
from requests_app.models import Desk, Service, TaughtWord
from staff.frame import StaffRequest, frame, staff_only
from staff.house.forms import NewServiceForm, ServiceForm, WordForm
from staff.house.rooms import KEEPERS

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_GET
@staff_only(*KEEPERS)
def catalogue(request: StaffRequest) -> HttpResponse:
    services = Service.objects.filter(property_id=request.user.property_id).select_related("desk")
    desks = Desk.objects.filter(property_id=request.user.property_id)
    by_desk = [(desk, [s for s in services if s.desk_id == desk.pk]) for desk in desks]
    context = {"by_desk": by_desk}
    return render(request, "house/catalogue.html", frame(request.user, here="house") | context)


def _service_page(
    request: StaffRequest,
    form: ServiceForm,
    service: Service | None,
    *,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "service": service, "sentence": sentence}
    page = frame(request.user, here="house") | context
    return render(request, "house/service.html", page, status=status)


@require_http_methods(GET_OR_POST)
@staff_only(*KEEPERS)
def add_service(request: StaffRequest) -> HttpResponse:
    hotel = request.user.property
    if request.method != "POST":
        usual = {"respond_minutes": 5, "complete_minutes": 15, "on_guest_page": True}
        return _service_page(request, NewServiceForm(hotel, initial=usual), None)
    form = NewServiceForm(hotel, request.POST)
    if not form.is_valid():
        return _service_page(request, form, None, status=422)
    data = form.cleaned_data
    name = data.pop("custom_name")
    try:
        actions.add_service(hotel, name=name, by=request.user, at=timezone.now(), **data)
    except RequestError as refusal:
        return _service_page(request, form, None, sentence=str(refusal), status=refusal.status)
    return redirect("catalogue")


@require_http_methods(GET_OR_POST)
@staff_only(*KEEPERS)
def edit_service(request: StaffRequest, service_id: int) -> HttpResponse:
    hotel = request.user.property
    service = get_object_or_404(Service, pk=service_id, property=hotel)
    names = ("custom_name", "desk", "respond_minutes", "complete_minutes", "on_guest_page")
    known = {name: getattr(service, name) for name in (*names, "active")}
    if request.method != "POST":
        return _service_page(request, ServiceForm(hotel, initial=known), service)
    form = ServiceForm(hotel, request.POST)
    if not form.is_valid():
        return _service_page(request, form, service, status=422)
    try:
        actions.edit_service(service, **form.cleaned_data)
    except RequestError as refusal:
        return _service_page(request, form, service, sentence=str(refusal), status=refusal.status)
    return redirect("catalogue")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*KEEPERS)
def words(request: StaffRequest) -> HttpResponse:
    """What was taught here; and one more word, before a guest has to be misunderstood."""
    form, status = WordForm(request.user.property), 200
    if request.method == "POST":
        form, status = WordForm(request.user.property, request.POST), 422
        if form.is_valid():
            try:
                house.teach_word(**form.cleaned_data, by=request.user, at=timezone.now())
                return redirect("words")
            except RequestError as refusal:
                form.add_error("word", str(refusal))
    taught = (
        TaughtWord.objects.filter(property_id=request.user.property_id)
        .select_related("service", "taught_by")
        .order_by("-taught_at", "-pk")
    )
    page = frame(request.user, here="house") | {"taught": taught, "form": form}
    return render(request, "house/words.html", page, status=status)


@require_POST
@staff_only(*KEEPERS)
def forget_word(request: StaffRequest, word_id: int) -> HttpResponse:
    taught = get_object_or_404(TaughtWord, pk=word_id, property_id=request.user.property_id)
    house.forget_word(taught)
    return redirect("words")
