"""Twilio: SMS and WhatsApp, in (signatures, payloads) and out (REST).

Facts: webhooks time out after 15 s; the client's own timeout is None unless set; status callbacks
come unordered; 21610 is a guest who said STOP; 20429 means slow down and was not processed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from django.conf import settings
from django.http import QueryDict

from requests_app.carriers import Hopeless, NotNow, Unknown
from requests_app.incoming import IncomingMessage, clean_text
from requests_app.models import Message
from requests_app.models.messages import Channel

if TYPE_CHECKING:
    from twilio.rest import Client

LONGEST_ID = 64
HOPELESS_CODES = {
    21211: "not a telephone number",
    21408: "texts to this country are switched off",
    21606: "our own number cannot send texts",
    21610: "the guest asked for no more texts (STOP)",
    21612: "cannot be reached from our number",
    21614: "not a mobile number",
    21617: "the text is too long",
    63016: "WhatsApp allows free words only within 24 hours of the guest's",
}
SAID_STOP = 21610
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


def client() -> Client:
    """Twilio's own client, every call of which goes to TWILIO_API_URL."""
    return _client(
        settings.TWILIO_API_URL,
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        settings.TWILIO_TIMEOUT_SECONDS,
    )


@cache
def _client(api_url: str, account: str, token: str, timeout_seconds: float) -> Client:
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
    return Client(account, token, http_client=http_client)


def _plain(text: str | None) -> str:
    """As Twilio may have sent it: "smart encoding" makes typographic signs plain ones."""
    return unicodedata.normalize("NFKC", text or "").translate(PLAIN_SIGNS).strip()


PLAIN_SIGNS = str.maketrans(
    dict.fromkeys("‘’‚‹›", "'") | dict.fromkeys("“”„«»", '"') | dict.fromkeys("‐‑‒–—", "-")
)


class Twilio:
    local = False

    def _ends(self, message: Message) -> tuple[str, str]:
        if message.contact is None:
            raise Hopeless("the guest's number has been erased")
        prefix = "whatsapp:" if message.channel == Channel.WHATSAPP else ""
        return prefix + message.property.text_number, prefix + message.contact.address

    def send(self, message: Message) -> str:
        import requests
        from twilio.base.exceptions import TwilioException, TwilioRestException

        sender, recipient = self._ends(message)
        try:
            made = client().messages.create(
                from_=sender,
                to=recipient,
                body=message.body,
                status_callback=f"{settings.PUBLIC_URL.rstrip('/')}/twilio/status/?message={message.pk}",
            )
        except TwilioRestException as error:
            code = int(error.code or 0)
            if code in HOPELESS_CODES:
                raise Hopeless(
                    HOPELESS_CODES[code], str(code), opted_out=code == SAID_STOP
                ) from error
            if error.status == 429 or code == 20429:
                raise NotNow("the carrier asks us to slow down", wait_seconds=10) from error
            if error.status >= 500:
                # A 5xx may come after Twilio has taken the message: ask before repeating.
                raise Unknown(f"the carrier failed ({error.status})") from error
            raise Hopeless(f"the carrier refused it ({code or error.status})", str(code)) from error
        except requests.exceptions.ConnectTimeout as error:
            raise NotNow("the carrier cannot be reached") from error
        except requests.exceptions.ConnectionError as error:
            if "NewConnectionError" in repr(error):
                raise NotNow("the carrier cannot be reached") from error
            raise Unknown("the connection broke") from error
        except (requests.exceptions.RequestException, TwilioException) as error:
            raise Unknown("the carrier did not answer in time") from error
        if not made.sid:
            raise Unknown("the carrier answered without an id")
        return str(made.sid)

    def find(self, message: Message) -> str | None:
        """Look among what was sent to this guest since the message was written."""
        import requests
        from twilio.base.exceptions import TwilioException

        sender, recipient = self._ends(message)
        try:
            for seen in client().messages.list(
                to=recipient,
                from_=sender,
                date_sent_after=message.at - timedelta(minutes=1),
                limit=50,
            ):
                if (
                    _plain(seen.body) == _plain(message.body)
                    and seen.sid
                    and not Message.objects.filter(external_id=seen.sid).exists()
                ):
                    return str(seen.sid)
        except (requests.exceptions.RequestException, TwilioException) as error:
            raise Unknown("the carrier cannot say whether it was sent") from error
        return None
