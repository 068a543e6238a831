"""Which column of a table holds what: the targets to choose from, and the first guess."""

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _

from patients.folding import fold
from patients.importing.values import looks_month_first


class Target(models.TextChoices):
    """What a column may hold. ``NAME`` is for tables that keep the whole name in one column."""

    FAMILY_NAME = "family_name", _("Family name")
    GIVEN_NAMES = "given_names", _("Given names")
    NAME = "name", _("Whole name in one column")
    BIRTH_DATE = "birth_date", _("Date of birth")
    SEX = "sex", _("Sex")
    PHONE = "phone", _("Phone")
    PHONE_2 = "phone_2", _("Second phone")
    EMAIL = "email", _("E-mail")
    AGREES_CARE = "agrees_care", _("Agrees to messages after a visit (yes/no)")
    AGREES_APPOINTMENT = "agrees_appointment", _("Agrees to messages about visits (yes/no)")
    LANGUAGE = "language", _("Language (two letters)")
    NEEDS_INTERPRETER = "needs_interpreter", _("Needs an interpreter (yes/no)")
    ZONE = "zone", _("Time zone")
    CLINIC_NUMBER = "clinic_number", _("Clinic number")
    NATIONAL_NUMBER = "national_number", _("National number")
    PREVIOUS_NUMBER = "previous_number", _("Number elsewhere")
    PREFERRED_NAME = "preferred_name", _("Preferred name")
    GUARDIAN_NAME = "guardian_name", _("Guardian")
    GUARDIAN_PHONE = "guardian_phone", _("Guardian's phone")
    GUARDIAN_EMAIL = "guardian_email", _("Guardian's e-mail")
    DECEASED = "deceased", _("Deceased (yes/no)")
    DECEASED_DATE = "deceased_date", _("Date of death")
    EMERGENCY_NAME = "emergency_contact_name", _("Emergency contact")
    EMERGENCY_PHONE = "emergency_contact_phone", _("Emergency contact's phone")


# Folded headings people use; the first column that fits wins.
_HEADINGS: dict[Target, str] = {
    Target.FAMILY_NAME: "family name|last name|lastname|last|lname|surname|"
    "familyname|nachname|familienname|apellidos|nom",
    Target.GIVEN_NAMES: "given names|given name|first name|firstname|first|fname|forename|"
    "forenames|vorname|vornamen|nombre|prenom",
    Target.NAME: "name|full name|patient|patient name|fullname",
    Target.BIRTH_DATE: "date of birth|birth date|birthdate|dob|born|geburtsdatum|geboren|birthday|fecha de nacimiento",
    Target.SEX: "sex|gender|geschlecht|sexo|sexe",
    Target.PHONE: "phone|telephone|mobile|mobile phone|phone mobile|cell|cell phone|phone cell|"
    "tel|telefon|handy|mobil|telefono|phone number",
    Target.PHONE_2: "second phone|phone 2|phone2|home phone|phone home|landline|"
    "festnetz|other phone|work phone|phone biz|phone work",
    Target.EMAIL: "email|e mail|mail|email address|e mail address|correo",
    Target.AGREES_CARE: "agrees care|consent care|care messages|consent|einwilligung",
    Target.AGREES_APPOINTMENT: "agrees appointment|consent appointment|visit reminders|reminders|appointment messages",
    Target.LANGUAGE: "language|sprache|lang|idioma|langue",
    Target.NEEDS_INTERPRETER: "needs interpreter|needs an interpreter|interpreter|interpreter required|dolmetscher",
    Target.ZONE: "time zone|timezone|zone|zeitzone",
    Target.CLINIC_NUMBER: "clinic number|patient number|patient no|patient id|pubpid|patientennummer|number|mrn",
    Target.NATIONAL_NUMBER: "national number|national id|nhs number|nhi|ssn|ss|insurance number|versichertennummer",
    Target.PREVIOUS_NUMBER: "previous number|old number|old id|external id|legacy id|"
    "patient guid|pid|id|number elsewhere",
    Target.PREFERRED_NAME: "preferred name|preferred first name|nickname|known as|rufname|likes to be called",
    Target.GUARDIAN_NAME: "guardian|parent|guardian name|guardiansname|vormund",
    Target.GUARDIAN_PHONE: "guardian phone|guardian s phone|guardianphone|parent phone|phone of guardian",
    Target.GUARDIAN_EMAIL: "guardian email|guardianemail|guardian e mail|guardian s email|"
    "guardian s e mail|parent email",
    Target.DECEASED: "deceased|is deceased|dead|verstorben|fallecido|decede",
    Target.DECEASED_DATE: "date of death|death date|deathdate|deceased at|deceased date|deceased on|"
    "died|died on|sterbedatum|verstorben am",
    Target.EMERGENCY_NAME: "emergency contact|emergency contact name|notfallkontakt|next of kin",
    Target.EMERGENCY_PHONE: "emergency phone|emergency contact phone|phone contact|"
    "emergency contact s phone|notfalltelefon",
}

ColumnMap = dict[str, int]


def guess(header: Sequence[str]) -> ColumnMap:
    """Target → column for the headings that are understood, each column at most once."""
    headings = [fold(heading) for heading in header]
    found: ColumnMap = {}
    for target, words in _HEADINGS.items():
        known = words.split("|")
        fitting = [at for at, heading in enumerate(headings) if heading in known and at not in found.values()]
        if fitting:
            found[target.value] = min(fitting, key=lambda at: known.index(headings[at]))
    if Target.FAMILY_NAME in found and Target.NAME in found:
        del found[Target.NAME]
    return found


def guess_month_first(values: Sequence[str], *, clinic_writes_month_first: bool) -> bool:
    """Whether 5/6/1970 is the sixth of May in this table: told by a day over 12, else by the clinic's habit."""
    seen = looks_month_first(values)
    return clinic_writes_month_first if seen is None else seen
