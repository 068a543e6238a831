"""How the patient is, when somebody rings."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.choices import FollowUpOutcome
from sessions.forms.measures import OverallChangeField

# What a call can end with; who died or left is not rung.
_OUTCOMES = [(one.value, one.label) for one in FollowUpOutcome if one != FollowUpOutcome.GONE]


class CompleteForm(forms.Form):
    outcome = forms.ChoiceField(label=_("How is it?"), choices=_OUTCOMES, widget=forms.RadioSelect)
    change = OverallChangeField(label=_("Compared with the day treatment began, the patient is"), required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
