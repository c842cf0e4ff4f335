"""What a text asks for, as requests to open: by service, or for a person to sort."""

from __future__ import annotations

from datetime import UTC

from requests_app.actions.opening import Wanted
from requests_app.house import House
from requests_app.models import Request
from requests_app.reading import CERTAIN, Intent, Reading


def wanted_of(
    reading: Reading, house: House, *, body: str, only_certain: bool = False
) -> list[Wanted]:
    """What the reading asks for. What it is not sure of goes to the front desk as written."""
    wanted: list[Wanted] = []
    unsure: list[str] = []
    suggested = None
    complaint = reading.intent is Intent.COMPLAINT
    for wish in reading.requests:
        service = house.services.get(wish.service)
        if service is None or wish.confidence < CERTAIN or wish.service == "other":
            unsure.append(wish.words or body)
            if service is not None and wish.service != "other":
                suggested = suggested or service
            continue
        wanted.append(
            Wanted(
                desk=house.front_desk if complaint else service.desk,
                service=service,
                quantity=wish.quantity,
                wanted_at=wish.at.astimezone(UTC) if wish.at else None,
                words=body,
                urgent=reading.urgent,
                urgent_words=", ".join(reading.urgent_words),
                complaint=complaint,
            )
        )
    if only_certain:
        return wanted
    no_card = {Intent.PRAISE, Intent.THANKS, Intent.GREETING}
    wordless = not any(sign.isalnum() for sign in body)
    # "Ok", "no need": the reading knows that nothing is asked; the open cards show that they wrote.
    agreed = reading.intent is Intent.OTHER and not reading.requests and len(body.split()) <= 2
    nothing_asked = reading.intent in no_card or (agreed and not wordless)
    if unsure or (not wanted and (reading.urgent or wordless or not nothing_asked)):
        kind = Request.Kind.COMPLAINT if complaint and not wanted else Request.Kind.UNSORTED
        wanted.append(
            Wanted(
                desk=house.front_desk,
                kind=kind,
                words=body,
                note=" · ".join(unsure) if wanted else "",
                urgent=reading.urgent,
                urgent_words=", ".join(reading.urgent_words),
                complaint=complaint,
                suggested=suggested,
            )
        )
    return wanted
