"""Tells every hub that something changed. The only module that speaks to the channel layer.

The hub of this process is told at once, on its own loop; those of others through the layer. A
message carries numbers only and may be lost: each hub compares sequences and heals itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction

log = logging.getLogger(__name__)

GROUP = "hubs"
"""The one group there is: its members are the hubs, one per process."""

_loop: asyncio.AbstractEventLoop | None = None
_here: Callable[[dict[str, Any]], None] | None = None


def tell_here(hear: Callable[[dict[str, Any]], None] | None) -> None:
    """This process's hub listens: what changes is told to it on the server's loop."""
    global _here
    _here = hear


def use_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """The server says which event loop is its own; only that one may publish."""
    global _loop
    _loop = loop


def changed(property_id: int, sequence: int) -> None:
    """After commit: boards of this property are right up to ``sequence``."""
    _after_commit({"type": "changed", "property": property_id, "sequence": sequence})


def signed_out(person_id: int, session_key: str | None = None) -> None:
    """After commit: this person's sockets end (only those of one session, where it is given)."""
    _after_commit({"type": "signed_out", "person": person_id, "session": session_key})


def _after_commit(message: dict[str, Any]) -> None:
    # A lambda, since a failing functools.partial raises AttributeError here on Django 5.2.
    transaction.on_commit(lambda: _publish(message), robust=True)


def layer_to_others() -> Any:
    """The channel layer, where it reaches other processes; None where there are none."""
    layer = get_channel_layer()
    return None if isinstance(layer, InMemoryChannelLayer) else layer


def _publish(message: dict[str, Any]) -> None:
    layer = layer_to_others()
    if _loop is not None and _loop.is_running():
        # Not a wait: the text is acknowledged whether or not a board hears of it at once.
        _loop.call_soon_threadsafe(_tell, layer, message)
    elif layer is not None:
        async_to_sync(_send)(layer, message)


def _tell(layer: Any, message: dict[str, Any]) -> None:
    """On the server's loop."""
    if _here is not None:
        _here(message)
    if layer is not None:
        asyncio.ensure_future(_send(layer, message))  # noqa: RUF006  (it never raises)


async def _send(layer: Any, message: dict[str, Any]) -> None:
    try:
        await layer.group_send(GROUP, message)
    except Exception:  # a layer that is down must never undo or delay what is committed
        log.warning("a change could not be broadcast; boards will heal", exc_info=True)


async def listen(layer: Any, hear: Callable[[dict[str, Any]], None], seconds: float) -> None:
    """Until the layer fails. Joins anew every so many ``seconds``, since it may have forgotten us,
    and goes on receiving meanwhile: to cancel that would make it drop the channel."""
    loop = asyncio.get_running_loop()
    channel = await layer.new_channel("hub")
    receiving: asyncio.Future[dict[str, Any]] | None = None
    try:
        while True:
            await layer.group_add(GROUP, channel)
            until = loop.time() + seconds
            while (left := until - loop.time()) > 0:
                receiving = receiving or asyncio.ensure_future(layer.receive(channel))
                await asyncio.wait({receiving}, timeout=left)
                if receiving.done():
                    heard, receiving = receiving, None
                    hear(heard.result())
    finally:
        if receiving is not None:
            receiving.cancel()
