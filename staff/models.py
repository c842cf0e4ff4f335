"""The people who work here."""

from __future__ import annotations

import builtins
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from requests_app.models import Desk, Property


class Role(models.TextChoices):
    DESK = "desk", _("Desk")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        """E-mail addresses are compared without regard to case."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """A member of staff; signs in with an e-mail address. ``nicknames`` is a list of strings."""

    property = models.ForeignKey(Property, models.CASCADE, related_name="people")
    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60, blank=True)
    nicknames = models.JSONField(default=list, blank=True)
    role = models.CharField(max_length=14, choices=Role.choices, default=Role.DESK)
    desks: models.ManyToManyField[Desk, models.Model] = models.ManyToManyField(
        Desk, related_name="people", blank=True
    )
    language = models.CharField(max_length=8, default="en")
    telephone = models.CharField(
        max_length=20, blank=True, help_text=_("E.164; rung and texted when something is urgent")
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    sessions_ended = models.PositiveIntegerField(
        default=0, help_text=_("Grows when every session of theirs must end")
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        verbose_name_plural = "people"
        ordering = ["first_name", "last_name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_once_whatever_case"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="person_role_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry to be theirs: Django's print of the password, and a count, so
        that all of somebody's sessions end without looking for them."""
        key_salt = "staff.models.Person.session"
        value = f"{self.password}|{self.sessions_ended}"
        return salted_hmac(key_salt, value, secret=secret, algorithm="sha256").hexdigest()

    @builtins.property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @builtins.property
    def short_name(self) -> str:
        """What colleagues and guests read: "Mika K."."""
        return (
            f"{self.first_name} {self.last_name[:1]}.".strip()
            if self.last_name
            else self.first_name
        )

    @builtins.property
    def keeps_register(self) -> bool:
        """Checks guests in and out, moves them and edits their stay: the front desk, and whoever
        stands above a desk."""
        return self.role != Role.DESK or self.desks.filter(slug="front-desk").exists()

    @builtins.property
    def keeps_house(self) -> bool:
        """Sees people, catalogue, words and codes, not only rooms and who is in them."""
        return self.role != Role.DESK

    @builtins.property
    def initials(self) -> str:
        return (self.first_name[:1] + self.last_name[:1]).upper()
