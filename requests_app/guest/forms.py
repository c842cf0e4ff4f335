"""What a guest's forms must be before an action sees them; every refusal is a sentence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from requests_app.actions.opening import MAX_QUANTITY
from requests_app.incoming import clean_text
from requests_app.models import Property, Service

LONGEST_AHEAD = timedelta(days=400)


def submission_of(data: Any) -> UUID | None:
    """The form's number; None where it is missing or not one."""
    try:
        return UUID(str(data.get("submission", "")))
    except ValueError:
        return None


class WordsField(forms.CharField):
    """Words as they were written: what no database can hold is replaced, not refused."""

    def to_python(self, value: object) -> str:
        return clean_text(str(super().to_python(value)))


class WordsForm(forms.Form):
    """Free words, a photo, or both."""

    words = WordsField(required=False)
    photo = forms.FileField(required=False, allow_empty_file=True)

    @property
    def submission(self) -> UUID:
        return submission_of(self.data) or uuid4()

    @property
    def picture(self) -> UploadedFile | None:
        """A file that was chosen; an empty choice is none."""
        found: UploadedFile | None = self.files.get("photo")
        return found if found is not None and found.size else None


class AskForm(WordsForm):
    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("words") and self.picture is None:
            raise forms.ValidationError(_("Write a few words first, or add a photo."))
        return self.cleaned_data


class ServiceForm(WordsForm):
    """One service: how many, when, and a few words. ``now`` is UTC; times are the hotel's."""

    quantity = forms.CharField(required=False)
    wanted_at = forms.CharField(required=False)

    def __init__(
        self, *args: Any, service: Service, hotel: Property, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.service, self.hotel, self.now = service, hotel, now

    @property
    def earliest(self) -> str:
        """Now, as a datetime-local field takes it, on the hotel's clocks."""
        return f"{self.hotel.local(self.now):%Y-%m-%dT%H:%M}"

    def clean_quantity(self) -> int | None:
        given = str(self.cleaned_data["quantity"]).strip()
        if not self.service.counted:
            return None
        try:
            quantity = int(given or "1")
        except ValueError:
            quantity = 0
        if not 1 <= quantity <= MAX_QUANTITY:
            raise forms.ValidationError(
                _("Choose a number from 1 to %(most)d.") % {"most": MAX_QUANTITY}
            )
        return quantity

    def clean_wanted_at(self) -> datetime | None:
        """Aware, on the hotel's clocks. This minute counts as now, and not as past."""
        given = str(self.cleaned_data["wanted_at"]).strip()
        if not given:
            return None
        try:
            at = datetime.fromisoformat(given).replace(tzinfo=self.hotel.zone)
        except ValueError as error:
            raise forms.ValidationError(_("Write the time like 19:30, with its day.")) from error
        if at < self.hotel.local(self.now).replace(second=0, microsecond=0):
            raise forms.ValidationError(
                _("That time has passed. Choose one that is still to come.")
            )
        if at > self.hotel.local(self.now) + LONGEST_AHEAD:
            raise forms.ValidationError(_("That is too far ahead. Choose an earlier time."))
        return at
