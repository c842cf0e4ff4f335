"""The clock says that it is alive."""

from __future__ import annotations

from datetime import datetime, timedelta

from requests_app.actions.journal import change
from requests_app.models import Heartbeat

EVERY = timedelta(seconds=10)
"""Each is a write to the disk, and whoever asks is patient for a minute."""


def beat(name: str, *, at: datetime) -> None:
    """At most once every EVERY, however many processes there are."""
    if Heartbeat.objects.filter(name=name, at__gt=at - EVERY, at__lte=at).exists():
        return
    with change():
        Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
