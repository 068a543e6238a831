"""Which days of the calendar are asked for, and where a visit was dropped."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import instant, is_shown
from scheduling.forms.appointments import FIRST_DAY, LAST_DAY, DayField
from scheduling.models import Appointment, Room


class CalendarQuery(forms.Form):
    """The address of a calendar day or week. ``only`` is a clinician or a room to show alone."""

    day = DayField(required=False)
    span = forms.ChoiceField(choices=[("day", ""), ("week", "")], required=False)
    show = forms.ChoiceField(choices=[("clinicians", ""), ("rooms", "")], required=False)
    only = forms.UUIDField(required=False)
    look = forms.ChoiceField(choices=[("picture", ""), ("table", "")], required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class DaySheetQuery(forms.Form):
    day = DayField(required=False)


class DropForm(forms.Form):
    """Where a visit was let go. ``at`` is a time on the clinic's clock, or an instant with its offset.

    Cleaned: ``starts_at``, ``clinician`` and ``room`` as they are to be; what was not named stays as it was.
    ``is_room_kept``: the room was chosen by hand, so that no other may stand in for it.
    """

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000)
    at = forms.CharField(max_length=40)
    clinician = forms.ModelChoiceField(queryset=Membership.objects.none(), required=False)
    room = forms.ModelChoiceField(queryset=Room.objects.none(), required=False)
    show = forms.ChoiceField(choices=[("clinicians", ""), ("rooms", "")], required=False)
    minutes = forms.IntegerField(min_value=1, max_value=24 * 60, required=False)
    is_override = forms.BooleanField(required=False)
    reason = forms.CharField(max_length=200, required=False)
    double_reason = forms.CharField(max_length=200, required=False)

    def __init__(self, data: Mapping[str, Any], *, by: Actor, visit: Appointment) -> None:
        super().__init__(data)
        self.zone = by.zone
        self.visit = visit
        clinician: Any = self.fields["clinician"]
        clinician.queryset = Membership.objects.visible_to(by).clinicians()
        room: Any = self.fields["room"]
        room.queryset = Room.objects.visible_to(by).for_visits()

    def clean_at(self) -> str:
        text = str(self.cleaned_data["at"])
        try:
            found = dt.datetime.fromisoformat(text)
        except ValueError as error:
            raise forms.ValidationError(_("Choose a time.")) from error
        if not FIRST_DAY <= found.date() <= LAST_DAY:
            raise forms.ValidationError(_("Choose a time."))
        self.cleaned_data["starts_at"] = self._instant(found)
        return text

    def _instant(self, found: dt.datetime) -> dt.datetime:
        """The time that was shown for the visit means the visit's own instant, even where a clock shows it twice."""
        if found.tzinfo is not None:
            return found
        if self.visit.starts_at.astimezone(self.zone).replace(tzinfo=None) == found:
            return self.visit.starts_at
        if not is_shown(found.date(), found.time(), self.zone):
            raise forms.ValidationError(_("The clock skips this time on that day."))
        return instant(found.date(), found.time(), self.zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("is_override") and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why, in a few words: it stays in the visit's history."))
        cleaned["is_room_kept"] = cleaned.get("show") == "rooms" or cleaned.get("room") is not None
        cleaned["clinician"] = cleaned.get("clinician") or self.visit.clinician
        cleaned["room"] = cleaned.get("room") or self.visit.room
        return cleaned
