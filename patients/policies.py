"""What must be true of a patient before they are saved; every refusal is a sentence fit for the screen."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.lines import check_line
from patients.ages import years_on
from patients.records import FULL_AGE, PatientDetails

OLDEST = date(1890, 1, 1)
_LINES = (
    "given_names",
    "family_name",
    "preferred_name",
    "guardian_name",
    "emergency_contact_name",
    "emergency_contact_relation",
    "file_note",
)


def _crooked(details: PatientDetails) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name in _LINES:
        try:
            check_line(getattr(details, name))
        except ValidationError as error:
            errors[name] = " ".join(error.messages)
    return errors


def check_details(details: PatientDetails, *, today: date) -> None:
    """Raise ``ValidationError`` by field: a name, a plausible birth date, a guardian for a minor; lines that run one
    way."""
    errors = _crooked(details)
    if not (details.given_names or details.family_name):
        errors["family_name"] = _("Enter a family name or a given name.")
    if details.birth_date > today:
        errors["birth_date"] = _("This day has not come yet.")
    elif details.birth_date < OLDEST:
        errors["birth_date"] = _("Nobody alive was born then.")
    elif years_on(details.birth_date, today) < FULL_AGE and not details.guardian_name:
        errors["guardian_name"] = _("Enter the name of a guardian: the patient is a minor.")
    if errors:
        raise ValidationError(errors)


def check_departure_day(day: date | None, *, birth_date: date, today: date, field: str) -> None:
    """Raise ``ValidationError`` beside ``field`` for a day before the birth or after today."""
    if day is None:
        return
    if day > today:
        raise ValidationError({field: _("This date is in the future. Enter today or an earlier date.")})
    if day < birth_date:
        raise ValidationError({field: _("This date is before the date of birth.")})
