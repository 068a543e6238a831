"""Fields the register's forms share."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from common.lines import cleaned_line
from patients.choices import Purpose
from patients.consents import WORDINGS
from patients.search_terms import is_month_first

ISO = "%Y-%m-%d"
_CONTINENTS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def zone_choices() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if zone.startswith(_CONTINENTS)]


def day_formats(locale: str) -> list[str]:
    """How people of the clinic write a day: always ISO and with dots; with slashes the way of the country."""
    slashed = "%m/%d/%Y" if is_month_first(locale) else "%d/%m/%Y"
    return [ISO, "%d.%m.%Y", slashed]


def day_example(locale: str) -> str:
    return "5/17/1970" if is_month_first(locale) else "17.5.1970"


class DayField(forms.DateField):
    """A day typed the way the clinic writes it; ``read_as`` says which."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format=ISO, attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def read_as(self, locale: str) -> None:
        self.input_formats = day_formats(locale)
        self.widget.attrs["placeholder"] = day_example(locale)


class LineField(forms.CharField):
    """One line of letters that can be seen; what would turn the writing around is refused."""

    def to_python(self, value: Any) -> str:
        text = value if value is None else cleaned_line(str(value).strip())
        return super().to_python(text) or ""


class PurposesField(forms.TypedMultipleChoiceField):
    """What a contact may be used for, in the words the patient is asked with."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=kwargs.pop("label", _("The patient agrees")),
            choices=[(purpose.value, words) for purpose, words in WORDINGS.items()],
            coerce=Purpose,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )
