"""What a property sets about itself: its catalogue, its names and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from requests_app.actions.house import teach_word
from requests_app.actions.journal import change, house_changed, touch
from requests_app.errors import RequestError
from requests_app.models import Desk, Property, Request, Service
from requests_app.states import Status

if TYPE_CHECKING:
    from staff.models import Person

EVERYTHING_ELSE = "other"
"""The service that what nobody can sort ends with: it cannot be switched off."""


def _checked(respond_minutes: int, complete_minutes: int) -> None:
    if complete_minutes < respond_minutes:
        raise RequestError(_("It cannot be done before somebody has answered: raise the minutes."))


def edit_service(
    service: Service,
    *,
    custom_name: str,
    desk: Desk,
    respond_minutes: int,
    complete_minutes: int,
    on_guest_page: bool,
    active: bool,
) -> Service:
    """Requests that are open keep their desk and their promise: those were told to a guest."""
    _checked(respond_minutes, complete_minutes)
    if desk.property_id != service.property_id:
        raise RequestError(_("Choose one of this hotel's desks."))
    if service.slug == EVERYTHING_ELSE and not active:
        raise RequestError(_("Something must be left for what fits nowhere else."))
    with change():
        service.custom_name, service.desk = custom_name, desk
        service.respond_minutes, service.complete_minutes = respond_minutes, complete_minutes
        service.on_guest_page, service.active = on_guest_page, active
        service.save()
        house_changed(service.property_id)
        shown = Request.objects.filter(property_id=service.property_id, service=service).on_board()
        touch(shown, property_id=service.property_id)
    return service


def add_service(
    hotel: Property,
    *,
    name: str,
    desk: Desk,
    theme: str,
    respond_minutes: int,
    complete_minutes: int,
    counted: bool,
    on_guest_page: bool,
    words: Iterable[str],
    by: Person,
    at: datetime,
) -> Service:
    """A service of this hotel's own. Its name and ``words`` are taught in the hotel's language."""
    _checked(respond_minutes, complete_minutes)
    if desk.property_id != hotel.pk:
        raise RequestError(_("Choose one of this hotel's desks."))
    with change():
        house_changed(hotel.pk)
        services = Service.objects.filter(property=hotel)
        if services.filter(custom_name__iexact=name).exists():
            raise RequestError(_("There is a service of this name already."))
        last = services.aggregate(last=Max("position"))["last"] or 0
        service = Service.objects.create(
            property=hotel,
            desk=desk,
            slug=_free_slug(hotel, name),
            theme=theme,
            custom_name=name,
            respond_minutes=respond_minutes,
            complete_minutes=complete_minutes,
            counted=counted,
            on_guest_page=on_guest_page,
            position=last + 1,
        )
        for word in dict.fromkeys([name, *words]):
            if len(word.strip()) > 1:
                teach_word(service, word=word, language=hotel.language, by=by, at=at)
    return service


def _free_slug(hotel: Property, name: str) -> str:
    """Never one of the shipped catalogue, whose words mean something else."""
    stem = f"own-{slugify(name)[:36] or 'service'}"
    taken = set(Service.objects.filter(property=hotel).values_list("slug", flat=True))
    slug, n = stem, 2
    while slug in taken:
        slug, n = f"{stem}-{n}", n + 1
    return slug


def edit_hotel(
    hotel: Property,
    *,
    name: str,
    telephone: str,
    emergency_number: str,
    accent: str,
    confirm_after_minutes: int,
    languages: list[str],
) -> Property:
    """``languages`` begins with the hotel's own; ``telephone`` is E.164."""
    if not languages:
        raise RequestError(_("Choose at least one language."))
    with change():
        house_changed(hotel.pk)
        hotel.name, hotel.telephone, hotel.emergency_number = name, telephone, emergency_number
        hotel.accent, hotel.confirm_after_minutes = accent, confirm_after_minutes
        hotel.languages = languages
        hotel.save(
            update_fields=[
                "name",
                "telephone",
                "emergency_number",
                "accent",
                "confirm_after_minutes",
                "languages",
            ]
        )
        # What waits for the guest's word is confirmed by silence at another time now.
        done = Request.objects.filter(property=hotel).on_board().filter(status=Status.DONE)
        done.update(next_look_at=F("done_at"))
    return hotel
