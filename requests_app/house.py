"""What hardly changes about a hotel, kept in memory by its ``house_version``.

Reading a text needs the catalogue, the taught words and the names of the staff: five queries that
every text would pay for. The property's row, which every text reads anyway, says if they are old.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from requests_app import queries
from requests_app.models import Desk, Property, Request, Room, Service
from requests_app.reading import Setting


@dataclass(frozen=True)
class House:
    """Rows are shared between threads: read them, never change or save them."""

    hotel: Property
    """As it was when its version was this; ``sequence`` is of then."""
    services: dict[str, Service]
    """Those that are switched on, by slug."""
    desks: dict[str, Desk]
    """By slug, in their order."""
    rooms: dict[str, Room]
    """By number."""
    setting: Setting

    def setting_at(
        self, hotel: Property, now: datetime, *, language: str, awaiting: bool
    ) -> Setting:
        return replace(
            self.setting, now=hotel.local(now), language=language or None, awaiting=awaiting
        )

    @property
    def version(self) -> int:
        return self.hotel.house_version

    @property
    def front_desk(self) -> Desk:
        return self.desks["front-desk"]

    @cached_property
    def _by_key(self) -> dict[str, dict[int, Any]]:
        services = {row.pk: row for row in self.services.values()}
        rooms = {row.pk: row for row in self.rooms.values()}
        return {
            "property": {self.hotel.pk: self.hotel},
            "desk": {row.pk: row for row in self.desks.values()},
            "service": services,
            "suggested": services,
            "room": rooms,
            "room_now": rooms,
        }

    def furnish(self, request: Request) -> Request:
        """Give a request its rows that are known here, so that they are not read once more."""
        for name, known in self._by_key.items():
            row = known.get(getattr(request, f"{name}_id"))
            if row is not None:
                setattr(request, name, row)
        return request


_houses: dict[int, House] = {}


def house_of(hotel: Property, now: datetime) -> House:
    known = _houses.get(hotel.pk)
    if known is None or known.version != hotel.house_version:
        known = House(
            hotel=hotel,
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


def house_at(property_id: int, version: int, now: datetime) -> House:
    """The house as of this version (``Property.house_version``), or newer."""
    known = _houses.get(property_id)
    if known is not None and known.version == version:
        return known
    return house_of(Property.objects.get(pk=property_id), now)


def forget() -> None:
    """For tests, whose databases are rolled back behind our back."""
    _houses.clear()
