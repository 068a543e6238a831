"""Condition, AllergyIntolerance and medicines of FHIR R4 turned into what a patient comes with."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalogue.icd10cm import is_well_formed
from common.lines import cleaned
from patients.choices import Flag, Substance
from patients.importing.fhir_shapes import MEDICINES
from patients.importing.fhir_substances import is_anticoagulant, is_ruled_out, says_none_known, substance_of
from patients.records import AllergyDetails, ConditionDetails, FlagDetails

Finding = AllergyDetails | ConditionDetails | FlagDetails
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
_WHOLE_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DETAIL = 200


def to_finding(resource: dict[str, Any], source_id: str) -> Finding | None:
    """What it says of the patient; None for a medicine no rule asks about. Raises ``ValidationError``."""
    kind = resource["resourceType"]
    if kind in MEDICINES:
        return to_flag(medicine_of(resource))
    return to_condition(resource, source_id) if kind == "Condition" else to_allergy(resource, source_id)


def is_told_in_words(resource: dict[str, Any]) -> str:
    """``none_known`` for “no known allergy”, ``ruled_out`` for one that was; empty for what it says it is."""
    if resource["resourceType"] != "AllergyIntolerance":
        return ""
    if says_none_known(resource.get("code")):
        return "none_known"
    return "ruled_out" if is_ruled_out(resource.get("code")) else ""


def subject_of(resource: dict[str, Any]) -> str:
    """The reference of the patient it is about, whatever else is wrong with it."""
    said = resource.get("patient" if resource.get("resourceType") == "AllergyIntolerance" else "subject")
    reference = said.get("reference") if isinstance(said, dict) else None
    return reference if isinstance(reference, str) else ""


def words_of(resource: dict[str, Any]) -> str:
    """What it is about in words, whatever its shape; empty where nothing can be said."""
    try:
        return _concept_words(resource.get("code") or medicine_of(resource))[:_DETAIL]
    except (AttributeError, TypeError, ValidationError):
        return ""


def medicine_of(resource: dict[str, Any]) -> Any:
    """What the medicine is called: its own words, those of one it contains, or at least those beside its link."""
    if concept := resource.get("medicationCodeableConcept"):
        return concept
    link = resource.get("medicationReference") or {}
    for inside in resource.get("contained") or []:
        if link.get("reference") == f"#{inside.get('id')}" and inside.get("code"):
            return inside["code"]
    return {"text": link["display"]} if link.get("display") else None


def to_flag(concept: Any) -> FlagDetails | None:
    """A medicine against clotting is a flag to be confirmed: a prescription is no proof that somebody takes it."""
    if not is_anticoagulant(concept):
        return None
    words = _("to confirm, from a file: %(medicine)s") % {"medicine": _concept_words(concept) or "?"}
    return FlagDetails(Flag.ANTICOAGULANT, words[:_DETAIL])


def to_condition(resource: dict[str, Any], source_id: str) -> ConditionDetails:
    codings = (resource.get("code") or {}).get("coding") or []
    coded = [coding.get("code", "").strip().upper() for coding in codings if coding.get("system") == ICD10CM]
    code = next((code for code in coded if code), "")
    if code and not is_well_formed(code):
        raise ValidationError(_("The ICD-10-CM code is not complete."))
    name = _concept_words(resource.get("code")) or code
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


def to_allergy(resource: dict[str, Any], source_id: str) -> AllergyDetails:
    words = _concept_words(resource.get("code"))
    substance = substance_of(resource.get("code"))
    if not words and substance == Substance.OTHER:
        raise ValidationError(_("An allergy does not say to what."))
    reactions = [one for reaction in resource.get("reaction") or [] for one in reaction.get("manifestation") or []]
    reaction = ", ".join(filter(None, map(_concept_words, reactions)))
    named = words if substance in (Substance.OTHER, Substance.LOCAL_ANAESTHETIC) else ""
    return AllergyDetails(substance, named[:_DETAIL], reaction[:200], source_id)


def _concept_words(concept: dict[str, Any] | None) -> str:
    if not concept:
        return ""
    displays = [coding.get("display") or "" for coding in concept.get("coding") or []]
    return cleaned(concept.get("text") or next((display for display in displays if display), "")).strip()
