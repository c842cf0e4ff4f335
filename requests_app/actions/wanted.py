"""What a text asks for, as requests to open: by service, or for a person to sort."""

from __future__ import annotations

from datetime import UTC

from requests_app.actions.opening import Wanted
from requests_app.house import House
from requests_app.models import Request
from requests_app.reading import CERTAIN, Intent, Reading, Wish
from requests_app.reading.catalogue import load_catalogue


def wanted_of(
    reading: Reading, house: House, *, body: str, only_certain: bool = False
) -> list[Wanted]:
    """What the reading asks for. What it is not sure of goes to the front desk as written."""
    wanted: list[Wanted] = []
    unsure: list[str] = []
    suggested = None
    alarm = ", ".join(reading.urgent_words)
    for wish in reading.requests:
        service = house.services.get(wish.service)
        if service is None or wish.confidence < CERTAIN or wish.service == "other":
            unsure.append(wish.words or body)
            if service is not None and wish.service != "other":
                suggested = suggested or service
            continue
        complained = reading.complaint and wish.complained
        urgent = reading.urgent and _is_about(wish, reading)
        wanted.append(
            Wanted(
                desk=house.front_desk if complained else service.desk,
                service=service,
                quantity=wish.quantity,
                wanted_at=wish.at.astimezone(UTC) if wish.at else None,
                words=body,
                urgent=urgent,
                urgent_words=alarm if urgent else "",
                complaint=complained,
            )
        )
    if only_certain:
        return wanted
    danger = reading.urgent and not any(thing.urgent for thing in wanted)
    wrong = reading.complaint and not any(thing.complaint for thing in wanted)
    no_card = {Intent.PRAISE, Intent.THANKS, Intent.GREETING}
    wordless = not any(sign.isalnum() for sign in body)
    # "Ok", "no need": the reading knows that nothing is asked; the open cards show that they wrote.
    agreed = reading.intent is Intent.OTHER and not reading.requests and len(body.split()) <= 2
    nothing_asked = reading.intent in no_card or (agreed and not wordless)
    if unsure or danger or wrong or (not wanted and (wordless or not nothing_asked)):
        wanted.append(
            Wanted(
                desk=house.front_desk,
                kind=Request.Kind.COMPLAINT if wrong else Request.Kind.UNSORTED,
                words=body,
                note=" · ".join(unsure) if wanted else "",
                urgent=danger,
                urgent_words=alarm if danger else "",
                complaint=wrong,
                suggested=suggested,
            )
        )
    return sorted(wanted, key=lambda thing: not thing.urgent)


def _is_about(wish: Wish, reading: Reading) -> bool:
    """Danger is of what it was said of: "fire! and 2 towels" makes no towels urgent."""
    entry = load_catalogue().get(wish.service)
    return (entry is not None and entry.urgent) or any(
        words in wish.words for words in reading.urgent_words
    )
