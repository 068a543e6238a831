"""What a patient comes with, as a clinician records it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from catalogue.models import Condition, Nerve
from catalogue.queries import condition_choices
from common.countries import KG_IN_A_POUND, weighs_in_pounds
from patients.choices import Flag, Side, Substance
from patients.forms.fields import DayField
from patients.records import AllergyDetails, ConditionDetails

_NO_SIDE = ("", _("No side"))
_CHOOSE = ("", _("Choose"))


class _ClinicForm(forms.Form):
    """A form whose days are typed the way the clinic writes them."""

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.read_as(clinic.country)


class ConditionForm(_ClinicForm):
    condition = forms.ModelChoiceField(
        label=_("Condition"), queryset=Condition.objects.none(), required=False, empty_label=_("Not in the list")
    )
    name = forms.CharField(
        label=_("In other words"), max_length=200, required=False, help_text=_("Only when it is not in the list.")
    )
    side = forms.ChoiceField(label=_("Side"), choices=[_NO_SIDE, *Side.choices], required=False)
    onset_date = DayField(label=_("Since"), required=False)
    icd10cm_code = forms.CharField(
        label=_("ICD-10-CM code"),
        max_length=10,
        required=False,
        help_text=_("Leave it empty and the side completes it, where that is enough."),
    )
    nerves = forms.ModelMultipleChoiceField(
        label=_("Nerves suspected"),
        queryset=Nerve.objects.none(),
        required=False,
        help_text=_("Leave it empty to take the ones often involved."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("condition", condition_choices()), ("nerves", Nerve.objects.current().order_by("code"))):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("condition") and not data.get("name") and "condition" not in self.errors:
            self.add_error("name", ValidationError(_("Choose a condition or name it.")))
        return data

    def details(self) -> ConditionDetails:
        data = self.cleaned_data
        return ConditionDetails(
            name=data["condition"].name if data["condition"] else data["name"],
            icd10cm_code=data["icd10cm_code"],
            side=data["side"],
            onset_date=data["onset_date"],
        )

    @property
    def condition_id(self) -> UUID | None:
        condition: Condition | None = self.cleaned_data["condition"]
        return condition.pk if condition else None

    def nerve_ids(self) -> list[UUID]:
        """The nerves chosen, or those the catalogue names for the condition."""
        chosen = [nerve.pk for nerve in self.cleaned_data["nerves"]]
        condition: Condition | None = self.cleaned_data["condition"]
        if chosen or condition is None:
            return chosen
        return list(condition.nerves.values_list("pk", flat=True))


class EndForm(_ClinicForm):
    day = DayField(label=_("Over since"))


class AllergyForm(_ClinicForm):
    substance = forms.ChoiceField(label=_("Allergic to"), choices=[_CHOOSE, *Substance.choices])
    substance_text = forms.CharField(label=_("Which"), max_length=200, required=False)
    reaction = forms.CharField(label=_("Reaction"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("substance") == Substance.OTHER and not data.get("substance_text"):
            self.add_error("substance_text", ValidationError(_("Enter what the patient is allergic to.")))
        return data

    def details(self) -> AllergyDetails:
        return AllergyDetails(**self.cleaned_data)


class FlagForm(_ClinicForm):
    flag = forms.ChoiceField(label=_("Flag"), choices=[_CHOOSE, *Flag.choices])
    detail = forms.CharField(label=_("Detail"), max_length=200, required=False)


class WeightForm(_ClinicForm):
    """A weight as the country weighs: what is kept is in kilograms."""

    weight_kg = forms.DecimalField(
        label=_("Weight (kg)"), min_value=Decimal("1.1"), max_value=Decimal("499.9"), max_digits=4, decimal_places=1
    )
    measured_date = DayField(label=_("Measured on"))

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, clinic=clinic, **kwargs)
        self.is_in_pounds = weighs_in_pounds(clinic.country)
        if self.is_in_pounds:
            self.fields["weight_kg"] = forms.DecimalField(
                label=_("Weight (lb)"),
                min_value=Decimal("2.5"),
                max_value=Decimal("999.9"),
                max_digits=4,
                decimal_places=1,
                help_text=_("It is kept in kilograms, which doses are counted from."),
            )

    def clean_weight_kg(self) -> Decimal:
        typed: Decimal = self.cleaned_data["weight_kg"]
        return (typed * KG_IN_A_POUND).quantize(Decimal("0.1")) if self.is_in_pounds else typed
