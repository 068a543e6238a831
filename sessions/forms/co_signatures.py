"""Co-sign, or send back."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CoSignForm(forms.Form):
    """``seen_sha256`` is the hash of what was read on the page; ``addendum`` is set where it is an addendum's."""

    seen_sha256 = forms.CharField(max_length=64)
    addendum = forms.UUIDField(required=False)


class SendBackForm(forms.Form):
    comment = forms.CharField(
        label=_("What is missing"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter what is missing.")},
    )
