"""A birth date as a patient types it, on a phone or on a tablet."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.countries import is_month_first

_WRONG = ("required", "invalid", "min_value", "max_value", "null_characters_not_allowed")


def _number(label: Any, low: int, high: int, wrong: Any) -> forms.IntegerField:
    box = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": len(str(high))})
    words = dict.fromkeys(_WRONG, wrong)
    return forms.IntegerField(label=label, min_value=low, max_value=high, widget=box, error_messages=words)


class BirthDateBoxes(forms.Form):
    """Three boxes, because a calendar is slow for a birth date. Nothing is filled in by the browser.

    They stand in the order in which the country writes a day.
    """

    day = _number(_("Day"), 1, 31, _("Enter the day as a number, like 17."))
    month = _number(_("Month"), 1, 12, _("Enter the month as a number, like 5."))
    year = _number(_("Year"), 1890, 2200, _("Enter the year of birth with four digits, like 1980."))

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_month_first(country):
            self.order_fields(["month", "day", "year"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                found["birth_date"] = date(found["year"], found["month"], found["day"])
            except ValueError:
                self.add_error("day", _("This day is not in the calendar. Check the day and the month."))
        return found
