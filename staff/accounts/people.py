"""The people of one hotel: seen by supervisors, edited by managers and administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_app.errors import NotAllowed, RequestError
from staff.accounts import actions
from staff.accounts.forms import PersonForm
from staff.frame import StaffRequest, frame, staff_only
from staff.models import Person, Role

SEE = (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)
EDIT = (Role.MANAGER, Role.ADMINISTRATOR)


def _form(by: Person, *args: Any, person: Person | None = None, **kwargs: Any) -> PersonForm:
    may_give = frozenset(role for role in Role.values if actions.may_edit(by, role=role))
    return PersonForm(by.property, *args, person=person, may_give=may_give, **kwargs)


@require_GET
@staff_only(*SEE)
def people(request: StaffRequest) -> HttpResponse:
    everybody = list(
        Person.objects.filter(property_id=request.user.property_id)
        .prefetch_related("desks")
        .order_by("-is_active", "first_name", "last_name")
    )
    editable = {p.pk for p in everybody if actions.may_edit(request.user, p)}
    context = {"people": everybody, "editable": editable, "may_add": request.user.role in EDIT}
    return render(request, "accounts/people.html", frame(request.user, here="house") | context)


def _person_page(
    request: StaffRequest, form: PersonForm, person: Person | None, **context: Any
) -> HttpResponse:
    status = context.pop("status", 200)
    return render(
        request,
        "accounts/person.html",
        frame(request.user, here="house") | {"form": form, "person": person} | context,
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*EDIT)
def add_person(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _person_page(request, _form(request.user), None)
    form = _form(request.user, request.POST)
    if not form.is_valid():
        return _person_page(request, form, None, status=422)
    person, password = actions.add_person(
        request.user.property, by=request.user, **form.cleaned_data
    )
    return _password_page(request, person, password)


def _password_page(request: StaffRequest, person: Person, password: str) -> HttpResponse:
    """The one time it can be read: not kept by the browser, nor anywhere else."""
    context = frame(request.user, here="house") | {"person": person, "password": password}
    response = render(request, "accounts/new_password.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _colleague(request: StaffRequest, person_id: int) -> Person:
    """404 for another hotel's; NotAllowed for those this person may not edit."""
    person = get_object_or_404(Person, pk=person_id, property_id=request.user.property_id)
    if not actions.may_edit(request.user, person):
        raise NotAllowed
    return person


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*EDIT)
def edit_person(request: StaffRequest, person_id: int) -> HttpResponse:
    person = _colleague(request, person_id)
    fields = ("first_name", "last_name", "nicknames", "role", "is_active", "telephone")
    initial = {name: getattr(person, name) for name in fields} | {"desks": person.desks.all()}
    if request.method != "POST":
        return _person_page(request, _form(request.user, person=person, initial=initial), person)
    form = _form(request.user, request.POST, person=person)
    if not form.is_valid():
        return _person_page(request, form, person, status=422)
    try:
        actions.edit_person(person, by=request.user, at=timezone.now(), **form.cleaned_data)
    except RequestError as refusal:
        person.refresh_from_db()
        return _person_page(request, form, person, sentence=str(refusal), status=refusal.status)
    return redirect("people")


@require_POST
@staff_only(*EDIT)
def reset_password(request: StaffRequest, person_id: int) -> HttpResponse:
    person = _colleague(request, person_id)
    password = actions.reset_password(person, by=request.user)
    return _password_page(request, person, password)
