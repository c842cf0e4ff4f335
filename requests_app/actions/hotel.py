"""What a property sets about itself: its catalogue, its names and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, Max, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from requests_app.actions import escalation
from requests_app.actions.house import teach_word
from requests_app.actions.journal import change, house_changed, touch
from requests_app.actions.rooms import add_rooms
from requests_app.errors import RequestError
from requests_app.models import Desk, Property, Request, Service
from requests_app.reading.catalogue import DESKS, load_catalogue
from requests_app.states import Status

if TYPE_CHECKING:
    from staff.models import Person

EVERYTHING_ELSE = "other"
"""The service that what nobody can sort ends with: it cannot be switched off."""


def found_hotel(
    *,
    name: str,
    slug: str,
    time_zone: str,
    text_number: str,
    telephone: str,
    languages: list[str],
    rooms: Iterable[str] = (),
    is_demo: bool = False,
) -> Property:
    """A hotel with the six desks, the whole catalogue, the usual ladder of warnings, and its rooms.

    ``time_zone`` is a name of the IANA database, numbers are E.164, ``languages`` begins with the
    hotel's own. Raises RequestError where the slug or the number is another hotel's.
    """
    with change():
        if Property.objects.filter(Q(slug=slug) | Q(text_number=text_number)).exists():
            raise RequestError(_("There is a hotel with this name or this number already."))
        hotel = Property.objects.create(
            slug=slug,
            name=name,
            time_zone=time_zone,
            text_number=text_number,
            telephone=telephone,
            languages=languages,
            is_demo=is_demo,
        )
        desks = {
            slug: Desk.objects.create(property=hotel, slug=slug, position=n)
            for n, slug in enumerate(DESKS)
        }
        Service.objects.bulk_create(
            Service(
                property=hotel,
                desk=desks[entry.desk],
                slug=slug,
                theme=entry.theme,
                respond_minutes=entry.respond_minutes,
                complete_minutes=entry.complete_minutes,
                counted=entry.counted,
                scheduled=entry.scheduled,
                on_guest_page=entry.guest_page,
                position=n,
            )
            for n, (slug, entry) in enumerate(load_catalogue().items())
        )
        add_rooms(hotel, numbers=rooms)
        escalation.give_default_steps(hotel)
    return hotel


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
