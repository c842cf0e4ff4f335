"""Every address. Those that others rely on are written down in docs/architecture.md."""

from __future__ import annotations

from django.urls import include, path

from concierge import health
from requests_app import webhooks
from requests_app.guest.urls import websocket_urlpatterns as guest_sockets
from staff.boards.urls import websocket_urlpatterns as board_sockets
from staff.manager.urls import websocket_urlpatterns as manager_sockets

handler500 = "concierge.away.handler500"

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("twilio/messages/", webhooks.twilio_message),
    path("twilio/status/", webhooks.twilio_status),
    path("twilio/voice/", webhooks.twilio_voice),
    path("twilio/voice/notice/", webhooks.twilio_voice_notice),
    path("twilio/voice/status/", webhooks.twilio_voice_status),
    path("", include("requests_app.guest.urls")),
    path("", include("requests_app.simulator.urls")),
    path("", include("staff.accounts.urls")),
    path("", include("staff.boards.urls")),
    path("", include("staff.manager.urls")),
    path("", include("staff.house.urls")),
]

websocket_urlpatterns: list[object] = [*guest_sockets, *board_sockets, *manager_sockets]
