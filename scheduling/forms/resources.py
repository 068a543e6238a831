"""Equipment, closures, extra hours, credentials, the limits of a person."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalogue.models import Technique
from common.seen_forms import SeenForm
from common.wall_clock import day_bounds, instant
from scheduling.forms.appointments import ClinicianField, DayField
from scheduling.forms.set_up import DayHoursForm, NamedForm
from scheduling.models import Equipment
from scheduling.models.bookable_people import TRUSTED_PARTS


def _time_box() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"})


class EquipmentForm(SeenForm, NamedForm):
    class Meta:
        model = Equipment
        fields = ("name", "quantity", "is_active")
        help_texts = {"quantity": _("Alike pieces; each serves one visit at a time.")}

    def clean_quantity(self) -> int:
        quantity = int(self.cleaned_data["quantity"])
        if not 1 <= quantity <= 50:
            raise forms.ValidationError(_("From 1 to 50."))
        return quantity


class ClosureForm(forms.Form):
    """Whole days of the clinic, or hours of one."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as a public holiday."))
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))
    start_time = forms.TimeField(label=_("From"), required=False, widget=_time_box(), help_text=_("Empty: all day."))
    end_time = forms.TimeField(label=_("To"), required=False, widget=_time_box())

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.zone = by.zone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last:
            self._place(cleaned, first, last)
        return cleaned

    def _place(self, cleaned: dict[str, Any], first: date, last: date) -> None:
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        cleaned["starts_at"] = instant(first, start or time.min, self.zone)
        cleaned["ends_at"] = instant(last, end, self.zone) if end else day_bounds(last, self.zone)[1]
        if cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("last_day", _("The end must come after the beginning."))


class ExtraHoursForm(DayHoursForm):
    clinician = ClinicianField()
    day = DayField(label=_("Day"))

    field_order = ("clinician", "day", "start_time", "end_time")

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        cast(ClinicianField, self.fields["clinician"]).offer(by)


class CredentialForm(SeenForm, forms.Form):
    clinician = ClinicianField()
    technique = forms.ModelChoiceField(queryset=Technique.objects.none(), label=_("Technique"))
    valid_from_date = DayField(label=_("First day"))
    valid_until_date = DayField(label=_("Last day"), required=False, help_text=_("Empty: until somebody changes it."))
    body_parts = forms.MultipleChoiceField(
        label=_("Only for"),
        choices=TRUSTED_PARTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: anywhere. The waiting list asks whose region is among these."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        cast(ClinicianField, self.fields["clinician"]).offer(by)
        technique: Any = self.fields["technique"]
        technique.queryset = Technique.objects.all()


class BookingRuleForm(SeenForm, forms.Form):
    max_treatments_per_day = forms.IntegerField(
        label=_("Most treatments a day"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("Empty: no limit."),
    )
    can_chaperone = forms.BooleanField(label=_("Can be the chaperone of a visit"), required=False)
