"""When somebody died, or left and why; and why that is taken back."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from patients.forms.fields import DayField
from patients.services.departures import REASON_LENGTH


class _DepartureForm(forms.Form):
    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.read_as(clinic.country)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class DeceasedForm(_DepartureForm):
    deceased_date = DayField(
        label=_("Date of death"), required=False, help_text=_("Leave it empty while nobody knows the date.")
    )


class LeftForm(_DepartureForm):
    left_date = DayField(label=_("Left the clinic on"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        required=False,
        help_text=_("Everybody here reads it. No health details."),
    )


class BringBackForm(_DepartureForm):
    """``back`` says in words what can be put back with the patient; without it nothing is asked."""

    reason = forms.CharField(label=_("Why"), max_length=REASON_LENGTH)
    puts_back = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, back: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if back:
            self.fields["puts_back"].label = back
        else:
            del self.fields["puts_back"]
