"""What puts something off: a hold, another promised time, a follow-up for later."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions import counter, requests, timing
from requests_app.errors import AlreadyChanged, Missing
from requests_app.states import EventKind, Status
from staff.boards.acts import Act, on_day

HOLD_REASONS = (
    gettext_lazy("Guest is asleep or out"),
    gettext_lazy("Waiting for a part"),
    gettext_lazy("Guest asked for later"),
    gettext_lazy("Waiting for a supplier"),
)
MOVE_REASONS = (
    gettext_lazy("Many requests at once"),
    gettext_lazy("Waiting for a part"),
    gettext_lazy("Guest asked for later"),
)
CHECK_ON_GUEST = gettext_lazy("Check on the guest")
LATER = (
    (30, gettext_lazy("in half an hour")),
    (60, gettext_lazy("in an hour")),
    (120, gettext_lazy("in two hours")),
    (240, gettext_lazy("in four hours")),
)
MINUTES = (10, 20, 30, 60, 120)


class Hold(Act):
    done_when = frozenset({Status.ON_HOLD})
    event = EventKind.HELD
    template = "_ask_hold.html"
    reasons = HOLD_REASONS
    minute_choices = MINUTES
    quick = forms.CharField(max_length=200, required=False)
    reason = forms.CharField(max_length=200, required=False)
    minutes = forms.IntegerField(min_value=1, max_value=7 * 24 * 60, required=False)
    at = forms.TimeField(required=False)

    def act(self, data: dict[str, Any]) -> None:
        requests.hold_request(
            self.target,
            by=self.person,
            at=self.now,
            reason=data["reason"] or data["quick"],
            until=self.moment(data),
        )


class MovePromise(Act):
    event = EventKind.PROMISED
    template = "_ask_promise.html"
    reasons = MOVE_REASONS
    minute_choices = MINUTES
    quick = forms.CharField(max_length=200, required=False)
    reason = forms.CharField(max_length=200, required=False)
    minutes = forms.IntegerField(min_value=1, max_value=7 * 24 * 60, required=False)
    at = forms.TimeField(required=False)
    until = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%SZ"])
    offered = forms.BooleanField(required=False)

    def act(self, data: dict[str, Any]) -> None:
        until = self.moment(data)
        if data["until"]:
            until = data["until"].replace(tzinfo=UTC)
        if data["offered"] and not (data["reason"] or data["quick"]):
            data["quick"] = _("Offered on the card")
        if until is None:
            raise Missing(_("Say by when it will be done."))
        timing.move_promise(
            self.target,
            due_at=until,
            by=self.person,
            at=self.now,
            reason=data["reason"] or data["quick"],
        )


class FollowUp(Act):
    """Planned from a card in seconds: a time in one tap, words only where "check" is not enough."""

    template = "_ask_follow_up.html"
    later = LATER
    words = forms.CharField(max_length=300, required=False)
    minutes = forms.IntegerField(min_value=1, max_value=7 * 24 * 60, required=False)
    at = forms.TimeField(required=False)
    day = forms.DateField(required=False)
    submission = forms.UUIDField(required=False)

    def carry_out(self) -> None:
        """Right whatever has changed meanwhile: it changes nothing about the request itself."""
        try:
            self.act(self.cleaned_data)
        except AlreadyChanged as collision:
            self.target = collision.request
            self.act(self.cleaned_data)

    def act(self, data: dict[str, Any]) -> None:
        wanted_at = self.moment(data)
        if data["day"] and wanted_at is not None:
            wanted_at = on_day(self.target.property, data["day"], wanted_at)
        if wanted_at is None:
            raise Missing(_("Say when."))
        counter.plan_follow_up(
            self.target,
            words=data["words"] or str(CHECK_ON_GUEST),
            wanted_at=wanted_at,
            by=self.person,
            at=self.now,
            submission=data["submission"] or uuid4(),
        )
