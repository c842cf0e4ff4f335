"""When each hotel's list of texts at the carrier is looked through, and how far that has come."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from requests_app.actions.journal import change
from requests_app.models import Message, Property, Reconciliation, UnroutedMessage

EVERY = timedelta(minutes=5)
OVERLAP = timedelta(minutes=15)
"""Twilio's list and its clocks are not exact; what is here already is passed over."""

LEASE = timedelta(minutes=10)
FIRST_WAIT = timedelta(seconds=20)


def look_at_once(*, at: datetime, alone: bool = False) -> None:
    """At the start of a process: nobody knows for how long nothing was delivered.

    ``alone``: it is the only one there is, so who holds a list is dead.
    """
    with change():
        if alone:
            Reconciliation.objects.filter(lease_until__isnull=False).update(lease_until=None)
        new = Property.objects.filter(reconciliation=None)
        Reconciliation.objects.bulk_create(
            [Reconciliation(property=hotel, seen_until=at, due_at=at) for hotel in new],
            ignore_conflicts=True,
        )
        Reconciliation.objects.filter(due_at__gt=at).update(due_at=at)


def claim_due(*, at: datetime) -> Reconciliation | None:
    """One hotel whose list is due; nobody else looks at it meanwhile."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    due = Reconciliation.objects.filter(free, due_at__lte=at).order_by("due_at", "pk")
    if not due.exists():
        return None
    with change():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        found = due.select_related("property").first()
        if found is None:
            return None
        found.lease_until, found.attempts = at + LEASE, found.attempts + 1
        Reconciliation.objects.filter(pk=found.pk).update(
            lease_until=found.lease_until, attempts=found.attempts
        )
    return found


def _still_ours(look: Reconciliation) -> QuerySet[Reconciliation]:
    return Reconciliation.objects.filter(pk=look.pk, attempts=look.attempts)


def known(external_ids: Iterable[str]) -> set[str]:
    """Those of these texts that are here already."""
    ids = list(external_ids)
    here: set[str] = set()
    for begin in range(0, len(ids), 500):
        some = ids[begin : begin + 500]
        for model in (Message, UnroutedMessage):
            rows = model.objects.filter(external_id__in=some)
            here.update(str(sid) for sid in rows.values_list("external_id", flat=True))
    return here


def looked(look: Reconciliation, *, seen_until: datetime | None, at: datetime) -> None:
    """All of the list is here. ``seen_until``: the latest text of it."""
    furthest = max(look.seen_until, min(seen_until or look.seen_until, at))
    with change():
        _still_ours(look).update(
            seen_until=furthest,
            due_at=at + EVERY,
            lease_until=None,
            failures=0,
            reason="",
            looked_at=at,
        )


def not_looked(look: Reconciliation, *, reason: str, at: datetime) -> None:
    """The carrier is slow or down: that only delays. Sooner again than usual, then as usual."""
    wait = min(EVERY, FIRST_WAIT * 2 ** min(look.failures, 10)) * random.uniform(1.0, 1.3)
    with change():
        _still_ours(look).update(
            due_at=at + wait,
            lease_until=None,
            failures=min(look.failures + 1, 1_000),
            reason=reason[:200],
        )
