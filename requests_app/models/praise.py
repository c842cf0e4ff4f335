"""Ratings, and praise for named staff on its way to the manager and back to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.models.hotel import Property
from requests_app.models.messages import Channel, Message
from requests_app.models.requests import Request
from requests_app.models.stays import Stay


class Rating(models.Model):
    """1 to 5 for a fulfilled request; the last word counts.

    ``property`` is the request's: so that one hotel's day is found without those of a chain.
    """

    property = models.ForeignKey(Property, models.CASCADE, related_name="+", db_index=False)
    request = models.OneToOneField(Request, models.CASCADE, related_name="rating")
    score = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5), name="rating_one_to_five"
            ),
        ]
        indexes = [models.Index(fields=["property", "at"], name="rating_by_time")]

    def __str__(self) -> str:
        return str(self.score)


class Commendation(models.Model):
    """A guest's praise, in their own words."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="commendations")
    stay = models.ForeignKey(
        Stay, models.SET_NULL, null=True, blank=True, related_name="commendations"
    )
    request = models.ForeignKey(
        Request, models.SET_NULL, null=True, blank=True, related_name="commendations"
    )
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, blank=True, related_name="commendations"
    )
    channel = models.CharField(max_length=12, choices=Channel.choices)
    language = models.CharField(max_length=8, blank=True)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    open_names = models.JSONField(
        default=list,
        blank=True,
        help_text=_("Names we could not settle: [{words, candidates: [person ids]}]"),
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "staff.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    passed_on_at = models.DateTimeField(null=True, blank=True)
    passed_on_by = models.ForeignKey(
        "staff.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True, help_text=_("The manager's, to the people"))
    version = models.PositiveIntegerField(default=1)
    sequence = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            # With the key, by which pages sort too: else every one there ever was is sorted.
            models.Index(fields=["property", "-at", "-id"], name="commendation_by_time"),
            models.Index(
                fields=["property", "acknowledged_at"],
                name="commendation_unread",
                condition=Q(acknowledged_at=None),
            ),
            models.Index(fields=["property", "sequence"], name="commendation_by_sequence"),
        ]

    def __str__(self) -> str:
        return self.words[:60]


class CommendedPerson(models.Model):
    """One member of staff a commendation is for, and how we know."""

    class How(models.TextChoices):
        CHOSEN = "chosen", _("chosen by the guest")
        NAMED = "named", _("named in the words")
        CORRECTED = "corrected", _("set by the manager")

    commendation = models.ForeignKey(Commendation, models.CASCADE, related_name="people")
    person = models.ForeignKey("staff.Person", models.PROTECT, related_name="commended")
    how = models.CharField(max_length=10, choices=How.choices)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commendation", "person"], name="commended_once_a_commendation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commendation_id} {self.person_id}"
