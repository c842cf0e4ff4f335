"""What guests have sent to a hotel's number, as Twilio lists it: page by page, the latest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from requests_app.carriers import load, twilio
from requests_app.carriers.twilio_rest import client, refusal_of, trouble
from requests_app.incoming import IncomingMessage

PAGE_SIZE = 200
MOST = 10_000
"""Of one look: more than a hotel is sent in a week."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One text in the list; ``pictures`` of it are listed apart."""

    external_id: str
    sent_at: datetime
    form: dict[str, str]
    pictures: int

    def text(self, *, received_at: datetime) -> IncomingMessage:
        """As the webhook would have brought it. Raises NotNow or Unknown (its pictures are asked
        for), and KeyError where it is none."""
        form = dict(self.form)
        if self.pictures:
            for n, url in enumerate(_pictures_of(self.external_id)):
                form[f"MediaUrl{n}"] = url
        return twilio.incoming_of(form, received_at=received_at)


def received(number: str, *, since: datetime) -> list[Listed]:
    """All that came to ``number`` since then, the oldest first. Raises NotNow or Unknown."""
    load()
    found = [*_listed(number, since), *_listed(f"whatsapp:{number}", since)]
    return sorted(found, key=lambda listed: (listed.sent_at, listed.external_id))


def _listed(to: str, since: datetime) -> Iterator[Listed]:
    told: set[str] = set()
    again = 0
    try:
        for seen in client().messages.stream(
            to=to, date_sent_after=since, page_size=PAGE_SIZE, limit=MOST
        ):
            again += seen.sid in told
            if again > PAGE_SIZE:
                return  # pages that lead in a circle
            told.add(str(seen.sid))
            if seen.direction != "inbound" or not seen.sid:
                continue
            count = str(seen.num_media or "0")
            yield Listed(
                external_id=str(seen.sid),
                sent_at=seen.date_sent or seen.date_created or datetime.now(UTC),
                form={
                    "MessageSid": str(seen.sid),
                    "From": str(seen.from_ or ""),
                    "To": str(seen.to or ""),
                    "Body": str(seen.body or ""),
                    "NumMedia": count,
                },
                pictures=int(count) if count.isdecimal() else 0,
            )
    except trouble() as error:
        raise refusal_of(error) from error


def _pictures_of(external_id: str) -> list[str]:
    try:
        found = client().messages(external_id).media.list(limit=10)
    except trouble() as error:
        raise refusal_of(error) from error
    return [f"https://api.twilio.com{media.uri.removesuffix('.json')}" for media in found]
