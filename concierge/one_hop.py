"""HTTP through Django's synchronous stack in one hop onto a bounded pool of long-lived threads.

Django's own ASGI handler crosses threads once per synchronous middleware and view. Crossing once
was measured 5 to 7 times quicker, and long-lived threads keep their database connection.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from concierge import logs
from requests_app import metrics
from requests_app.threads import pool

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class TooLarge(Exception):
    """The body is over ``settings.MAX_BODY_BYTES``."""


class Gone(Exception):
    """The other side hung up before its request was complete."""


async def read_body(receive: Receive) -> tempfile.SpooledTemporaryFile[bytes]:
    body = tempfile.SpooledTemporaryFile(max_size=1_000_000)  # noqa: SIM115  (the handler closes it)
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            body.close()
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > settings.MAX_BODY_BYTES:
            body.close()
            raise TooLarge
        body.write(chunk)
        if not message.get("more_body", False):
            body.seek(0)
            return body


def given_request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return str(value.decode("latin-1"))
    return ""


def log_request(scope: Scope, response: HttpResponseBase, seconds: float) -> None:
    """Without the query, in which people's words may be."""
    log.info(
        "%s %s %d",
        scope["method"],
        scope["path"],
        response.status_code,
        extra={"facts": {"milliseconds": round(seconds * 1000, 1)}},
    )


class OneHopHandler(BaseHandler):
    """An ASGI application for ``http`` scopes."""

    seconds = metrics.seconds_for_people

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(receive)
        except Gone:
            return
        except TooLarge:
            await send_whole(send, HttpResponse("Too large.\n", status=413), [b"Too large.\n"])
            return
        try:
            # Without ``in_thread``: Django gives connections back by itself after a request.
            response, chunks = await asyncio.get_running_loop().run_in_executor(
                pool, self.answer, scope, body
            )
            await send_whole(send, response, chunks)
        finally:
            body.close()

    def answer(
        self, scope: Scope, body: tempfile.SpooledTemporaryFile[bytes]
    ) -> tuple[HttpResponseBase, list[bytes]]:
        """Runs in a pool thread: the whole of Django, and the response's content."""
        begun = time.perf_counter()
        number = logs.new_request_id(given_request_id(scope))
        logs.request_id.set(number)
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        response: HttpResponseBase
        try:
            request = ASGIRequest(scope, body)
        except UnicodeDecodeError:
            response = HttpResponseBadRequest()
        except RequestDataTooBig:
            response = HttpResponse("Too large.\n", status=413)
        else:
            response = self.get_response(request)
        try:
            # Pages and pictures of ours are small; nothing here streams without end.
            chunks = [bytes(part) for part in cast("Iterable[bytes]", response)]
        finally:
            response.close()  # sends request_finished, which gives connections back
        response["X-Request-ID"] = number
        seconds = time.perf_counter() - begun
        self.seconds.observe(seconds)
        if settings.LOG_REQUESTS:
            log_request(scope, response, seconds)
        logs.request_id.set("")
        return response, chunks


class MachineHandler(OneHopHandler):
    """For what machines call: nobody signs in there, and no page is shown, so no middleware is run.

    A carrier's webhook proves itself by its signature. Costs a tenth of a text less (measured).
    """

    seconds = metrics.seconds_for_machines

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(
            self._get_response  # type: ignore[attr-defined]
        )


MACHINES = ("/twilio/", "/healthz", "/readyz", "/metrics")


def by_caller(machines: Application, people: Application) -> Application:
    """Machines' addresses to the one, everything else to the other."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = machines if scope["path"].startswith(MACHINES) else people
        await chosen(scope, receive, send)

    return application


async def send_whole(send: Send, response: HttpResponseBase, chunks: list[bytes]) -> None:
    headers = [
        (name.lower().encode("latin1"), value.encode("latin1")) for name, value in response.items()
    ]
    headers += [
        (b"set-cookie", cookie.OutputString().encode("ascii"))
        for cookie in response.cookies.values()
    ]
    body = b"".join(chunks)
    if not response.has_header("Content-Length"):
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
