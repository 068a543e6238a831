"""What may stand in the address of a chart."""

from django import forms


class ChartQuery(forms.Form):
    course = forms.UUIDField(required=False)
    page = forms.IntegerField(min_value=1, max_value=1000, required=False)
