"""What hardly changes about a hotel, kept in memory by its ``house_version``.

Reading a text needs the catalogue, the taught words and the names of the staff: five queries that
every text would pay for. The property's row, which every text reads anyway, says if they are old.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from requests_app import queries
from requests_app.models import Desk, Property, Room, Service
from requests_app.reading import Setting


@dataclass(frozen=True, slots=True)
class House:
    """Rows are shared between threads: read them, never change or save them."""

    version: int
    services: dict[str, Service]
    desks: dict[str, Desk]
    rooms: dict[str, Room]
    setting: Setting

    def setting_at(
        self, hotel: Property, now: datetime, *, language: str, awaiting: bool
    ) -> Setting:
        return replace(
            self.setting, now=hotel.local(now), language=language or None, awaiting=awaiting
        )

    @property
    def front_desk(self) -> Desk:
        return self.desks["front-desk"]


_houses: dict[int, House] = {}


def house_of(hotel: Property, now: datetime) -> House:
    known = _houses.get(hotel.pk)
    if known is None or known.version != hotel.house_version:
        known = House(
            version=hotel.house_version,
            services={
                s.slug: s
                for s in Service.objects.filter(property=hotel, active=True).select_related("desk")
            },
            desks={d.slug: d for d in Desk.objects.filter(property=hotel)},
            rooms={r.number: r for r in Room.objects.filter(property=hotel)},
            setting=queries.reading_setting(hotel, now=now),
        )
        _houses[hotel.pk] = known
    return known


def forget() -> None:
    """For tests, whose databases are rolled back behind our back."""
    _houses.clear()
