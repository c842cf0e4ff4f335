"""What the manager's socket looks at: stories, and the numbers. Runs in a pool thread."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from requests_app import fragments, stories
from requests_app.hub import Changes, View
from requests_app.models import Commendation, Property
from staff.live import frame, join, staff_socket
from staff.manager.counts import numbers
from staff.models import Person, Role

READERS = (Role.MANAGER, Role.ADMINISTRATOR)
SHOWN = 8
"""Read commendations on the page; the rest are a tap away. Those not yet read are all shown."""

NUMBERS_EVERY_SECONDS = 2.0

_numbers_at: dict[tuple[int, str], float] = {}
"""When this process last pushed the numbers of (property, language), on the monotonic clock."""


def numbers_piece(hotel: Property, language: str) -> SafeString:
    """The table of numbers, right now."""
    context = {"numbers": numbers(hotel, timezone.now()), "hotel": hotel}
    return fragments.manager_numbers(context, language)


def pieces(commendations: Iterable[Commendation], language: str) -> list[SafeString]:
    return [fragments.story(told, language) for told in stories.stories(commendations)]


def lists(property_id: int, language: str) -> SafeString:
    """Those not yet read, and the latest of the others."""
    ours = stories.told(Commendation.objects.filter(property_id=property_id))
    return fragments.stories(
        stories.stories(ours.filter(acknowledged_at=None)),
        stories.stories(ours.filter(acknowledged_at__isnull=False)[:SHOWN]),
        language,
    )


@dataclass(frozen=True, slots=True)
class ManagerView:
    """The manager's page of one property, in one language."""

    property_id: int
    language: str

    def snapshot(self) -> tuple[str, int]:
        # The sequence before the rows: what changes between the two is told again, never missed.
        hotel = Property.objects.get(pk=self.property_id)
        body = format_html(
            "<div>{}</div>{}",
            lists(self.property_id, self.language),
            numbers_piece(hotel, self.language),
        )
        return frame("snapshot", body, hotel.sequence), hotel.sequence

    def changes(self, changes: Changes) -> str:
        """Always a frame, so that sequences prove it complete."""
        changed = [row.pk for row in changes.commendations]
        told = stories.told(Commendation.objects.filter(pk__in=changed).order_by("at", "pk"))
        body = [*pieces(told, self.language), self._numbers()] if changed else [self._numbers()]
        return frame("change", join(body), changes.sequence, after=changes.after)

    def _numbers(self) -> SafeString:
        """At most every two seconds; in between a mark, on which the page asks for them later."""
        key, now = (self.property_id, self.language), time.monotonic()
        if now - _numbers_at.get(key, -NUMBERS_EVERY_SECONDS) < NUMBERS_EVERY_SECONDS:
            return mark_safe("<i data-numbers-later></i>")
        _numbers_at[key] = now
        return numbers_piece(Property.objects.get(pk=self.property_id), self.language)


def view_of(person: Person, _slug: str) -> View | None:
    if person.role not in READERS:
        return None
    return ManagerView(person.property_id, person.language)


manager_socket = staff_socket(view_of)
