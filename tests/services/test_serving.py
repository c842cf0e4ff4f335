"""``manage.py serve`` as a real process."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.serving import START_WITHIN_SECONDS, Server

pytestmark = pytest.mark.services


def test_it_says_where_to_go_and_ends_on_ctrl_c(serve: Callable[..., Server]) -> None:
    server = serve()
    # It is said by a thread of its own, a moment after the first page is answered.
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while "password: demo" not in server.log and time.monotonic() < deadline:
        time.sleep(0.02)
    assert f"Concierge is open at {server.url}" in server.log
    assert "manager@demo.example" in server.log
    assert server.stop() in {0, 130}
    assert "Traceback" not in server.log


def test_a_second_start_keeps_the_data(server: Server) -> None:
    before = server.rows("SELECT number, token FROM requests_app_room ORDER BY number")
    server.stop()
    server.start()
    assert server.rows("SELECT number, token FROM requests_app_room ORDER BY number") == before
    assert len(before) == 48
