"""One commendation: read, its people put right, passed on; and the page of those it is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_app import fragments, queries, stories
from requests_app.actions import praise
from requests_app.errors import Missing, RequestError
from requests_app.models import Commendation, CommendedPerson
from requests_app.stories import Story
from staff.frame import StaffRequest, frame, staff_only
from staff.manager.live import READERS
from staff.models import Person

GET_OR_POST = ["GET", "HEAD", "POST"]


def _commendation(request: StaffRequest, commendation_id: int) -> Commendation:
    """One of this hotel; with the version the page showed, so that a stale page is refused."""
    found = get_object_or_404(
        Commendation, pk=commendation_id, property_id=request.user.property_id
    )
    version = request.POST.get("version", "")
    if version.isdecimal():
        found.version = int(version)
    return found


def _form_context(request: StaffRequest, told: Story) -> dict[str, Any]:
    """What both forms below a story show; of a refused one, what was written in it."""
    return {
        "story": told,
        "commendation": told.commendation,
        "team": queries.team(request.user.property),
        "named": {row.person_id for row in told.people},
        "note": request.POST.get("note", told.commendation.note),
        "questions": [
            (name, request.POST.get(f"meant-{name.place}", ""))
            for name in told.open_names
            if name.candidates
        ],
    }


def _page(
    request: StaffRequest, commendation_id: int, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    """The commendation on a page of its own, where everything works without scripts."""
    told = stories.story_of(Commendation(pk=commendation_id))
    context = _form_context(request, told) | {
        "piece": fragments.story(told, request.user.language),
        "sentence": sentence,
        # Beside the form whose words are kept there, and nowhere else.
        "refused_note": bool(sentence) and "note" in request.POST,
    }
    return render(
        request,
        "manager/one.html",
        frame(request.user, here="manager") | context,
        status=status,
    )


def _do(
    request: StaffRequest, commendation_id: int, action: Callable[[Commendation], object]
) -> HttpResponse:
    """One action; then the piece as it is now, with a sentence where it was refused."""
    sentence, status = "", 200
    try:
        action(_commendation(request, commendation_id))
    except RequestError as refusal:
        sentence, status = str(refusal), refusal.status
    if request.htmx:  # type: ignore[attr-defined]
        told = stories.story_of(Commendation(pk=commendation_id))
        context = {"piece": fragments.story(told, request.user.language), "sentence": sentence}
        if sentence and "note" in request.POST:  # what was written is not lost
            context |= _form_context(request, told) | {"refused_note": True}
        return render(request, "manager/_answer.html", context, status=status)
    if sentence:
        return _page(request, commendation_id, sentence=sentence, status=status)
    return redirect("thanks", commendation_id)


@require_GET
@staff_only(*READERS)
def one(request: StaffRequest, commendation_id: int) -> HttpResponse:
    return _page(request, _commendation(request, commendation_id).pk)


@require_POST
@staff_only(*READERS)
def acknowledge(request: StaffRequest, commendation_id: int) -> HttpResponse:
    return _do(
        request,
        commendation_id,
        lambda c: praise.acknowledge(c, by=request.user, at=timezone.now()),
    )


@require_POST
@staff_only(*READERS)
def settle_name(
    request: StaffRequest, commendation_id: int, place: int, person_id: int
) -> HttpResponse:
    person = get_object_or_404(Person, pk=person_id, property_id=request.user.property_id)
    return _do(
        request,
        commendation_id,
        lambda c: praise.settle_name(
            c, place=place, person=person, by=request.user, at=timezone.now()
        ),
    )


def _form_piece(request: StaffRequest, commendation_id: int, template: str) -> HttpResponse:
    """A form to be put below a story that is already on the page."""
    told = stories.story_of(_commendation(request, commendation_id))
    return render(request, template, _form_context(request, told))


@require_http_methods(GET_OR_POST)
@staff_only(*READERS)
def correct_people(request: StaffRequest, commendation_id: int) -> HttpResponse:
    if request.method != "POST":
        return _form_piece(request, commendation_id, "manager/_people_form.html")
    chosen = [int(pk) for pk in request.POST.getlist("people") if pk.isdecimal()]
    people = list(Person.objects.filter(pk__in=chosen, property_id=request.user.property_id))
    if len(people) != len(set(chosen)):
        raise Http404

    def correct(commendation: Commendation) -> None:
        if not people and not request.POST.get("nobody"):
            raise Missing(_("Choose whom it is for, or that it is for nobody in particular."))
        praise.correct_people(commendation, people=people, by=request.user, at=timezone.now())

    return _do(request, commendation_id, correct)


@require_http_methods(GET_OR_POST)
@staff_only(*READERS)
def pass_on(request: StaffRequest, commendation_id: int) -> HttpResponse:
    if request.method != "POST":
        return _form_piece(request, commendation_id, "manager/_pass_on_form.html")
    note = request.POST.get("note", "")
    meant = _meant(request)
    return _do(
        request,
        commendation_id,
        lambda c: praise.pass_on(c, note=note, by=request.user, at=timezone.now(), meant=meant),
    )


def _meant(request: StaffRequest) -> dict[int, Person]:
    """Who was chosen for which open name, by the name's place."""
    chosen = {
        int(name.removeprefix("meant-")): int(str(pk))
        for name, pk in request.POST.items()
        if name.removeprefix("meant-").isdecimal() and str(pk).isdecimal()
    }
    ours = Person.objects.filter(property_id=request.user.property_id).in_bulk(chosen.values())
    return {place: ours[pk] for place, pk in chosen.items() if pk in ours}


@require_GET
@staff_only()
def my_thanks(request: StaffRequest) -> HttpResponse:
    """What guests said of whoever is signed in, once the manager has passed it on."""
    mine = list(
        CommendedPerson.objects.filter(
            person=request.user, commendation__passed_on_at__isnull=False
        ).order_by("-commendation__passed_on_at", "-pk")[:200]
    )
    rows = stories.told(Commendation.objects.filter(pk__in=[row.commendation_id for row in mine]))
    told = {story.commendation.pk: story for story in stories.stories(rows)}
    context = {
        "thanks": [(told[row.commendation_id], row.seen_at is None) for row in mine],
        **frame(request.user, here="my-thanks"),
    }
    response = render(request, "manager/my_thanks.html", context)
    praise.see_thanks(request.user, at=timezone.now())
    return response
