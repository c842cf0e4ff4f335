"""Pictures that came with a guest's text: expected in its transaction, fetched when it is safe."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import connection
from django.db.models import Q, QuerySet

from requests_app.actions.journal import change, touch
from requests_app.models import IncomingPicture, Message, Request
from requests_app.photos import Picture

LEASE = timedelta(minutes=2)
"""Longer than fetching and re-encoding a picture may take: who holds one this long is dead."""

MAX_ATTEMPTS = 8
"""With the waits below, twenty minutes; Twilio keeps a picture for four hours and more."""

FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 900.0


def expect(messages: Sequence[Message]) -> None:
    """Within the transaction that stores these texts: what came with them is to be fetched."""
    rows = [
        IncomingPicture(message=message, position=position, url=url[:1_000], due_at=message.at)
        for message in messages
        for position, url in enumerate(message.media)
    ]
    if rows:
        IncomingPicture.objects.bulk_create(rows)


def claim_due(*, at: datetime, limit: int) -> list[IncomingPicture]:
    """Take up to ``limit``; nobody else has them until the lease runs out. Fetching twice is only
    a waste, so what a dead process held is simply begun anew."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    waiting = IncomingPicture.objects.filter(
        free, state=IncomingPicture.State.WAITING, due_at__lte=at
    ).order_by("due_at", "pk")
    if not waiting.exists():
        return []  # nobody else has to wait for us to find that out
    with change():
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        rows = list(waiting.select_related("message")[:limit])
        for row in rows:
            row.lease_until = at + LEASE
            row.attempts += 1
            IncomingPicture.objects.filter(pk=row.pk).update(
                lease_until=row.lease_until, attempts=row.attempts
            )
    return rows


def take_over() -> None:
    """At the start of the only process there is: who holds a picture is dead."""
    with change():
        IncomingPicture.objects.filter(
            state=IncomingPicture.State.WAITING, lease_until__isnull=False
        ).update(lease_until=None)


def _still_ours(picture: IncomingPicture) -> QuerySet[IncomingPicture]:
    return IncomingPicture.objects.filter(
        pk=picture.pk, attempts=picture.attempts, state=IncomingPicture.State.WAITING
    )


def keep(picture: IncomingPicture, content: Picture) -> bool:
    """Keep it, and tell the boards. False, and nothing kept: another was quicker."""
    storage = IncomingPicture.file.field.storage
    name = storage.save(
        IncomingPicture.file.field.generate_filename(picture, f"{uuid.uuid4().hex}.jpg"),
        ContentFile(content.data),
    )
    kept = False
    try:
        with change():
            kept = bool(
                _still_ours(picture).update(
                    state=IncomingPicture.State.KEPT,
                    file=name,
                    width=content.width,
                    height=content.height,
                    lease_until=None,
                    reason="",
                )
            )
            if kept:
                _show(picture)
    finally:
        if not kept:
            storage.delete(name)
    return kept


def not_yet(
    picture: IncomingPicture, *, reason: str, at: datetime, wait_seconds: float | None = None
) -> None:
    """Again later, with growing waits and jitter; given up after MAX_ATTEMPTS."""
    if picture.attempts >= MAX_ATTEMPTS:
        give_up(picture, reason=reason)
        return
    wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (picture.attempts - 1))
    wait = max(wait, wait_seconds or 0) * random.uniform(1.0, 1.3)
    with change():
        _still_ours(picture).update(
            lease_until=None, due_at=at + timedelta(seconds=wait), reason=reason[:200]
        )


def give_up(picture: IncomingPicture, *, reason: str) -> None:
    """Hopeless: the card and the conversation say so."""
    with change():
        if _still_ours(picture).update(
            state=IncomingPicture.State.FAILED, lease_until=None, reason=reason[:200]
        ):
            _show(picture)


def try_again(picture: IncomingPicture, *, at: datetime) -> None:
    """A person wants it once more. Twice is once."""
    with change():
        if IncomingPicture.objects.filter(pk=picture.pk, state=IncomingPicture.State.FAILED).update(
            state=IncomingPicture.State.WAITING,
            attempts=0,
            due_at=at,
            lease_until=None,
            reason="",
        ):
            _show(picture)


def _show(picture: IncomingPicture) -> None:
    message = Message.objects.get(pk=picture.message_id)
    requests = Request.objects.filter(property_id=message.property_id, cause=message)
    touch(requests, property_id=message.property_id)
