"""A small stateful stand-in for Twilio's REST interface, over real HTTP.

It remembers what it has taken and lists it, and misbehaves on demand as the real one can: refuses,
asks to slow down, fails, hangs, and hangs up after it has taken the message.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from django.utils import timezone

Sent = dict[str, str]


@dataclass
class Carrier:
    """``sent``: what guests' telephones have received. ``next``: what it does with what comes."""

    url: str = ""
    sent: list[Sent] = field(default_factory=list)
    next: deque[Callable[[Handler, Sent], None]] = field(default_factory=deque)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    """Queries of the lists that were asked for."""
    released: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def bodies(self) -> list[str]:
        return [message["Body"] for message in self.sent]


class Handler(BaseHTTPRequestHandler):
    carrier: Carrier
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        message = {k: v[0] for k, v in parse_qs(form, keep_blank_values=True).items()}
        with self.carrier.lock:
            behave = self.carrier.next.popleft() if self.carrier.next else accept
        behave(self, message)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self.carrier.asked.append(query)
        found = [
            message
            for message in reversed(self.carrier.sent)
            if message["To"] == query["To"][0] and message["From"] == query["From"][0]
        ]
        self.answer(200, {"messages": [resource(m) for m in found], "next_page_uri": None})

    def take(self, message: Sent) -> Sent:
        with self.carrier.lock:
            message["Sid"] = f"SM{uuid4().hex}"
            self.carrier.sent.append(message)
        return message

    def answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


def resource(message: Sent) -> dict[str, Any]:
    return {
        "sid": message["Sid"],
        "to": message["To"],
        "from": message["From"],
        "body": message["Body"],
        "status": "queued",
        "date_sent": format_datetime(timezone.now()),
    }


def accept(handler: Handler, message: Sent) -> None:
    handler.answer(201, resource(handler.take(message)))


def refuse(status: int, code: int) -> Callable[[Handler, Sent], None]:
    def behave(handler: Handler, message: Sent) -> None:
        handler.answer(status, {"code": code, "message": "no", "status": status, "more_info": ""})

    return behave


def fail_after_taking(handler: Handler, message: Sent) -> None:
    handler.take(message)
    handler.answer(503, {"code": 20503, "message": "sorry", "status": 503, "more_info": ""})


def hang_up_after_taking(handler: Handler, message: Sent) -> None:
    handler.take(message)
    handler.close_connection = True
    handler.connection.close()


def hang(handler: Handler, message: Sent) -> None:
    """Takes nothing and does not answer while anybody waits."""
    handler.carrier.released.wait(20)
    handler.close_connection = True


def hang_after_taking(handler: Handler, message: Sent) -> None:
    handler.take(message)
    hang(handler, message)


def answer_after(then: Callable[[Sent], None]) -> Callable[[Handler, Sent], None]:
    """Takes it, does something first (a status callback), and then answers."""

    def behave(handler: Handler, message: Sent) -> None:
        taken = handler.take(message)
        then(taken)
        handler.answer(201, resource(taken))

    return behave


@contextmanager
def running_carrier() -> Iterator[Carrier]:
    carrier = Carrier()
    handler = type("OneCarriersHandler", (Handler,), {"carrier": carrier})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None  # type: ignore[method-assign]  # they hang up on us
    carrier.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield carrier
    finally:
        carrier.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
