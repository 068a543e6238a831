"""What people type when they book, move, cancel or take a step."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import instant, is_shown
from scheduling.choices import CancelledBy, SeriesScope, VisitStatus
from scheduling.models import Room, SlotHold, VisitType
from scheduling.services.slot_holds import of_desk

# Beyond them a date is a slip of the hand, and arithmetic with it may leave the calendar.
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)


# The choice that stands for the typed time, among those to tap.
TYPED = "typed"


class DayField(forms.DateField):
    """A day of this century."""

    def __init__(self, **kwargs: Any) -> None:
        checks = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        super().__init__(validators=checks, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class StepForm(forms.Form):
    """One tap: the status to go to, and the version the tapper saw."""

    to = forms.ChoiceField(choices=VisitStatus)
    version = forms.IntegerField(min_value=1, max_value=2_000_000_000)
    back = forms.ChoiceField(choices=[("today", ""), ("visit", "")], required=False)


class DayQuery(forms.Form):
    """The address of a calendar day."""

    day = DayField(required=False)
    show = forms.ChoiceField(choices=[("clinicians", ""), ("rooms", "")], required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class BoardQuery(forms.Form):
    """Whose day, and the one lane that is opened with its page."""

    clinician = forms.UUIDField(required=False)
    everybody = forms.BooleanField(required=False)
    lane = forms.ChoiceField(
        choices=[(one, "") for one in ("confirmed", "arrived", "in_room", "observation", "done", "off")], required=False
    )
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class TimesQuery(forms.Form):
    """What times are looked for: the week from ``day`` on, and the day of it that is ``shown``.

    ``list``: the change of a setting that touched the visit, in whose list the mover works.
    """

    visit_type = forms.UUIDField(required=False)
    clinician = forms.UUIDField(required=False)
    day = DayField(required=False)
    shown = DayField(required=False)
    everybody = forms.BooleanField(required=False)
    list = forms.UUIDField(required=False)


class PersonField(forms.ModelChoiceField):
    """A choice of people by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user.full_name)


class ClinicianField(PersonField):
    """Who is booked at the clinic; where nobody is, it says what to do first."""

    def __init__(self) -> None:
        super().__init__(queryset=Membership.objects.none(), label=_("Clinician"))

    def offer(self, by: Actor) -> None:
        self.queryset = Membership.objects.visible_to(by).clinicians()
        if not self.queryset.exists():
            words = _("No clinician works here yet. Invite one first:")
            self.help_text = format_html('{} <a href="{}">{}</a>', words, reverse("accounts:people"), _("People"))


class PlaceForm(forms.Form):
    """A time with its clinician, tapped (``chosen``) or typed, and a room.

    Cleaned: ``starts_at`` and ``clinician``, both always there, and ``room``, None for the first free.
    """

    chosen = forms.CharField(required=False, max_length=120)
    day = DayField(label=_("Day"), required=False)
    time = forms.TimeField(label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    clinician = PersonField(queryset=Membership.objects.none(), label=_("Clinician"), required=False)
    room = forms.ModelChoiceField(
        queryset=Room.objects.none(), label=_("Room"), required=False, empty_label=_("The first free room")
    )
    is_override = forms.BooleanField(label=_("Book it all the same"), required=False)
    double_reason = forms.CharField(label=_("Why it may stand beside the other visit"), max_length=200, required=False)
    seen = forms.CharField(required=False, max_length=60)  # the typed time that was refused a moment ago

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.zone = by.zone
        self._field("clinician").queryset = Membership.objects.visible_to(by).clinicians()
        self._field("room").queryset = Room.objects.visible_to(by).for_visits()

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen, day, at = cleaned.get("chosen"), cleaned.get("day"), cleaned.get("time")
        is_tapped = bool(chosen) and chosen != TYPED
        if is_tapped and (day or at) and not self._is_tapped_instead(cleaned):
            raise forms.ValidationError(
                _("One time is tapped and another typed. Tap “The time typed here” or empty it.")
            )
        if is_tapped:
            self._tapped(cleaned, str(chosen))
        elif day and at:
            self._typed(cleaned, day, at)
        elif not self.errors:
            raise forms.ValidationError(_("Choose a time."))
        return cleaned

    def _is_tapped_instead(self, cleaned: dict[str, Any]) -> bool:
        """Whether the typed time is only what was left over when it was refused."""
        typed = f"{self.data.get('day', '')} {self.data.get('time', '')}"
        return not cleaned.get("is_override") and cleaned.get("seen") == typed

    def _typed(self, cleaned: dict[str, Any], day: dt.date, at: dt.time) -> None:
        if not is_shown(day, at, self.zone):
            self.add_error("time", _("The clock skips this time on that day."))
            return
        cleaned["starts_at"] = instant(day, at, self.zone)
        if cleaned.get("clinician") is None and "clinician" not in self.errors:
            self.add_error("clinician", _("Choose who sees the patient."))

    def _tapped(self, cleaned: dict[str, Any], chosen: str) -> None:
        moment, _slash, clinician_id = chosen.partition("/")
        try:
            starts_at = dt.datetime.fromisoformat(moment)
            cleaned["clinician"] = self._field("clinician").clean(clinician_id)
        except (ValueError, forms.ValidationError):
            starts_at = None
        if starts_at is None or starts_at.tzinfo is None or cleaned.get("clinician") is None:
            raise forms.ValidationError(_("Choose a time."))
        cleaned["starts_at"] = starts_at


class BookForm(PlaceForm):
    """``hold`` is the time that was kept while somebody spoke; one that is gone is no hindrance."""

    visit_type = forms.ModelChoiceField(queryset=VisitType.objects.none(), widget=forms.HiddenInput)
    hold = forms.UUIDField(required=False)
    tell_patient = forms.BooleanField(label=_("Tell the patient"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, by=by, **kwargs)
        self.by = by
        types = VisitType.objects.visible_to(by).filter(is_active=True)
        self._field("visit_type").queryset = types.select_related("equipment")

    def clean_hold(self) -> SlotHold | None:
        key = self.cleaned_data["hold"]
        own = of_desk(self.by).filter(pk=key, ended_at__isnull=True)
        return own.select_related("visit_type").first() if key else None


def _scope() -> forms.ChoiceField:
    """How much of the visit's series is meant."""
    return forms.ChoiceField(
        label=_("Which visits"),
        choices=SeriesScope,
        initial=SeriesScope.ONE,
        required=False,
        widget=forms.RadioSelect,
    )


class MoveForm(PlaceForm):
    scope = _scope()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)
    reason = forms.CharField(label=_("Why (optional)"), max_length=200, required=False)
    tell_patient = forms.BooleanField(label=_("Tell the patient"), required=False)
    list = forms.UUIDField(required=False, widget=forms.HiddenInput)


class CancelForm(forms.Form):
    scope = _scope()
    cancelled_by = forms.ChoiceField(label=_("Cancelled by"), choices=CancelledBy, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), max_length=200)
    tell_patient = forms.BooleanField(label=_("Tell the patient"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)
