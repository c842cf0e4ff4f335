"""The outside world, one module each. A carrier sends one thing and says what became of it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from django.conf import settings

from requests_app.models import Message, Notice
from requests_app.models.messages import Channel, Delivery
from requests_app.models.notices import NoticeChannel


class Refusal(Exception):
    """Why something did not go; ``str()`` is one of ``reasons``, shown to staff translated.

    ``carrier_wide``: it is not about this one, so everything through the carrier should wait.
    """

    def __init__(self, reason: str, *, carrier_wide: bool = False) -> None:
        super().__init__(reason)
        self.carrier_wide = carrier_wide


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

    def __init__(
        self, reason: str, wait_seconds: float | None = None, *, carrier_wide: bool = True
    ) -> None:
        super().__init__(reason, carrier_wide=carrier_wide)
        self.wait_seconds = wait_seconds


class Unknown(Refusal):
    """It may have gone: the call hung or broke after it was made."""

    def __init__(self, reason: str, *, carrier_wide: bool = True) -> None:
        super().__init__(reason, carrier_wide=carrier_wide)


class Carrier(Protocol):
    """Made anew for each thing that is sent."""

    local: bool
    """Sends within this machine, at once: never over a network."""
    accepted: str
    """How far something is once the carrier has taken it: one of ``Delivery``."""
    gone: Sequence[int]
    """Subscriptions that turned out to be no more."""

    def send(self, said: Message | Notice) -> str:
        """Returns the carrier's id. Raises Hopeless, NotNow or Unknown."""

    def find(self, said: Message | Notice) -> str | None:
        """The carrier's id of what may have been sent; None if it was not, or cannot be known and
        does no harm twice."""


_loading = threading.Lock()


def load() -> None:
    """Import what speaks HTTP, by one thread at a time: it takes a moment, its modules import one
    another, and Python gives a second thread that comes meanwhile the half of one."""
    with _loading:
        import requests.adapters  # noqa: F401
        import twilio.rest  # noqa: F401


def carrier_of(said: Message | Notice) -> Carrier:
    """The outside where it is configured; the simulator otherwise, and for its own telephones."""
    if isinstance(said, Notice):
        return _carrier_to_staff(said)
    if settings.TWILIO_AUTH_TOKEN and said.channel != Channel.SIMULATOR:
        load()
        from requests_app.carriers.texts import Texts

        return Texts()
    from requests_app.carriers.simulator import Simulator

    return Simulator()


def _carrier_to_staff(notice: Notice) -> Carrier:
    if notice.channel == NoticeChannel.PUSH:
        load()
        from requests_app.carriers.push import Push

        return Push()
    if notice.channel == NoticeChannel.EMAIL and settings.EMAIL_IS_SET:
        from requests_app.carriers.email import Email

        return Email()
    if settings.TWILIO_AUTH_TOKEN and notice.channel == NoticeChannel.SMS:
        load()
        from requests_app.carriers.texts import Texts

        return Texts()
    if settings.TWILIO_AUTH_TOKEN and notice.channel == NoticeChannel.CALL:
        load()
        from requests_app.carriers.calls import Calls

        return Calls()
    from requests_app.carriers.simulator import Simulator

    return Simulator(Delivery.SENT if notice.channel == NoticeChannel.EMAIL else Delivery.QUEUED)
