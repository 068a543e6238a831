"""How a patient may be reached."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from patients.choices import ContactKind, NumberKind
from patients.contacts import email_in_lower_case, phone_in_e164
from patients.forms.fields import LineField, PurposesField
from patients.models.contact_codes import DIGITS
from patients.records import NOTE_LENGTH, ContactDetails, NumberDetails


class UseForm(forms.Form):
    """Change what a contact may be used for, and whose it is."""

    note = LineField(
        label=_("Note"),
        max_length=NOTE_LENGTH,
        required=False,
        help_text=_("Whose it is or when to call, like “mother” or “after 18:00”."),
    )
    is_shared = forms.BooleanField(
        label=_("Shared with somebody"), required=False, help_text=_("Nothing private is sent to a shared contact.")
    )
    is_guardians = forms.BooleanField(
        label=_("The guardian's"),
        required=False,
        help_text=_("While the patient is under 18, messages go to the guardian's e-mail only."),
    )
    is_preferred = forms.BooleanField(label=_("Preferred"), required=False)
    purposes = PurposesField()


class ContactForm(UseForm):
    value = forms.CharField(
        label=_("Phone or e-mail"), max_length=254, help_text=_("A phone with its area code; an extension as ext. 12.")
    )
    field_order = ["value"]

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic

    def clean_value(self) -> str:
        typed: str = self.cleaned_data["value"]
        if "@" in typed:
            return email_in_lower_case(typed)
        return phone_in_e164(typed, region=self.clinic.country)

    def contact(self) -> ContactDetails:
        data = self.cleaned_data
        return ContactDetails(
            kind=ContactKind.EMAIL if "@" in data["value"] else ContactKind.PHONE,
            value=data["value"],
            is_shared=data["is_shared"],
            is_preferred=data["is_preferred"],
            allowed=frozenset(data["purposes"]),
            note=data["note"],
            is_guardians=data["is_guardians"],
        )


class CodeForm(forms.Form):
    """Six digits as they are read out, with or without a gap."""

    code = forms.CharField(label=_("Code the patient reads out"), max_length=20)

    def clean_code(self) -> str:
        digits = "".join(str(self.cleaned_data["code"]).split())
        if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
            raise ValidationError(_("A code has six digits."))
        return digits


class NumberForm(forms.Form):
    system = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, kind.label) for kind in (NumberKind.NATIONAL, NumberKind.PREVIOUS)]
    )
    value = forms.CharField(label=_("Number"), max_length=120)

    def number(self) -> NumberDetails:
        return NumberDetails(system=self.cleaned_data["system"], value=self.cleaned_data["value"])


class StopForm(forms.Form):
    """Why a contact is used no more."""

    REASONS = [
        ("wrong", _("Wrong number or address")),
        ("asked", _("The patient asked")),
        ("changed", _("The patient has a new one")),
    ]
    reason = forms.ChoiceField(label=_("Why"), choices=REASONS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            raise ValidationError(_("Enter a reason."))
        return data
