"""Condition and AllergyIntolerance of FHIR R4 turned into what a patient comes with."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalogue.icd10cm import is_well_formed
from patients.choices import Substance
from patients.folding import fold
from patients.importing.fhir_substances import concept_words, named, says_none_known, says_ruled_out
from patients.records import AllergyDetails, ConditionDetails, FlagDetails

Finding = AllergyDetails | ConditionDetails | FlagDetails
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
_WHOLE_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DETAIL = 200
_CLASS_ALONE = frozenset({"local anaesthetic", "local anaesthetics", "local anesthetic", "local anesthetics"})


def to_findings(resource: dict[str, Any], source_id: str) -> tuple[Finding, ...]:
    """What a Condition or an AllergyIntolerance says of the patient. Raises ``ValidationError``."""
    if resource["resourceType"] == "Condition":
        return (to_condition(resource, source_id),)
    return to_allergies(resource, source_id)


def is_told_in_words(resource: dict[str, Any]) -> str:
    """``none_known`` for “no known allergy”, ``ruled_out`` for one that was; empty for what it says it is."""
    if resource["resourceType"] != "AllergyIntolerance":
        return ""
    if says_none_known(resource.get("code")):
        return "none_known"
    return "ruled_out" if says_ruled_out(resource.get("code")) else ""


def subject_of(resource: dict[str, Any]) -> str:
    """The reference of the patient it is about, whatever else is wrong with it."""
    said = resource.get("patient" if resource.get("resourceType") == "AllergyIntolerance" else "subject")
    reference = said.get("reference") if isinstance(said, dict) else None
    return reference if isinstance(reference, str) else ""


def words_of(resource: dict[str, Any]) -> str:
    """What it is about in words, whatever its shape; empty where nothing can be said."""
    try:
        return concept_words(resource.get("code"))[:_DETAIL]
    except (AttributeError, TypeError, ValidationError):
        return ""


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
