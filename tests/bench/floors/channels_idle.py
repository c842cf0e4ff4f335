"""A bare Channels process: Django set up with Channels and nothing else, one empty consumer."""

from __future__ import annotations

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    ROOT_URLCONF=__name__,
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def ready(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ready\n")


urlpatterns = [path("readyz", ready)]
application = ProtocolTypeRouter(
    {"http": get_asgi_application(), "websocket": AsyncWebsocketConsumer.as_asgi()}
)
