"""Patient, Condition and AllergyIntolerance of FHIR R4, checked and turned into the register's own words.

``fhir.resources`` checks the shape; it accepts any code, so the required codes are checked here.
"""

import re
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import ValidationError as ShapeError

from catalogue.icd10cm import is_well_formed
from common.lines import cleaned_line
from common.phones import Phone
from patients.choices import ContactKind, NumberKind, Sex, Substance
from patients.contacts import email_in_lower_case
from patients.folding import fold
from patients.importing.csv_rows import Habits
from patients.importing.fhir_names import names_of, whole_name
from patients.importing.fhir_substances import concept_words, named
from patients.importing.people import NO_PHONE, phone_or_none, with_guardians, with_words, without_repeats
from patients.importing.values import to_language, to_zone
from patients.records import (
    NOTE_LENGTH,
    AllergyDetails,
    ConditionDetails,
    ContactDetails,
    NumberDetails,
    PatientDetails,
)

READ = ("Patient", "Condition", "AllergyIntolerance")
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
_INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
_ZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
_WHOLE_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CLINICAL = {
    "Condition": frozenset({"active", "recurrence", "relapse", "inactive", "remission", "resolved"}),
    "AllergyIntolerance": frozenset({"active", "inactive", "resolved"}),
}
_VERIFICATION = {
    "Condition": frozenset({"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"}),
    "AllergyIntolerance": frozenset({"unconfirmed", "presumed", "confirmed", "refuted", "entered-in-error"}),
}
_PRESENT = frozenset({"", "active", "recurrence", "relapse"})
_CALLED = ("phone", "sms")
_NOT_TRUE = frozenset({"refuted", "entered-in-error"})
_CLASS_ALONE = frozenset({"local anaesthetic", "local anaesthetics", "local anesthetic", "local anesthetics"})
_REACHED_BY = frozenset({"address", "contact", "photo", "telecom"})
_GUARDIANS = frozenset({"guard", "prn", "mth", "fth", "guardian", "parent", "mother", "father"})


@cache
def _model(kind: str) -> Any:
    """Loaded when first needed: the models take a second."""
    return getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)


