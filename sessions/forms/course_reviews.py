"""What a clinician decides about a course that a rule asked to look at."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.choices import ReviewDecision
from sessions.forms.dressing import dress


class DecideForm(forms.Form):
    decision = forms.ChoiceField(label=_("Decision"), choices=ReviewDecision, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
