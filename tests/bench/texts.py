"""What guests write, as Twilio posts it: the same forms for ours and for the floors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import os
from collections.abc import Iterator
from urllib.parse import urlencode

from tests.bench.client import post

TOKEN = "12345"
PUBLIC_URL = "http://127.0.0.1:8205"
PATH = "/twilio/messages/"
TEXT_NUMBER = "+12025550100"
GUESTS = 4_000
"""So many numbers take turns that 500 texts a second are under 8 a minute from each: more than
that from one number is a flood, which is folded into one line and would be less work."""

LANGUAGES = ("en", "en", "tr", "fi")
"""Guest ``n`` writes in the language at ``n % 4``."""

WORDS = {
    "en": [
        "2 towels and a toothbrush please, and the AC is dripping",
        "Could we have two more pillows please?",
        "The wifi doesn't work in our room",
        "Can you send someone to fix the shower, the water is cold",
        "Wake me up at 6:30 tomorrow please",
        "We'd like a late check out",
        "Please bring an iron and some hangers",
        "Taxi to the airport at 7 please",
        "Thank you so much!",
        "Is there a pharmacy nearby?",
        "extra blanket",
        "The people next door are very loud",
        "Could you book a table for four at 8 tonight",
        "Minibar is empty, can you fill it up? Also the lamp by the bed is broken",
        "I think I left my charger in the restaurant",
    ],
    "tr": [
        "havlu alabilir miyiz lütfen",
        "Odamızı temizler misiniz?",
        "Klima çalışmıyor, çok sıcak",
        "yarın sabah 6'da taksi lütfen",
        "Bir şişe su ve iki yastık rica ediyorum",
        "Teşekkürler",
        "Televizyon açılmıyor",
    ],
    "fi": [
        "Tuokaa huoneeseen kaksi pyyhettä, kiitos",
        "huomenna klo 6 herätys kiitos",
        "Ilmastointi ei toimi",
        "Saisinko lisää tyynyjä",
        "Onko aamiainen vielä auki?",
        "Kiitos paljon!",
        "Kylpyhuoneen lamppu on rikki",
    ],
}


def number(n: int) -> str:
    """The telephone of guest ``n``."""
    return f"+1303{5_550_000 + n}"


def room(n: int) -> str:
    """The room of guest ``n``."""
    return f"{n // 100 + 10}-{n % 100:02d}"


def form(n: int, body: str) -> dict[str, str]:
    """All that Twilio sends with a text."""
    sid = f"SM{os.urandom(16).hex()}"
    return {
        "ToCountry": "US", "ToState": "DC", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "",
        "FromZip": "80202", "SmsSid": sid, "FromState": "CO", "SmsStatus": "received",
        "FromCity": "DENVER", "Body": body, "FromCountry": "US", "To": TEXT_NUMBER, "ToZip": "",
        "NumSegments": "1", "MessageSid": sid, "AccountSid": "AC" + "0" * 32,
        "From": number(n), "ApiVersion": "2010-04-01",
    }  # fmt: skip


def signed(fields: dict[str, str]) -> bytes:
    said = PUBLIC_URL + PATH + "".join(k + fields[k] for k in sorted(fields))
    digest = hmac.new(TOKEN.encode(), said.encode(), hashlib.sha1).digest()
    return post(
        PATH,
        urlencode(fields).encode(),
        f"X-Twilio-Signature: {base64.b64encode(digest).decode()}",
        "User-Agent: TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token: 4b1b7a4e-5b1d-4f9f-9d0e-2f1d3b8a6c11",
    )


_turn = itertools.count()


def text() -> bytes:
    """The next guest's next text, signed, as a whole HTTP request."""
    turn = next(_turn)
    guest = turn % GUESTS
    words = WORDS[LANGUAGES[guest % 4]]
    return signed(form(guest, words[turn // 4 % len(words)]))


def endless() -> Iterator[bytes]:
    while True:
        yield text()
