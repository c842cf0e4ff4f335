"""What every thing done with a request from a board has in common: who, when, and second taps."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms

from requests_app.errors import AlreadyChanged
from requests_app.hours import moment_of
from requests_app.models import Property, Request
from staff.models import Person, Role


def next_time(hotel: Property, wanted: time, now: datetime) -> datetime:
    """The next moment at which the hotel's clocks show ``wanted``, in UTC."""
    local = hotel.local(now)
    moment = local.replace(hour=wanted.hour, minute=wanted.minute, second=0, microsecond=0)
    if moment < local:
        moment = (moment.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=hotel.zone)
    return moment.astimezone(UTC)


def on_day(hotel: Property, day: date, moment: datetime) -> datetime:
    """The same time of the hotel's clocks on another day, in UTC."""
    wall = hotel.local(moment).time().replace(tzinfo=None)
    return moment_of(day, wall, hotel.zone)


def may_overrule(person: Person) -> bool:
    """Whether they may take away what a colleague has in hand."""
    return person.role != Role.DESK


class Act(forms.Form):
    """One thing done with one request by one person. ``version`` is the card they looked at."""

    version = forms.IntegerField(required=False)
    template = ""
    """What it asks, under templates/boards/; empty: nothing, the tap is enough."""
    done_when: frozenset[str] = frozenset()
    """Statuses in which its holder finds it done already, where no version says what they saw."""
    event = ""
    """The EventKind it leaves: one by this person since their card is their own first tap."""
    steps = 1
    """So many versions it may take at once."""

    def __init__(self, data: Any = None, *, target: Request, person: Person, now: datetime) -> None:
        super().__init__(data)
        self.target = target
        self.person = person
        self.now = now

    def carry_out(self) -> None:
        """Raises RequestError."""
        if self._is_done():
            return
        version = self.cleaned_data.get("version")
        if version is not None and version != self.target.version:
            raise AlreadyChanged(self.target)
        try:
            self.act(self.cleaned_data)
        except AlreadyChanged as collision:
            self.target = collision.request
            if not self._is_done():  # else it was this person's own other tap
                raise

    def _is_done(self) -> bool:
        """Whether this is a second tap of the same person on the same card: a stale page is not."""
        version = self.cleaned_data.get("version")
        if version is None:
            ours = self.target.holder_id in {None, self.person.pk}
            return self.target.status in self.done_when and ours
        if not self.event or not 0 < self.target.version - version <= self.steps:
            return False
        last = self.target.events.order_by("pk").last()
        return last is not None and last.kind == self.event and last.person_id == self.person.pk

    def act(self, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def moment(self, data: dict[str, Any]) -> datetime | None:
        """From "in … minutes" or "at …", in UTC; the clock time wins where both are given."""
        if data.get("at"):
            return next_time(self.target.property, data["at"], self.now)
        if data.get("minutes"):
            return self.now + timedelta(minutes=data["minutes"])
        return None
