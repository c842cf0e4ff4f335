"""How the machinery is: for /readyz, which must stay cheap, and for /metrics. Reads only.

The conditions are written as literals, since SQLite uses a partial index only where it can see
that the condition implies it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

CLOCK_SILENT = timedelta(seconds=60)
UNSENT_TOO_LONG = timedelta(minutes=5)

_WAITING_SINCE = """
    SELECT min(CASE WHEN o.attempts > 0 THEN m.at ELSE o.due_at END)
    FROM requests_app_outgoing o JOIN requests_app_message m ON m.id = o.message_id
    WHERE o.state IN ('due', 'uncertain')
"""
"""What waits for its time has not waited yet; what is tried again waits since it was said."""

_CLOCK_AT = "SELECT at FROM requests_app_heartbeat WHERE name = 'clock'"


@dataclass(frozen=True, slots=True)
class Pulse:
    clock_at: datetime | None
    unsent_since: datetime | None

    def complaints(self, now: datetime) -> list[str]:
        """One sentence for each part that fails."""
        found = []
        if self.clock_at is None or now - self.clock_at > CLOCK_SILENT:
            said = f"{_age(self.clock_at, now):.0f} s" if self.clock_at else "ever"
            found.append(f"the clock has not been heard for {said}: is `manage.py work` running?")
        if self.unsent_since is not None and now - self.unsent_since > UNSENT_TOO_LONG:
            waiting = _age(self.unsent_since, now)
            found.append(f"a message has waited {waiting:.0f} s to be sent")
        return found


def pulse() -> Pulse:
    """One statement. Raises DatabaseError where the tables are not there or nobody answers."""
    ((clock_at, unsent_since),) = _rows(f"SELECT ({_CLOCK_AT}), ({_WAITING_SINCE})")
    return Pulse(_time(clock_at), _time(unsent_since))


@dataclass(frozen=True, slots=True)
class Gauges:
    """What an operator would page on. Ages in seconds; 0 where nothing waits."""

    clock_age: float
    unread: int
    oldest_unread_age: float
    outgoing: dict[str, int]
    oldest_unsent_age: float
    requests_open: int
    requests_late: int


def gauges() -> Gauges:
    """Five statements, none of which looks at what is over."""
    now = timezone.now()
    felt = pulse()
    ((unread, unread_since),) = _rows(
        "SELECT count(*), min(at) FROM requests_app_message"
        " WHERE direction = 'in' AND understood_at IS NULL AND NOT held"
    )
    outgoing = {"due": 0, "uncertain": 0, "parked": 0}
    outgoing |= dict(
        _rows(
            "SELECT state, count(*) FROM requests_app_outgoing"
            " WHERE state IN ('due', 'uncertain') GROUP BY state"
        )
    )
    ((outgoing["parked"],),) = _rows(
        "SELECT count(*) FROM requests_app_outgoing WHERE state = 'parked'"
    )
    adapted = connection.ops.adapt_datetimefield_value(now)
    ((still_open, late),) = _rows(
        "SELECT count(*), coalesce(sum(CASE WHEN due_at < %s AND status NOT IN"
        " ('done', 'scheduled') THEN 1 ELSE 0 END), 0)"
        " FROM requests_app_request WHERE closed_at IS NULL",
        adapted,
    )
    return Gauges(
        clock_age=_age(felt.clock_at, now),
        unread=unread,
        oldest_unread_age=_age(_time(unread_since), now),
        outgoing=outgoing,
        oldest_unsent_age=_age(felt.unsent_since, now),
        requests_open=still_open,
        requests_late=late,
    )


def _rows(statement: str, *values: str | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _time(value: Any) -> datetime | None:
    """SQLite gives text of UTC, PostgreSQL a time."""
    found = parse_datetime(value) if isinstance(value, str) else value
    if not isinstance(found, datetime):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
