"""Which of two records stays, which details are kept, and why."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.models import PairVerdict, Patient
from patients.records import DETAIL_FIELDS

REASON = 300


class MergeForm(forms.Form):
    """``keep_…`` name the record whose value is kept; one left out is the survivor's."""

    survivor = forms.ChoiceField(
        label=_("The record that stays"), error_messages={"required": _("Choose the record that stays.")}
    )
    reason = forms.CharField(
        label=_("Why they are one person"), max_length=REASON, error_messages={"required": _("Enter a reason.")}
    )

    def __init__(self, *args: Any, patients: tuple[Patient, Patient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patients = patients
        choices = [(str(patient.pk), patient.full_name) for patient in patients]
        for name in ("survivor", *(f"keep_{field}" for field in DETAIL_FIELDS)):
            self.fields.setdefault(name, forms.ChoiceField(required=False))
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # all of them are choices
        for patient in patients:
            self.fields[f"version_{patient.pk}"] = forms.IntegerField()

    @property
    def survivor_id(self) -> UUID:
        return UUID(self.cleaned_data["survivor"])

    @property
    def merged_id(self) -> UUID:
        return next(patient.pk for patient in self.patients if patient.pk != self.survivor_id)

    @property
    def versions(self) -> tuple[int, int]:
        data = self.cleaned_data
        return data[f"version_{self.survivor_id}"], data[f"version_{self.merged_id}"]

    @property
    def take(self) -> list[str]:
        return [name for name in DETAIL_FIELDS if self.cleaned_data[f"keep_{name}"] == str(self.merged_id)]


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(choices=PairVerdict.Verdict.choices)
    note = forms.CharField(label=_("Why"), max_length=REASON, required=False)


class ReverseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why they are two persons"), max_length=REASON, error_messages={"required": _("Enter a reason.")}
    )


class OtherForm(forms.Form):
    """The record to compare with, from the chooser."""

    patient = forms.UUIDField(error_messages={"required": _("Choose a patient.")})


class WorklistQuery(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)
