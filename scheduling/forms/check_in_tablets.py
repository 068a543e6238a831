"""What is typed on a tablet, and what the admin names one."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class TabletForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("Where it stands, such as “Counter” or “Waiting room”.")
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


def _number(label: Any, low: int, high: int) -> forms.IntegerField:
    box = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": len(str(high))})
    return forms.IntegerField(label=label, min_value=low, max_value=high, widget=box)


class HereForm(forms.Form):
    """Who it is, as the patient types it. The browser is asked to keep none of it."""

    day = _number(_("Day"), 1, 31)
    month = _number(_("Month"), 1, 12)
    year = _number(_("Year"), 1890, 2200)
    letters = forms.CharField(
        label=_("The first three letters of your family name"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "autocorrect": "off", "spellcheck": "false"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                found["birth_date"] = date(found["year"], found["month"], found["day"])
            except ValueError:
                self.add_error("day", _("This day is not in the calendar."))
        return found
