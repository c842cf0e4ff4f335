"""The outside world, one module each. A carrier sends one message and says what became of it."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings

from requests_app.models import Message, Notice
from requests_app.models.messages import Channel


class Refusal(Exception):
    """Why a message did not go; ``str()`` may be shown to staff."""


class Hopeless(Refusal):
    """Trying again would not help: blocked, not a number, too long. ``code`` is the carrier's.

    ``opted_out``: the guest told the carrier STOP.
    """

    def __init__(self, reason: str, code: str = "", *, opted_out: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.opted_out = opted_out


class NotNow(Refusal):
    """Surely not sent; try again, no sooner than ``wait_seconds`` where the carrier says so."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


class Unknown(Refusal):
    """It may have gone: the call hung or broke after it was made."""


class Carrier(Protocol):
    local: bool
    """Sends within this machine, at once: never over a network."""

    def send(self, said: Message | Notice) -> str:
        """Returns the carrier's id. Raises Hopeless, NotNow or Unknown."""

    def find(self, said: Message | Notice) -> str | None:
        """The carrier's id of a message that may have been sent; None if it was not."""


def carrier_of(said: Message | Notice) -> Carrier:
    """Twilio where its token is set; the simulator otherwise, and for phones of the simulator."""
    twilios = isinstance(said, Message) and said.channel != Channel.SIMULATOR
    if settings.TWILIO_AUTH_TOKEN and twilios:
        from requests_app.carriers.twilio import Twilio

        return Twilio()
    from requests_app.carriers.simulator import Simulator

    return Simulator()
