"""Hotels on a PostgreSQL and Valkeys of their own, as operations.md says: ``web`` and ``work``.

Their answers go to the simulator (``serve_ours``): nothing leaves the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import servers, texts
from tests.services.postgres import PostgresServer, running_postgres
from tests.services.several import Several, copy_of_database, empty_database
from tests.services.valkey import valkey
from tests.serving import copy_of

OURS = ("-m", "tests.bench.serve_ours")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Ground:
    """A server and a furnished hotel in it: ``hotel()`` gives a copy, nobody at work yet."""

    stack: contextlib.ExitStack
    postgres: PostgresServer
    furnished: str
    folder: Path
    session: str
    """The key of somebody signed in, in every copy."""
    made: int = 0

    def database(self) -> str:
        return copy_of_database(self.postgres.url, self.furnished)

    def empty(self) -> str:
        return empty_database(self.postgres.url)

    def data_dir(self) -> Path:
        self.made += 1
        return copy_of(self.folder, self.folder.with_name(f"{self.folder.name}-{self.made}"))

    def hotel(self) -> Several:
        folder = self.data_dir()
        env = servers.environment(folder)
        here = Several(
            folder,
            self.database(),
            self.stack.enter_context(valkey()),  # names in a Valkey are those of one hotel
            env={name: env[name] for name in SAID},
            program=OURS,
        )
        self.stack.callback(here.stop)
        return here


SAID = ("SECRET_KEY", "PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")


@contextlib.contextmanager
def ground(name: str, *, open_cards: int = 0) -> Iterator[Ground]:
    for left in servers.FOLDER.glob(f"{name}-*"):
        servers.empty_folder(left.name).rmdir()
    with contextlib.ExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        folder = servers.empty_folder(name)
        empty = empty_database(postgres.url)
        printed = servers.run_module(
            "tests.bench.hotel", "--guests", str(texts.GUESTS), "--open", str(open_cards),
            env=servers.environment(folder, DATABASE_URL=empty),
        )  # fmt: skip
        session = json.loads(printed.splitlines()[-1])["session"]
        yield Ground(stack, postgres, empty.rpartition("/")[2], folder, session)


def cpu_seconds(pid: int, *, with_children: bool = False) -> float:
    """Of a process; and of those it started, where PostgreSQL has one for each connection."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat") if with_children else [Path(f"/proc/{pid}/stat")]:
        with contextlib.suppress(OSError):  # it has just ended
            about = stat.read_text().rpartition(")")[2].split()
            if stat.parent.name == str(pid) or int(about[1]) == pid:
                ended = (int(about[13]) + int(about[14])) * (with_children and about[1] != str(pid))
                total += (int(about[11]) + int(about[12]) + ended) / TICKS
    return total


class Spent:
    """CPU seconds of a hotel's parts between ``begin`` and ``end``, summed over turns."""

    def __init__(self, here: Several, postgres: PostgresServer) -> None:
        assert postgres.process is not None
        self.postgres = postgres.process.pid
        self.webs = [server.process.pid for server in here.webs if server.process is not None]
        self.workers = [worker.pid for worker in here.workers]
        self.seconds = {"web": 0.0, "worker": 0.0, "database": 0.0, "client": 0.0}
        self.begun: dict[str, float] = {}

    def _now(self) -> dict[str, float]:
        return {
            "web": sum(map(cpu_seconds, self.webs)),
            "worker": sum(map(cpu_seconds, self.workers)),
            "database": cpu_seconds(self.postgres, with_children=True),
            "client": time.process_time(),
        }

    def begin(self) -> None:
        self.begun = self._now()

    def end(self) -> None:
        for part, now in self._now().items():
            self.seconds[part] += now - self.begun[part]
