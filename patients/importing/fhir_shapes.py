"""Whether a resource is FHIR R4, and whether it still holds.

``fhir.resources`` checks the shape; it accepts any code, so the required codes are checked here.
"""

from functools import cache
from importlib import import_module
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import ValidationError as ShapeError

READ = ("Patient", "Condition", "AllergyIntolerance")
_REACHED_BY = frozenset({"address", "contact", "photo", "telecom"})
_CLINICAL = {
    "Condition": frozenset({"active", "recurrence", "relapse", "inactive", "remission", "resolved"}),
    "AllergyIntolerance": frozenset({"active", "inactive", "resolved"}),
}
_VERIFICATION = {
    "Condition": frozenset({"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"}),
    "AllergyIntolerance": frozenset({"unconfirmed", "presumed", "confirmed", "refuted", "entered-in-error"}),
}
_PRESENT = frozenset({"", "active", "recurrence", "relapse"})
_NOT_TRUE = frozenset({"refuted", "entered-in-error"})


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
    """A condition or allergy that is over, refuted or entered in error. Checks the codes. Of an inactive patient
    somebody asks: ``departures.is_said_inactive``."""
    kind = resource["resourceType"]
    clinical = _status(resource, "clinicalStatus", _CLINICAL[kind])
    verification = _status(resource, "verificationStatus", _VERIFICATION[kind])
    return clinical not in _PRESENT or verification in _NOT_TRUE


def _status(resource: dict[str, Any], name: str, known: frozenset[str]) -> str:
    codes = [coding.get("code", "") for coding in (resource.get(name) or {}).get("coding") or []]
    if any(code not in known for code in codes):
        raise ValidationError(_("%(element)s holds a code that FHIR does not know.") % {"element": name})
    return codes[0] if codes else ""
