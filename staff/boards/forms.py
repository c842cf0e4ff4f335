"""What is asked before something is done with a request. Each form ends in one action."""

from __future__ import annotations

import builtins
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import lookups
from requests_app.actions import house, requests, talking
from requests_app.actions.opening import MAX_QUANTITY
from requests_app.errors import AlreadyChanged, Missing, MoveNotAllowed, NotAllowed
from requests_app.models import Contact, Desk, Service, Stay
from requests_app.reading.teach import word_to_teach
from requests_app.states import OPEN, EventKind, Status
from staff.boards.acts import Act, may_overrule
from staff.boards.later import FollowUp, Hold, MovePromise

CANCEL_REASONS = (
    gettext_lazy("Guest does not need it any more"),
    gettext_lazy("Asked twice"),
    gettext_lazy("Not possible; guest was told"),
    gettext_lazy("Not a request"),
)


class Accept(Act):
    done_when = frozenset({Status.ACCEPTED})
    event: str = EventKind.ACCEPTED

    def _is_done(self) -> bool:
        return super()._is_done() and self.target.holder_id == self.person.pk

    def act(self, data: dict[str, Any]) -> None:
        requests.accept_request(self.target, by=self.person, at=self.now)


class Start(Accept):
    done_when = frozenset({Status.IN_PROGRESS})
    event = EventKind.STARTED
    steps = 2

    def act(self, data: dict[str, Any]) -> None:
        if self.target.holder_id not in {None, self.person.pk}:
            raise AlreadyChanged(self.target)
        requests.start_request(self.target, by=self.person, at=self.now)


class Release(Act):
    event = EventKind.RELEASED

    def act(self, data: dict[str, Any]) -> None:
        if self.target.holder_id not in {None, self.person.pk} and not may_overrule(self.person):
            raise NotAllowed
        requests.release_request(self.target, by=self.person, at=self.now)


class Reopen(Act):
    event = EventKind.REOPENED
    template = "_ask_reopen.html"
    reason = forms.CharField(max_length=200, required=False)

    def act(self, data: dict[str, Any]) -> None:
        if self.target.status in OPEN:
            raise MoveNotAllowed(self.target)
        requests.reopen_request(self.target, by=self.person, at=self.now, reason=data["reason"])


class Cancel(Act):
    done_when = frozenset({Status.CANCELLED})
    event = EventKind.CANCELLED
    template = "_ask_cancel.html"
    reasons = CANCEL_REASONS
    quick = forms.CharField(max_length=200, required=False)
    reason = forms.CharField(max_length=200, required=False)

    def act(self, data: dict[str, Any]) -> None:
        if self.target.holder_id not in {None, self.person.pk} and not may_overrule(self.person):
            raise NotAllowed
        if self.target.status == Status.CANCELLED:
            raise MoveNotAllowed(self.target)
        requests.cancel_request(
            self.target, by=self.person, at=self.now, reason=data["reason"] or data["quick"]
        )


class Transfer(Act):
    event = EventKind.TRANSFERRED
    template = "_ask_transfer.html"
    desk = forms.SlugField(required=False)
    reason = forms.CharField(max_length=200, required=False)

    def desks(self) -> list[Desk]:
        desks = Desk.objects.filter(property_id=self.target.property_id)
        return list(desks.exclude(pk=self.target.desk_id))

    def act(self, data: dict[str, Any]) -> None:
        to = Desk.objects.filter(property_id=self.target.property_id, slug=data["desk"]).first()
        if to is None:
            raise Missing(_("Choose one of this hotel's desks."))
        requests.transfer_request(
            self.target, to=to, by=self.person, at=self.now, reason=data["reason"]
        )


class Written(Act):
    """Words that a second tap must not say twice."""

    text = forms.CharField(max_length=1600, required=False)
    submission = forms.UUIDField(required=False)

    def carry_out(self) -> None:
        """Right whatever has changed meanwhile: who collides with a colleague tries once more."""
        try:
            self.act(self.cleaned_data)
        except AlreadyChanged as collision:
            self.target = collision.request
            self.act(self.cleaned_data)

    def said(self, data: dict[str, Any]) -> str:
        return str(data["submission"] or "")


