"""Co-sign, or send back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.choices import CoSigned


class CoSignForm(forms.Form):
    """``seen_sha256`` is the hash of what was read on the page; ``addendum`` is set where it is an addendum's."""

    seen_sha256 = forms.CharField(max_length=64)
    addendum = forms.UUIDField(required=False)


class SendBackForm(forms.Form):
    """``about``: the record, unless it says the voiding; ``addendum`` is set where it is an addendum."""

    about = forms.ChoiceField(choices=CoSigned, required=False, widget=forms.HiddenInput())
    addendum = forms.UUIDField(required=False, widget=forms.HiddenInput())
    comment = forms.CharField(
        label=_("What is missing"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter what is missing.")},
    )


class AskAgainForm(forms.Form):
    """``returned`` says which of the record's returns is answered."""

    returned = forms.UUIDField(required=False)
