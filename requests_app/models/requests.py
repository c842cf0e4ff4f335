"""A request, its history, what was promised, and how it was fulfilled."""

from __future__ import annotations

import builtins
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.hours import opens_after
from requests_app.models.hotel import Desk, Property, Room, Service, hours_of
from requests_app.models.messages import Channel, Contact, Message
from requests_app.models.stays import Stay
from requests_app.states import ON_BOARD, EventKind, Status, Whom

if TYPE_CHECKING:
    from staff.models import Person


class RequestQuerySet(models.QuerySet["Request"]):
    def of(self, hotel: Property) -> Self:
        return self.filter(property=hotel)

    def on_board(self) -> Self:
        # ``closed_at IS NULL`` and not ``status IN (…)``: SQLite cannot use a partial index
        # for bound values (measured: 6 ms against 163 ms at a million rows).
        return self.filter(closed_at=None)

    def most_urgent_first(self) -> Self:
        """Then what a guest has waited for twice, as they were told ("first in line")."""
        again = models.Case(models.When(reworked__gt=0, status="new", then=0), default=1)
        return self.order_by("-urgent", again, models.F("due_at").asc(nulls_last=True), "pk")


class Request(models.Model):
    """One thing a guest wants done.

    ``room`` is the room it was asked from; the room the guest is in now is ``room_now``.
    ``version`` grows with every move (compare and swap); ``sequence`` is the property's number
    of the last change a board could see. ``closed_at`` is set once no board shows it any more.
    Times are UTC.
    """

    class Kind(models.TextChoices):
        SERVICE = "service", _("service")
        UNSORTED = "unsorted", _("to be sorted")
        COMPLAINT = "complaint", _("complaint")
        UNKNOWN_GUEST = "unknown_guest", _("unknown number")
        MANY_TEXTS = "many_texts", _("many texts")

    # No index of its own where one of Meta's begins with it, or where nobody asks by it: each is
    # another page that every text writes to the disk.
    property = models.ForeignKey(Property, models.CASCADE, related_name="requests", db_index=False)
    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.SERVICE)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="requests")
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="requests"
    )
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="asked_here")
    room_now = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="requests", db_index=False
    )
    stay = models.ForeignKey(
        Stay, models.SET_NULL, null=True, blank=True, related_name="requests", db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    browser = models.CharField(max_length=43, blank=True)
    language = models.CharField(max_length=8, blank=True, help_text=_("The guest's"))
    channel = models.CharField(max_length=12, choices=Channel.choices)
    cause = models.ForeignKey(
        Message, models.SET_NULL, null=True, blank=True, related_name="caused"
    )
    words = models.TextField(blank=True, help_text=_("The guest's own words for this one thing"))
    note = models.CharField(max_length=500, blank=True, help_text=_("What staff should know"))
    quantity = models.PositiveSmallIntegerField(null=True, blank=True)
    wanted_at = models.DateTimeField(null=True, blank=True)
    urgent = models.BooleanField(default=False)
    urgent_words = models.CharField(max_length=120, blank=True)
    complaint = models.BooleanField(default=False)
    suggested = models.ForeignKey(
        Service,
        models.SET_NULL,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("What the reading thought of, without being sure"),
    )

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NEW)
    holder = models.ForeignKey(
        "staff.Person", models.PROTECT, null=True, blank=True, related_name="holds"
    )
    version = models.PositiveIntegerField(default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    respond_by = models.DateTimeField()
    due_at = models.DateTimeField(help_text=_("The promise as it stands"))
    promised_at = models.DateTimeField(
        help_text=_("When that promise was made: shares of its time are counted from here")
    )
    next_look_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The next moment at which the clock has to do with it")
    )
    warned = models.CharField(
        max_length=12,
        choices=Whom.choices,
        blank=True,
        help_text=_("The furthest the clock has had to go, until somebody acts"),
    )
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When a scheduled request comes onto the board")
    )
    responded_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=200, blank=True)
    hold_until = models.DateTimeField(null=True, blank=True)
    reworked = models.PositiveSmallIntegerField(default=0)
    unanswered = models.PositiveSmallIntegerField(
        default=0, help_text=_("Guest messages since staff last answered")
    )
    submission = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text=_("A form sent twice makes one request")
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="request_status_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__in=["confirmed", "cancelled"], closed_at__isnull=False)
                    | (Q(closed_at=None) & ~Q(status__in=["confirmed", "cancelled"]))
                ),
                name="request_closed_when_over",
            ),
            models.CheckConstraint(
                condition=Q(holder__isnull=False) | ~Q(status__in=["accepted", "in_progress"]),
                name="request_in_hand_has_a_holder",
            ),
            models.CheckConstraint(
                condition=Q(holder=None) | ~Q(status__in=["new", "scheduled"]),
                name="request_new_has_no_holder",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gte=1), name="request_quantity_positive"
            ),
            models.CheckConstraint(
                condition=~Q(status="on_hold") | ~Q(hold_reason=""),
                name="request_hold_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind="service") | Q(service__isnull=False),
                name="request_of_a_service_names_it",
            ),
            models.CheckConstraint(
                condition=Q(warned="") | Q(warned__in=Whom.values), name="request_warned_known"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(next_look_at=None, warned=""),
                name="request_closed_needs_no_clock",
            ),
        ]
        indexes = [
            # ``closed_at`` is always null in it, and a column all the same: SQLite, of which nobody
            # has asked statistics, else takes any index that begins with the hotel (78 ms, not 0.1,
            # after a year).
            models.Index(
                fields=["property", "closed_at", "desk"],
                name="request_on_board",
                condition=Q(closed_at=None),
            ),
            models.Index(fields=["property", "sequence"], name="request_by_sequence"),
            models.Index(fields=["property", "created_at"], name="request_by_creation"),
            models.Index(
                fields=["browser", "created_at"],
                name="request_of_browser",
                condition=~Q(browser=""),
            ),
            models.Index(fields=["stay", "created_at"], name="request_of_stay"),
            # The clock's only question. NOT NULL and not a status: see ``on_board``.
            models.Index(
                fields=["next_look_at"],
                name="request_next_look",
                condition=Q(next_look_at__isnull=False),
            ),
            models.Index(
                fields=["property", "done_at"],
                name="request_by_completion",
                condition=Q(done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    @builtins.property
    def title(self) -> str:
        """What it is, in the language of whoever looks."""
        from django.utils.translation import get_language

        return self.title_in(get_language() or "en")

    def title_in(self, language: str) -> str:
        if self.service is not None:
            return self.service.name_in(language, self.quantity)
        return str(self.Kind(self.kind).label).capitalize()

    @builtins.property
    def opens_at(self) -> datetime | None:
        """When whoever does it opens (UTC), where it was asked, or is wanted, out of hours."""
        hours = hours_of(self.service, self.desk)
        if not hours or self.urgent:
            return None
        asked = max(self.created_at, self.wanted_at or self.created_at)
        return opens_after(hours, self.property.zone, asked)

    @builtins.property
    def is_open(self) -> bool:
        return self.status in ON_BOARD

    def is_late(self, at: datetime) -> bool:
        return self.status in ON_BOARD and self.status != Status.DONE and self.due_at < at


class RequestEvent(models.Model):
    """One row of a request's append-only history."""

    class By(models.TextChoices):
        GUEST = "guest", _("guest")
        STAFF = "staff", _("staff")
        CLOCK = "clock", _("by itself")

    request = models.ForeignKey(Request, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    by = models.CharField(max_length=6, choices=By.choices)
    person = models.ForeignKey(
        "staff.Person", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(by="staff") | Q(person__isnull=False), name="event_of_staff_names_them"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class Fulfilment(models.Model):
    """Who did it, with whom, what was done, what went beyond. Rework adds another row."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="fulfilments")
    by = models.ForeignKey("staff.Person", models.PROTECT, related_name="fulfilled")
    helpers: models.ManyToManyField[Person, models.Model] = models.ManyToManyField(
        "staff.Person", related_name="helped", blank=True
    )
    at = models.DateTimeField()
    what = models.CharField(max_length=300, blank=True)
    beyond = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.request_id} by {self.by_id}"


class Photo(models.Model):
    """A picture a guest sent: re-encoded by us, so it carries no place, no camera and no code."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="+")
    request = models.ForeignKey(Request, models.CASCADE, related_name="photos")
    file = models.FileField(upload_to="photos/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.file.name)
