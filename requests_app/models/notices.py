"""What staff are told outside the boards: by e-mail, web push, text or a call."""

from __future__ import annotations

import builtins

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.models.hotel import Property
from requests_app.models.messages import Delivery
from requests_app.models.requests import Request


class NoticeChannel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    PUSH = "push", _("alert on their screen")
    SMS = "sms", _("text")
    CALL = "call", _("call")


class Notice(models.Model):
    """One thing somebody who works here is told, once for its ``key``.

    ``delivery`` goes as a message's does and never back; of a call ``sent`` means that it rings or
    is being heard, ``read`` that a digit was pressed (``answered_at``), ``undelivered`` that it
    ended without one. ``reason`` says why not: one of ``reasons``, translated where it is shown.
    """

    property = models.ForeignKey(Property, models.CASCADE, related_name="notices")
    person = models.ForeignKey(
        "staff.Person", models.SET_NULL, null=True, blank=True, related_name="notices"
    )
    channel = models.CharField(max_length=5, choices=NoticeChannel.choices)
    address = models.CharField(max_length=254, blank=True, help_text=_("E-mail address or E.164"))
    language = models.CharField(max_length=8, default="en")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    request = models.ForeignKey(
        Request, models.SET_NULL, null=True, blank=True, related_name="notices"
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True, help_text=_("When its carrier took it"))
    key = models.CharField(max_length=120, unique=True, help_text=_("The same twice is one notice"))
    external_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    delivery = models.CharField(max_length=12, choices=Delivery.choices, default=Delivery.WAITING)
    reason = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    digit = models.CharField(max_length=1, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=NoticeChannel.values), name="notice_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(delivery__in=Delivery.values), name="notice_delivery_known"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="notice_has_a_key"),
            models.CheckConstraint(
                condition=Q(channel="push") | ~Q(address=""), name="notice_has_an_address"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, digit="")
                | (Q(channel="call", answered_at__isnull=False) & ~Q(digit="")),
                name="notice_answered_is_a_call",
            ),
        ]
        indexes = [
            models.Index(fields=["property", "-created_at"], name="notice_by_time"),
            models.Index(
                fields=["sent_at"],
                name="notice_call_on",
                condition=Q(channel="call", delivery__in=["queued", "sent"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.created_at:%F %T} {self.delivery}"

    @builtins.property
    def failed(self) -> bool:
        """It reached nobody: refused, undeliverable, a call that nobody answered by a digit."""
        return self.delivery in {Delivery.FAILED, Delivery.UNDELIVERED}


class PushSubscription(models.Model):
    """A browser of somebody's that takes alerts: where its push service hears of them, and the
    keys with which only that browser can read them."""

    person = models.ForeignKey("staff.Person", models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1_000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    device = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(endpoint="") & ~Q(p256dh="") & ~Q(auth=""),
                name="push_subscription_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} of {self.person_id}"
