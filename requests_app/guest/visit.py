"""A visit to a room's page: which room, which browser, in which language, and what it may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.http import Http404, HttpRequest

from requests_app import fragments, queries
from requests_app.actions.visitors import Visitor
from requests_app.guest import browser
from requests_app.guest.progress import card_of
from requests_app.house import house_of
from requests_app.models import Property, Request, Room, Service, Stay

MOST_CARDS = 60
"""More than any guest has; a page stays a page."""


@dataclass(frozen=True)
class Visit:
    """One request for a page of a room. ``key`` is the browser's, "" where it has asked nothing."""

    request: HttpRequest
    room: Room
    language: str
    key: str
    now: datetime
    csrf: str

    @property
    def hotel(self) -> Property:
        return self.room.property

    @property
    def address(self) -> str:
        return f"/r/{self.room.token}/"

    @cached_property
    def stay(self) -> Stay | None:
        return queries.stay_in_room(self.room.pk, self.now)

    @property
    def visitor(self) -> Visitor:
        return Visitor(room=self.room, browser=self.key, stay=self.stay, language=self.language)

    def known_as(self, submission: UUID | None) -> Visit:
        """With a key, made now where there was none."""
        return self if self.key else replace(self, key=browser.new_key(submission))

    @cached_property
    def requests(self) -> list[Request]:
        """What this browser asked for, newest first."""
        found = queries.requests_of_browser(self.room, self.key, stay=self.stay, at=self.now)
        return list(found[:MOST_CARDS])

    def own_request(self, pk: int) -> Request:
        """Raises Http404 for everything this browser did not ask for itself."""
        found = queries.requests_of_browser(self.room, self.key, stay=self.stay, at=self.now)
        request = found.filter(pk=pk).first()
        if request is None:
            raise Http404
        return request

    def service(self, slug: str) -> Service:
        """One of this hotel's, shown on the page and switched on; else Http404."""
        service = house_of(self.hotel, self.now).services.get(slug)
        if service is None or not service.on_guest_page:
            raise Http404
        return service

    @property
    def services(self) -> list[Service]:
        return list(house_of(self.hotel, self.now).services.values())

    def cards(self) -> list[str]:
        return [self.card(request) for request in self.requests]

    def card(self, request: Request) -> str:
        context = card_of(
            request, at=self.now, address=self.address, csrf=self.csrf, language=self.language
        )
        return fragments.guest_card(context, self.language)
