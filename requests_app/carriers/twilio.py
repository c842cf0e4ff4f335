"""What Twilio posts to us: signatures, texts, delivery states, and how a call went.

Facts: webhooks time out after 15 s; status callbacks come unordered.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import QueryDict

from requests_app import reasons
from requests_app.incoming import IncomingMessage, clean_text
from requests_app.models.messages import Channel

LONGEST_ID = 64
STATES = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "undelivered",
    "failed": "failed",
}
"""Twilio's status → ours; what is not here is ignored."""

OF_CALLS: dict[str, tuple[str, str]] = {
    "queued": ("queued", ""),
    "initiated": ("queued", ""),
    "ringing": ("sent", ""),
    "in-progress": ("sent", ""),
    "answered": ("sent", ""),
    "completed": ("undelivered", reasons.NO_DIGIT),
    "busy": ("undelivered", reasons.BUSY),
    "no-answer": ("undelivered", reasons.NOT_ANSWERED),
    "canceled": ("undelivered", reasons.NOT_ANSWERED),
    "failed": ("failed", reasons.CALL_FAILED),
}
"""``CallStatus`` → ours, and why. A digit that was pressed is further than any of them."""

MACHINES = ("machine", "fax")
"""How ``AnsweredBy`` begins where no person listens."""


@cache
def _validator(token: str) -> Any:
    from twilio.request_validator import RequestValidator

    return RequestValidator(token)


def signed_by_twilio(path: str, form: QueryDict, signature: str, body: bytes = b"") -> bool:
    """Whether the form was signed for our public address. Without a token nothing is.

    ``body`` is the form as it came. Where it is not UTF-8 the decoded form is not what was signed:
    then its bytes are compared, since a guest's words are not refused for being unreadable.
    """
    token = settings.TWILIO_AUTH_TOKEN
    if not token or not signature:
        return False
    url = settings.PUBLIC_URL.rstrip("/") + path
    # The bytes first: half of what Twilio's validator costs, which knows more (ports, JSON).
    return hmac.compare_digest(_signature_of_bytes(token, url, body), signature.encode()) or bool(
        _validator(token).validate(url, form, signature)
    )


def _signature_of_bytes(token: str, url: str, body: bytes) -> bytes:
    """Twilio: base64(HMAC-SHA1(token, URL + sorted names and values)), each value once."""
    # Latin-1 has a character for every byte, and gives each back as it was.
    form = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    signed = url.encode() + "".join(n + v for n, v in sorted(set(form))).encode("latin-1")
    return base64.b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest())


KEYWORDS = {"STOP": "stop", "START": "start", "HELP": "help"}
"""``OptOutType``: what Advanced Opt-Out took a text for, custom words included."""


def incoming_of(form: Mapping[str, str], *, received_at: datetime) -> IncomingMessage:
    """Twilio's fields → ours. Raises KeyError where MessageSid, From or To is missing or empty."""
    for name in ("MessageSid", "From", "To"):
        if not form.get(name) or len(form[name]) > LONGEST_ID:
            raise KeyError(name)
    sender, recipient = clean_text(form["From"]), clean_text(form["To"])
    whatsapp = sender.startswith("whatsapp:")
    count = form.get("NumMedia", "0")
    return IncomingMessage(
        external_id=clean_text(form["MessageSid"]),
        sender=sender.removeprefix("whatsapp:")[:20],
        recipient=recipient.removeprefix("whatsapp:")[:20],
        body=form.get("Body", ""),
        channel=Channel.WHATSAPP if whatsapp else Channel.SMS,
        received_at=received_at,
        media_urls=tuple(
            form[f"MediaUrl{n}"]
            for n in range(min(int(count) if count.isdecimal() else 0, 10))
            if f"MediaUrl{n}" in form
        ),
        carrier_handles_opt_out="OptOutType" in form,
        keyword=KEYWORDS.get(form.get("OptOutType", "").upper(), ""),
    )
