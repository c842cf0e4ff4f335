"""The hotel itself: property, desks, rooms and the catalogue of services."""

from __future__ import annotations

import builtins
import secrets
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from requests_app.reading.catalogue import desk_name, service_name


def new_room_token() -> str:
    """128 random bits, URL-safe: what a room's QR code carries."""
    return secrets.token_urlsafe(16)


class Property(models.Model):
    """A hotel. ``sequence`` numbers every change a board can see; it only grows."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    text_number = models.CharField(max_length=20, unique=True, help_text=_("E.164"))
    telephone = models.CharField(max_length=20, help_text=_("The front desk's telephone, E.164"))
    emergency_number = models.CharField(max_length=10, default="112")
    languages = models.JSONField(default=list, help_text=_("Language codes, the first is its own"))
    accent = models.CharField(
        max_length=7, default="#1f5e57", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    confirm_after_minutes = models.PositiveIntegerField(
        default=120, help_text=_("Silence confirms a finished request after so many minutes")
    )
    safety_minutes = models.PositiveSmallIntegerField(
        default=3,
        help_text=_("So long an urgent request may wait before the duty manager is rung; 0: never"),
    )
    ring_tries = models.PositiveSmallIntegerField(
        default=2, help_text=_("So often one person is rung before the next")
    )
    is_demo = models.BooleanField(default=False)
    sequence = models.PositiveBigIntegerField(default=0)
    house_version = models.PositiveBigIntegerField(
        default=0, help_text=_("Grows when people, catalogue or words change: see house.py")
    )

    class Meta:
        verbose_name_plural = "properties"
        constraints = [
            models.CheckConstraint(condition=models.Q(ring_tries__gte=1), name="ring_at_least_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, at: datetime) -> datetime:
        """``at`` (aware) as this hotel's clocks show it."""
        return at.astimezone(self.zone)

    @property
    def language(self) -> str:
        """The hotel's own language, used where nothing is known of the guest's."""
        return str(self.languages[0]) if self.languages else "en"


class Desk(models.Model):
    """A team with a board."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="desks")
    slug = models.SlugField()
    position = models.PositiveSmallIntegerField(default=0)
    custom_name = models.CharField(max_length=80, blank=True)
    hours = models.JSONField(default=list, blank=True, help_text=_("See hours.py; empty: always"))

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["property", "slug"], name="desk_slug_once_a_property"),
        ]

    def __str__(self) -> str:
        return self.name

    @builtins.property
    def name(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        return self.custom_name or desk_name(self.slug, language)


class Room(models.Model):
    property = models.ForeignKey(Property, models.CASCADE, related_name="rooms")
    number = models.CharField(max_length=12)
    floor = models.CharField(max_length=12, blank=True)
    token = models.CharField(max_length=43, unique=True, default=new_room_token)
    token_renewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["property", "number"], name="room_number_once"),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length("token"), 20), name="room_token_is_long"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Service(models.Model):
    """An entry of the catalogue. Minutes run from the guest's words, while it is open."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="services")
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="services")
    slug = models.SlugField()
    theme = models.SlugField()
    custom_name = models.CharField(max_length=80, blank=True)
    respond_minutes = models.PositiveSmallIntegerField()
    complete_minutes = models.PositiveSmallIntegerField()
    counted = models.BooleanField(default=False)
    scheduled = models.BooleanField(default=False)
    on_guest_page = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    hours = models.JSONField(
        default=list, blank=True, help_text=_("See hours.py; empty: those of its desk")
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["property", "slug"], name="service_slug_once"),
            models.CheckConstraint(
                condition=models.Q(complete_minutes__gte=models.F("respond_minutes")),
                name="service_completes_after_it_responds",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @builtins.property
    def name(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str, quantity: int | None = None) -> str:
        """As a guest would read it: "Bath towels", or with a quantity "2 bath towels"."""
        if self.custom_name:
            return f"{quantity} × {self.custom_name}" if quantity else self.custom_name
        return service_name(self.slug, language, quantity)


def hours_of(service: Service | None, desk: Desk) -> list[dict[str, Any]]:
    """Of whoever does it: the service's own hours on its own desk, else those of the desk that has
    it now. Empty: always open. Asks the database nothing that is not at hand."""
    if service is not None and service.hours and service.desk_id == desk.pk:
        return list(service.hours)
    return list(desk.hours)


class TaughtWord(models.Model):
    """A word a member of staff taught the catalogue by sorting a request."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="taught_words")
    service = models.ForeignKey(Service, models.CASCADE, related_name="taught_words")
    language = models.CharField(max_length=8)
    word = models.CharField(max_length=80)
    taught_by = models.ForeignKey("staff.Person", models.SET_NULL, null=True, related_name="+")
    taught_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["property", "language", "word"], name="word_taught_once"
            ),
            models.CheckConstraint(condition=~models.Q(word=""), name="word_not_empty"),
        ]

    def __str__(self) -> str:
        return self.word
