"""Rooms, visit types, weekly hours and leave."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models.clinics import validate_zone
from common.lines import plain_name
from common.seen_forms import SeenForm
from common.wall_clock import day_bounds, ends_after, instant
from scheduling.choices import Weekday
from scheduling.forms.appointments import ClinicianField, DayField
from scheduling.models import Equipment, Room, VisitType
from scheduling.models.availability import LONGEST_BLOCK


class SetUpQuery(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class AwayQuery(forms.Form):
    """Who is away or which room is blocked, and the day somebody looked at as they asked for the form."""

    clinician = forms.UUIDField(required=False)
    room = forms.UUIDField(required=False)
    day = DayField(required=False)


class ZoneQuery(SetUpQuery):
    """``change``: only the visits that this change of the zone touched."""

    zone = forms.CharField(max_length=64, required=False, validators=[validate_zone])
    change = forms.UUIDField(required=False)


class NamedForm(forms.ModelForm):
    """Of something that the clinic has several of, told apart by their names."""

    def clean_name(self) -> str:
        return plain_name(self.cleaned_data["name"])


class RoomForm(SeenForm, NamedForm):
    def clean_capacity(self) -> int:
        capacity = int(self.cleaned_data["capacity"])
        if not 1 <= capacity <= 50:
            raise forms.ValidationError(_("From 1 to 50."))
        return capacity

    class Meta:
        model = Room
        fields = ("name", "capacity", "is_for_observation", "is_active")


class VisitTypeForm(SeenForm, NamedForm):
    class Meta:
        model = VisitType
        fields = (
            "name",
            "duration_minutes",
            "turnover_minutes",
            "needs_room",
            "needs_chaperone",
            "equipment",
            "technique",
            "is_treatment",
            "is_active",
        )
        help_texts = {"turnover_minutes": _("Time after the visit until clinician and room are ready again.")}

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        equipment: Any = self.fields["equipment"]
        equipment.queryset = Equipment.objects.visible_to(by).filter(is_active=True)
        self.fields["duration_minutes"].widget.attrs.update({"min": 5, "max": 480})
        self.fields["turnover_minutes"].widget.attrs.update({"min": 0, "max": 120})

    def clean_duration_minutes(self) -> int:
        minutes = int(self.cleaned_data["duration_minutes"])
        if not 5 <= minutes <= 480:
            raise forms.ValidationError(_("A visit lasts from 5 minutes to 8 hours."))
        return minutes

    def clean_turnover_minutes(self) -> int:
        minutes = int(self.cleaned_data["turnover_minutes"])
        if minutes > 120:
            raise forms.ValidationError(_("At most 120 minutes."))
        return minutes


class _OfClinician(forms.Form):
    clinician = ClinicianField()

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.zone = by.zone
        cast(ClinicianField, self.fields["clinician"]).offer(by)


class DayHoursForm(forms.Form):
    """Hours of a day."""

    start_time = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    end_time = forms.TimeField(
        label=_("To"),
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("00:00 is midnight at the end of the day."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        if start is not None and end is not None and not ends_after(start, end):
            self.add_error("end_time", _("The end must come after the beginning."))
        return cleaned


class HoursForm(DayHoursForm, _OfClinician):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"), choices=Weekday, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    valid_from_date = DayField(label=_("First day"))
    valid_until_date = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until somebody changes it."),
    )

    field_order = ("clinician", "weekdays", "start_time", "end_time", "valid_from_date", "valid_until_date")


class _SpanForm(forms.Form):
    """Whole days, or hours of one day."""

    zone: ZoneInfo

    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))
    start_time = forms.TimeField(
        label=_("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"}), help_text=_("Empty: all day.")
    )
    end_time = forms.TimeField(label=_("To"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

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


class LeaveForm(_SpanForm, _OfClinician):
    reason = forms.CharField(
        label=_("Note"), max_length=120, required=False, help_text=_("Staff see it. No health details.")
    )

    field_order = ("clinician", "first_day", "last_day", "start_time", "end_time", "reason")


class RoomBlockForm(_SpanForm):
    room = forms.ModelChoiceField(queryset=Room.objects.none(), label=_("Room"))
    reason = forms.CharField(label=_("Why"), max_length=120, help_text=_("Such as cleaning, or a broken chair."))

    field_order = ("room", "first_day", "last_day", "start_time", "end_time", "reason")

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.zone = by.zone
        cast(forms.ModelChoiceField, self.fields["room"]).queryset = Room.objects.visible_to(by).for_visits()

    def _place(self, cleaned: dict[str, Any], first: date, last: date) -> None:
        super()._place(cleaned, first, last)
        if cleaned["ends_at"] - cleaned["starts_at"] > LONGEST_BLOCK:
            self.add_error("last_day", _("A room is blocked for 31 days at most. Take it out of use instead."))
