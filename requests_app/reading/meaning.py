"""The values that go into reading and come out of it. Nothing here knows Django or a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

CERTAIN: Final = 0.8
"""At or above, a wish is acted on by itself; below, a person sorts it."""


class Intent(StrEnum):
    """What a text is for, as a whole. The first that holds, in the order of `reader.read`."""

    REQUEST = "request"
    PRAISE = "praise"
    COMPLAINT = "complaint"
    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    ANSWER = "answer"
    STOP = "stop"
    START = "start"
    HELP = "help"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class StaffName:
    """Somebody who works here, by the names a guest may know."""

    id: int
    first: str
    last: str = ""
    nicknames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What we know before we read: where and when we are, who is writing, what is on offer."""

    now: datetime
    """Aware, in the property's own time zone (a ZoneInfo)."""
    language: str | None = None
    """What we know of the guest's language; the text itself may be in another one."""
    languages: tuple[str, ...] = ()
    """Those the property speaks; empty means all we have."""
    services: frozenset[str] | None = None
    """Slugs on offer; None means the whole shipped catalogue."""
    taught: tuple[tuple[str, str, str], ...] = ()
    """(language, word or phrase, service slug), learnt at this property.

    Must be a tuple of tuples.
    """
    staff: tuple[StaffName, ...] = ()
    rooms: frozenset[str] = frozenset()
    """Numbers of rooms: who writes from room 112 is not calling an ambulance."""
    awaiting: bool = False
    """We asked something that is answered by a digit."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing a guest wants done."""

    service: str
    quantity: int | None
    at: datetime | None
    """Aware, in the zone of `Setting.now`, never before it."""
    confidence: float
    words: str
    """The piece of the guest's text it came from, as written."""
    complained: bool = False
    """What a complaint is about, rather than a wish beside it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means. Questions and greetings carry no wishes;

    the caller decides who answers them.
    """

    text: str
    language: str
    intent: Intent
    urgent: bool
    urgent_words: tuple[str, ...]
    requests: tuple[Wish, ...]
    staff: tuple[str, ...]
    answer: int | None
    leftover: str
    complaint: bool = False
    """Something went wrong, whatever else is said: praise may hold a complaint, too."""
