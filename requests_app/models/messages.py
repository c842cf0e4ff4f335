"""One thing said, in or out, on whatever channel; and what must still be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.models.hotel import Property, Room
from requests_app.models.stays import Stay

if TYPE_CHECKING:
    from requests_app.models.notices import Notice


class Channel(models.TextChoices):
    SMS = "sms", _("text")
    WHATSAPP = "whatsapp", _("WhatsApp")
    WEB = "web", _("room page")
    SIMULATOR = "simulator", _("text")
    COUNTER = "counter", _("counter")
    TELEPHONE = "telephone", _("telephone")


class Delivery(models.TextChoices):
    """What became of a message of ours. Ranks never go back (see ``DELIVERY_RANK``)."""

    WAITING = "waiting", _("waiting")
    DELAYED = "delayed", _("delayed")
    QUEUED = "queued", _("queued")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    READ = "read", _("read")
    UNDELIVERED = "undelivered", _("not delivered")
    FAILED = "failed", _("failed")


DELIVERY_RANK: dict[str, int] = {
    "": 0,
    Delivery.WAITING: 1,
    Delivery.DELAYED: 2,
    Delivery.QUEUED: 3,
    Delivery.SENT: 4,
    Delivery.UNDELIVERED: 5,
    Delivery.FAILED: 5,
    Delivery.DELIVERED: 6,
    Delivery.READ: 7,
}

ON_CARDS = (
    Delivery.DELAYED,
    Delivery.SENT,
    Delivery.DELIVERED,
    Delivery.READ,
    Delivery.UNDELIVERED,
    Delivery.FAILED,
)
"""What a guest's cards tell of our last words to them. (Of what has just been written they tell
nothing yet, so that writing it changes no other card.) Whoever moves words of ours into one of
these, or out of it, has the cards read again."""


class Awaiting(models.TextChoices):
    """What we last asked a guest, so that a bare "1" or "412 Yılmaz" means something."""

    NOTHING = "", _("nothing")
    ROOM_AND_NAME = "room_and_name", _("room and surname")
    WHICH_ROOM = "which_room", _("which room")
    ARRIVED = "arrived", _("whether everything arrived")
    RATING = "rating", _("a rating")
    WHO = "who", _("whom to thank")
    MISSING = "missing", _("what is missing")


class Contact(models.Model):
    """A telephone number as one property knows it: who it is, what we asked, what it refused."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="contacts")
    address = models.CharField(max_length=20, help_text=_("E.164"))
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.SMS)
    stay = models.ForeignKey(Stay, models.SET_NULL, null=True, blank=True, related_name="contacts")
    language = models.CharField(max_length=8, blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    awaiting = models.CharField(
        max_length=16, choices=Awaiting.choices, default=Awaiting.NOTHING, blank=True
    )
    awaiting_request = models.ForeignKey(
        "requests_app.Request", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    room_said_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When the holder of a shared number last said which of their rooms they mean"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["property", "address"], name="contact_once"),
            models.CheckConstraint(
                condition=Q(awaiting__in=Awaiting.values), name="contact_awaiting_known"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Message(models.Model):
    """One thing said. A guest's words are stored first and understood later.

    ``external_id`` is the carrier's (Twilio: MessageSid). ``understood_at`` is null while the
    words wait to be read, or wait to be known whose they are (``held`` is true).
    """

    class Direction(models.TextChoices):
        IN = "in", _("from the guest")
        OUT = "out", _("to the guest")
        NOTE = "note", _("note")

    # No index of its own where one of Meta's begins with it, or where nobody asks by it.
    property = models.ForeignKey(Property, models.CASCADE, related_name="messages", db_index=False)
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="messages", db_index=False
    )
    stay = models.ForeignKey(
        Stay, models.SET_NULL, null=True, blank=True, related_name="messages", db_index=False
    )
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    browser = models.CharField(max_length=43, blank=True, help_text=_("Whose room page it was"))
    request = models.ForeignKey(
        "requests_app.Request",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        db_index=False,
    )
    direction = models.CharField(max_length=4, choices=Direction.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    body = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    intent = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()
    author = models.ForeignKey(
        "staff.Person", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    automatic = models.BooleanField(default=False)
    external_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    understood_at = models.DateTimeField(null=True, blank=True)
    held = models.BooleanField(default=False)
    read_attempts = models.PositiveSmallIntegerField(default=0)
    delivery = models.CharField(max_length=12, choices=Delivery.choices, default="", blank=True)
    error_code = models.CharField(max_length=12, blank=True)
    media = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["stay", "at"], name="message_of_stay"),
            models.Index(fields=["contact", "at"], name="message_of_contact"),
            # Of the few that have one: with the others in it, SQLite's statistics would say that
            # a request has thousands, and it would rather read the whole table.
            models.Index(
                fields=["request"],
                name="message_of_request",
                condition=Q(request__isnull=False),
            ),
            models.Index(
                fields=["browser", "at"], name="message_of_browser", condition=~Q(browser="")
            ),
            models.Index(
                fields=["at"],
                name="message_unread",
                condition=Q(direction="in", understood_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.at:%F %T}"


class Door(models.TextChoices):
    """Ways to the outside. When one is in trouble, all that goes through it waits."""

    TEXTS = "texts", _("texts")
    CALLS = "calls", _("calls")
    EMAIL = "email", _("e-mail")
    PUSH = "push", _("alerts on screens")


class Outgoing(models.Model):
    """What must be sent: durable work, claimed with a lease, repeated until its end is known."""

    class State(models.TextChoices):
        DUE = "due", _("to be sent")
        SENT = "sent", _("sent")
        UNCERTAIN = "uncertain", _("unknown whether sent")
        PARKED = "parked", _("given up")

    message = models.OneToOneField(
        Message, models.CASCADE, null=True, blank=True, related_name="outgoing"
    )
    notice = models.OneToOneField(
        "requests_app.Notice", models.CASCADE, null=True, blank=True, related_name="outgoing"
    )
    carrier = models.CharField(max_length=5, choices=Door.choices, default=Door.TEXTS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)

    is_probe = False
    """Of a claimed row: the one that tries whether its carrier works again."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=False, notice=None)
                | Q(message=None, notice__isnull=False),
                name="outgoing_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(carrier__in=Door.values), name="outgoing_carrier_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="outgoing_due", condition=Q(state__in=["due", "uncertain"])
            ),
            models.Index(fields=["state"], name="outgoing_parked", condition=Q(state="parked")),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.message_id or self.notice_id} {self.state}"

    @property
    def said(self) -> Message | Notice:
        """What is to be sent."""
        said = self.message or self.notice
        assert said is not None  # noqa: S101  (a constraint of the database)
        return said


class CarrierTrouble(models.Model):
    """A way to the outside that asked us to slow down, or fails: there is a row while that lasts.

    Nothing goes through it until ``until``; then one row at a time, as a probe, until one arrives.
    """

    carrier = models.CharField(max_length=5, choices=Door.choices, unique=True)
    failures = models.PositiveSmallIntegerField(default=1)
    since = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(carrier__in=Door.values), name="trouble_carrier_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} until {self.until:%T}"


class UnroutedMessage(models.Model):
    """A text to a number no property has: kept for the administrator, never answered."""

    external_id = models.CharField(max_length=64, unique=True)
    sender = models.CharField(max_length=40)
    recipient = models.CharField(max_length=40)
    body = models.TextField(blank=True)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sender} → {self.recipient}"