def without_odd_contacts(patient: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A patient without the ways to reach anybody that are not FHIR R4, and which they were: nobody is left out for
    those. Everything else that is odd stays and is refused."""
    try:
        _model("Patient").model_validate(patient)
    except ShapeError as error:
        odd = sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]} & _REACHED_BY)
        return {name: value for name, value in patient.items() if name not in odd}, odd
    except (RecursionError, TypeError, ValueError):
        return patient, []
    return patient, []


def check_shape(resource: dict[str, Any]) -> None:
    """Raise ``ValidationError`` naming the elements that are not FHIR R4; what they hold is not repeated."""
    try:
        _model(resource["resourceType"]).model_validate(resource)
    except ShapeError as error:
        where = sorted({".".join(map(str, one["loc"])) for one in error.errors()})
        raise ValidationError(_("Not FHIR R4: %(elements)s") % {"elements": ", ".join(where)[:200]}) from error
    except (RecursionError, TypeError, ValueError) as error:
        raise ValidationError(_("Not FHIR R4.")) from error


def is_out_of_use(resource: dict[str, Any]) -> bool:
    """A patient another record took the place of, a condition or allergy that is over, refuted or entered in error.
    Checks the codes. Of an inactive patient somebody asks: ``departures.is_said_inactive``."""
    kind = resource["resourceType"]
    if kind == "Patient":
        return bool(replacing(resource))
    clinical = _status(resource, "clinicalStatus", _CLINICAL[kind])
    verification = _status(resource, "verificationStatus", _VERIFICATION[kind])
    return clinical not in _PRESENT or verification in _NOT_TRUE


def replacing(patient: dict[str, Any]) -> str:
    """The reference to the record that took this one's place; "?" where it is not said which."""
    found = [one.get("other") or {} for one in patient.get("link") or [] if one.get("type") == "replaced-by"]
    return next((one.get("reference") or "?" for one in found), "")


def _status(resource: dict[str, Any], name: str, known: frozenset[str]) -> str:
    codes = [coding.get("code", "") for coding in (resource.get(name) or {}).get("coding") or []]
    if any(code not in known for code in codes):
        raise ValidationError(_("%(element)s holds a code that FHIR does not know.") % {"element": name})
    return codes[0] if codes else ""


def to_details(patient: dict[str, Any], habits: Habits) -> PatientDetails:
    """Raises ``ValidationError`` for a missing name or day of birth, an unknown gender."""
    given, family, called = names_of(patient.get("name") or [], today=habits.today)
    contact = _contact(patient, emergency=True)
    guardian = _contact(patient, emergency=False)
    guardian_phone, emergency_phone = _phone_of(guardian, habits), _phone_of(contact, habits)
    return PatientDetails(
        given_names=_short(given, 120),
        family_name=_short(family, 120),
        preferred_name=_short(called, 60),
        birth_date=_birth_date(patient.get("birthDate")),
        sex=_gender(patient.get("gender")),
        language=_language(patient, habits),
        zone=_zone(patient, habits),
        guardian_name=_short(with_words(whole_name(guardian.get("name")), guardian_phone.words), 120),
        guardian_phone=guardian_phone.value,
        emergency_contact_name=_short(whole_name(contact.get("name")), 120),
        emergency_contact_phone=emergency_phone.value,
        emergency_contact_relation=_short(emergency_phone.words, 60),
    )


def _phone_of(contact: dict[str, Any], habits: Habits) -> Phone:
    return phone_or_none(_written_phone(contact), region=habits.region) or NO_PHONE


def _written_phone(contact: dict[str, Any]) -> str:
    phones = (one["value"] for one in contact.get("telecom") or [] if one.get("system") == "phone" and one.get("value"))
    return str(next(phones, ""))


def unread_phones(patient: dict[str, Any], habits: Habits) -> tuple[tuple[str, str], ...]:
    """(whose, as it is written) of every phone that is none that can be called."""
    written = [("phone", one.get("value") or "") for one in _telecom(patient) if one.get("system") in _CALLED]
    written += [
        ("guardian_phone", _written_phone(_contact(patient, emergency=False))),
        ("emergency_contact_phone", _written_phone(_contact(patient, emergency=True))),
    ]
    return tuple(one for one in written if phone_or_none(one[1], region=habits.region) is None)


def _telecom(patient: dict[str, Any]) -> list[dict[str, Any]]:
    """What is in use, the preferred first."""
    telecom = sorted(patient.get("telecom") or [], key=lambda one: one.get("rank") or 99)
    return [one for one in telecom if one.get("use") != "old"]


def needs_interpreter(patient: dict[str, Any]) -> bool:
    """What FHIR's own extension says; without it, nobody said so."""
    said = [one.get("valueBoolean") for one in patient.get("extension") or [] if one.get("url") == _INTERPRETER]
    return True in said


def _short(text: str, length: int) -> str:
    line = " ".join(cleaned_line(text).split())
    if len(line) > length:
        raise ValidationError(_("A name or text is too long."))
    return line


def _contact(patient: dict[str, Any], *, emergency: bool) -> dict[str, Any]:
    """The first contact who is a guardian, or the first who is not."""
    for contact in patient.get("contact") or []:
        words = {
            word
            for relation in contact.get("relationship") or []
            for said in [relation.get("text"), *(c.get("code") for c in relation.get("coding") or [])]
            for word in fold(said or "").split()
        }
        if bool(words & _GUARDIANS) != emergency:
            return dict(contact)
    return {}


def _birth_date(value: object) -> date:
    match = _WHOLE_DAY.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, str) and re.fullmatch(r"\d{4}", value):
        raise ValidationError(_("Only the year of birth is given; the register needs the day."))
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}", value):
        raise ValidationError(_("Only the month of birth is given; the register needs the day."))
    if value is None:
        raise ValidationError(_("No date of birth is given; the register needs the day."))
    if not match:
        raise ValidationError(_("birthDate has to be a whole day."))
    try:
        return date.fromisoformat(match[0])
    except ValueError as error:
        raise ValidationError(_("There is no such day as birthDate names.")) from error


