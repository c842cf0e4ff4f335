"""Browsers of staff that take alerts: switched on and off by the person, and gone by themselves."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from requests_app.actions.journal import change
from requests_app.errors import Missing, RequestError
from requests_app.incoming import clean_text
from requests_app.models import PushSubscription

if TYPE_CHECKING:
    from staff.models import Person

MOST = 10
"""Browsers of one person; the oldest makes room."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class UnknownPushService(RequestError):
    """We call what a browser names: it must be a service that is known to be one."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("This browser’s alerts come from a service we do not know."))


def subscribe(
    person: Person, *, endpoint: str, p256dh: str, auth: str, device: str, at: datetime
) -> PushSubscription:
    """This browser takes alerts for this person from now on, whoever it took them for before.

    Raises UnknownPushService, or Missing for keys that are none.
    """
    if len(endpoint) > 1_000 or not is_push_service(endpoint):
        raise UnknownPushService
    if _bytes_in(p256dh) != 65 or _bytes_in(auth) != 16:
        raise Missing(_("This browser gave no keys for alerts. Please try once more."))
    with change():
        subscription, _new = PushSubscription.objects.update_or_create(
            endpoint=endpoint,
            defaults={
                "person": person,
                "p256dh": p256dh,
                "auth": auth,
                "device": clean_text(device)[:80],
                "created_at": at,
            },
        )
        mine = PushSubscription.objects.filter(person=person).order_by("-created_at", "-pk")
        PushSubscription.objects.filter(
            pk__in=list(mine.values_list("pk", flat=True)[MOST:])
        ).delete()
    return subscription


def unsubscribe(person: Person, *, endpoint: str = "", pk: int = 0) -> None:
    """This browser takes no more alerts for this person. Twice is once."""
    mine = PushSubscription.objects.filter(person=person)
    with change():
        (mine.filter(endpoint=endpoint) if endpoint else mine.filter(pk=pk)).delete()


def remove(ids: Iterable[int]) -> None:
    """The push service says that these are no more."""
    with change():
        PushSubscription.objects.filter(pk__in=list(ids)).delete()


def is_push_service(endpoint: str) -> bool:
    """Whether we may call it: https, at a host of ``settings.PUSH_SERVICES`` or below one."""
    try:
        there = urlsplit(endpoint)
        host = there.hostname or ""
        port = there.port
    except ValueError:
        return False
    known = any(host == name or host.endswith(f".{name}") for name in settings.PUSH_SERVICES)
    if host in LOOPBACK:
        return known and there.scheme in {"http", "https"}
    return known and there.scheme == "https" and port in {None, 443} and "@" not in there.netloc


def _bytes_in(text: str) -> int:
    """How many bytes a key in base64url has; -1 where it is none."""
    try:
        return len(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return -1
