"""What the desk asks somebody who waits for a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from catalogue.models import BodyRegion
from patients.models import Patient
from scheduling.choices import MOVABLE_STATUSES, EntryStatus, PartOfDay, WaitPriority, Weekday
from scheduling.forms.appointments import DayField, PersonField
from scheduling.models import Appointment, VisitType
from scheduling.models.waiting import LONGEST_NOTICE_HOURS


class VisitField(forms.ModelChoiceField):
    """A choice of the patient's visits by their time on the clinic's clock."""

    by: Actor

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.starts_at.astimezone(self.by.zone):%Y-%m-%d %H:%M}"


class WaitingForm(forms.Form):
    visit_type = forms.ModelChoiceField(queryset=VisitType.objects.none(), label=_("Visit type"), empty_label=None)
    clinician = PersonField(
        queryset=Membership.objects.none(), label=_("Clinician"), required=False, empty_label=_("Anybody")
    )
    appointment = VisitField(
        queryset=Appointment.objects.none(),
        label=_("Earlier than the visit of"),
        required=False,
        empty_label=_("No visit: a time of its own"),
        help_text=_("Then the visit is moved to the freed time with its own type and length; no other is booked."),
    )
    region = forms.ModelChoiceField(
        queryset=BodyRegion.objects.none(), label=_("Region"), required=False, empty_label=_("Not said")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=Weekday,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: any day."),
    )
    part_of_day = forms.ChoiceField(label=_("Time of day"), choices=PartOfDay, required=False)
    from_date = DayField(label=_("Not before"), required=False)
    until_date = DayField(label=_("Not after"), required=False)
    notice_hours = forms.IntegerField(
        label=_("Hours of notice needed"),
        min_value=0,
        max_value=LONGEST_NOTICE_HOURS,
        initial=24,
        help_text=_("From the end of the offer to the visit."),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=WaitPriority, coerce=int, initial=WaitPriority.NORMAL.value
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, by: Actor, patient: Patient, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["visit_type"].queryset = VisitType.objects.visible_to(by).filter(is_active=True)
        fields["clinician"].queryset = Membership.objects.visible_to(by).clinicians()
        fields["region"].queryset = BodyRegion.objects.current()
        visits = Appointment.objects.visible_to(by).filter(patient=patient, starts_at__gt=now)
        fields["appointment"].by = by
        fields["appointment"].queryset = visits.filter(status__in=MOVABLE_STATUSES).order_by("starts_at")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_date"), cleaned.get("until_date")
        if first and last and last < first:
            self.add_error("until_date", _("This is before the first day."))
        return cleaned


class WaitingQuery(forms.Form):
    """Which part of the list is shown."""

    show = forms.ChoiceField(
        label=_("Show"),
        choices=[("", _("waiting and offered")), *EntryStatus.choices, ("all", _("all"))],
        required=False,
    )
    visit_type = forms.UUIDField(required=False)
    clinician = forms.UUIDField(required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class AddQuery(forms.Form):
    """The visit that the patient wants earlier."""

    appointment = forms.UUIDField(required=False)
