"""Twilio's own client, every call of which goes to TWILIO_API_URL, and what its refusals mean.

Facts: the client's own timeout is None unless set; 20429 means slow down and was not processed;
a 5xx may come after Twilio has taken what we sent; 21610 is a guest who said STOP.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from requests_app import reasons
from requests_app.carriers import Hopeless, NotNow, Refusal, Unknown

if TYPE_CHECKING:
    from twilio.rest import Client

SAID_STOP = 21610
SLOW_DOWN = 20429
SLOW_DOWN_SECONDS = 10.0
CONNECTIONS = 16
"""Kept open: as many as the outbox has in flight."""


def client() -> Client:
    return _client(
        settings.TWILIO_API_URL,
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        settings.TWILIO_TIMEOUT_SECONDS,
    )


@cache
def _client(api_url: str, account: str, token: str, timeout_seconds: float) -> Client:
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    base = urlsplit(api_url)

    class HttpClient(TwilioHttpClient):  # type: ignore[misc]
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            asked = urlsplit(url)
            there = urlunsplit(
                (base.scheme, base.netloc, base.path.rstrip("/") + asked.path, asked.query, "")
            )
            return super().request(method, there, *args, **kwargs)

    http_client = HttpClient(timeout=timeout_seconds, max_retries=0)
    session = http_client.session
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0))
    # Looked up once, and not for every text: a third of what sending one costs us (measured).
    session.trust_env = False
    session.proxies = get_environ_proxies(api_url)
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    return Client(account, token, http_client=http_client)


def refusal_of(error: Exception) -> Refusal:
    """What came of a call that raised: a refusal, or not knowing."""
    import requests
    from twilio.base.exceptions import TwilioRestException

    if isinstance(error, TwilioRestException):
        return _refused(int(error.code or 0), int(error.status))
    # Of a list, the client only says that a page could not be fetched, and gives the answer.
    if status := getattr(error.args[-1] if error.args else None, "status_code", 0):
        return _refused(0, int(status))
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return NotNow(reasons.UNREACHABLE)
    if isinstance(error, requests.exceptions.ConnectionError):
        if "NewConnectionError" in repr(error):
            return NotNow(reasons.UNREACHABLE)
        return Unknown(reasons.BROKE)
    return Unknown(reasons.NO_ANSWER_IN_TIME)


def _refused(code: int, status: int) -> Refusal:
    if status == 429 or code == SLOW_DOWN:
        return NotNow(reasons.SLOW_DOWN, wait_seconds=SLOW_DOWN_SECONDS)
    if status >= 500:
        return Unknown(reasons.CARRIER_FAILED)
    if status in {401, 403} and str(code) not in reasons.OF_CODE:
        # Our own account: no text is at fault, and none would go.
        return NotNow(reasons.ACCOUNT)
    known = reasons.OF_CODE.get(str(code))
    return Hopeless(known or reasons.REFUSED, str(code or status), opted_out=code == SAID_STOP)


def trouble() -> tuple[type[Exception], ...]:
    """What a call of the client may raise. Imported late: the client is heavy."""
    import requests
    from twilio.base.exceptions import TwilioException

    return (requests.exceptions.RequestException, TwilioException)
