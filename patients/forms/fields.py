"""Fields the register's forms share."""

from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common import countries
from common.lines import cleaned_line
from patients.ages import birth_date_in_words
from patients.choices import Purpose
from patients.consents import WORDINGS

ISO = "%Y-%m-%d"


@cache
def zone_choices() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(countries.all_zones())]


def day_formats(country: str) -> list[str]:
    """How people of the country write a day: with the year first always, else in the order of the country."""
    order = ("%m", "%d", "%Y") if countries.is_month_first(country) else ("%d", "%m", "%Y")
    return [ISO, "%Y/%m/%d", "%Y.%m.%d", *(sign.join(order) for sign in ("/", ".", "-"))]


def day_example(country: str) -> str:
    return "12/31/1980" if countries.is_month_first(country) else "31/12/1980"


class DayField(forms.DateField):
    """A day typed the way the clinic's country writes it; ``read_as`` says which."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format=ISO, attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def read_as(self, country: str) -> None:
        self.input_formats = day_formats(country)
        example = day_example(country)
        self.widget.attrs["placeholder"] = example
        self.error_messages["invalid"] = _("Enter a date like %(example)s.") % {"example": example}


class BirthDateField(DayField):
    """A date of birth, which is said back in words with the age before it is saved."""

    def words(self, value: Any, *, today: date) -> str:
        """``4 March 1981, 45 years``; ``""`` for what is no date."""
        try:
            born = self.to_python(value)
        except ValidationError:
            return ""
        return birth_date_in_words(born, today) if born else ""


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
