"""Telephones and mailboxes without a carrier: what is sent is there by being in the database."""

from __future__ import annotations

from collections.abc import Sequence

from requests_app.models import Message, Notice
from requests_app.models.messages import Delivery


class Simulator:
    local = True
    gone: Sequence[int] = ()

    def __init__(self, accepted: str = Delivery.QUEUED) -> None:
        self.accepted = accepted

    def send(self, said: Message | Notice) -> str:
        return simulated_id(said)

    def find(self, said: Message | Notice) -> str | None:
        return said.external_id


def simulated_id(said: Message | Notice) -> str:
    return f"SIM{'N' if isinstance(said, Notice) else ''}{said.pk:032d}"
