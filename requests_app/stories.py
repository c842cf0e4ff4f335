"""A commendation with the story behind it: what was asked, who did it, how quickly, as promised?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Prefetch, QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from requests_app.models import Commendation, CommendedPerson, Fulfilment, Promise, Request
from requests_app.reading import StaffName
from requests_app.reading.people import match_people

if TYPE_CHECKING:
    from staff.models import Person

LONGEST_ENDING = 5
"""Letters that may follow a name: Mikalle, Selin'e."""


@dataclass(frozen=True, slots=True)
class OpenName:
    """A name nobody could settle, and who it may be; ``place`` is its place in the list."""

    place: int
    words: str
    candidates: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """All that the manager's page shows of one commendation."""

    commendation: Commendation
    people: tuple[CommendedPerson, ...]
    open_names: tuple[OpenName, ...]
    helpers: tuple[Person, ...]
    """Who did it by the fulfilment log, first the ones who did."""
    beyond: str
    took: timedelta | None
    """From the guest's words to done, reopened cycles included."""
    kept: bool | None
    """Whether the promise was kept; None where there is none, or it is still open."""

    @property
    def request(self) -> Request | None:
        return self.commendation.request

    @property
    def may_be_passed_on(self) -> bool:
        """Whether it names somebody, or somebody of whom the form asks who is meant."""
        return bool(self.people) or any(name.candidates for name in self.open_names)

    @property
    def also_did(self) -> tuple[Person, ...]:
        """Who did it without being named in the guest's words."""
        named = {row.person_id for row in self.people}
        return tuple(person for person in self.helpers if person.pk not in named)

    @property
    def room(self) -> str:
        request, stay = self.commendation.request, self.commendation.stay
        room = request.room or request.room_now if request else None
        if room is None and stay is not None:
            room = stay.room
        return room.number if room else ""

    @property
    def words(self) -> SafeString:
        """The guest's words, escaped, with the names of whom they thank marked."""
        people = [row.person for row in self.people]
        names = [name for person in people for name in _names(person)]
        # And as they were written: "Aiino" is Aino too.
        staff = [StaffName(p.pk, p.first_name, p.last_name, tuple(p.nicknames)) for p in people]
        written = [
            named.words
            for named in match_people(self.commendation.words, staff)
            if named.candidates and not named.words.isdigit()
        ]
        return mark_names(
            self.commendation.words, [*names, *written, *(name.words for name in self.open_names)]
        )


def _names(person: Person) -> Iterable[str]:
    return (person.first_name, person.last_name, *person.nicknames)


def mark_names(words: str, names: Iterable[str]) -> SafeString:
    wanted = sorted({n.casefold() for n in names if len(n.strip()) > 1}, key=len, reverse=True)
    if not wanted:
        return escape(words)
    either = "|".join(re.escape(name) for name in wanted)
    pattern = re.compile(
        rf"(?<!\w)((?:{either})(?:['’]?\w{{0,{LONGEST_ENDING}}})?)(?!\w)", re.IGNORECASE
    )
    pieces = [
        f"<mark>{escape(part)}</mark>" if place % 2 else escape(part)
        for place, part in enumerate(pattern.split(words))
    ]
    return mark_safe("".join(pieces))  # noqa: S308  (every part was escaped)


def told(commendations: QuerySet[Commendation]) -> QuerySet[Commendation]:
    """With all that a story reads: eight queries, however many there are.

    The hotel is not joined: SQLite would begin with its row, and then sort every commendation there
    ever was instead of walking their index.
    """
    request = "request__"
    return commendations.select_related(
        "stay__room",
        "acknowledged_by",
        "passed_on_by",
        *(request + name for name in ("desk", "service", "room", "room_now", "property")),
    ).prefetch_related(
        "property",
        Prefetch("people", CommendedPerson.objects.select_related("person").order_by("pk")),
        Prefetch(
            "request__fulfilments",
            Fulfilment.objects.select_related("by").prefetch_related("helpers"),
        ),
        Prefetch("request__promises", Promise.objects.order_by("pk")),
    )


def stories(commendations: Iterable[Commendation]) -> list[Story]:
    """Of rows read with ``told``; one more query for the candidates of open names."""
    rows = list(commendations)
    ids = {pk for row in rows for name in row.open_names for pk in name["candidates"]}
    candidates = {p.pk: p for p in get_user_model().objects.filter(pk__in=ids)} if ids else {}
    return [_story(row, candidates) for row in rows]


def story_of(commendation: Commendation) -> Story:
    """The story of one, read anew."""
    (story,) = stories(told(Commendation.objects.filter(pk=commendation.pk)))
    return story


def _story(row: Commendation, candidates: dict[int, Person]) -> Story:
    helpers: dict[int, Person] = {}
    beyond: list[str] = []
    kept: bool | None = None
    took: timedelta | None = None
    if row.request is not None:
        for log in row.request.fulfilments.all():
            beyond.append(log.beyond)
            for person in (log.by, *log.helpers.all()):
                helpers.setdefault(person.pk, person)
        kept = _kept(list(row.request.promises.all()))
        if row.request.done_at is not None:
            took = row.request.done_at - row.request.created_at
    return Story(
        commendation=row,
        people=tuple(row.people.all()),
        open_names=tuple(
            OpenName(
                place,
                str(name["words"]),
                tuple(candidates[pk] for pk in name["candidates"] if pk in candidates),
            )
            for place, name in enumerate(row.open_names)
        ),
        helpers=tuple(helpers.values()),
        beyond=" · ".join(dict.fromkeys(note for note in beyond if note)),
        took=took,
        kept=kept,
    )


def _kept(promises: list[Promise]) -> bool | None:
    """Broken once is broken, whatever was promised afterwards."""
    if any(promise.kept is False for promise in promises):
        return False
    return next((True for promise in promises if promise.kept), None)
