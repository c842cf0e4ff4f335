"""SIGTERM: what has begun is finished, boards come again, and nobody notices a rolling restart."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from urllib.parse import urlencode

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from concierge.doors import BACKLOG, let_nobody_in, open_door
from tests.boards.browsing import Browser
from tests.outbox.carrier import Handler, Sent, accept, running_carrier
from tests.services.several import Several
from tests.serving import Server
from tests.webhooks.conftest import signature_of, text_form

pytestmark = pytest.mark.services

ACCOUNT = {
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "12345",
}
WITHIN_SECONDS = 20


def signed_post(server: Server, form: dict[str, str]) -> bytes:
    body = urlencode(form).encode()
    url = f"{server.url}/twilio/messages/"
    lines = [
        "POST /twilio/messages/ HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        f"X-Twilio-Signature: {signature_of(url, form)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answer_of(connection: socket.socket) -> http.client.HTTPResponse:
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer


def test_a_request_that_is_still_coming_in_is_answered_and_its_connection_is_closed(
    serve: Callable[..., Server],
) -> None:
    server = serve(**ACCOUNT)
    request = signed_post(server, text_form("+12025550127", "2 towels please"))
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request[:-20])
        time.sleep(0.2)
        server.tell(signal.SIGTERM)
        wait_until_refused(server)
        connection.sendall(request[-20:])
        answer = answer_of(connection)
        assert (answer.status, answer.headers["Connection"]) == (200, "close")
    assert server.process is not None
    assert server.process.wait(WITHIN_SECONDS) == 0
    assert server.rows("SELECT body FROM requests_app_message WHERE direction = 'in'") == [
        ("2 towels please",)
    ]


def wait_until_refused(server: Server) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
        except OSError:
            return
        time.sleep(0.02)
    raise AssertionError("the door is still open")


def test_a_request_that_waits_in_the_database_is_answered(
    several: Callable[..., Several],
) -> None:
    here = several(**ACCOUNT)
    web = here.web()
    form = text_form("+12025550127", "2 towels please")
    with ThreadPoolExecutor(1) as thread, psycopg.connect(here.database_url) as other:
        other.execute("LOCK TABLE requests_app_message IN EXCLUSIVE MODE")
        texting = thread.submit(web.post_signed, "/twilio/messages/", form)
        wait_for(lambda: here.rows("SELECT 1 FROM pg_locks WHERE NOT granted") != [])
        web.tell(signal.SIGTERM)
        wait_until_refused(web)
        other.rollback()
        assert texting.result(timeout=WITHIN_SECONDS)[0] == 200
    assert web.process is not None
    assert web.process.wait(WITHIN_SECONDS) == 0


def wait_for(ready: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_boards_are_closed_with_1012_and_a_kept_connection_is_told_to_be_the_last(
    server: Server,
) -> None:
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    kept.request("GET", "/healthz")
    kept.getresponse().read()
    with Browser(server).back("bell").socket("bell") as board:
        board.recv(timeout=10)
        server.tell(signal.SIGTERM)
        wait_for(lambda: not_ready(kept), 0.3)
        assert closing_code(board) == 1012
    assert server.process is not None
    assert server.process.wait(WITHIN_SECONDS) == 0


def not_ready(kept: http.client.HTTPConnection) -> bool:
    kept.request("GET", "/readyz")
    answer = kept.getresponse()
    answer.read()
    if answer.status == 200:
        return False
    assert (answer.status, answer.headers["Connection"]) == (503, "close")
    return True


def closing_code(board: ClientConnection) -> int | None:
    try:
        while True:
            board.recv(timeout=10)
    except ConnectionClosed as ending:
        return ending.rcvd.code if ending.rcvd else None


def test_a_send_in_flight_is_finished_and_no_row_stays_leased(
    serve: Callable[..., Server],
) -> None:
    with running_carrier() as carrier:
        asked, answered = Event(), Event()

        def slow(handler: Handler, message: Sent) -> None:
            asked.set()
            answered.wait(10)
            accept(handler, message)

        carrier.next.append(slow)
        server = serve(**ACCOUNT, TWILIO_API_URL=carrier.url)
        form = text_form("+12025550127", "2 towels please")
        assert server.post_signed("/twilio/messages/", form)[0] == 200
        assert asked.wait(10)
        server.tell(signal.SIGTERM)
        wait_until_refused(server)
        answered.set()
        assert server.process is not None
        assert server.process.wait(WITHIN_SECONDS) == 0
        states = server.rows("SELECT state, lease_until FROM requests_app_outgoing")
        assert states == [("sent", None)]
        assert len(carrier.sent) == 1


def test_a_second_signal_ends_it_at_once(serve: Callable[..., Server]) -> None:
    server = serve(**ACCOUNT)
    request = signed_post(server, text_form("+12025550127", "2 towels please"))
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request[:-20])  # it will never be whole
        time.sleep(0.2)
        server.tell(signal.SIGTERM)
        wait_until_refused(server)
        server.tell(signal.SIGINT)
        assert server.process is not None
        assert server.process.wait(2) == 130


GUESTS = [f"+1202557{n:04d}" for n in range(4_000)]


def test_a_rolling_restart_loses_no_request_doubles_no_message_and_leaves_boards_right(
    several: Callable[..., Several],
) -> None:
    """Every web process and the worker are replaced under load, without a proxy in front."""
    with running_carrier() as carrier:
        here = several(**ACCOUNT, TWILIO_API_URL=carrier.url)
        webs = [here.web(), here.web()]
        worker = here.worker()
        guests = iter(GUESTS)
        over = Event()
        statuses: Counter[int] = Counter()

        def text() -> None:
            while not over.is_set():
                sender = next(guests)
                form = text_form(sender, f"2 towels please, says {sender}")
                statuses[webs[0].post_signed("/twilio/messages/", form)[0]] += 1

        with ThreadPoolExecutor(4) as threads:
            texting = [threads.submit(text) for _ in range(4)]
            for place, old in enumerate(webs):
                webs[place] = here.web()  # the next one first
                assert old.stop(signal.SIGTERM) == 0
            here.worker()
            worker.terminate()
            assert worker.wait(WITHIN_SECONDS) == 0
            over.set()
            for done in texting:
                done.result(timeout=30)
        assert set(statuses) == {200}
        ((stored,),) = here.rows("SELECT count(*) FROM requests_app_message WHERE direction = 'in'")
        assert stored == statuses[200] > 50
        unsent = "SELECT count(*) FROM requests_app_outgoing WHERE state != 'sent'"
        wait_for(lambda: here.rows(unsent) == [(0,)], 60)
        told = Counter(message["To"] for message in carrier.sent)
        assert len(told) == stored
        assert set(told.values()) == {1}
        browser = Browser(webs[0]).back("front-desk")
        with browser.socket("all") as board:
            whole = str(board.recv(timeout=20))
        on_board = set(re.findall(r'<article id="request-(\d+)"', whole))
        assert on_board == set(
            re.findall(r'<article id="request-(\d+)"', browser.get("/boards/all/"))
        )
        ((cards,),) = here.rows("SELECT count(*) FROM requests_app_request WHERE closed_at IS NULL")
        assert len(on_board) == cards


def test_a_closing_door_lets_nobody_in_and_forgets_nobody_who_is_inside() -> None:
    with open_door("127.0.0.1", 0, shared=True) as door:
        door.listen(BACKLOG)
        port = door.getsockname()[1]
        inside = socket.create_connection(("127.0.0.1", port), timeout=1)
        inside.sendall(b"here")
        let_nobody_in(door)
        with pytest.raises(TimeoutError):
            socket.create_connection(("127.0.0.1", port), timeout=0.2)
        inside.sendall(b" still")
        accepted, _address = door.accept()
        assert accepted.recv(20) in {b"here", b"here still"}
        with pytest.raises(BlockingIOError):
            door.accept()
        accepted.close()
        inside.close()


def test_the_supervisor_is_told_when_the_doors_open_and_close(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(20)
        server = serve(NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert supervisor.recv(100) == b"READY=1"
        server.tell(signal.SIGTERM)
        assert supervisor.recv(100) == b"STOPPING=1"
