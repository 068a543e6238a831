"""A Patient of FHIR R4 turned into the register's own words."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.lines import cleaned_line
from common.phones import Phone
from patients.choices import ContactKind, NumberKind, Sex
from patients.contacts import email_in_lower_case
from patients.folding import fold
from patients.importing.fhir_names import names_of, whole_name
from patients.importing.habits import Habits
from patients.importing.people import NO_PHONE, phone_or_none, with_guardians, with_words, without_repeats
from patients.importing.values import to_language, to_zone
from patients.records import (
    NOTE_LENGTH,
    ContactDetails,
    NumberDetails,
    PatientDetails,
)

_INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
_ZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
LONGEST_NUMBER, LONGEST_SYSTEM = 120, 200
_WHOLE_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CALLED = ("phone", "sms")
_GUARDIANS = frozenset({"guard", "prn", "mth", "fth", "guardian", "parent", "mother", "father"})


def replaced_by(patient: dict[str, Any]) -> str | None:
    """The reference of the record that took the place of this one; empty where the file does not say which."""
    for link in patient.get("link") or []:
        if link.get("type") == "replaced-by":
            return str((link.get("other") or {}).get("reference") or "")
    return None


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


def unread(patient: dict[str, Any], habits: Habits) -> tuple[tuple[str, str], ...]:
    """(what, as it is written) of every phone that is none that can be called, mailbox that is none, language nobody
    knows and number that is too long."""
    telecom = _telecom(patient, habits)
    phones = [("phone", one.get("value") or "") for one in telecom if one.get("system") in _CALLED]
    phones += [
        ("guardian_phone", _written_phone(_contact(patient, emergency=False))),
        ("emergency_contact_phone", _written_phone(_contact(patient, emergency=True))),
    ]
    found = [one for one in phones if phone_or_none(one[1], region=habits.region) is None]
    mails = [("email", one.get("value") or "") for one in telecom if one.get("system") == "email"]
    mails += [("guardian_email", mail) for mail in _guardians_mails(patient)[:1]]
    found += [one for one in mails if one[1] and _mailbox(one[1]) is None]
    spoken = _spoken(patient)
    if spoken and _known_language(spoken) is None:
        found.append(("language", spoken[0]))
    found += [("number", one.get("value") or "") for one in patient.get("identifier") or [] if _is_too_long(one)]
    return tuple(found)


def _telecom(patient: dict[str, Any], habits: Habits) -> list[dict[str, Any]]:
    """What is in use, the preferred first."""
    telecom = sorted(patient.get("telecom") or [], key=lambda one: one.get("rank") or 99)
    return [one for one in telecom if one.get("use") != "old" and not _is_over(one, habits.today)]


def _is_over(element: dict[str, Any], today: date) -> bool:
    """Whether its period has ended. An end may be a year or a month alone: it is over when all of that is."""
    end = (element.get("period") or {}).get("end")
    return isinstance(end, str) and bool(end) and end[:10] < today.isoformat()[: len(end[:10])]


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
    return _known_language(_spoken(patient)) or habits.language


def _spoken(patient: dict[str, Any]) -> list[str]:
    """The codes and names of the preferred language, or of the first."""
    languages = sorted(patient.get("communication") or [], key=lambda one: not one.get("preferred"))
    concept = (languages[0].get("language") or {}) if languages else {}
    codings = concept.get("coding") or []
    said = [*(coding.get("code") for coding in codings), *(coding.get("display") for coding in codings)]
    return [one for one in [*said, concept.get("text")] if one]


def _known_language(said: list[str]) -> str | None:
    for one in said:
        try:
            return to_language(one)
        except ValidationError:
            continue
    return None


def _zone(patient: dict[str, Any], habits: Habits) -> str:
    zones = [one.get("valueCode") for one in patient.get("extension") or [] if one.get("url") == _ZONE]
    try:
        return to_zone(zones[0]) if zones and zones[0] else habits.zone
    except ValidationError:
        return habits.zone


def to_contacts(patient: dict[str, Any], habits: Habits) -> tuple[ContactDetails, ...]:
    found = []
    for one in _telecom(patient, habits):
        value = one.get("value") or ""
        phone = phone_or_none(value, region=habits.region) if one.get("system") in _CALLED else None
        if phone and phone.value:
            found.append(ContactDetails(ContactKind.PHONE, phone.value, note=_short(phone.words, NOTE_LENGTH)))
        elif one.get("system") == "email" and (mailbox := _mailbox(value)):
            found.append(ContactDetails(ContactKind.EMAIL, mailbox))
    mails = [mailbox for mail in _guardians_mails(patient) if (mailbox := _mailbox(mail))]
    if mails:
        born = _birth_date(patient.get("birthDate"))
        found = with_guardians(found, mails[0], born=born, today=habits.today)
    return without_repeats(found)


def _guardians_mails(patient: dict[str, Any]) -> list[str]:
    guardian = _contact(patient, emergency=False)
    return [one["value"] for one in guardian.get("telecom") or [] if one.get("system") == "email" and one.get("value")]


def _mailbox(written: str) -> str | None:
    """The address; None for what is none."""
    try:
        return email_in_lower_case(written)
    except ValidationError:
        return None


def to_numbers(patient: dict[str, Any]) -> tuple[NumberDetails, ...]:
    """The identifiers in use, each under the address of its system."""
    found = {}
    for one in patient.get("identifier") or []:
        value, system = _identifier(one)
        if one.get("use") != "old" and value and not _is_too_long(one):
            found[system, value] = NumberDetails(system=system, value=value)
    return tuple(found.values())


def _identifier(one: dict[str, Any]) -> tuple[str, str]:
    return cleaned_line(one.get("value") or "").strip(), one.get("system") or NumberKind.PREVIOUS.value


def _is_too_long(one: dict[str, Any]) -> bool:
    value, system = _identifier(one)
    return len(value) > LONGEST_NUMBER or len(system) > LONGEST_SYSTEM
