"""Daphne, told to say when a socket's reader does not keep up.

Daphne writes without ever waiting, so a board that never reads would fill memory without bound.
Twisted's producer interface (public API) tells when a transport's buffer is full and when it has
drained; the hub then leaves that socket alone until it can be sent one whole snapshot.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

# Autobahn's native validator is loaded through cffi's C parser: 42 of 297 ms of Daphne's import
# (measured). It is for large frames from clients; ours send none.
os.environ.setdefault("AUTOBAHN_USE_NVX", "0")

from daphne import server as daphne_server
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from requests_app.hub import Flow

reactor = daphne_server.reactor
"""On asyncio's loop. Daphne installs it when it is imported: nobody may import Twisted's before, or
what is asked of that one never happens (the clock and the outbox would stand still)."""

FLOW = "concierge.flow"
"""Where in a socket's ASGI scope its Flow is."""


@implementer(IPushProducer)
class FlowProducer:
    def __init__(self, flow: Flow, transport: Any) -> None:
        self.flow = flow
        self.transport = transport

    def pauseProducing(self) -> None:  # noqa: N802
        self.flow.pause()

    def resumeProducing(self) -> None:  # noqa: N802
        if getattr(self.transport, "disconnecting", False):
            # A transport that is to be closed waits for its producer to go before it does.
            self.transport.unregisterProducer()
            return
        self.flow.resume()

    def stopProducing(self) -> None:  # noqa: N802
        self.flow.pause()


class LightFactory(HTTPFactory):  # type: ignore[misc]
    """Leaves out what nobody reads: Twisted parses every form a second time, its content type with
    the e-mail package, and writes an access log to nowhere. A sixth of a text's time (measured)."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = partial(WebRequest, parsePOSTFormSubmission=False)
        return protocol

    def log(self, request: Any) -> None:
        return


# Daphne has no setting for it, and makes its factory in the midst of ``run``.
daphne_server.HTTPFactory = LightFactory


class OneWayProtocol(WebSocketProtocol):  # type: ignore[misc]
    """Daphne's bound on a message is for both ways: we hear little, and say whole boards."""

    maxMessagePayloadSize: int  # noqa: N815

    def sendMessage(  # noqa: N802
        self,
        payload: bytes,
        isBinary: bool = False,  # noqa: N803
        **options: Any,
    ) -> None:
        bound, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(payload, isBinary, **options)
        finally:
            self.maxMessagePayloadSize = bound


WebSocketFactory.protocol = OneWayProtocol


class ConciergeServer(Server):  # type: ignore[misc]
    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            flow = Flow()
            flow.told_by_server = True
            scope[FLOW] = flow
            # The channel that received the upgrade registered itself and never leaves by itself.
            protocol.unregisterProducer()
            protocol.registerProducer(FlowProducer(flow, protocol.transport), True)
        return super().create_application(protocol, scope)
