"""Forms of the house. Telephones are checked and kept as E.164; days are the hotel's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from requests_app.actions.rooms import LONGEST_NUMBER, room_numbers
from requests_app.errors import Missing
from requests_app.models import Desk, Property, Room, Service
from requests_app.reading.catalogue import THEMES
from staff.telephones import TelephoneField

LEAVES_AT = time(12, 0)
"""Guests leave by noon; the register knows only the day."""

MAX_MINUTES = 1440

THEME_NAMES = {
    "room": _("For the room"),
    "comfort": _("Comfort"),
    "repair": _("Repair"),
    "food": _("Food and drink"),
    "getting-around": _("Getting around"),
    "out-and-about": _("Out and about"),
    "stay": _("The stay"),
}


class StayForm(forms.Form):
    """A guest and their stay. ``cleaned_data`` is what ``actions.stays`` takes."""

    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Surname"), max_length=80)
    language = forms.ChoiceField(label=_("Language"), required=False)
    preferences = forms.CharField(
        label=_("What matters to them"),
        help_text=_("Shown on every card: an allergy, a preference, a need."),
        max_length=200,
        required=False,
    )
    leaves_on = forms.DateField(
        label=_("Leaves on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, hotel: Property, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hotel = hotel
        self.fields["telephone"] = TelephoneField(
            hotel,
            label=_("Telephone"),
            required=False,
            help_text=_("Texts from this number are theirs."),
        )
        self.order_fields(["first_name", "last_name", "telephone", "language"])
        language = cast("forms.ChoiceField", self.fields["language"])
        language.choices = [("", _("not known")), *settings.LANGUAGES]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day = data.pop("leaves_on", None)
        if day is not None:
            local = datetime.combine(day, LEAVES_AT, self.hotel.zone)
            data["leaves_at"] = local.astimezone(UTC)
        return data


class NewRoomsForm(forms.Form):
    numbers = forms.CharField(
        label=_("Room numbers"),
        help_text=_("With commas between them, or as rows: 101-112, 201-212, Suite A."),
        max_length=4_000,
        widget=forms.Textarea({"rows": 2}),
    )

    def clean_numbers(self) -> list[str]:
        try:
            return room_numbers(str(self.cleaned_data["numbers"]))
        except Missing as missing:
            raise forms.ValidationError(str(missing)) from missing


class RoomForm(forms.Form):
    number = forms.CharField(label=_("Room number"), max_length=LONGEST_NUMBER)


class MoveForm(forms.Form):
    room: forms.ModelChoiceField[Room] = forms.ModelChoiceField(
        label=_("To room"), queryset=Room.objects.none(), empty_label=_("Choose a free room")
    )

    def __init__(self, free: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room = cast("forms.ModelChoiceField[Room]", self.fields["room"])
        room.queryset = free


def _minutes(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=MAX_MINUTES)


class ServiceForm(forms.Form):
    """A service of the catalogue. Without a name of the hotel's own the shipped one is shown, in
    the guest's language."""

    custom_name = forms.CharField(
        label=_("The hotel's own name for it"),
        help_text=_("Empty: our name, in each guest's language."),
        max_length=80,
        required=False,
    )
    desk: forms.ModelChoiceField[Desk] = forms.ModelChoiceField(
        label=_("Desk"), queryset=Desk.objects.none(), empty_label=None
    )
    respond_minutes = _minutes(_("Minutes until somebody answers"))
    complete_minutes = _minutes(_("Minutes until it is done"))
    on_guest_page = forms.BooleanField(label=_("On the room's page"), required=False)
    active = forms.BooleanField(label=_("Offered"), required=False)

    def __init__(self, hotel: Property, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desk = cast("forms.ModelChoiceField[Desk]", self.fields["desk"])
        desk.queryset = Desk.objects.filter(property=hotel)


class NewServiceForm(ServiceForm):
    custom_name = forms.CharField(label=_("Name"), max_length=80)
    theme = forms.ChoiceField(
        label=_("Theme"), choices=[(slug, THEME_NAMES[slug]) for slug in THEMES]
    )
    counted = forms.BooleanField(label=_("A number makes sense"), required=False)
    words = forms.CharField(
        label=_("Words guests use for it"),
        help_text=_("With commas between them, in the hotel's language."),
        max_length=400,
        required=False,
    )
    field_order = ["custom_name", "desk", "theme", "respond_minutes", "complete_minutes", "words"]

    def __init__(self, hotel: Property, *args: Any, **kwargs: Any) -> None:
        super().__init__(hotel, *args, **kwargs)
        del self.fields["active"]

    def clean_words(self) -> list[str]:
        return [word.strip() for word in str(self.cleaned_data["words"]).split(",") if word.strip()]


class WordForm(forms.Form):
    """A word that guests use. ``cleaned_data`` is what ``actions.house.teach_word`` takes."""

    word = forms.CharField(label=_("Word"), max_length=80)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    service: forms.ModelChoiceField[Service] = forms.ModelChoiceField(
        label=_("Means"), queryset=Service.objects.none(), empty_label=_("Choose a service")
    )

    def __init__(self, hotel: Property, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service = cast("forms.ModelChoiceField[Service]", self.fields["service"])
        service.queryset = Service.objects.filter(property=hotel, active=True)
        self.fields["language"].initial = hotel.language


class HotelForm(forms.Form):
    name = forms.CharField(label=_("Name of the hotel"), max_length=120)
    emergency_number = forms.RegexField(
        label=_("Emergency number"),
        help_text=_("What a guest in danger is told to dial: 112, 911 …"),
        regex=re.compile(r"^\d{2,6}$"),
        error_messages={"invalid": _("Two to six digits, as one dials it.")},
    )
    accent = forms.RegexField(
        label=_("Colour"),
        regex=re.compile(r"^#[0-9a-fA-F]{6}$"),
        widget=forms.TextInput({"type": "color"}),
        help_text=_("Of buttons and marks, here and on guests' pages. Choose a dark one."),
    )
    confirm_after_minutes = forms.IntegerField(
        label=_("Minutes of silence that confirm a finished request"),
        min_value=5,
        max_value=7 * MAX_MINUTES,
    )
    own_language = forms.ChoiceField(
        label=_("The hotel's own language"),
        choices=settings.LANGUAGES,
        help_text=_("Spoken where a guest's is not known."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages guests read"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, hotel: Property, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["telephone"] = TelephoneField(hotel, label=_("Telephone of the front desk"))
        self.order_fields(["name", "telephone"])

    def clean_accent(self) -> str:
        """White words stand on it: WCAG 2.2 asks for a contrast of 4.5."""
        accent = str(self.cleaned_data["accent"]).lower()
        if 1.05 / (_luminance(accent) + 0.05) < 4.5:
            raise forms.ValidationError(_("Too light to read white words on. Choose a darker one."))
        return accent

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        own = data.pop("own_language", None)
        if own is not None:
            others = [code for code in data.get("languages", []) if code != own]
            data["languages"] = [own, *others]
        return data


def _luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2)."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
