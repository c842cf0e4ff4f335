"""What is done with a request from a board: one address for each thing, a form where it asks.

A tap of the page's script is answered with the card as it is now; a plain form with the way back.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import fragments, lookups
from requests_app.actions import delivery, pictures
from requests_app.cards import ACTS, acts_possible, card_context
from requests_app.errors import MoveNotAllowed, RequestError
from requests_app.models import Outgoing, Request
from staff.boards.acts import Act
from staff.boards.forms import FORMS
from staff.frame import StaffRequest, frame, staff_only


def is_script(request: StaffRequest) -> bool:
    """Whether the page's script asks, which wants a piece and not a page."""
    return request.headers.get("HX-Request") == "true"


def find(request: StaffRequest, pk: int) -> Request:
    """The request, if it is of this person's hotel: every desk sees the same history. Else 404."""
    found = lookups.request_of(request.user.property_id, pk)
    if found is None:
        raise Http404
    return found


@staff_only()
def act(request: StaffRequest, pk: int, slug: str) -> HttpResponse:
    if slug not in FORMS:
        raise Http404
    target = find(request, pk)
    data = request.GET.copy() if request.method == "GET" else request.POST.copy()
    if request.method == "POST":
        for name, value in request.GET.items():
            data.setdefault(name, str(value))
    form = FORMS[slug](
        data if request.method == "POST" else None,
        target=target, person=request.user, now=timezone.now(),
    )  # fmt: skip
    if request.method != "POST":
        if ACTS[slug] not in acts_possible(target):
            impossible = MoveNotAllowed(target)
            return refuse(request, form, slug, str(impossible), impossible.status)
        return ask(request, form, slug)
    if not form.is_valid():
        sentence = _("Please look at what you entered once more.")
        return refuse(request, form, slug, sentence, 422)
    try:
        form.carry_out()
    except RequestError as error:
        return refuse(request, form, slug, str(error), error.status)
    return answer(request, pk)


def ask(
    request: StaffRequest, form: Act, slug: str, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    """The form: in a dialog, or as a page of its own."""
    context: dict[str, Any] = {
        "form": form,
        "target": form.target,
        "card": card_context(form.target),
        "act": ACTS[slug],
        "template": f"boards/{form.template}" if form.template else "",
        "person": request.user,
        "sentence": sentence,
        "submission": form.data.get("submission") or str(uuid4()),
        "next": way_back(request),
        "address": reverse("act", args=[form.target.pk, slug]),
    }
    if is_script(request):
        return render(request, "boards/_ask.html", context, status=status)
    return render(request, "boards/ask.html", context | frame(request.user, here=""), status=status)


def refuse(request: StaffRequest, form: Act, slug: str, sentence: str, status: int) -> HttpResponse:
    """The card as it is now and why not. What was filled in is asked again, with the words kept."""
    if status == 422 and form.template:
        return ask(request, form, slug, sentence=sentence, status=status)
    current = find(request, form.target.pk)
    context = {"card": fragments.card(current, request.user.language), "sentence": sentence}
    if is_script(request):
        return render(request, "boards/_refused.html", context, status=status)
    context |= frame(request.user, here="") | {"next": way_back(request), "target": current}
    return render(request, "boards/refused.html", context, status=status)


def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Done: the card as it is now, or back to where the form was."""
    if is_script(request):
        return HttpResponse(fragments.card(find(request, pk), request.user.language))
    return redirect(way_back(request) or reverse("request", args=[pk]))


def way_back(request: StaffRequest) -> str:
    """Where a plain form wants to return to: an address of ours, or nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else ""


@require_POST
@staff_only()
def send_again(request: StaffRequest, pk: int) -> HttpResponse:
    """A person resumes a text that had been given up."""
    parked = Outgoing.objects.filter(
        message_id=pk, message__property_id=request.user.property_id
    ).first()
    if parked is None:
        raise Http404
    delivery.send_again(parked, at=timezone.now())
    if is_script(request):
        return HttpResponse(status=204)
    return redirect(way_back(request) or "home")


@require_POST
@staff_only()
def fetch_again(request: StaffRequest, pk: int) -> HttpResponse:
    """A person wants a picture that could not be fetched once more."""
    lost = lookups.text_picture_of(request.user.property_id, pk)
    if lost is None:
        raise Http404
    pictures.try_again(lost, at=timezone.now())
    if is_script(request):
        return HttpResponse(status=204)
    return redirect(way_back(request) or "home")
