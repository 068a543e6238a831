"""What may stand in the address of a worklist."""

from django import forms


class WorklistQuery(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)
    since = forms.DateTimeField(required=False)
