"""A whole hotel that can be broken: on SQLite in one process, or on PostgreSQL, Valkey and four."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.boards.browsing import Browser
from tests.outbox.carrier import Carrier
from tests.services.several import Several
from tests.serving import Server, free_port

ACCOUNT = {
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "12345",
}
UNREAD = (
    "SELECT count(*) FROM requests_app_message"
    " WHERE direction = 'in' AND understood_at IS NULL AND NOT held"
)
UNSENT = "SELECT count(*) FROM requests_app_outgoing WHERE state NOT IN ('sent', 'parked')"
WAITS = (
    "SELECT id, carrier, state, due_at, lease_until, attempts, reason FROM requests_app_outgoing"
    " WHERE state NOT IN ('sent', 'parked')"
)
QUIET_WITHIN_SECONDS = 150
"""A lease of a dead process lasts a minute, and a carrier's pause may come on top."""


class Hotel(Protocol):
    """What a fault needs of it, whatever it runs on."""

    name: str
    carrier: Carrier

    @property
    def front(self) -> Server: ...

    @property
    def processes(self) -> Sequence[str]: ...

    def open(self) -> None: ...

    def kill(self, process: str) -> None: ...

    def start_again(self, process: str) -> None: ...

    def rows(self, query: str) -> list[tuple[Any, ...]]: ...

    def logs(self) -> str: ...

    def pids(self) -> list[int]: ...


@dataclass
class OnSQLite:
    """``manage.py serve``: one process is everything."""

    server: Server
    carrier: Carrier
    name: str = "SQLite, one process"
    processes: Sequence[str] = ("serve",)

    @property
    def front(self) -> Server:
        return self.server

    def open(self) -> None:
        self.server.start()

    def kill(self, process: str) -> None:
        self.server.kill()

    def start_again(self, process: str) -> None:
        self.server.start()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.server.rows(query)

    def logs(self) -> str:
        return self.server.log

    def pids(self) -> list[int]:
        assert self.server.process is not None
        return [self.server.process.pid]


@dataclass
class OnMany:
    """Two web processes that share a port, and two workers."""

    several: Several
    carrier: Carrier
    name: str = "PostgreSQL and Valkey, four processes"
    processes: Sequence[str] = ("web 1", "web 2", "worker 1", "worker 2")
    webs: dict[str, Server] = field(default_factory=dict)
    workers: dict[str, Any] = field(default_factory=dict)
    apart: bool = False

    @property
    def front(self) -> Server:
        return next(iter(self.webs.values()))

    def open(self) -> None:
        self.several.may_fail = True  # what is broken on purpose is said in the log
        for process in self.processes:
            if process.startswith("web"):
                self.webs[process] = self.several.web(
                    free_port() if self.apart and self.webs else None
                )
            else:
                self.workers[process] = self.several.worker()

    def kill(self, process: str) -> None:
        if process in self.webs:
            self.webs[process].kill()
        else:
            self.workers[process].kill()
            self.workers[process].wait()

    def start_again(self, process: str) -> None:
        if process in self.webs:
            self.several.start_again(self.webs[process])
        else:
            self.workers[process] = self.several.worker()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.several.rows(query)

    def logs(self) -> str:
        return self.several.logs()

    def pids(self) -> list[int]:
        webs = [web.process.pid for web in self.webs.values() if web.process is not None]
        return webs + [worker.pid for worker in self.workers.values()]


def count(hotel: Hotel, query: str) -> int:
    ((found,),) = hotel.rows(query)
    return int(found)


def wait_until_quiet(hotel: Hotel, *, within: float = QUIET_WITHIN_SECONDS) -> float:
    """Until every text is understood and nothing is left to be sent; the seconds it took."""
    begun = time.monotonic()
    while (unread := count(hotel, UNREAD)) + (unsent := count(hotel, UNSENT)):
        if time.monotonic() - begun > within:
            waits = hotel.rows(WAITS) + hotel.rows("SELECT * FROM requests_app_carriertrouble")
            raise AssertionError(
                f"{unread} unread, {unsent} unsent: {waits}\n{hotel.logs()[-4000:]}"
            )
        time.sleep(0.1)
    return time.monotonic() - begun


def wait_for(ready: Callable[[], bool], *, within: float, what: str) -> float:
    """The seconds it took."""
    begun = time.monotonic()
    while not ready():
        if time.monotonic() - begun > within:
            raise AssertionError(f"not within {within:.0f} s: {what}")
        time.sleep(0.05)
    return time.monotonic() - begun


def browser_of(hotel: Hotel) -> Browser:
    return Browser(hotel.front).back("supervisor")


def tell_all(hotel: Hotel, signum: signal.Signals) -> None:
    import os

    for pid in hotel.pids():
        os.kill(pid, signum)
