"""What a file says of a death, or of a record that is not active. It never says that somebody lives."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from patients.importing.values import to_yes

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def of_table(deceased: str, died: str, *, to_day: Callable[[str], date]) -> tuple[bool, date | None]:
    """Whether and when, of a column with yes or no (or the date itself) and one with the date.

    Raises ``ValidationError``: a date that cannot be read must not make somebody alive.
    """
    day = to_day(died) if died else None
    if not deceased:
        return day is not None, day
    try:
        said = to_yes(deceased)
    except ValidationError:
        return True, day or to_day(deceased)
    if day is not None and not said:
        raise ValidationError(_("There is a date of death, and it says that the patient lives."))
    return bool(said), day


def of_fhir(patient: dict[str, Any]) -> tuple[bool, date | None]:
    """``deceasedBoolean`` or ``deceasedDateTime``; of a year or a month alone the day is not known."""
    moment = patient.get("deceasedDateTime")
    if isinstance(moment, str) and moment:
        match = _DAY.match(moment)
        return True, date.fromisoformat(match[0]) if match else None
    return patient.get("deceasedBoolean") is True, None


def is_said_inactive(patient: dict[str, Any]) -> bool:
    """Left, died or entered twice: FHIR does not say which."""
    return patient.get("active") is False
