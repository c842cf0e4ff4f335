"""What a guest was promised, who is warned before it breaks, and that they were."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.models.hotel import Desk, Property, Service
from requests_app.models.messages import Message
from requests_app.models.requests import Request
from requests_app.states import Whom


class Promise(models.Model):
    """A time told to the guest: what the hotel is held to. Kept and broken are facts of its end.

    Rows of one request are its ledger, in the order of ``made_at``; who made the next one moved
    this one. ``told_at`` is null where the guest could not be told (they refused texts).
    ``property`` is the request's: so that one hotel's day is found without those of a chain.
    """

    property = models.ForeignKey(Property, models.CASCADE, related_name="+", db_index=False)
    request = models.ForeignKey(Request, models.CASCADE, related_name="promises")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    by = models.ForeignKey(
        "staff.Person", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    told_in_time = models.BooleanField(
        null=True,
        blank=True,
        help_text=_("Of a promise that replaced another: told before the old time had passed"),
    )
    told_by = models.ForeignKey(
        Message, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    replaced_at = models.DateTimeField(null=True, blank=True)
    kept = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(replaced_at=None), name="promise_one_stands"
            ),
            models.CheckConstraint(
                condition=Q(told_in_time=None) | Q(told_in_time=False) | Q(told_at__isnull=False),
                name="promise_told_in_time_was_told",
            ),
        ]
        indexes = [
            models.Index(
                fields=["property", "due_at"],
                name="promise_by_time",
                condition=Q(replaced_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} by {self.due_at:%F %R}"


class Anchor(models.TextChoices):
    """What a step's time is counted from."""

    ANSWER = "answer", _("the time by which somebody must have it")
    PROMISE = "promise", _("the promised time")


class By(models.TextChoices):
    """How somebody is warned. Whatever it is, the card shows it as well."""

    BOARD = "board", _("on the board")
    EMAIL = "email", _("by e-mail")
    PUSH = "push", _("by an alert on their screens")
    SMS = "sms", _("by text")
    CALL = "call", _("by telephone, until a digit is pressed")


class EscalationStep(models.Model):
    """One step of a ladder: when, whom and how the clock warns.

    Steps of a service take the place of those of its desk, and those of the hotel's. ``minutes``
    is before (negative) or after; ``percent`` a share of the time from the promise to the anchor.
    A step is a draft until it is switched on.
    """

    property = models.ForeignKey(Property, models.CASCADE, related_name="escalation_steps")
    desk = models.ForeignKey(Desk, models.CASCADE, null=True, blank=True, related_name="+")
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="+")
    urgent_only = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    anchor = models.CharField(max_length=8, choices=Anchor.choices, default=Anchor.PROMISE)
    minutes = models.SmallIntegerField(null=True, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    whom = models.CharField(max_length=12, choices=Whom.choices)
    by = models.CharField(max_length=5, choices=By.choices, default=By.BOARD)
    active = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__isnull=False, percent=None)
                | Q(minutes=None, percent__isnull=False),
                name="step_in_minutes_or_as_a_share",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gte=1, percent__lte=300),
                name="step_share_makes_sense",
            ),
            models.CheckConstraint(
                condition=Q(desk=None) | Q(service=None), name="step_of_a_desk_or_a_service"
            ),
            models.CheckConstraint(
                condition=Q(whom__in=Whom.values)
                & Q(by__in=By.values)
                & Q(anchor__in=Anchor.values),
                name="step_known",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(active=False), name="step_removed_is_off"
            ),
        ]

    def __str__(self) -> str:
        when = f"{self.percent} %" if self.minutes is None else f"{self.minutes:+d} min"
        return f"{when} {self.anchor}: {self.whom} {self.by}"


class Alert(models.Model):
    """That somebody was warned of one told time (``about_at``), and that somebody acted on it.

    ``step`` is null for the safety of an urgent request. A call is repeated at ``again_at`` until
    a digit is pressed or somebody acts.
    """

    request = models.ForeignKey(Request, models.CASCADE, related_name="alerts", db_index=False)
    step = models.ForeignKey(
        EscalationStep, models.PROTECT, null=True, blank=True, related_name="alerts", db_index=False
    )
    whom = models.CharField(max_length=12, choices=Whom.choices)
    by = models.CharField(max_length=5, choices=By.choices)
    about_at = models.DateTimeField()
    at = models.DateTimeField()
    again_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    nobody = models.BooleanField(
        default=False, help_text=_("There was nobody to send it to, or no address of theirs")
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "staff.Person", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "step"],
                condition=Q(acknowledged_at=None),
                name="alert_one_pending_a_step",
            ),
            models.UniqueConstraint(
                fields=["request", "step", "about_at"], name="alert_once_a_told_time"
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(acknowledged_at=None, step=None),
                name="alert_one_pending_safety",
            ),
            models.UniqueConstraint(
                fields=["request", "about_at"],
                condition=Q(step=None),
                name="alert_safety_once_a_told_time",
            ),
            models.CheckConstraint(
                condition=Q(again_at=None) | Q(acknowledged_at=None),
                name="alert_acknowledged_rings_no_more",
            ),
            models.CheckConstraint(
                condition=Q(whom__in=Whom.values) & Q(by__in=By.values), name="alert_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["again_at"], name="alert_to_ring", condition=Q(again_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.whom} {self.by} {self.at:%F %T}"


class OnDuty(models.Model):
    """Who is duty manager now; the first is rung first."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="on_duty")
    person = models.ForeignKey("staff.Person", models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["property", "person"], name="on_duty_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} since {self.since:%F %R}"