def _gender(value: object) -> Sex:
    if value is None:
        return Sex.UNKNOWN
    if value not in Sex.values:
        raise ValidationError(_("gender holds a code that FHIR does not know."))
    return Sex(value)


def _language(patient: dict[str, Any], habits: Habits) -> str:
    spoken = sorted(patient.get("communication") or [], key=lambda one: not one.get("preferred"))
    codes = [coding.get("code") for one in spoken for coding in (one.get("language") or {}).get("coding") or []]
    return to_language(codes[0]) if codes and codes[0] else habits.language


def _zone(patient: dict[str, Any], habits: Habits) -> str:
    zones = [one.get("valueCode") for one in patient.get("extension") or [] if one.get("url") == _ZONE]
    return to_zone(zones[0]) if zones and zones[0] else habits.zone


def to_contacts(patient: dict[str, Any], habits: Habits) -> tuple[ContactDetails, ...]:
    found = []
    for one in _telecom(patient):
        value = one.get("value") or ""
        phone = phone_or_none(value, region=habits.region) if one.get("system") in _CALLED else None
        if phone and phone.value:
            found.append(ContactDetails(ContactKind.PHONE, phone.value, note=_short(phone.words, NOTE_LENGTH)))
        elif value and one.get("system") == "email":
            found.append(ContactDetails(ContactKind.EMAIL, email_in_lower_case(value)))
    guardian = _contact(patient, emergency=False)
    mails = [one["value"] for one in guardian.get("telecom") or [] if one.get("system") == "email" and one.get("value")]
    if mails:
        born = _birth_date(patient.get("birthDate"))
        found = with_guardians(found, email_in_lower_case(mails[0]), born=born, today=habits.today)
    return without_repeats(found)


def to_numbers(patient: dict[str, Any]) -> tuple[NumberDetails, ...]:
    """The identifiers in use, each under the address of its system."""
    found = {}
    for one in patient.get("identifier") or []:
        value, system = cleaned_line(one.get("value") or "").strip(), one.get("system") or NumberKind.PREVIOUS.value
        if one.get("use") == "old" or not value:
            continue
        if len(value) > 120 or len(system) > 200:
            raise ValidationError(_("An identifier is too long."))
        found[system, value] = NumberDetails(system=system, value=value)
    return tuple(found.values())


def to_condition(resource: dict[str, Any], source_id: str) -> ConditionDetails:
    codings = (resource.get("code") or {}).get("coding") or []
    coded = [coding.get("code", "").strip().upper() for coding in codings if coding.get("system") == ICD10CM]
    code = next((code for code in coded if code), "")
    if code and not is_well_formed(code):
        raise ValidationError(_("The ICD-10-CM code is not complete."))
    name = concept_words(resource.get("code")) or code
    if not name:
        raise ValidationError(_("A condition has neither a name nor an ICD-10-CM code."))
    onset = resource.get("onsetDateTime")
    day = _WHOLE_DAY.match(onset) if isinstance(onset, str) else None
    return ConditionDetails(
        name=name[:200],
        icd10cm_code=code,
        onset_date=date.fromisoformat(day[0]) if day else None,
        source_id=source_id,
    )


def to_allergies(resource: dict[str, Any], source_id: str) -> tuple[AllergyDetails, ...]:
    """One for each substance of ours that is named, in the file's own words; else the words alone."""
    reactions = resource.get("reaction") or []
    concepts = [resource.get("code"), *(one.get("substance") for one in reactions)]
    substances = named(concepts)
    words = next(filter(None, map(concept_words, concepts)), "")
    if not words and not substances:
        raise ValidationError(_("An allergy does not say to what."))
    signs = [one for reaction in reactions for one in reaction.get("manifestation") or []]
    reaction = ", ".join(filter(None, map(concept_words, signs)))[:200]
    if not substances:
        return (AllergyDetails(Substance.OTHER, words[:200], reaction, source_id),)
    return tuple(AllergyDetails(one, _which(one, words), reaction, source_id) for one in substances)


def _which(substance: Substance, words: str) -> str:
    """The words, where they say more than the class does: which local anaesthetic matters to the next one."""
    return words[:200] if substance == Substance.LOCAL_ANAESTHETIC and fold(words) not in _CLASS_ALONE else ""
