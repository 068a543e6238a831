"""Co-sign."""

from django import forms


class CoSignForm(forms.Form):
    """``seen_sha256`` is the hash on the page that was read."""

    seen_sha256 = forms.CharField(max_length=64)
