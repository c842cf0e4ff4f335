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
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from django.utils import timezone

Sent = dict[str, str]


@dataclass
class Carrier:
    """``sent``: what guests' telephones have received. ``next``: what it does with what comes."""

    url: str = ""
    sent: list[Sent] = field(default_factory=list)
    calls: list[Sent] = field(default_factory=list)
    """Telephones that it rings."""
    received: list[Sent] = field(default_factory=list)
    """What guests have sent to the hotel, the latest last: see ``tests/inbox``."""
    media: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    """Address → status, headers and content of a picture."""
    chunked: dict[str, bytes] = field(default_factory=dict)
    """Address → a body in chunks, whose length is not said."""
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Address → what is listed there."""
    fetched: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Pictures that were asked for, with the headers that came."""
    gets: deque[Callable[[Handler], None]] = field(default_factory=deque)
    """What it does when it is asked something, one by one; then it answers."""
    page_size: int = 1_000
    next: deque[Callable[[Handler, Sent], None]] = field(default_factory=deque)
    usually: Callable[[Handler, Sent], None] | None = None
    """What it does with the rest; without it, it accepts."""
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
            behave = self.carrier.next.popleft() if self.carrier.next else self.carrier.usually
        (behave or accept)(self, message)

    def do_GET(self) -> None:
        there = urlsplit(self.path)
        query = parse_qs(there.query)
        with self.carrier.lock:
            behave = self.carrier.gets.popleft() if self.carrier.gets else None
        if behave is not None:
            behave(self)
        else:
            self.answer_to(there.path, query)

    def answer_to(self, path: str, query: dict[str, list[str]]) -> None:
        if path in self.carrier.chunked:
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(self.carrier.chunked[path])
        elif path in self.carrier.lists:
            self.answer(200, self.carrier.lists[path])
        elif path in self.carrier.media:
            self.carrier.fetched.append((path, dict(self.headers)))
            status, headers, content = self.carrier.media[path]
            self.answer_with(status, headers, content)
        elif path.endswith("/Calls.json"):
            self.carrier.asked.append(query)
            self.list_of("calls", self.carrier.calls, query)
        else:
            self.carrier.asked.append(query)
            of_guests = "From" not in query
            self.list_of(
                "messages", self.carrier.received if of_guests else self.carrier.sent, query
            )

    def list_of(self, name: str, sent: list[Sent], query: dict[str, list[str]]) -> None:
        """The latest first, a page at a time, as Twilio lists them."""
        found = [
            resource(message)
            for message in reversed(sent)
            if all(message[end] == query[end][0] for end in ("To", "From") if end in query)
        ]
        after = next((v[0] for k, v in query.items() if k.startswith("DateSent")), None)
        if after is not None:
            since = datetime.fromisoformat(after.replace("Z", "+00:00"))
            found = [m for m in found if parsedate_to_datetime(m["date_sent"]) >= since]
        size = min(int(query.get("PageSize", ["50"])[0]), self.carrier.page_size)
        page = int(query.get("Page", ["0"])[0])
        begin = page * size
        more = None
        if begin + size < len(found):
            rest = {k: v[0] for k, v in query.items()} | {"Page": str(page + 1)}
            more = f"{urlsplit(self.path).path}?{urlencode(rest)}"
        self.answer(200, {name: found[begin : begin + size], "next_page_uri": more})

    def take(self, message: Sent) -> Sent:
        is_call = urlsplit(self.path).path.endswith("/Calls.json")
        with self.carrier.lock:
            message["Sid"] = f"{'CA' if is_call else 'SM'}{uuid4().hex}"
            (self.carrier.calls if is_call else self.carrier.sent).append(message)
        return message

    def answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.answer_with(status, {"Content-Type": "application/json"}, body)

    def answer_with(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for header, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


def resource(message: Sent) -> dict[str, Any]:
    return {
        "sid": message["Sid"],
        "to": message["To"],
        "from": message["From"],
        "body": message.get("Body", ""),
        "status": "queued",
        "direction": message.get("Direction", "outbound-api"),
        "num_media": message.get("NumMedia", "0"),
        "date_sent": message.get("DateSent") or format_datetime(timezone.now()),
        "subresource_uris": {"media": message.get("Media", "")},
    }


def answer_as_usual(handler: Handler) -> None:
    """Of ``gets``: this one goes well."""
    there = urlsplit(handler.path)
    handler.answer_to(there.path, parse_qs(there.query))


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
