"""What a caller asks for, and who the caller is."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.actors import Actor
from accounts.models import Membership
from patients.choices import ContactKind
from patients.contacts import phone_in_e164
from patients.forms.fields import BirthDateField, LineField
from patients.forms.patients import BirthDateForm
from patients.models import Patient
from patients.records import ContactDetails, PatientDetails
from scheduling.choices import PartOfDay, Weekday
from scheduling.forms.appointments import DayField
from scheduling.models import Equipment, VisitType
from scheduling.queries.free_times import Wish

NOON, EVENING = dt.time(12), dt.time(17)
_PARTS: dict[str, tuple[dt.time, dt.time | None]] = {
    PartOfDay.MORNING: (dt.time.min, dt.time(11, 59)),
    PartOfDay.AFTERNOON: (NOON, dt.time(16, 59)),
    PartOfDay.EVENING: (EVENING, None),
}
MOST_VISITS = 12


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user.full_name)


class FindQuery(forms.Form):
    """The search in the address: no patient's word is in it."""

    visit_type = forms.ModelChoiceField(
        queryset=VisitType.objects.none(), label=_("Visit type"), required=False, empty_label=None
    )
    clinician = PeopleField(
        queryset=Membership.objects.none(),
        label=_("Clinicians"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: anybody."),
    )
    part = forms.ChoiceField(label=_("Time of day"), choices=PartOfDay, required=False)
    day = DayField(label=_("From"), required=False)
    weekday = forms.TypedMultipleChoiceField(
        label=_("Days"), choices=Weekday, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=5, max_value=480, required=False, help_text=_("Empty: as the visit type says.")
    )
    equipment = forms.ModelChoiceField(
        queryset=Equipment.objects.none(), label=_("With"), required=False, empty_label=_("as the visit type says")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        types = VisitType.objects.visible_to(by).filter(is_active=True).select_related("equipment")
        self._field("visit_type").queryset = types
        self._field("clinician").queryset = Membership.objects.visible_to(by).clinicians()
        self._field("equipment").queryset = Equipment.objects.visible_to(by).filter(is_active=True)

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def wish(self) -> Wish:
        """What is asked for beside type, people and first day; what was not understood is not asked for."""
        said = getattr(self, "cleaned_data", {})
        not_before, not_after = _PARTS.get(said.get("part") or "", (dt.time.min, None))
        return Wish(
            not_before=not_before,
            not_after=not_after,
            weekdays=frozenset(said.get("weekday") or range(7)),
            equipment=said.get("equipment"),
        )


class KeepForm(forms.Form):
    """A tapped time: the moment and the clinician."""

    visit_type = forms.ModelChoiceField(queryset=VisitType.objects.none())
    chosen = forms.CharField(max_length=120)
    minutes = forms.IntegerField(min_value=5, max_value=480, required=False)
    equipment = forms.ModelChoiceField(queryset=Equipment.objects.none(), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor) -> None:
        super().__init__(data)
        types: Any = self.fields["visit_type"]
        types.queryset = VisitType.objects.visible_to(by).filter(is_active=True).select_related("equipment")
        things: Any = self.fields["equipment"]
        things.queryset = Equipment.objects.visible_to(by).filter(is_active=True)
        self.clinicians = Membership.objects.visible_to(by).clinicians()

    def clean_chosen(self) -> tuple[dt.datetime, Membership]:
        return read_time(self.cleaned_data["chosen"], self.clinicians)


def read_time(key: str, clinicians: Any) -> tuple[dt.datetime, Membership]:
    """The moment and the clinician of a free time's key. Raises ``ValidationError``."""
    moment, _slash, clinician_id = key.partition("/")
    try:
        starts_at = dt.datetime.fromisoformat(moment)
        clinician = forms.ModelChoiceField(queryset=clinicians).clean(clinician_id)
    except ValueError:
        raise forms.ValidationError(_("Choose a time.")) from None
    if starts_at.tzinfo is None or clinician is None:
        raise forms.ValidationError(_("Choose a time."))
    return starts_at, clinician


class VisitsForm(forms.Form):
    """How many visits, and how far apart."""

    visits = forms.TypedChoiceField(
        label=_("Visits"),
        coerce=int,
        initial=1,
        choices=[
            (n, ngettext_lazy("%(n)s visit", "%(n)s visits", n) % {"n": n}) for n in (1, 2, 3, 4, 6, 8, MOST_VISITS)
        ],
    )
    every_days = forms.TypedChoiceField(
        label=_("How often"),
        coerce=int,
        initial=7,
        choices=[(7, _("every week")), (14, _("every two weeks")), (28, _("every four weeks"))],
    )


class ExtendForm(VisitsForm):
    tell_patient = forms.BooleanField(label=_("Tell the patient"), required=False)


class CallerForm(ExtendForm, BirthDateForm):
    """Who the kept time is for: somebody found, or somebody new."""

    patient = forms.ModelChoiceField(queryset=Patient.objects.none(), required=False)
    family_name = LineField(label=_("Family name"), max_length=120, required=False)
    given_names = LineField(label=_("Given names"), max_length=120, required=False)
    birth_date = BirthDateField(label=_("Date of birth"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    guardian_name = LineField(
        label=_("Guardian"), max_length=120, required=False, help_text=_("Needed for anyone under 18.")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, clinic=by.clinic, **kwargs)
        self.by = by
        people: Any = self.fields["patient"]
        people.queryset = Patient.objects.visible_to(by)
        for name in ("family_name", "given_names", "birth_date", "phone", "guardian_name"):
            self.fields[name].widget.attrs.setdefault("autocomplete", "off")

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        return phone_in_e164(typed, region=self.by.clinic.country) if typed else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("patient") or "patient" in self.errors:
            return cleaned
        if not (cleaned.get("family_name") or cleaned.get("given_names")):
            self.add_error("family_name", _("Say who it is: find the patient, or type a name."))
        elif not cleaned.get("birth_date") and "birth_date" not in self.errors:
            self.add_error("birth_date", _("A new patient needs a date of birth."))
        return cleaned

    def details(self) -> PatientDetails:
        """The new patient, in the language and zone of the clinic."""
        said = self.cleaned_data
        return PatientDetails(
            given_names=said["given_names"],
            family_name=said["family_name"],
            birth_date=said["birth_date"],
            zone=self.by.clinic.zone,
            language=self.by.clinic.locale.split("-")[0],
            guardian_name=said["guardian_name"],
        )

    def contacts(self) -> list[ContactDetails]:
        phone = self.cleaned_data["phone"]
        return [ContactDetails(kind=ContactKind.PHONE, value=phone, is_preferred=True)] if phone else []
