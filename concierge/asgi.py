"""How a connection reaches its code: static files, HTTP in one hop, and the sockets."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concierge.settings")

import django

django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.urls import re_path
from servestatic import ServeStaticASGI

from concierge.one_hop import MachineHandler, OneHopHandler, Receive, Scope, Send, by_caller
from concierge.urls import websocket_urlpatterns

static = ServeStaticASGI(
    OneHopHandler(),
    root=str(settings.STATIC_ROOT),
    prefix=settings.STATIC_URL,
    autorefresh=settings.DEBUG,
    immutable_file_test=r"\.[0-9a-f]{12}\.",
)


async def no_such_socket(_scope: Scope, _receive: Receive, send: Send) -> None:
    """An address without a socket: refused before it opens (HTTP 403)."""
    await send({"type": "websocket.close"})


application = ProtocolTypeRouter(
    {
        "http": by_caller(MachineHandler(), static),
        "websocket": AllowedHostsOriginValidator(
            URLRouter([*websocket_urlpatterns, re_path("", no_such_socket)])  # type: ignore[arg-type]
        ),
    }
)
