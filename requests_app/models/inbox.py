"""What is still to be fetched from the carrier: pictures, and texts it failed to deliver."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.models.hotel import Property
from requests_app.models.messages import Message


class IncomingPicture(models.Model):
    """A picture that came with a guest's text: written with it, fetched and re-encoded later.

    Durable work: claimed with a lease, tried until it is kept or hopeless. ``reason`` is one of
    ``reasons``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being fetched")
        KEPT = "kept", _("kept")
        FAILED = "failed", _("could not be fetched")

    message = models.ForeignKey(Message, models.CASCADE, related_name="pictures", db_index=False)
    position = models.PositiveSmallIntegerField()
    url = models.CharField(max_length=1_000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    file = models.FileField(upload_to="photos/%Y/%m/", blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["message", "position"]
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="picture_once"),
            models.CheckConstraint(
                condition=Q(state="kept", width__gte=1, height__gte=1) & ~Q(file="")
                | Q(state__in=["waiting", "failed"], file=""),
                name="picture_kept_has_a_file",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="picture_due", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.position} {self.state}"


class Reconciliation(models.Model):
    """When a hotel's list of texts at the carrier is compared with ours, and how far it has been.

    ``seen_until``: the time of the latest text that is surely here. The look goes back a little
    further than that, since lists and clocks are not exact.
    """

    property = models.OneToOneField(Property, models.CASCADE, related_name="reconciliation")
    seen_until = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text=_("Grows with every look"))
    failures = models.PositiveSmallIntegerField(default=0, help_text=_("In a row"))
    reason = models.CharField(max_length=200, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True, help_text=_("The last that succeeded"))

    def __str__(self) -> str:
        return f"{self.property_id} until {self.seen_until:%F %T}"
