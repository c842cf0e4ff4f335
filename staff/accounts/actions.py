"""What changes about the people who work here. Whoever loses a right loses their sessions too."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from requests_app import broadcast, queries
from requests_app.actions.journal import change, house_changed, touch
from requests_app.actions.requests import release_request
from requests_app.errors import NotAllowed, RequestError
from requests_app.models import Desk, Property, Request
from requests_app.states import OPEN
from staff.models import Person, Role

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are read as another: i, l, o, 0, 1."""

EDITORS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})


def new_password() -> str:
    """About 79 random bits, in groups that can be read out: "kq7m-3xph-bd4n-wz6e"."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _group in range(4))


def may_edit(by: Person, person: Person | None = None, *, role: str = "") -> bool:
    """Managers and administrators edit people; only administrators touch administrators."""
    if by.role not in EDITORS or (person is not None and person.property_id != by.property_id):
        return False
    touched = {role, person.role if person is not None else ""}
    return by.role == Role.ADMINISTRATOR or Role.ADMINISTRATOR not in touched


def sign_out_everywhere(person: Person) -> None:
    """No session of theirs is valid any more, and their sockets end."""
    Person.objects.filter(pk=person.pk).update(sessions_ended=F("sessions_ended") + 1)
    person.refresh_from_db(fields=["sessions_ended"])
    broadcast.signed_out(person.pk)


def add_person(
    hotel: Property,
    *,
    by: Person,
    email: str,
    first_name: str,
    last_name: str,
    nicknames: list[str],
    role: str,
    desks: Iterable[Desk],
    telephone: str = "",
) -> tuple[Person, str]:
    """Somebody new, and their first password, which nobody can read again. Raises NotAllowed."""
    if by.property_id != hotel.pk or not may_edit(by, role=role):
        raise NotAllowed
    person, password = _with_password(
        Person(
            property=hotel,
            email=email,
            first_name=first_name,
            last_name=last_name,
            nicknames=nicknames,
            role=role,
            telephone=telephone,
            language=by.language,
        )
    )
    with change():
        _take_on(person, desks)
    return person, password


def _with_password(person: Person) -> tuple[Person, str]:
    """Before any transaction: to hash it takes a third of a second, and others want to write."""
    password = new_password()
    person.set_password(password)
    return person, password


def _take_on(person: Person, desks: Iterable[Desk]) -> None:
    person.save(force_insert=True)
    person.desks.set([desk for desk in desks if desk.property_id == person.property_id])
    house_changed(person.property_id)


def first_administrator(
    hotel: Property, *, email: str, first_name: str, last_name: str
) -> tuple[Person, str]:
    """Who adds everybody else, and their first password, which nobody can read again.

    Raises RequestError where the hotel has somebody already, or somebody has the address.
    """
    person, password = _with_password(
        Person(
            property=hotel,
            email=email,
            first_name=first_name,
            last_name=last_name,
            role=Role.ADMINISTRATOR,
            language=hotel.language,
        )
    )
    with change():
        if Person.objects.filter(property=hotel).exists():
            raise RequestError(_("This hotel has its people: one of them adds the others."))
        if Person.objects.filter(email=email).exists():
            raise RequestError(_("Somebody has this e-mail address already."))
        _take_on(person, Desk.objects.filter(property=hotel))
    return person, password


def edit_person(
    person: Person,
    *,
    by: Person,
    at: datetime,
    first_name: str,
    last_name: str,
    nicknames: list[str],
    role: str,
    desks: Iterable[Desk],
    is_active: bool,
    telephone: str | None = None,
) -> Person:
    """Raises NotAllowed, or RequestError where the hotel would be left without an administrator."""
    if not may_edit(by, person, role=role):
        raise NotAllowed
    with change():
        # The property's row is locked by this: of two who demote each other, one comes second.
        house_changed(person.property_id)
        before = Person.objects.get(pk=person.pk)
        stays = is_active and role == Role.ADMINISTRATOR
        if before.is_active and before.role == Role.ADMINISTRATOR and not stays:
            _refuse_last_administrator(before)
        person.first_name, person.last_name = first_name, last_name
        person.nicknames, person.role, person.is_active = nicknames, role, is_active
        person.telephone = person.telephone if telephone is None else telephone
        person.save(
            update_fields=[
                "first_name", "last_name", "nicknames", "role", "is_active", "telephone",
            ]
        )  # fmt: skip
        person.desks.set([desk for desk in desks if desk.property_id == person.property_id])
        if (before.role, before.is_active) != (role, is_active):
            sign_out_everywhere(person)
        if before.is_active and not is_active:
            _give_back(person, by=by, at=at)
        held = Request.objects.filter(property_id=person.property_id, holder=person).on_board()
        touch(held, property_id=person.property_id)
    return person


def _refuse_last_administrator(person: Person) -> None:
    others = Person.objects.filter(
        property_id=person.property_id, role=Role.ADMINISTRATOR, is_active=True
    ).exclude(pk=person.pk)
    if not others.exists():
        raise RequestError(
            _("%(name)s is the only administrator. Make somebody else one first.")
            % {"name": person.name}
        )


def _give_back(person: Person, *, by: Person, at: datetime) -> None:
    """What somebody had in hand when they left is anybody's again."""
    held = Request.objects.filter(property_id=person.property_id, holder=person, status__in=OPEN)
    for request in queries.cards(held):
        release_request(
            request, by=by, at=at, reason=_("%(name)s has left.") % {"name": person.short_name}
        )


def reset_password(person: Person, *, by: Person) -> str:
    """A generated password, shown once; every session of theirs ends. Raises NotAllowed."""
    if not may_edit(by, person):
        raise NotAllowed
    password = new_password()
    change_password(person, password=password)
    return password


def change_password(person: Person, *, password: str) -> Person:
    """Sessions end with it, since each carries a print of the password it began with."""
    with change():
        person.set_password(password)
        person.save(update_fields=["password"])
        sign_out_everywhere(person)
    return person


def edit_self(
    person: Person, *, language: str, nicknames: list[str], telephone: str | None = None
) -> Person:
    """What anybody may change about themselves. ``telephone`` is E.164; None leaves it."""
    with change():
        person.language, person.nicknames = language, nicknames
        person.telephone = person.telephone if telephone is None else telephone
        person.save(update_fields=["language", "nicknames", "telephone"])
        house_changed(person.property_id)
    return person
