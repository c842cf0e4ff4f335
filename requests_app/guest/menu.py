"""What a room's page offers: the services by theme, each with its promise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from requests_app.hours import opens_after
from requests_app.models import Property, Service
from requests_app.models.hotel import hours_of
from requests_app.reading.catalogue import THEMES, theme_name
from requests_app.wording import clock_time


@dataclass(frozen=True, slots=True)
class Offer:
    slug: str
    name: str
    promise: str


@dataclass(frozen=True, slots=True)
class Theme:
    slug: str
    name: str
    preview: str
    offers: list[Offer]


def promise_of(service: Service, hotel: Property, now: datetime) -> str:
    """What is told before anything is asked: "within 15 min"; "any time" where a time is chosen;
    "from 07:00" while it is closed. ``service`` comes with its desk."""
    open_on = hours_of(service, service.desk)
    opens_at = opens_after(open_on, hotel.zone, now) if open_on else None
    if opens_at is not None:
        return _("from %(time)s") % {"time": clock_time(opens_at, hotel, now)}
    if service.scheduled:
        return _("any time")
    if service.complete_minutes <= 60:
        return _("within %(minutes)d min") % {"minutes": service.complete_minutes}
    hours = -(-service.complete_minutes // 60)
    return _("within %(hours)d h") % {"hours": hours}


def menu_of(
    services: Iterable[Service], language: str, *, hotel: Property, now: datetime
) -> list[Theme]:
    """Themes in the catalogue's order, those of the property's own making last; none empty."""
    by_theme: dict[str, list[Offer]] = {theme: [] for theme in THEMES}
    for service in sorted(services, key=lambda s: (s.position, s.pk)):
        if service.on_guest_page and service.active:
            promise = promise_of(service, hotel, now)
            offer = Offer(service.slug, service.name_in(language), promise)
            by_theme.setdefault(service.theme, []).append(offer)
    return [
        Theme(slug, theme_name(slug, language), _preview(offers), offers)
        for slug, offers in by_theme.items()
        if offers
    ]


def _preview(offers: list[Offer]) -> str:
    return " · ".join(offer.name for offer in offers[:4])
