"""Who sends what, and when: rows are claimed with a lease, and a carrier in trouble is spared."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from requests_app import metrics
from requests_app.actions.journal import change
from requests_app.models import CarrierTrouble, Outgoing
from requests_app.prepared import Bound, Prepared, PreparedUpdate

LEASE = timedelta(seconds=60)
"""Longer than a carrier's timeout: who holds a row this long is dead."""

UNSENT = (Outgoing.State.DUE, Outgoing.State.UNCERTAIN)

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 120.0
PROBE = timedelta(seconds=45)
"""So long a probe may take; then it is dead, and somebody else probes."""


def claim_due(*, at: datetime, limit: int, probe: bool = True) -> list[Outgoing]:
    """Take up to ``limit`` rows that are due; nobody else has them until the lease runs out.

    Of one guest's only the oldest, so that order is kept: a reply that is being sent or tried
    again holds back those behind it. A row whose lease ran out was being sent when its sender
    died: nobody knows whether it went, so it comes back as uncertain. Of a carrier in trouble
    nothing is taken, but a single row (with ``probe``) once its pause is over.
    """
    with change():
        rows = _due(limit).all(at=at)
        if probe:
            rows += _probes(at)
        for row in rows:
            if row.lease_until is not None:
                row.state = Outgoing.State.UNCERTAIN
            row.lease_until = at + LEASE
            row.attempts += 1
            _claimed(
                row=row.pk, state=row.state, lease_until=row.lease_until, attempts=row.attempts
            )
    return rows


def _waiting(at: datetime | Bound) -> QuerySet[Outgoing]:
    """Due and held by nobody, none before it of the same guest, the longest due first."""
    before_it = Outgoing.objects.filter(
        Q(due_at__lte=at) | Q(attempts__gt=0),
        message__contact=OuterRef("message__contact"),
        state__in=UNSENT,
        pk__lt=OuterRef("pk"),
    )
    rows = Outgoing.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=at),
        ~Exists(before_it),
        state__in=UNSENT,
        due_at__lte=at,
    ).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.select_related(
        "message__contact", "message__property", "notice__property", "notice__person"
    )


@cache
def _due(limit: int) -> Prepared[Outgoing]:
    in_trouble = CarrierTrouble.objects.filter(carrier=OuterRef("carrier"))
    return Prepared(lambda: _waiting(Bound("at")).filter(~Exists(in_trouble))[:limit])


_claimed = PreparedUpdate(
    lambda: Outgoing.objects.filter(pk=Bound("row")),
    state=Bound("state"),
    lease_until=Bound("lease_until"),
    attempts=Bound("attempts"),
)


def _probes(at: datetime) -> list[Outgoing]:
    """One row of each carrier whose pause is over; whoever moves the pause on has the probe."""
    rows: list[Outgoing] = []
    for trouble in CarrierTrouble.objects.filter(until__lte=at):
        for row in _waiting(at).filter(carrier=trouble.carrier)[:1]:
            unmoved = CarrierTrouble.objects.filter(pk=trouble.pk, until=trouble.until)
            if unmoved.update(until=at + PROBE):
                row.is_probe = True
                rows.append(row)
    return rows


def take_over() -> None:
    """At the start of the only process there is: who holds a row is dead. No guest has to wait for
    the lease to end."""
    with change():
        Outgoing.objects.filter(state__in=UNSENT, lease_until__isnull=False).update(
            state=Outgoing.State.UNCERTAIN, lease_until=None
        )


def give_back(rows: Iterable[Outgoing]) -> None:
    """Claimed and surely not sent: as they were before, for whoever comes next."""
    with change():
        for row in rows:
            Outgoing.objects.filter(
                pk=row.pk, attempts=row.attempts, lease_until__isnull=False, state__in=UNSENT
            ).update(lease_until=None, attempts=F("attempts") - 1)


def slow_down(
    row: Outgoing, *, reason: str, began: datetime, at: datetime, wait_seconds: float | None = None
) -> None:
    """Its carrier asks for patience, or fails: everything through it waits, in every process.

    ``began``: when the send did. What was on its way already when the trouble began, or during an
    earlier pause, tells nothing new.
    """
    with change():
        known, is_new = CarrierTrouble.objects.get_or_create(
            carrier=row.carrier,
            defaults={"since": at, "until": at + _pause(1, wait_seconds), "reason": reason[:200]},
        )
        if is_new:
            metrics.slowed_down.labels(row.carrier).inc()
            return
        troubles = CarrierTrouble.objects.filter(pk=known.pk, failures=known.failures)
        if not row.is_probe:
            troubles = troubles.filter(until__lte=began)
        failures = min(known.failures + 1, 1_000)
        troubles.update(
            failures=failures, until=at + _pause(failures, wait_seconds), reason=reason[:200]
        )


def _pause(failures: int, wait_seconds: float | None) -> timedelta:
    wait = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10))
    # Jitter: not all hotels of a carrier that returns knock at the same moment.
    return timedelta(seconds=max(wait, wait_seconds or 0) * random.uniform(1.0, 1.3))


def works_again(row: Outgoing) -> None:
    """A probe was answered, with yes or no: the carrier is well, and everything goes on."""
    if row.is_probe:
        CarrierTrouble.objects.filter(carrier=row.carrier).delete()


def try_now(carrier: str, *, at: datetime) -> None:
    """A person does not want to wait for the pause to end: probe at once."""
    with change():
        CarrierTrouble.objects.filter(carrier=carrier, until__gt=at).update(until=at)
