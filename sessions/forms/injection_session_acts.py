"""Sign, void, amend."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """``pictures``: the digest of the pictures on the page that is signed, empty for none."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    pictures = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("Why it is void"), max_length=300)


class AddendumForm(forms.Form):
    text = forms.CharField(label=_("Addendum"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))
