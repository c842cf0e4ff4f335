"""A hotel on PostgreSQL and Valkey: any number of web processes on one port, and workers."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.serving import ROOT, Server, environment, free_port, furnish

_numbers = itertools.count(1)


@contextmanager
def furnished_database(postgres_url: str, folder: Path) -> Iterator[str]:
    """The name of a database with the demo hotel, to be copied; its static files in ``folder``."""
    name = f"furnished_{next(_numbers)}"
    _run(postgres_url, f"CREATE DATABASE {name}")
    furnish(folder, DATABASE_URL=database_url(postgres_url, name))
    yield name


def database_url(postgres_url: str, name: str) -> str:
    return f"{postgres_url.rpartition('/')[0]}/{name}"


def copy_of_database(postgres_url: str, furnished: str) -> str:
    """The DATABASE_URL of a new copy."""
    name = f"hotel_{next(_numbers)}"
    _run(postgres_url, f"CREATE DATABASE {name} TEMPLATE {furnished}")
    return database_url(postgres_url, name)


def empty_database(postgres_url: str) -> str:
    name = f"empty_{next(_numbers)}"
    _run(postgres_url, f"CREATE DATABASE {name}")
    return database_url(postgres_url, name)


def _run(postgres_url: str, statement: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


@dataclass
class Several:
    """``web()`` and ``worker()`` start another one; all are stopped at the end."""

    data_dir: Path
    database_url: str
    redis_url: str
    env: dict[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = ("manage.py",)
    port: int = field(default_factory=free_port)
    may_fail: bool = False
    """Whether tracebacks in the log are what was asked for."""
    webs: list[Server] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _settings(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "PUBLIC_URL": self.url,
            **self.env,
        }

    def web(self, port: int | None = None) -> Server:
        """On the port that all share, or on one of its own."""
        server = Server(
            self.data_dir,
            port=port or self.port,
            env=self._settings(),
            program=self.program,
            command="web",
            name=f"web{len(self.webs)}",
        )
        self.webs.append(server)
        return self.start_again(server)

    def start_again(self, server: Server) -> Server:
        said = server.log.count("is open") if server.process is not None else 0
        server.start()
        while server.log.count("is open") == said:  # /readyz may have been another one's
            assert server.process is not None
            assert server.process.poll() is None, server.log
            time.sleep(0.02)
        return server

    def worker(self) -> subprocess.Popen[bytes]:
        output = self.data_dir / f"work{len(self.workers)}.log"
        with output.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *self.program, "work"],
                env=environment(self.data_dir, **self._settings()),
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.workers.append(process)
        while "at work" not in output.read_text():
            assert process.poll() is None, output.read_text()
            time.sleep(0.02)
        return process

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def logs(self) -> str:
        return "\n".join(log.read_text() for log in sorted(self.data_dir.glob("*.log")))

    def stop(self) -> None:
        for server in self.webs:
            if server.process is not None and server.process.poll() is None:
                server.stop(signal.SIGTERM)
        for process in self.workers:
            if process.poll() is None:
                process.terminate()
                process.wait(20)
