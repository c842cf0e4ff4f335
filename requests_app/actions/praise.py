"""Ratings and commendations, from a guest's words to the manager, the employee, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from requests_app import queries
from requests_app.actions.journal import By, change, fresh, move, take_sequence
from requests_app.errors import Missing, RequestError
from requests_app.models import (
    Commendation,
    CommendedPerson,
    Message,
    Property,
    Rating,
    Request,
    Stay,
)
from requests_app.reading.people import match_people
from requests_app.states import EventKind

if TYPE_CHECKING:
    from staff.models import Person


def people_who_did(request: Request) -> list[Person]:
    """Everybody in the fulfilment log of a request, first the ones who did it, each once."""
    people: dict[int, Person] = {}
    for log in request.fulfilments.select_related("by").prefetch_related("helpers"):
        for person in (log.by, *log.helpers.all()):
            people.setdefault(person.pk, person)
    return list(people.values())


def rate(request: Request, *, score: int, at: datetime) -> Rating:
    """Keep a rating; a later one replaces it. Missing outside 1 to 5. See ``answers.rate``."""
    if score not in range(1, 6):
        raise Missing(_("Choose from 1 to 5."))
    with change():
        rating, _created = Rating.objects.update_or_create(
            request=request,
            defaults={"score": score, "at": at},
            create_defaults={"property_id": request.property_id, "score": score, "at": at},
        )
        move(
            fresh(request),
            None,
            EventKind.HEARD,
            at=at,
            actor=By.GUEST,
            data={"rating": score},
        )
    return rating


def commend(
    hotel: Property,
    *,
    words: str,
    at: datetime,
    channel: str,
    language: str = "",
    request: Request | None = None,
    stay: Stay | None = None,
    message: Message | None = None,
    offered: Sequence[Person] = (),
    chosen: Iterable[Person] = (),
) -> Commendation:
    """Put praise on the manager's desk. ``chosen`` were tapped; names in ``words`` are matched.

    A name that two people share is left open for the manager, never picked at random.
    """
    people = {p.pk: CommendedPerson.How.CHOSEN for p in chosen}
    open_names = []
    for named in match_people(words, queries.staff_names(hotel), offered=[p.pk for p in offered]):
        if len(named.candidates) == 1:
            how = CommendedPerson.How.CHOSEN if named.words.isdigit() else CommendedPerson.How.NAMED
            people.setdefault(named.candidates[0], how)
        elif not set(named.candidates) & set(people):
            open_names.append({"words": named.words, "candidates": list(named.candidates)})
    with change():
        commendation = Commendation.objects.create(
            property=hotel,
            stay=stay,
            request=request,
            message=message,
            channel=channel,
            language=language,
            words=words,
            at=at,
            open_names=open_names,
            sequence=take_sequence(hotel.pk),
        )
        CommendedPerson.objects.bulk_create(
            CommendedPerson(commendation=commendation, person_id=pk, how=how)
            for pk, how in people.items()
        )
    return commendation


def _change(commendation: Commendation, *, version: int | None = None, **fields: object) -> None:
    """Compare and swap, with a sequence for the manager's live page."""
    updated = Commendation.objects.filter(pk=commendation.pk, version=commendation.version).update(
        version=commendation.version + 1,
        sequence=take_sequence(commendation.property_id),
        **fields,
    )
    if not updated:
        raise RequestError(_("This has changed meanwhile. Here it is as it is now."))
    commendation.refresh_from_db()


def acknowledge(commendation: Commendation, *, by: Person, at: datetime) -> Commendation:
    """The manager has read it. A second time changes nothing."""
    if commendation.acknowledged_at is None:
        with change():
            _change(commendation, acknowledged_at=at, acknowledged_by=by)
    return commendation


def correct_people(
    commendation: Commendation, *, people: Iterable[Person], by: Person, at: datetime
) -> Commendation:
    """The manager says whom it is for; names that were open are settled by that."""
    wanted = {p.pk for p in people if p.property_id == commendation.property_id}
    with change():
        _change(
            commendation,
            open_names=[],
            acknowledged_at=commendation.acknowledged_at or at,
            acknowledged_by=commendation.acknowledged_by or by,
        )
        commendation.people.exclude(person_id__in=wanted).delete()
        have = set(commendation.people.values_list("person_id", flat=True))
        CommendedPerson.objects.bulk_create(
            CommendedPerson(
                commendation=commendation, person_id=pk, how=CommendedPerson.How.CORRECTED
            )
            for pk in sorted(wanted - have)
        )
    return commendation


def settle_name(
    commendation: Commendation, *, place: int, person: Person, by: Person, at: datetime
) -> Commendation:
    """One of the open names (by its place in the list) is this person; the others stay open.

    Raises Missing where that name is open no more, or nobody of that name is this person.
    """
    names = list(commendation.open_names)
    if place >= len(names) or person.pk not in names[place]["candidates"]:
        raise Missing(_("Choose one of the people of that name."))
    with change():
        _change(
            commendation,
            open_names=names[:place] + names[place + 1 :],
        )
        CommendedPerson.objects.get_or_create(
            commendation=commendation,
            person=person,
            defaults={"how": CommendedPerson.How.CORRECTED},
        )
    return commendation


def pass_on(
    commendation: Commendation,
    *,
    note: str,
    by: Person,
    at: datetime,
    meant: Mapping[int, Person] | None = None,
) -> Commendation:
    """To the people it names, with the manager's note: they see it on their own page.

    ``meant`` says who is meant by names that could be several people's, by their places. Raises
    Missing, and changes nothing, while nobody is named or one of these is still open.
    """
    chosen = {
        place: person
        for place, person in (meant or {}).items()
        if place < len(commendation.open_names)
        and person.pk in commendation.open_names[place]["candidates"]
    }
    still_open = [n for place, n in enumerate(commendation.open_names) if place not in chosen]
    asks = any(name["candidates"] for name in still_open)
    if not asks and not chosen and not commendation.people.exists():
        raise Missing(_("Say first whom it is for."))
    with change():
        _change(
            commendation,
            open_names=still_open,
            note=note.strip()[:500],
            passed_on_at=commendation.passed_on_at or at,
            passed_on_by=by,
            acknowledged_at=commendation.acknowledged_at or at,
            acknowledged_by=commendation.acknowledged_by or by,
        )
        if asks:  # after the version was compared; it undoes the whole
            raise Missing(_("Say first who is meant."))
        for person in chosen.values():
            CommendedPerson.objects.get_or_create(
                commendation=commendation,
                person=person,
                defaults={"how": CommendedPerson.How.CORRECTED},
            )
    return commendation


def see_thanks(person: Person, *, at: datetime) -> None:
    """The employee has opened their page: nothing there is new any more."""
    CommendedPerson.objects.filter(
        person=person, seen_at=None, commendation__passed_on_at__isnull=False
    ).update(seen_at=at)
