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
    MIDDLE_NAMES = "middle_names", _("Middle names")
    NAME = "name", _("Whole name in one column")
    BIRTH_DATE = "birth_date", _("Date of birth")
    SEX = "sex", _("Sex")
    PHONE = "phone", _("Phone")
    PHONE_2 = "phone_2", _("Second phone")
    PHONE_3 = "phone_3", _("Third phone")
    EMAIL = "email", _("E-mail")
    AGREES_CARE = "agrees_care", _("Agrees to messages after a visit (yes/no)")
    AGREES_APPOINTMENT = "agrees_appointment", _("Agrees to messages about visits (yes/no)")
    LANGUAGE = "language", _("Language")
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
    ACTIVE = "active", _("Still a patient (yes/no)")
    EMERGENCY_NAME = "emergency_contact_name", _("Emergency contact")
    EMERGENCY_PHONE = "emergency_contact_phone", _("Emergency contact's phone")


# Folded headings people use, in English, German, French, Spanish, Italian, Portuguese and Dutch, and those of other
# systems' exports; the first word that fits wins, and each column is taken once, in the order of the targets here.
_HEADINGS: dict[Target, str] = {
    Target.FAMILY_NAME: "family name|last name|lastname|last|lname|surname|familyname|patient last name|last names|"
    "nachname|familienname|name familienname|zuname|nom de famille|nom|apellidos|apellido|primer apellido|cognome|"
    "sobrenome|apelido|achternaam|geslachtsnaam|familienaam",
    Target.GIVEN_NAMES: "given names|given name|first name|firstname|first|fname|forename|forenames|"
    "patient first name|first names|vorname|vornamen|rufname vorname|prenom|prenoms|prenom s|nombre|nombres|nome|"
    "nome proprio|primeiro nome|voornaam|voornamen",
    Target.MIDDLE_NAMES: "middle name|middle names|middlename|middle|mname|middle initial|zweiter vorname|"
    "weitere vornamen|deuxieme prenom|segundo nombre|secondo nome|nome do meio|tweede voornaam",
    Target.NAME: "name|full name|patient|patient name|fullname|name patient|patientenname|nom complet|"
    "nombre completo|nombre y apellidos|nome completo|nome e cognome|volledige naam|naam",
    Target.BIRTH_DATE: "date of birth|birth date|birthdate|dob|born|birthday|birth day|date birth|d o b|"
    "geburtsdatum|geboren|geboren am|geb datum|geb|date de naissance|ne le|naissance|ddn|fecha de nacimiento|"
    "fecha nacimiento|f nacimiento|nacimiento|data di nascita|nascita|nato il|data de nascimento|nascimento|"
    "geboortedatum",
    Target.SEX: "sex|gender|administrative sex|legal sex|sex at birth|geschlecht|sexe|genre|sexo|genero|sesso|"
    "genere|geslacht",
    Target.PHONE: "mobile phone|phone|telephone|mobile|phone mobile|cell|cell phone|cellphone|phone cell|phone number|"
    "mobile number|mobile phone number|tel|handy|mobil|mobiltelefon|handynummer|telefon|telefonnummer|"
    "telephone mobile|portable|tel portable|mobile telephone|telephone portable|movil|telefono movil|celular|"
    "telefono|cellulare|telefono cellulare|telemovel|telefone|telefone celular|mobiel|mobiel nummer|telefoon|"
    "telefoonnummer|gsm",
    Target.PHONE_2: "home phone|second phone|phone 2|phone2|phone home|telephone 2|landline|home telephone|"
    "other phone|phone|telephone|festnetz|telefon privat|telefon|telephone fixe|tel fixe|fixe|domicile|"
    "telephone domicile|telephone|telefono fijo|telefono casa|telefono|telefono fisso|fisso|telefone fixo|telefone|"
    "vaste telefoon|telefoon thuis|telefoon",
    Target.PHONE_3: "work phone|third phone|phone 3|phone3|phone biz|phone work|business phone|work telephone|"
    "other phone|telefon geschaftlich|telefon dienstlich|telefon arbeit|telephone travail|telephone bureau|"
    "telefono trabajo|telefono del trabajo|telefono lavoro|telefone trabalho|telefoon werk",
    Target.EMAIL: "email|e mail|mail|email address|e mail address|emailaddress|email 1|e mail adresse|email adresse|"
    "courriel|adresse e mail|adresse mail|adresse email|adresse courriel|correo|correo electronico|"
    "indirizzo e mail|indirizzo email|posta elettronica|endereco de e mail|e mailadres|emailadres",
    Target.AGREES_CARE: "agrees care|consent care|care messages|consent|einwilligung",
    Target.AGREES_APPOINTMENT: "agrees appointment|consent appointment|visit reminders|reminders|appointment messages",
    Target.LANGUAGE: "language|preferred language|primary language|language spoken|lang|sprache|muttersprache|langue|"
    "langue parlee|idioma|lengua|lingua|taal|voertaal",
    Target.NEEDS_INTERPRETER: "needs interpreter|needs an interpreter|interpreter|interpreter required|"
    "interpreter needed|dolmetscher|dolmetscher notig|interprete|tolk|tolk nodig",
    Target.ZONE: "time zone|timezone|zone|zeitzone|fuseau horaire|zona horaria|fuso orario|fuso horario|tijdzone",
    Target.CLINIC_NUMBER: "clinic number|patient number|patient no|patient id|pubpid|number|mrn|"
    "medical record number|chart number|file number|patientennummer|patienten nr|patient nr|numero de patient|"
    "numero patient|numero de paciente|n historia|numero paziente|numero do paciente|patientnummer",
    Target.NATIONAL_NUMBER: "national number|national id|nhs number|nhi|ssn|ss|social security number|"
    "insurance number|medicare number|ihi|versichertennummer|krankenversichertennummer|"
    "numero de securite sociale|nir|dni|dni nie|nif|codice fiscale|cpf|bsn",
    Target.PREVIOUS_NUMBER: "previous number|old number|old id|external id|legacy id|patient guid|pid|id|"
    "number elsewhere|guid|uuid|patient uuid",
    Target.PREFERRED_NAME: "preferred name|preferred first name|nickname|known as|goes by|rufname|"
    "likes to be called|prenom usuel|nombre preferido|nome preferito|nome social|roepnaam",
    Target.GUARDIAN_NAME: "guardian|guardian name|parent|parent guardian|parent name|guardiansname|vormund|"
    "erziehungsberechtigte|erziehungsberechtigter|gesetzlicher vertreter|tuteur|representant legal|tutor|"
    "tutor legal|tutore|responsavel|voogd",
    Target.GUARDIAN_PHONE: "guardian phone|guardian s phone|guardianphone|parent phone|phone of guardian",
    Target.GUARDIAN_EMAIL: "guardian email|guardianemail|guardian e mail|guardian s email|"
    "guardian s e mail|parent email",
    Target.DECEASED: "deceased|is deceased|dead|verstorben|decede|fallecido|deceduto|falecido|overleden",
    Target.DECEASED_DATE: "date of death|death date|deathdate|deceased at|deceased date|deceased on|"
    "died|died on|sterbedatum|verstorben am|todesdatum|date de deces|date du deces|fecha de defuncion|"
    "fecha de fallecimiento|data di morte|data del decesso|data de obito|data do obito|overlijdensdatum",
    Target.ACTIVE: "active|is active|active patient|aktiv|actif|activo|attivo|ativo|actief",
    Target.EMERGENCY_NAME: "emergency contact|emergency contact name|contact relationship name|next of kin|"
    "notfallkontakt|kontakt im notfall|contact d urgence|personne a prevenir|contacto de emergencia|"
    "contatto di emergenza|contato de emergencia|contactpersoon|noodcontact",
    Target.EMERGENCY_PHONE: "emergency contact phone|emergency phone|phone contact|emergency contact number|"
    "emergency contact s phone|notfalltelefon|notfallnummer|telephone d urgence|telefono de emergencia|"
    "telefono di emergenza|telefone de emergencia|noodnummer",
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
    return _with_lone_name(found, headings)


def _with_lone_name(found: ColumnMap, headings: Sequence[str]) -> ColumnMap:
    """“Nom” or “Nome” alone holds the whole name, and “Name” beside “Vorname” the family's."""
    family, given, whole = (found.get(one) for one in (Target.FAMILY_NAME, Target.GIVEN_NAMES, Target.NAME))
    if family is None and whole is not None and given is not None:
        found[Target.FAMILY_NAME.value] = found.pop(Target.NAME.value)
    elif whole is None and given is None and family is not None and headings[family] == "nom":
        found[Target.NAME.value] = found.pop(Target.FAMILY_NAME.value)
    elif whole is None and family is None and given is not None and headings[given] in ("nome", "nombre"):
        found[Target.NAME.value] = found.pop(Target.GIVEN_NAMES.value)
    return found


def guess_month_first(values: Sequence[str], *, clinic_writes_month_first: bool) -> bool:
    """Whether 5/6/1970 is the sixth of May in this table: told by a day over 12, else by the clinic's habit."""
    seen = looks_month_first(values)
    return clinic_writes_month_first if seen is None else seen
