"""What so many hotels need, and where the limits are: reckoned from docs/measurements.json.

Only figures that were measured go in, and the assumptions below, which the page states.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.bench.records import Measured

ROOMS = 500
TEXTS_A_DAY = 450
BUSIEST_HOUR = 0.1
PLAN_FOR = 10
TAPS_A_TEXT = 3
BOARDS_A_HOTEL = 10
HEARTBEAT_SECONDS = 10
FILLED = 0.5
CONNECTIONS = 8
DATABASE_CORES = 32
DUE_IN_A_ROUND = 100
"""The clock looks once a second, and the bench lets so many fall due in it."""
HOTELS = (1, 50, 7000)

NEEDED = ["texts", "many_texts", "through_valkey", "thousand", "outbox", "clock", "storm", "memory"]


@dataclass(frozen=True)
class Figures:
    """What one machine did; CPU in milliseconds of one core."""

    alone_per_second: float
    web_per_second: float
    two_webs_per_second: float
    web_ms: float
    worker_ms: float
    database_ms: float
    database_kb: float
    board_ms: float
    hearing_ms: float
    sent_per_second: float
    due_per_second: float
    storm_seconds: float
    storm_boards: float
    process_mb: float
    board_kb: float


def figures(known: Measured) -> Figures:
    """Raises KeyError where something has not been measured."""

    def all_of(path: str, name: str) -> list[float]:
        rows = known[path]["rows"]
        found = [float(row["figures"][name]) for row in rows if name in row["figures"]]
        if not found:
            raise KeyError(f"{path}: {name}")
        return found

    def of(path: str, name: str) -> float:
        return all_of(path, name)[0]

    rates = all_of("many_texts", "texts_per_second")
    slowest_round = max(all_of("clock", "round_milliseconds"))
    return Figures(
        alone_per_second=of("texts", "texts_per_second"),
        web_per_second=rates[0],
        two_webs_per_second=rates[1],
        web_ms=of("many_texts", "web_cpu_ms"),
        worker_ms=of("many_texts", "worker_cpu_ms"),
        database_ms=of("many_texts", "database_cpu_ms"),
        database_kb=of("many_texts", "database_kb"),
        board_ms=of("thousand", "web_cpu_ms_a_board"),
        hearing_ms=of("through_valkey", "hearing_cpu_ms"),
        sent_per_second=of("outbox", "rows_per_second"),
        due_per_second=DUE_IN_A_ROUND * 1000 / slowest_round,
        storm_seconds=of("storm", "seconds"),
        storm_boards=of("storm", "boards"),
        process_mb=of("memory", "megabytes"),
        board_kb=of("memory", "kilobytes"),
    )


TEXTS_A_SECOND = TEXTS_A_DAY * BUSIEST_HOUR * PLAN_FOR / 3600
"""Of one hotel."""
CHANGES_A_TEXT = 1 + TAPS_A_TEXT


@dataclass(frozen=True)
class Needs:
    """Of so many hotels at once, in the hour that is planned for."""

    hotels: int
    f: Figures
    times: float = PLAN_FOR
    """The busiest hour."""

    @property
    def texts(self) -> float:
        return self.hotels * TEXTS_A_SECOND * self.times / PLAN_FOR

    @property
    def changes(self) -> float:
        return self.texts * CHANGES_A_TEXT

    @property
    def boards(self) -> int:
        return self.hotels * BOARDS_A_HOTEL

    @property
    def web_cores_of_work(self) -> float:
        """A tap is reckoned as a text; every change goes to the boards of its hotel."""
        told = self.changes * BOARDS_A_HOTEL + self.boards / HEARTBEAT_SECONDS
        return (self.changes * self.f.web_ms + told * self.f.board_ms) / 1000

    @property
    def hearing(self) -> float:
        """The share of each process that goes into hearing of every change of every hotel."""
        return self.changes * self.f.hearing_ms / 1000

    @property
    def webs(self) -> float:
        """Processes, each FILLED; infinite where hearing alone fills each."""
        room = FILLED - self.hearing
        return math.ceil(self.web_cores_of_work / room) if room > 0 else math.inf

    @property
    def workers(self) -> int:
        busy = self.texts * self.f.worker_ms / 1000 / FILLED
        sends = self.texts / self.f.sent_per_second / FILLED
        due = self.changes / self.f.due_per_second / FILLED
        return max(1, math.ceil(max(busy, sends, due)))

    @property
    def database_cores(self) -> int:
        return math.ceil(self.changes * self.f.database_ms / 1000 / FILLED)

    @property
    def memory_gb(self) -> float:
        return (
            (self.webs + self.workers) * self.f.process_mb / 1024
            + self.boards * self.f.board_kb / 1024 / 1024
        )  # fmt: skip

    @property
    def disk_gb_a_year(self) -> float:
        return self.hotels * TEXTS_A_DAY * 365 * self.f.database_kb / 1024 / 1024

    @property
    def fits_one_process(self) -> bool:
        return self.changes <= self.f.alone_per_second * FILLED


@dataclass(frozen=True)
class Limit:
    what: str
    reached_at: float
    """Hotels."""
    moved_by: str


def limits(f: Figures) -> list[Limit]:
    """In the order in which they come."""
    one = Needs(1, f)
    ways = one.hearing
    found = [
        Limit("`serve`, one process on SQLite", f.alone_per_second * FILLED / one.changes,
              "PostgreSQL, Valkey, `web` and `work`: two settings, `move_to_postgres`"),
        Limit("one `web` process", FILLED / (one.web_cores_of_work + ways),
              "another one on the same port, up to a core each; then another machine"),
        Limit("one `work` process", f.sent_per_second * FILLED / one.texts,
              "another one: rows are claimed, none is sent twice"),
        Limit("one `work` process as the clock", f.due_per_second * FILLED / one.changes,
              "another one: what is due is claimed as well"),
        Limit(f"connections: PostgreSQL's 100, {CONNECTIONS} a process",
              hotels_of_webs(f, 100 // CONNECTIONS - 2),
              "`max_connections`, or fewer in DATABASE_CONNECTIONS"),
        Limit(f"one PostgreSQL of {DATABASE_CORES} cores",
              DATABASE_CORES * FILLED * 1000 / (one.changes * f.database_ms),
              "nothing in a query joins two hotels: a chain's regions in databases of their own"),
        Limit("every process hears of every change of every hotel", FILLED / ways,
              "a group for each hotel in place of the one of all hubs (`broadcast.GROUP`), or"
              " regions apart"),
    ]  # fmt: skip
    return sorted(found, key=lambda limit: limit.reached_at)


def hotels_of_webs(f: Figures, webs: int) -> float:
    """So many hotels can ``webs`` processes serve."""
    one = Needs(1, f)
    return webs * FILLED / (one.web_cores_of_work + webs * one.hearing)
