"""A telephone that texts through Twilio: forms signed and posted as Twilio does it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from requests_app.carriers import twilio

TOKEN = "12345"
PUBLIC_URL = "https://hotel.example"

_sids = itertools.count(1)


def signature_of(url: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    """Twilio's documented arithmetic, written down apart from the library we check with."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def text_form(sender: str, body: str, **more: str) -> dict[str, str]:
    return {
        "MessageSid": f"SM{next(_sids):032x}",
        "AccountSid": "AC00000000000000000000000000000000",
        "From": sender,
        "To": "+12025550100",
        "Body": body,
        "NumMedia": "0",
        **more,
    }


@pytest.fixture(autouse=True)
def twilio_account(settings: Any) -> None:
    settings.TWILIO_ACCOUNT_SID = "AC00000000000000000000000000000000"
    settings.TWILIO_AUTH_TOKEN = TOKEN
    settings.PUBLIC_URL = PUBLIC_URL
    twilio._validator.cache_clear()


Post = Callable[..., HttpResponse]


@pytest.fixture
def post(client: Client) -> Post:
    """Posts a form signed for the public address: ``post("/twilio/messages/", form)``."""

    def send(path: str, form: Mapping[str, str], *, signature: str | None = None) -> HttpResponse:
        signed = signature_of(PUBLIC_URL + path, form) if signature is None else signature
        return client.post(
            path,
            urlencode(form),
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": signed},
        )

    return send
