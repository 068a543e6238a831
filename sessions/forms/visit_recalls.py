"""Which list of patients to ask back is shown, how a call went, until when it rests."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.forms.appointments import DayField
from sessions.choices import RecallKind, RecallOutcome


class RecallQuery(forms.Form):
    kind = forms.ChoiceField(choices=RecallKind, required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000, required=False)


class CallForm(forms.Form):
    outcome = forms.ChoiceField(label=_("How did the call go?"), choices=RecallOutcome, widget=forms.RadioSelect)
    again_date = DayField(label=_("Call again on"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("The whole desk reads it. No health details.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        is_again = found.get("outcome") == RecallOutcome.CALL_AGAIN
        if is_again and not found.get("again_date") and "again_date" not in self.errors:
            self.add_error("again_date", _("Enter a day."))
        return found


class RestForm(forms.Form):
    day = DayField(label=_("Leave it until"))
