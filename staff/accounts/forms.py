"""Forms about people. Addresses are compared without regard to case."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from requests_app.models import Desk, Property
from staff.models import Person, Role
from staff.telephones import TelephoneField

MAX_NICKNAMES = 8


class SignInForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NicknamesField(forms.CharField):
    """Names with commas between them, as a list without doubles."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Nicknames guests use"),
            help_text=_("With commas between them: Miku, Mikke. Praise for them finds you."),
            required=False,
            max_length=200,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        names = (" ".join(name.split())[:40] for name in str(super().clean(value)).split(","))
        return list(dict.fromkeys(name for name in names if name))[:MAX_NICKNAMES]


def telephone_of(hotel: Property) -> TelephoneField:
    return TelephoneField(
        hotel,
        label=_("Telephone"),
        help_text=_("Rung and texted only when something is urgent and nobody reacts."),
        required=False,
    )


class AccountForm(forms.Form):
    language = forms.ChoiceField(label=_("Language of your pages"), choices=settings.LANGUAGES)
    nicknames = NicknamesField()

    def __init__(self, hotel: Property, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["telephone"] = telephone_of(hotel)


class OwnPasswordForm(forms.Form):
    """``person`` is whoever is signed in."""

    current = forms.CharField(
        label=_("Password now"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=256,
        help_text=_("At least ten characters; a few words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_current(self) -> str:
        current = str(self.cleaned_data["current"])
        if not self.person.check_password(current):
            raise forms.ValidationError(_("That is not your password."))
        return current

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.person)
        return password


class PersonForm(forms.Form):
    """A colleague, new (``person`` None: with an address) or known. Desks are of one hotel."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    first_name = forms.CharField(label=_("First name"), max_length=60)
    last_name = forms.CharField(label=_("Last name"), max_length=60, required=False)
    nicknames = NicknamesField()
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    desks: forms.ModelMultipleChoiceField[Desk] = forms.ModelMultipleChoiceField(
        label=_("Desks"),
        queryset=Desk.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(label=_("Works here"), required=False, initial=True)

    def __init__(
        self,
        hotel: Property,
        *args: Any,
        person: Person | None = None,
        may_give: frozenset[str] = frozenset(Role.values),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        desks = cast("forms.ModelMultipleChoiceField[Desk]", self.fields["desks"])
        desks.queryset = Desk.objects.filter(property=hotel)
        self.fields["telephone"] = telephone_of(hotel)
        self.order_fields(["email", "first_name", "last_name", "telephone", "nicknames"])
        role = cast("forms.ChoiceField", self.fields["role"])
        role.choices = [choice for choice in Role.choices if choice[0] in may_give]
        if person is not None:
            del self.fields["email"]
        else:
            del self.fields["is_active"]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if Person.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody signs in with this address already."))
        return email
