"""Receive and quarantine a lot."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import Solution


class PageForm(forms.Form):
    """Which page of the shelf."""

    page = forms.IntegerField(min_value=1, required=False)


class ReceiveForm(forms.Form):
    solution = forms.ModelChoiceField(label=_("Solution"), queryset=Solution.objects.none())
    lot_number = forms.CharField(label=_("Lot"), max_length=60, help_text=_("As printed on the container."))
    maker = forms.CharField(label=_("Maker"), max_length=120, required=False)
    expiry_date = forms.DateField(label=_("Use by"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["solution"].queryset = Solution.objects.current().order_by("is_comparator", "name")  # type: ignore[attr-defined]

    def clean_expiry_date(self) -> date:
        """V23: nothing expired is put on the shelf."""
        expiry_date: date = self.cleaned_data["expiry_date"]
        if expiry_date < self.today:
            raise forms.ValidationError(_("This lot has already expired."), code="expired")
        return expiry_date


class QuarantineForm(forms.Form):
    reason = forms.CharField(label=_("Why it is set aside"), max_length=200)
