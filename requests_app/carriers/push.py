"""Alerts on the screens of staff: web push, to every browser of theirs that takes them.

A repeat replaces what is shown already (``tag``), so that nobody is told twice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from requests_app import alert_keys, reasons
from requests_app.carriers import Hopeless, NotNow, Refusal, Unknown
from requests_app.carriers.simulator import simulated_id
from requests_app.models import Message, Notice, PushSubscription
from requests_app.models.messages import Delivery

KEPT_SECONDS = 3_600
"""So long a push service keeps an alert for a browser that is not there."""

TIMEOUT_SECONDS = 10.0
NO_MORE = frozenset({404, 410})
LONGEST_TEXT = 1_500
"""A push carries 4,096 bytes at the most, keys included."""


class Push:
    local = False
    accepted: str = Delivery.SENT

    def __init__(self) -> None:
        self.gone: Sequence[int] = ()

    def send(self, said: Message | Notice) -> str:
        assert isinstance(said, Notice)  # noqa: S101
        browsers = list(PushSubscription.objects.filter(person_id=said.person_id or 0))
        if not browsers and said.property.is_demo and not settings.TWILIO_AUTH_TOKEN:
            return simulated_id(said)  # seen at /simulator/
        content = json.dumps(payload(said), ensure_ascii=False)
        gone: list[int] = []
        refusals: list[Refusal] = []
        accepted = 0
        for browser in browsers:
            refusal = _send(browser, content)
            if refusal is None:
                accepted += 1
            elif isinstance(refusal, Hopeless) and int(refusal.code or 0) in NO_MORE:
                gone.append(browser.pk)
            else:
                refusals.append(refusal)
        self.gone = gone
        if accepted:
            return f"PUSH{said.pk:032d}"
        if not refusals:
            raise Hopeless(reasons.NO_BROWSER)
        # What may yet succeed counts more than what will not.
        refusals.sort(key=lambda refusal: isinstance(refusal, Hopeless))
        raise refusals[0]

    def find(self, said: Message | Notice) -> str | None:
        """No push service says; a repeat shows nothing new."""
        return None


def payload(notice: Notice) -> dict[str, Any]:
    """What ``alerts.js`` in the browser shows."""
    return {
        "title": notice.subject or notice.property.name,
        "body": notice.text[:LONGEST_TEXT],
        "url": f"/requests/{notice.request_id}/" if notice.request_id else "/",
        "tag": f"notice-{notice.pk}",
        "lang": notice.language,
    }


def _send(browser: PushSubscription, content: str) -> Refusal | None:
    import requests
    from pywebpush import WebPushException, webpush

    there = urlsplit(browser.endpoint)
    try:
        webpush(
            {
                "endpoint": browser.endpoint,
                "keys": {"p256dh": browser.p256dh, "auth": browser.auth},
            },
            content,
            vapid_private_key=alert_keys.private_key(),
            vapid_claims={"sub": _contact(), "aud": f"{there.scheme}://{there.netloc}"},
            ttl=KEPT_SECONDS,
            headers={"Urgency": "high"},
            timeout=TIMEOUT_SECONDS,
            requests_session=_session(),
        )
    except WebPushException as error:
        return _refusal(error.status_code or 0, error.retry_after)
    except ValueError:
        return Hopeless(reasons.REFUSED)  # keys that are none: only that browser is at fault
    except requests.exceptions.ConnectionError:
        return NotNow(reasons.UNREACHABLE)
    except requests.exceptions.RequestException:
        return Unknown(reasons.NO_ANSWER_IN_TIME)
    return None


def _refusal(status: int, retry_after: str | None) -> Refusal:
    if status == 429 or status >= 500:
        wait = float(retry_after) if retry_after and retry_after.isdecimal() else None
        return NotNow(reasons.SLOW_DOWN if status == 429 else reasons.CARRIER_FAILED, wait)
    return Hopeless(reasons.NO_BROWSER if status in NO_MORE else reasons.REFUSED, str(status))


@cache
def _session() -> Any:
    """Follows no redirects: we call the push services we know, and nobody they might name."""
    import requests

    class Session(requests.Session):
        def post(self, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
            return super().post(url, *args, **{**kwargs, "allow_redirects": False})

    return Session()


def _contact() -> str:
    """Whom a push service may ask about us (RFC 8292, 2.1)."""
    if settings.PUBLIC_URL.startswith("https://"):
        return str(settings.PUBLIC_URL)
    return f"mailto:{settings.DEFAULT_FROM_EMAIL}"
