"""What the machines that serve the hotel say of themselves."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When something that must never stop was last alive, in whichever process."""

    name = models.SlugField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%F %T}"
