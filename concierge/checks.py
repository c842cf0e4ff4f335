"""Configurations that would fail silently are refused aloud at the start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register


@register("concierge")
def simulator_in_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Behind a public address without a carrier's token, no guest's text can arrive."""
    if settings.SECURE and not settings.TWILIO_AUTH_TOKEN:
        return [
            checks.Warning(
                "PUBLIC_URL is public, but TWILIO_AUTH_TOKEN is not set: texts cannot arrive.",
                id="concierge.W001",
            )
        ]
    return []


@register(deploy=True)
def public_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.SECURE:
        return [Error("PUBLIC_URL must begin with https:// in production.", id="concierge.E001")]
    return []
