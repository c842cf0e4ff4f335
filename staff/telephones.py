"""Telephone numbers as people write them, kept as E.164."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.models import Property


class TelephoneField(forms.CharField):
    """As people write it; without a country code the hotel's own country is meant."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})

    def __init__(self, hotel: Property, **kwargs: Any) -> None:
        import phonenumbers  # when it is needed: it costs start time

        super().__init__(max_length=30, **kwargs)
        try:
            parsed = phonenumbers.parse(hotel.telephone)
            self.region = phonenumbers.region_code_for_number(parsed)
        except phonenumbers.NumberParseException:
            self.region = None

    def clean(self, value: Any) -> str:
        import phonenumbers

        written = str(super().clean(value))
        if not written:
            return ""
        try:
            number = phonenumbers.parse(written, self.region)
        except phonenumbers.NumberParseException as error:
            raise forms.ValidationError(_("That is not a telephone number.")) from error
        if not phonenumbers.is_valid_number(number):
            raise forms.ValidationError(
                _("That telephone number does not exist. Begin with + and the country code.")
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
