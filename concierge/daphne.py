"""Daphne, told to say when a socket's reader does not keep up.

Daphne writes without ever waiting, so a board that never reads would fill memory without bound.
Twisted's producer interface (public API) tells when a transport's buffer is full and when it has
drained; the hub then leaves that socket alone until it can be sent one whole snapshot.
"""

from __future__ import annotations

import asyncio
import os
import socket
import weakref
from typing import Any

# Autobahn's native validator is loaded through cffi's C parser: 42 of 297 ms of Daphne's import
# (measured). It is for large frames from clients; ours send none.
os.environ.setdefault("AUTOBAHN_USE_NVX", "0")

from daphne import server as daphne_server
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.endpoints import AdoptedStreamServerEndpoint
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from concierge.doors import BACKLOG, let_nobody_in
from requests_app.hub import Flow

reactor = daphne_server.reactor
"""On asyncio's loop. Daphne installs it when it is imported: nobody may import Twisted's before, or
what is asked of that one never happens (the clock and the outbox would stand still)."""

RESTARTING = 1012
"""Closes sockets of a server that is about to end: pages come again at once."""

ACCEPTING_SECONDS = 0.05
"""On one machine a connection begins within microseconds, from elsewhere it took its time before
it reached the queue: what is in the queue now is accepted in the reactor's next rounds."""

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


class LightRequest(WebRequest):  # type: ignore[misc]
    def __init__(self, channel: Any, queued: Any = None) -> None:
        super().__init__(channel, queued, parsePOSTFormSubmission=False)
        channel.factory.connections.add(channel)

    def process(self) -> Any:
        if self.channel.factory.leaving:
            self.is_the_last()
        return super().process()

    def is_the_last(self) -> None:
        """Of its connection: the answer says so, and the connection closes after it."""
        self.channel.persistent = False
        self.responseHeaders.setRawHeaders(b"connection", [b"close"])


class LightFactory(HTTPFactory):  # type: ignore[misc]
    """Leaves out what nobody reads: Twisted parses every form a second time, its content type with
    the e-mail package, and writes an access log to nowhere. A sixth of a text's time (measured)."""

    leaving = False

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self.connections: weakref.WeakSet[Any] = weakref.WeakSet()
        """Those that have asked something: kept open by browsers for their next request."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = LightRequest
        return protocol

    def log(self, request: Any) -> None:
        return


def open_already(reactor: Any, description: str) -> AdoptedStreamServerEndpoint:
    """``"fileno:family"`` → an endpoint. Twisted's own way looks for plugins of every package."""
    fileno, family = map(int, description.split(":"))
    return AdoptedStreamServerEndpoint(reactor, fileno, family)  # type: ignore[no-untyped-call]


# Daphne has no setting for either, and makes both in the midst of ``run``.
daphne_server.HTTPFactory = LightFactory
daphne_server.serverFromString = open_already


class OneWayProtocol(WebSocketProtocol):  # type: ignore[misc]
    """Daphne's bound on a message is for both ways: we hear little, and say whole boards."""

    maxMessagePayloadSize: int  # noqa: N815

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        # Autobahn's sendClose refuses the codes that a server may say and an application may not,
        # 1012 (restarting) and 1013 (try again later) among them: such a socket stayed open.
        self.sendCloseFrame(code=1000 if code is None else code)

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
    """Daphne's server, on a socket that is open already, and able to leave: see leaving.py."""

    def __init__(self, *, door: socket.socket, **options: Any) -> None:
        door.listen(BACKLOG)
        endpoints = [f"{door.fileno()}:{int(door.family)}"]
        door.detach()  # the endpoint closes it
        super().__init__(endpoints=endpoints, signal_handlers=False, **options)

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.port = port

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            flow = Flow()
            flow.told_by_server = True
            scope[FLOW] = flow
            # The channel that received the upgrade registered itself and never leaves by itself.
            protocol.unregisterProducer()
            protocol.registerProducer(FlowProducer(flow, protocol.transport), True)
        return super().create_application(protocol, scope)

    # --- leaving -------------------------------------------------------------------------------

    async def close_doors(self) -> None:
        """Accept whoever is inside already, and nobody else; every connection's next answer is its
        last."""
        self.http_factory.leaving = True
        for request in self.requests_in_flight():
            if not request.startedWriting:
                request.is_the_last()
        let_nobody_in(self.port.socket)
        await asyncio.sleep(ACCEPTING_SECONDS)  # the reactor accepts them meanwhile
        await self.port.stopListening().asFuture(asyncio.get_running_loop())

    def requests_in_flight(self) -> list[LightRequest]:
        """Being read, worked on or answered."""
        return [
            protocol
            for protocol, details in self.connections.items()
            if isinstance(protocol, WebRequest) and "disconnected" not in details
        ]

    def idle_connections(self) -> list[Any]:
        return [
            channel
            for channel in self.http_factory.connections
            if not channel.requests and not getattr(channel.transport, "disconnected", True)
        ]

    def send_boards_elsewhere(self) -> None:
        for protocol in list(self.connections):
            if isinstance(protocol, WebSocketProtocol) and protocol.state == protocol.STATE_OPEN:
                protocol.serverClose(RESTARTING)