class Reply(Written):
    template = "_ask_reply.html"

    def act(self, data: dict[str, Any]) -> None:
        talking.reply_to_guest(
            self.target, by=self.person, at=self.now, text=data["text"],
            submission=self.said(data),
        )  # fmt: skip


class Note(Written):
    template = "_ask_note.html"

    def act(self, data: dict[str, Any]) -> None:
        talking.note_request(
            self.target, by=self.person, at=self.now, text=data["text"],
            submission=self.said(data),
        )  # fmt: skip


class Done(Act):
    done_when = frozenset({Status.DONE})
    event = EventKind.DONE
    template = "_ask_done.html"
    what = forms.CharField(max_length=300, required=False)
    beyond = forms.CharField(max_length=300, required=False)
    helpers = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.near, self.far = lookups.team_for(self.target, besides=self.person, now=self.now)
        choices: Any = [(p.pk, p.name) for p in (*self.near, *self.far)]
        self.had_it = self.target.holder_id
        """Whoever took it is thought to have helped, until somebody says otherwise."""
        self.fields["helpers"].choices = choices  # type: ignore[attr-defined]

    def act(self, data: dict[str, Any]) -> None:
        helped = set(data["helpers"])
        requests.finish_request(
            self.target,
            by=self.person,
            at=self.now,
            helpers=[p for p in (*self.near, *self.far) if p.pk in helped],
            what=data["what"],
            beyond=data["beyond"],
        )


class Sort(Act):
    event = EventKind.SORTED
    template = "_ask_sort.html"
    service = forms.SlugField(required=False)
    quantity = forms.IntegerField(min_value=1, max_value=MAX_QUANTITY, required=False)
    teach = forms.BooleanField(required=False)
    word = forms.CharField(max_length=80, required=False)

    @builtins.property
    def choices(self) -> list[tuple[Desk, list[Service]]]:
        return lookups.services_by_desk(self.target.property)

    @builtins.property
    def word_to_teach(self) -> str:
        """What we did not know of the guest's words."""
        return word_to_teach(self.target.words, self.target.language)[:80]

    def act(self, data: dict[str, Any]) -> None:
        service = Service.objects.filter(
            property_id=self.target.property_id, slug=data["service"], active=True
        ).select_related("desk").first()  # fmt: skip
        if service is None:
            raise Missing(_("Choose what the guest would like."))
        if data["teach"] and not data["word"]:
            raise Missing(_("Choose a word of at least two letters."))  # before it is sorted
        requests.sort_request(
            self.target, service=service, by=self.person, at=self.now, quantity=data["quantity"]
        )
        if data["teach"]:
            house.teach_word(
                service, word=data["word"], language=self.target.language, by=self.person,
                at=self.now,
            )  # fmt: skip


class Settle(Act):
    done_when = frozenset({Status.CANCELLED})
    event = EventKind.IDENTIFIED
    template = "_ask_settle.html"
    stay = forms.IntegerField(required=False)

    @builtins.property
    def stays(self) -> list[Stay]:
        return lookups.stays_in_house(self.target.property, self.now)

    def act(self, data: dict[str, Any]) -> None:
        stay = (
            Stay.objects.in_house(self.now)
            .filter(property_id=self.target.property_id, pk=data["stay"] or 0)
            .select_related("guest", "room")
            .first()
        )
        contact = Contact.objects.filter(pk=self.target.contact_id or 0).select_related("property")
        who = contact.first()
        if stay is None or who is None:
            raise Missing(_("Choose who it is."))
        house.settle_number(who, stay, by=self.person, at=self.now)


FORMS: dict[str, type[Act]] = {
    "accept": Accept,
    "start": Start,
    "done": Done,
    "hold": Hold,
    "transfer": Transfer,
    "release": Release,
    "reply": Reply,
    "note": Note,
    "promise": MovePromise,
    "follow-up": FollowUp,
    "sort": Sort,
    "settle": Settle,
    "reopen": Reopen,
    "cancel": Cancel,
}
"""By the slugs of ``requests_app.cards.ACTS``."""
