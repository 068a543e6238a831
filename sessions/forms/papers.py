"""Write a letter about a session."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LetterForm(forms.Form):
    recipient = forms.CharField(
        label=_("To (name and address)"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
    greeting = forms.CharField(label=_("Greeting"), max_length=120, initial=_("Dear colleague,"))
    opening = forms.CharField(
        label=_("Opening words"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    closing = forms.CharField(
        label=_("Closing words"),
        max_length=4_000,
        required=False,
        initial=_("With kind regards"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
