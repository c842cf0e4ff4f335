"""``manage.py serve`` as a real process."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serving import ROOT, START_WITHIN_SECONDS, Server, environment

pytestmark = pytest.mark.services


def test_it_says_where_to_go_and_ends_on_ctrl_c(serve: Callable[..., Server]) -> None:
    server = serve()
    # It is said by a thread of its own, a moment after the first page is answered.
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while "password: demo" not in server.log and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "INFO" not in server.log
    assert f"Concierge is open at {server.url}" in server.log
    assert "manager@demo.example" in server.log
    assert server.stop() in {0, 130}
    assert "Traceback" not in server.log


def test_a_port_that_is_taken_is_said_before_anything_is_prepared(tmp_path: Path) -> None:
    folder = tmp_path / "hotel"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for command in (["prepare", "--demo"], ["serve"]):
            started = subprocess.run(
                [sys.executable, "manage.py", *command, "--port", str(port)],
                env=environment(folder),
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            said = f"Port {port} on 127.0.0.1 is taken. Choose another: make run PORT={port + 1}"
            assert (started.returncode, started.stdout) == (1, "")
            assert started.stderr.strip() == f"CommandError: {said}"
    assert not (folder / "db.sqlite3").exists()


def test_a_second_start_keeps_the_data(server: Server) -> None:
    before = server.rows("SELECT number, token FROM requests_app_room ORDER BY number")
    server.stop()
    server.start()
    assert server.rows("SELECT number, token FROM requests_app_room ORDER BY number") == before
    assert len(before) == 48
