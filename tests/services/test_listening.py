"""A hub hears other processes through a real Valkey for as long as it lives."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from channels.layers import channel_layers

from requests_app import broadcast
from requests_app import hub as hub_module
from requests_app.hub import Hub

pytestmark = pytest.mark.services


class Listener(Hub):
    """Only notes what it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[int] = []

    def hear(self, message: dict[str, Any]) -> None:
        self.heard.append(message["sequence"])


def test_joining_anew_on_each_heartbeat_makes_nobody_deaf(
    settings: Any,
    valkey_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [valkey_url]},
        }
    }
    monkeypatch.setattr(channel_layers, "backends", {})
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0.2)

    async def scene() -> list[int]:
        hub = Listener()
        listening = asyncio.create_task(hub._listen())
        await asyncio.sleep(0.5)  # some turns in which nobody says anything
        layer = broadcast.layer_to_others()
        for sequence in range(30):
            await layer.group_send(broadcast.GROUP, {"type": "changed", "sequence": sequence})
            await asyncio.sleep(0.05)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await layer.flush()
        return hub.heard

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(scene()) == list(range(30))
    assert caplog.records == []
