"""What a property sets about its clocks: the ladder's steps, opening hours, who is on duty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from requests_app import hours as opening
from requests_app.actions.journal import change, house_changed
from requests_app.errors import Missing, RequestError
from requests_app.models import Desk, EscalationStep, OnDuty, Property, Request, Service
from requests_app.models.promises import Anchor, By
from requests_app.promises import WAKE_UP
from requests_app.states import Whom

if TYPE_CHECKING:
    from staff.models import Person

DEFAULT_STEPS: Sequence[dict[str, Any]] = (
    {"anchor": Anchor.ANSWER, "minutes": 0, "whom": Whom.DESK, "by": By.BOARD},
    {"anchor": Anchor.ANSWER, "minutes": 5, "whom": Whom.SUPERVISOR, "by": By.PUSH},
    {"anchor": Anchor.PROMISE, "percent": 75, "whom": Whom.HOLDER, "by": By.BOARD},
    {"anchor": Anchor.PROMISE, "minutes": 0, "whom": Whom.DESK, "by": By.BOARD},
    {"anchor": Anchor.PROMISE, "minutes": 10, "whom": Whom.SUPERVISOR, "by": By.PUSH},
    {"anchor": Anchor.PROMISE, "minutes": 45, "whom": Whom.DUTY_MANAGER, "by": By.SMS},
    {
        "urgent_only": True, "anchor": Anchor.PROMISE, "minutes": 0,
        "whom": Whom.SUPERVISOR, "by": By.PUSH,
    },
)  # fmt: skip

WAKE_UP_STEPS: Sequence[dict[str, Any]] = (
    {"anchor": Anchor.PROMISE, "minutes": -5, "whom": Whom.HOLDER, "by": By.BOARD},
    {"anchor": Anchor.PROMISE, "minutes": 5, "whom": Whom.DESK, "by": By.BOARD},
    {"anchor": Anchor.PROMISE, "minutes": 7, "whom": Whom.DUTY_MANAGER, "by": By.CALL},
)
"""A guest who is not woken misses a flight: minutes, and then the telephone."""


def give_default_steps(hotel: Property) -> None:
    """What a new property starts with, switched on. Where it has steps already, nothing."""
    if EscalationStep.objects.filter(property=hotel).exists():
        return
    wake_up = Service.objects.filter(property=hotel, slug=WAKE_UP).first()
    with change():
        steps = [EscalationStep(property=hotel, active=True, **step) for step in DEFAULT_STEPS]
        if wake_up is not None:
            steps += [
                EscalationStep(property=hotel, service=wake_up, active=True, **step)
                for step in WAKE_UP_STEPS
            ]
        for position, step in enumerate(steps):
            step.position = position
        EscalationStep.objects.bulk_create(steps)
        house_changed(hotel.pk)


def save_step(
    hotel: Property,
    step: EscalationStep | None,
    *,
    desk: Desk | None,
    service: Service | None,
    urgent_only: bool,
    anchor: str,
    minutes: int | None,
    percent: int | None,
    whom: str,
    by: str,
    at: datetime,
) -> EscalationStep:
    """A new step is a draft; one that is changed becomes a draft again, since nobody has tried it.

    What it once warned of stays in the record under what it was: a changed step is a new one.
    Raises Missing, or RequestError for a time before the anchor and a share at once.
    """
    if (minutes is None) == (percent is None):
        raise Missing(_("Say either minutes or a share of the time."))
    if desk is not None and service is not None:
        raise RequestError(_("A step is for a desk or for a service, not for both."))
    if any(row is not None and row.property_id != hotel.pk for row in (desk, service)):
        raise RequestError(_("Choose one of this hotel's desks or services."))
    with change():
        position = step.position if step is not None else _next_position(hotel)
        if step is not None:
            _retire(step, at=at)
        made = EscalationStep.objects.create(
            property=hotel,
            desk=desk,
            service=service,
            urgent_only=urgent_only,
            position=position,
            anchor=anchor,
            minutes=minutes,
            percent=percent,
            whom=whom,
            by=by,
        )
        house_changed(hotel.pk)
    return made


def _next_position(hotel: Property) -> int:
    last = EscalationStep.objects.filter(property=hotel).aggregate(last=Max("position"))["last"]
    return (last if last is not None else -1) + 1


def _retire(step: EscalationStep, *, at: datetime) -> None:
    """Gone where it never warned anybody; kept for its alerts where it did."""
    if step.alerts.exists():
        EscalationStep.objects.filter(pk=step.pk).update(active=False, removed_at=at)
    else:
        step.delete()


def remove_step(step: EscalationStep, *, at: datetime) -> None:
    with change():
        _retire(step, at=at)
        house_changed(step.property_id)


def switch_step(step: EscalationStep, *, active: bool, at: datetime) -> EscalationStep:
    """On: from now on the clock climbs it. Off: a draft, that can be tried."""
    with change():
        EscalationStep.objects.filter(pk=step.pk, removed_at=None).update(active=active)
        step.active = active
        house_changed(step.property_id)
        _look_anew(step.property_id, at=at)
    return step


def switch_drafts_on(hotel: Property, *, at: datetime) -> int:
    """All drafts at once, after they have been tried."""
    with change():
        switched = EscalationStep.objects.filter(
            property=hotel, active=False, removed_at=None
        ).update(active=True)
        house_changed(hotel.pk)
        _look_anew(hotel.pk, at=at)
    return switched


def _look_anew(property_id: int, *, at: datetime) -> None:
    """What is open was given its next look by the old ladder: the clock finds it by the new one.

    From this moment on, so that steps whose time has passed warn nobody of the past.
    """
    open_now = Request.objects.filter(property_id=property_id).on_board()
    open_now.filter(next_look_at__gt=at).update(next_look_at=at)


def set_hours(row: Service | Desk, *, hours: Sequence[Mapping[str, Any]]) -> Service | Desk:
    """Opening hours: see ``hours.py``. Promises that were told stay as they are."""
    try:
        kept = opening.checked([dict(one) for one in hours])
    except (KeyError, TypeError, ValueError) as error:
        raise Missing(_("Say on which days, from when and until when.")) from error
    with change():
        row.hours = kept
        row.save(update_fields=["hours"])
        house_changed(row.property_id)
    return row


def set_times(services: Iterable[tuple[Service, int, int]]) -> None:
    """Respond and complete minutes of many services at once. Raises RequestError."""
    with change():
        changed: set[int] = set()
        for service, respond, complete in services:
            if complete < respond:
                raise RequestError(
                    _("%(service)s cannot be done before somebody has answered.")
                    % {"service": service.name}
                )
            if (service.respond_minutes, service.complete_minutes) == (respond, complete):
                continue
            Service.objects.filter(pk=service.pk).update(
                respond_minutes=respond, complete_minutes=complete
            )
            changed.add(service.property_id)
        for property_id in changed:
            house_changed(property_id)


def set_on_duty(hotel: Property, people: Sequence[Person], *, at: datetime) -> None:
    """Who is duty manager from now on, in the order in which they are rung."""
    people = list(dict.fromkeys(people))
    if any(person.property_id != hotel.pk or not person.is_active for person in people):
        raise RequestError(_("Choose people who work here."))
    with change():
        known = {turn.person_id: turn for turn in OnDuty.objects.filter(property=hotel)}
        OnDuty.objects.filter(property=hotel).exclude(person__in=people).delete()
        for position, person in enumerate(people):
            since = known[person.pk].since if person.pk in known else at
            OnDuty.objects.update_or_create(
                property=hotel, person=person, defaults={"position": position, "since": since}
            )


def set_safety(hotel: Property, *, safety_minutes: int, ring_tries: int, at: datetime) -> None:
    """How long something urgent may wait before the duty manager's telephone rings."""
    with change():
        hotel.safety_minutes, hotel.ring_tries = safety_minutes, ring_tries
        hotel.save(update_fields=["safety_minutes", "ring_tries"])
        house_changed(hotel.pk)
        _look_anew(hotel.pk, at=at)
