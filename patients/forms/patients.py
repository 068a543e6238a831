"""Register a patient, change the details, look for one."""

from collections.abc import Collection
from datetime import date
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from common.countries import zones_of
from common.languages import written_in
from common.phones import shown
from common.spoken_languages import choices_of_patients as language_choices
from patients.choices import ContactKind, NumberKind, Sex
from patients.contacts import email_in_lower_case, phone_in_e164
from patients.forms.fields import BirthDateField, LineField, PurposesField, zone_choices
from patients.models import Patient
from patients.records import FILE_NOTE_LENGTH, ContactDetails, NumberDetails, PatientDetails
from patients.search_terms import LONGEST

_DETAILS = tuple(PatientDetails.__dataclass_fields__)
_PHONES = ("guardian_phone", "emergency_contact_phone")


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Name, phone, date of birth or number"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class PageForm(forms.Form):
    """The query string of the list: the patient the page before ended with."""

    after = forms.UUIDField(required=False)

    @property
    def after_id(self) -> UUID | None:
        found: UUID | None = self.cleaned_data.get("after")
        return found


class BirthDateForm(forms.Form):
    """A date of birth alone, to say it in words while it is typed."""

    birth_date = BirthDateField(required=False)

    def __init__(self, *args: Any, clinic: Clinic, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        day = self.fields["birth_date"]
        if isinstance(day, BirthDateField):
            day.read_as(clinic.country)

    @property
    def birth_words(self) -> str:
        """What was typed, or what stands, in words with the age: beside the field, before anything is saved."""
        day = self.fields["birth_date"]
        return day.words(self["birth_date"].value(), today=self.today) if isinstance(day, BirthDateField) else ""


class DetailsForm(BirthDateForm):
    family_name = LineField(label=_("Family name"), max_length=120, required=False)
    given_names = LineField(label=_("Given names"), max_length=120, required=False)
    preferred_name = LineField(label=_("Preferred name"), max_length=60, required=False)
    birth_date = BirthDateField(label=_("Date of birth"))
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN)
    language = forms.ChoiceField(label=_("Language"), choices=language_choices)
    zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, help_text=_("Messages arrive by the patient's own clock.")
    )
    needs_interpreter = forms.BooleanField(
        label=_("Needs an interpreter"), required=False, help_text=_("Shown to everybody with the language.")
    )
    guardian_name = LineField(
        label=_("Guardian"), max_length=120, required=False, help_text=_("Needed for anyone under 18.")
    )
    guardian_phone = forms.CharField(label=_("Guardian's phone"), max_length=40, required=False)
    file_note = LineField(
        label=_("To check, from a file"),
        max_length=FILE_NOTE_LENGTH,
        required=False,
        help_text=_("As a file has it. Take out what is added or asked."),
    )
    emergency_contact_name = LineField(label=_("Emergency contact"), max_length=120, required=False)
    emergency_contact_relation = LineField(label=_("Relation"), max_length=60, required=False)
    emergency_contact_phone = forms.CharField(label=_("Their phone"), max_length=40, required=False)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, clinic=clinic, **kwargs)
        self.clinic = clinic
        self.region = clinic.country
        self.fields["language"].initial = clinic.locale.split("-")[0]
        self.fields["language"].help_text = written_in()
        self.fields["zone"].initial = clinic.zone
        self._put_first("language", clinic.languages)
        self._put_first("zone", zones_of(clinic.country))
        self._keep_unlisted("zone")
        self._keep_unlisted("language")
        # What stands is shown in groups; as long as nobody changes it, it stands as it is.
        self._standing = {name: self.initial[name] for name in _PHONES if self.initial.get(name)}
        self.initial = {**self.initial, **{name: shown(value) for name, value in self._standing.items()}}
        for name in self.fields:
            self.fields[name].widget.attrs.setdefault("autocomplete", "off")

    def _put_first(self, name: str, likely: Collection[str]) -> None:
        """What is spoken here, and the zones of the country, before all others."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = sorted(
                cast(list[tuple[str, str]], field.choices), key=lambda choice: choice[0] not in likely
            )

    def _keep_unlisted(self, name: str) -> None:
        """A value that came from a file stays choosable."""
        field = self.fields[name]
        value = self.initial.get(name) or field.initial
        if isinstance(field, forms.ChoiceField) and value and value not in dict(field.choices):  # type: ignore[arg-type]  # the lists are flat
            field.choices = [(value, value), *field.choices]  # type: ignore[misc]  # as above

    def clean_emergency_contact_phone(self) -> str:
        return self._phone("emergency_contact_phone")

    def clean_guardian_phone(self) -> str:
        return self._phone("guardian_phone")

    def _phone(self, name: str) -> str:
        typed: str = self.cleaned_data[name]
        standing = self.initial.get(name)
        if standing and typed == standing:
            return str(self._standing[name])
        return phone_in_e164(typed, region=self.region) if typed else ""

    def details(self) -> PatientDetails:
        return PatientDetails(**{name: self.cleaned_data[name] for name in _DETAILS})


class RegisterForm(DetailsForm):
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    phone_is_shared = forms.BooleanField(label=_("Somebody else uses this phone too"), required=False)
    phone_purposes = PurposesField()
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    email_is_shared = forms.BooleanField(label=_("Somebody else reads this mailbox too"), required=False)
    email_purposes = PurposesField()
    guardian_email = forms.CharField(
        label=_("Guardian's e-mail"),
        max_length=254,
        required=False,
        help_text=_("Messages for anyone under 18 go there, and never to the patient's own address."),
    )
    guardian_email_purposes = PurposesField(label=_("The guardian agrees"))
    national_number = forms.CharField(label=_("National number"), max_length=120, required=False)

    def clean_phone(self) -> str:
        return self._phone("phone")

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        return email_in_lower_case(typed) if typed else ""

    def clean_guardian_email(self) -> str:
        typed: str = self.cleaned_data["guardian_email"]
        return email_in_lower_case(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for contact in ("phone", "email", "guardian_email"):
            if data.get(f"{contact}_purposes") and not data.get(contact) and contact not in self.errors:
                self.add_error(contact, ValidationError(_("Agreed to be used, but not filled in.")))
        if data.get("guardian_email") and data["guardian_email"] == data.get("email"):
            words = _(
                "This is entered as the patient's own e-mail too. Keep it in one place: here for anyone under 18."
            )
            self.add_error("guardian_email", ValidationError(words))
        return data

    def contacts(self) -> list[ContactDetails]:
        return [*self.own_contacts(), *self._guardians()]

    def _guardians(self) -> list[ContactDetails]:
        data = self.cleaned_data
        if not data["guardian_email"]:
            return []
        allowed = frozenset(data["guardian_email_purposes"])
        mailbox = data["guardian_email"]
        return [ContactDetails(kind=ContactKind.EMAIL, value=mailbox, allowed=allowed, is_guardians=True)]

    def own_contacts(self) -> list[ContactDetails]:
        """Without the guardian's, which says nothing of who the patient is."""
        data = self.cleaned_data
        return [
            ContactDetails(
                kind=kind,
                value=data[name],
                is_shared=data[f"{name}_is_shared"],
                is_preferred=name == "phone" or not data["phone"],
                allowed=frozenset(data[f"{name}_purposes"]),
            )
            for name, kind in (("phone", ContactKind.PHONE), ("email", ContactKind.EMAIL))
            if data[name]
        ]

    def tick_shared(self, values: Collection[str]) -> bool:
        """Offer that these phones and mailboxes are shared, where it was not said; whether there was one."""
        names = [name for name in ("phone", "email") if self.cleaned_data[name] in values]
        untold = [name for name in names if not self.cleaned_data[f"{name}_is_shared"]]
        data = cast(QueryDict, self.data).copy()
        for name in untold:
            data[f"{name}_is_shared"] = "on"
        self.data = data
        return bool(untold)

    def numbers(self) -> list[NumberDetails]:
        number = self.cleaned_data["national_number"]
        return [NumberDetails(system=NumberKind.NATIONAL, value=number)] if number else []


class EditForm(DetailsForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(patient: Patient) -> dict[str, Any]:
        return {name: getattr(patient, name) for name in (*_DETAILS, "version")}
