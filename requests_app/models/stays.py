"""Who is in which room, and from when to when."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from requests_app.models.hotel import Property, Room


class Guest(models.Model):
    """A person across stays."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="guests")
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80)
    telephone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=8, blank=True)
    preferences = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["property", "telephone"], name="guest_by_telephone")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class StayQuerySet(models.QuerySet["Stay"]):
    def in_house(self, at: datetime) -> Self:
        return self.filter(arrived_at__lte=at, departed_at=None)


class Stay(models.Model):
    """A guest in a property from arrival to departure; ``room`` is where they are now."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="stays")
    guest = models.ForeignKey(Guest, models.PROTECT, related_name="stays")
    room = models.ForeignKey(Room, models.PROTECT, related_name="stays")
    arrived_at = models.DateTimeField()
    leaves_at = models.DateTimeField()
    departed_at = models.DateTimeField(null=True, blank=True)

    objects = StayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(departed_at=None) | Q(departed_at__gte=F("arrived_at")),
                name="stay_departs_after_it_arrives",
            ),
        ]
        indexes = [
            # ``departed_at`` is a column for the same reason as in ``request_on_board``.
            models.Index(
                fields=["property", "departed_at", "room"],
                name="stay_in_house",
                condition=Q(departed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guest}, {self.room}"
