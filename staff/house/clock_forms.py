"""Forms of times, opening hours, the ladder's steps and who is on duty."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.hours import MOST_ROWS
from requests_app.models import Desk, EscalationStep, Property, Service
from requests_app.models.promises import Anchor, By
from requests_app.states import Whom
from staff.house.forms import MAX_MINUTES
from staff.models import Person

DAYS = [(str(day), WEEKDAYS_ABBR[day]) for day in range(7)]


def hours_words(rows: list[dict[str, Any]]) -> str:
    """ "Mon–Fri 07:00–23:00, Sat, Sun 08:00–24:00"; empty for always."""
    return ", ".join(f"{_days(row['days'])} {row['opens']}–{row['closes']}" for row in rows)


def _days(days: list[int]) -> str:
    if len(days) == 7:
        return _("daily")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{WEEKDAYS_ABBR[days[0]]}–{WEEKDAYS_ABBR[days[-1]]}"
    return ", ".join(str(WEEKDAYS_ABBR[day]) for day in days)


class HoursRow(forms.Form):
    """One line of opening hours: on these days, from, until. Left empty, it is none."""

    days = forms.MultipleChoiceField(
        choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    opens = forms.TimeField(required=False, widget=forms.TimeInput({"type": "time"}))
    closes = forms.TimeField(required=False, widget=forms.TimeInput({"type": "time"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given = [bool(data.get("days")), data.get("opens") is not None]
        given.append(data.get("closes") is not None)
        if any(given) and not all(given):
            raise forms.ValidationError(_("Say on which days, from when and until when."))
        return data

    def row(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        if not data.get("days"):
            return None
        return {
            "days": [int(day) for day in data["days"]],
            "opens": f"{data['opens']:%H:%M}",
            "closes": f"{data['closes']:%H:%M}",
        }


class HoursForm:
    """As many lines as hours may have; the first is filled for every day where none is known."""

    def __init__(self, rows: list[dict[str, Any]], data: Any = None) -> None:
        self.rows = []
        for n in range(MOST_ROWS):
            known = rows[n] if n < len(rows) else {}
            initial = {
                "days": [str(day) for day in known.get("days", [])],
                "opens": known.get("opens"),
                "closes": known.get("closes"),
            }
            self.rows.append(HoursRow(data, prefix=f"row{n}", initial=initial))

    def is_valid(self) -> bool:
        checked = [row.is_valid() for row in self.rows]  # every one, for its sentence
        return all(checked)

    def hours(self) -> list[dict[str, Any]]:
        return [row for form in self.rows if (row := form.row()) is not None]


class TimesForm(forms.Form):
    """Minutes of all services at once: two numbers a service."""

    def __init__(self, services: list[Service], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = services
        for service in services:
            for name in ("respond", "complete"):
                label = (
                    _("%(service)s: minutes until somebody answers")
                    if name == "respond"
                    else _("%(service)s: minutes until it is done")
                ) % {"service": service.name}
                self.fields[f"{name}-{service.pk}"] = forms.IntegerField(
                    min_value=1,
                    max_value=MAX_MINUTES,
                    initial=getattr(service, f"{name}_minutes"),
                    widget=forms.NumberInput({"inputmode": "numeric", "aria-label": label}),
                )

    def fields_of(self, service: Service) -> tuple[forms.BoundField, forms.BoundField]:
        return self[f"respond-{service.pk}"], self[f"complete-{service.pk}"]

    def times(self) -> list[tuple[Service, int, int]]:
        data = self.cleaned_data
        return [(s, data[f"respond-{s.pk}"], data[f"complete-{s.pk}"]) for s in self.services]


BEFORE, AFTER, SHARE = "before", "after", "share"


class StepForm(forms.Form):
    """A step of the ladder, read as a sentence: when, whom, how, of what."""

    amount = forms.IntegerField(
        label=gettext_lazy("How much"), min_value=0, max_value=MAX_MINUTES, initial=5
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Of what"),
        choices=[
            (BEFORE, gettext_lazy("minutes before")),
            (AFTER, gettext_lazy("minutes after")),
            (SHARE, gettext_lazy("per cent of the time to")),
        ],
        initial=BEFORE,
    )
    anchor = forms.ChoiceField(
        label=gettext_lazy("Counted from"), choices=Anchor.choices, initial=Anchor.PROMISE
    )
    whom = forms.ChoiceField(label=gettext_lazy("Whom"), choices=Whom.choices)
    by = forms.ChoiceField(label=gettext_lazy("How"), choices=By.choices)
    desk: forms.ModelChoiceField[Desk] = forms.ModelChoiceField(
        label=gettext_lazy("Only of this desk"), queryset=Desk.objects.none(), required=False,
        empty_label=gettext_lazy("every desk"),
    )  # fmt: skip
    service: forms.ModelChoiceField[Service] = forms.ModelChoiceField(
        label=gettext_lazy("Only of this service"), queryset=Service.objects.none(), required=False,
        empty_label=gettext_lazy("every service"),
    )  # fmt: skip
    urgent_only = forms.BooleanField(label=gettext_lazy("Only what is urgent"), required=False)

    def __init__(
        self, hotel: Property, *args: Any, step: EscalationStep | None = None, **kwargs: Any
    ) -> None:
        if step is not None:
            kwargs["initial"] = self.known(step)
        super().__init__(*args, **kwargs)
        desk = cast("forms.ModelChoiceField[Desk]", self.fields["desk"])
        desk.queryset = Desk.objects.filter(property=hotel)
        service = cast("forms.ModelChoiceField[Service]", self.fields["service"])
        service.queryset = Service.objects.filter(property=hotel, active=True)

    @staticmethod
    def known(step: EscalationStep) -> dict[str, Any]:
        known = {
            name: getattr(step, name)
            for name in ("anchor", "whom", "by", "desk", "service", "urgent_only")
        }
        if step.minutes is None:
            return known | {"amount": step.percent, "unit": SHARE}
        unit = BEFORE if step.minutes < 0 else AFTER
        return known | {"amount": abs(step.minutes), "unit": unit}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        amount, unit = data.pop("amount", None), data.pop("unit", None)
        if amount is None or unit is None:
            return data
        if unit == SHARE and not 1 <= amount <= 300:
            self.add_error("amount", _("A share is from 1 to 300 per cent."))
        data["minutes"] = {BEFORE: -amount, AFTER: amount}.get(unit)
        data["percent"] = amount if unit == SHARE else None
        return data


class DutyForm(forms.Form):
    """Who is on duty now, in the order in which they are rung; and how the ringing goes."""

    safety_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes until the telephone rings"),
        help_text=gettext_lazy("After something urgent that nobody reacts to. 0: never."),
        min_value=0,
        max_value=120,
    )
    ring_tries = forms.IntegerField(
        label=gettext_lazy("Times one person is rung before the next"), min_value=1, max_value=10
    )

    PLACES = 3

    def __init__(self, people: list[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [("", _("nobody")), *((pk, p.name) for pk, p in self.people.items())]
        labels = (_("On duty"), _("then"), _("and then"))
        for n in range(self.PLACES):
            self.fields[f"person{n}"] = forms.ChoiceField(
                label=labels[n], choices=choices, required=False
            )
        self.order_fields([f"person{n}" for n in range(self.PLACES)])

    def on_duty(self) -> list[Person]:
        chosen = [self.cleaned_data[f"person{n}"] for n in range(self.PLACES)]
        return [self.people[pk] for pk in chosen if pk]
