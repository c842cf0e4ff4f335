"""Fetches a picture that came with a text.

Twilio: the address asks for our account's name and token and then redirects to a store of others,
who must never see them. The first answer may be 404 for a moment after the text has come.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from urllib.parse import urljoin, urlsplit, urlunsplit

from django.conf import settings

from requests_app import reasons
from requests_app.carriers import Hopeless, NotNow, load
from requests_app.photos import MAX_BYTES

TWILIO = "api.twilio.com"
REDIRECTS = 4
CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 5.0, 10.0, 45.0
CHUNK = 65_536
ANY_TYPE = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""What stores say that do not look; the content decides."""


def fetch(url: str) -> bytes:
    """The picture's bytes, at most MAX_BYTES. Raises Hopeless or NotNow."""
    load()
    there = _at_the_carrier(url)
    ends = time.monotonic() + ALL_SECONDS
    for _hop in range(REDIRECTS + 1):
        found = _ask(there, ends)
        if isinstance(found, bytes):
            return found
        there = found
    raise Hopeless(reasons.PICTURE_ELSEWHERE)


def _at_the_carrier(url: str) -> str:
    """Twilio's addresses are asked where TWILIO_API_URL says, as all calls are."""
    asked, base = urlsplit(url), urlsplit(settings.TWILIO_API_URL)
    if asked.hostname != TWILIO:
        return url
    path = base.path.rstrip("/") + asked.path
    return urlunsplit((base.scheme, base.netloc, path, asked.query, ""))


def _is_the_carrier(url: str) -> bool:
    there, base = urlsplit(url), urlsplit(settings.TWILIO_API_URL)
    return (there.scheme, there.netloc) == (base.scheme, base.netloc)


def _may_be_asked(url: str) -> bool:
    """The carrier, or a public https address: nothing of the hotel's own network."""
    if _is_the_carrier(url):
        return True
    there = urlsplit(url)
    if there.scheme not in {"http", "https"} or not there.hostname:
        return False
    if not _is_public(urlsplit(settings.TWILIO_API_URL).hostname or ""):
        return True  # a stand-in on this machine, and whatever stands in for its store
    return there.scheme == "https" and _is_public(there.hostname)


def _is_public(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except OSError:
        return True  # it cannot be reached either
    return all(
        ipaddress.ip_address(str(address[4][0]).split("%")[0]).is_global for address in found
    )


def _ask(url: str, ends: float) -> bytes | str:
    """The content, or where it is."""
    import requests

    if not _may_be_asked(url):
        raise Hopeless(reasons.PICTURE_ELSEWHERE)
    auth = (
        (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN) if _is_the_carrier(url) else None
    )
    try:
        with requests.Session() as session:
            # Or a .netrc of this machine would be told to whoever we are sent to.
            session.trust_env = False
            session.proxies = requests.utils.get_environ_proxies(url)
            with session.get(
                url,
                auth=auth,
                allow_redirects=False,
                stream=True,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
            ) as answer:
                if answer.is_redirect:
                    return urljoin(url, answer.headers["Location"])
                _refuse(answer.status_code, answer.headers.get("Content-Type", ""))
                return _read(answer, ends)
    except requests.exceptions.RequestException as error:
        raise NotNow(reasons.UNREACHABLE) from error


def _refuse(status: int, content_type: str) -> None:
    if status in {404, 410}:
        # Not there yet, or no more: a few tries tell.
        raise NotNow(reasons.PICTURE_GONE)
    if status in {401, 403}:
        raise NotNow(reasons.ACCOUNT)
    if status == 429:
        raise NotNow(reasons.SLOW_DOWN, wait_seconds=10)
    if status >= 500:
        raise NotNow(reasons.CARRIER_FAILED)
    if status != 200:
        raise Hopeless(reasons.REFUSED, str(status))
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ANY_TYPE and not kind.startswith("image/"):
        raise Hopeless(reasons.NOT_A_PICTURE)


def _read(answer: object, ends: float) -> bytes:
    import requests

    assert isinstance(answer, requests.Response)  # noqa: S101
    length = answer.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise Hopeless(reasons.PICTURE_TOO_LARGE)
    parts, size = [], 0
    for part in answer.iter_content(CHUNK):
        size += len(part)
        if size > MAX_BYTES:
            raise Hopeless(reasons.PICTURE_TOO_LARGE)
        if time.monotonic() > ends:
            raise NotNow(reasons.NO_ANSWER_IN_TIME)
        parts.append(part)
    if length.isdecimal() and size < int(length) and not answer.headers.get("Content-Encoding"):
        raise NotNow(reasons.BROKE)
    return b"".join(parts)
