"""The one shape every carrier turns its payload into. Nothing deeper knows a carrier's fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MAX_BODY = 8_000
"""Characters of a text that are kept. Carriers stop at 1,600; a web form could send more."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One thing a guest said, verified and not yet understood.

    ``external_id`` is the carrier's own id (Twilio: MessageSid), unique for ever.
    ``sender`` and ``recipient`` are E.164 numbers. ``received_at`` is UTC.
    """

    external_id: str
    sender: str
    recipient: str
    body: str
    channel: str
    received_at: datetime
    media_urls: tuple[str, ...] = ()
    carrier_handles_opt_out: bool = False
    """Twilio's Advanced Opt-Out has already answered (``OptOutType`` was posted)."""
    keyword: str = ""
    """``stop``, ``start`` or ``help``, where the carrier says that it took the text for that."""


def clean_text(text: str) -> str:
    """The guest's words as UTF-8 and every database can hold them.

    Unpaired surrogates and NUL are replaced, never refused; everything else stays as it was.
    """
    return (
        text.encode("utf-8", "replace")
        .decode("utf-8")
        .replace("\x00", "\N{REPLACEMENT CHARACTER}")[:MAX_BODY]
    )
