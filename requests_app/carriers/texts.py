"""Texts through Twilio: SMS and WhatsApp to guests, SMS to staff."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from requests_app import reasons
from requests_app.carriers import Hopeless, Unknown
from requests_app.carriers.twilio_rest import client, refusal_of, trouble
from requests_app.models import Message, Notice
from requests_app.models.messages import Channel, Delivery

LOOKED_AT = 50
"""The latest texts to a number among which one of ours is looked for."""


def plain(text: str | None) -> str:
    """As Twilio may have sent it: "smart encoding" makes typographic signs plain ones."""
    return unicodedata.normalize("NFKC", text or "").translate(PLAIN_SIGNS).strip()


PLAIN_SIGNS = str.maketrans(
    dict.fromkeys("‘’‚‹›", "'") | dict.fromkeys("“”„«»", '"') | dict.fromkeys("‐‑‒–—", "-")
)


class Texts:
    local = False
    accepted: str = Delivery.QUEUED
    gone: Sequence[int] = ()

    def send(self, said: Message | Notice) -> str:
        sender, recipient = _ends(said)
        kind = "notice" if isinstance(said, Notice) else "message"
        status = f"{settings.PUBLIC_URL.rstrip('/')}/twilio/status/?{kind}={said.pk}"
        try:
            made = client().messages.create(
                from_=sender, to=recipient, body=_words(said), status_callback=status
            )
        except trouble() as error:
            raise refusal_of(error) from error
        if not made.sid:
            raise Unknown(reasons.NO_ID)
        return str(made.sid)

    def find(self, said: Message | Notice) -> str | None:
        """Look among what was sent to this number since it was written."""
        sender, recipient = _ends(said)
        words = plain(_words(said))
        written_at = said.created_at if isinstance(said, Notice) else said.at
        try:
            found = client().messages.list(
                to=recipient,
                from_=sender,
                date_sent_after=written_at - timedelta(minutes=1),
                limit=LOOKED_AT,
            )
        except trouble() as error:
            raise Unknown(reasons.CANNOT_SAY) from error
        ids = [str(seen.sid) for seen in found if seen.sid and plain(seen.body) == words]
        known = {
            external_id
            for model in (Message, Notice)
            for external_id in model.objects.filter(external_id__in=ids).values_list(
                "external_id", flat=True
            )
        }
        return next((sid for sid in ids if sid not in known), None)


def _ends(said: Message | Notice) -> tuple[str, str]:
    if isinstance(said, Notice):
        return said.property.text_number, said.address
    if said.contact is None:
        raise Hopeless(reasons.ERASED)
    prefix = "whatsapp:" if said.channel == Channel.WHATSAPP else ""
    return prefix + said.property.text_number, prefix + said.contact.address


def _words(said: Message | Notice) -> str:
    if isinstance(said, Notice):
        return f"{said.subject}\n{said.text}" if said.subject else said.text
    return said.body
