"""Warnings that leave the board: to whom they go, and a telephone that rings until answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import translation

from requests_app import queries, staff_words
from requests_app.actions.journal import acknowledge, change, record, take_sequence
from requests_app.actions.notices import notify
from requests_app.models import Alert, Notice, OnDuty, Property, Request
from requests_app.models.promises import By as How
from requests_app.states import EventKind, Whom

if TYPE_CHECKING:
    from staff.models import Person

LISTEN_AGAIN = timedelta(seconds=5)
"""So often the clock looks whether a digit was pressed."""

RINGS_FOR = timedelta(seconds=75)
"""A call that nobody has answered by now is over, whatever the carrier says of it."""

MANAGERS = ("manager", "administrator")


def send(alert: Alert, request: Request, *, at: datetime) -> None:
    """Beyond the board: an e-mail, an alert on screens, a text or a call. In the transaction that
    wrote the alert; the outbox does the rest."""
    if alert.by == How.BOARD:
        return
    if alert.by == How.CALL:
        _ring_next(alert, request, at=at)
        return
    people = [p for p in people_to_warn(alert.whom, request) if address_of(p, alert.by) is not None]
    for person in people:
        with translation.override(person.language):
            notify(
                request.property,
                person=person,
                channel=alert.by,
                address=address_of(person, alert.by) or "",
                subject=staff_words.subject(alert, request, person.language),
                text=staff_words.warning(alert, request, at, person.language),
                request=request,
                key=f"alert-{alert.pk}-{person.pk}",
                at=at,
                language=person.language,
            )
    if not people:
        _say_nobody(alert)


def people_to_warn(whom: str, request: Request) -> list[Person]:
    """Those behind a word of the ladder, of people who work here. Nobody holds it: its desk."""
    if whom == Whom.HOLDER and request.holder is not None:
        return [request.holder]
    here = get_user_model().objects.filter(property_id=request.property_id, is_active=True)
    if whom in {Whom.HOLDER, Whom.DESK}:
        return list(here.filter(desks=request.desk_id, role="desk"))
    if whom == Whom.SUPERVISOR:
        return list(here.filter(role="supervisor"))
    return on_duty(request.property)


def on_duty(hotel: Property) -> list[Person]:
    """Who is duty manager now, the first first; where nobody said so, the managers."""
    turns = OnDuty.objects.filter(property=hotel, person__is_active=True).select_related("person")
    people = [turn.person for turn in turns]
    if people:
        return people
    everybody = get_user_model().objects.filter(property=hotel, is_active=True)
    return sorted(everybody.filter(role__in=MANAGERS), key=lambda p: MANAGERS.index(p.role))


def address_of(person: Person, how: str) -> str | None:
    """Where this reaches them; None where it cannot."""
    if how == How.PUSH:
        return ""
    if how == How.EMAIL:
        return person.email or None
    return person.telephone or None


def ring_due(*, at: datetime, limit: int) -> int:
    """Of the calls that are going on those whose turn it is: answered, over, or the next person.
    Returns at how many it looked."""
    with change():
        due = Alert.objects.filter(again_at__lte=at).order_by("again_at")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        alerts = list(due[:limit])
        known = queries.requests_by_id({alert.request_id for alert in alerts})
        for alert in alerts:
            _listen(alert, known[alert.request_id], at=at)
    return len(alerts)


def _listen(alert: Alert, request: Request, *, at: datetime) -> None:
    last = Notice.objects.filter(key=_key(alert, alert.tries)).select_related("person").first()
    if last is not None and last.answered_at is not None:
        _answered(alert, request, last, at=at)
    elif last is not None and not last.failed and at < last.created_at + RINGS_FOR:
        _again(alert, at + LISTEN_AGAIN)
    else:
        _ring_next(alert, request, at=at)


def _ring_next(alert: Alert, request: Request, *, at: datetime) -> None:
    """``ring_tries`` times one person, then the next, and round again: until a digit is pressed."""
    people = [p for p in people_to_warn(alert.whom, request) if p.telephone]
    if not people:
        _say_nobody(alert)
        _again(alert, at + timedelta(minutes=1))
        return
    person = people[alert.tries // max(1, request.property.ring_tries) % len(people)]
    with translation.override(person.language):
        text = staff_words.spoken(request, at, person.language)
    alert.tries += 1
    notify(
        request.property,
        person=person,
        channel="call",
        address=person.telephone,
        text=text,
        request=request,
        key=_key(alert, alert.tries),
        at=at,
        language=person.language,
    )
    Alert.objects.filter(pk=alert.pk).update(
        tries=alert.tries, again_at=at + LISTEN_AGAIN, nobody=False
    )


def _answered(alert: Alert, request: Request, call: Notice, *, at: datetime) -> None:
    """They have heard: it rings no more, and the request says who answered. It is still nobody's
    until somebody accepts it."""
    acknowledge(request, by=call.person, at=call.answered_at or at)
    Request.objects.filter(pk=request.pk).update(
        warned="", sequence=take_sequence(request.property_id)
    )
    record(
        request,
        EventKind.ANSWERED,
        at=call.answered_at or at,
        by=call.person,
        data={"tries": alert.tries},
    ).save(force_insert=True)


def _key(alert: Alert, tries: int) -> str:
    return f"alert-{alert.pk}-ring-{tries}"


def _again(alert: Alert, at: datetime) -> None:
    Alert.objects.filter(pk=alert.pk, acknowledged_at=None).update(again_at=at)


def _say_nobody(alert: Alert) -> None:
    Alert.objects.filter(pk=alert.pk).update(nobody=True)
