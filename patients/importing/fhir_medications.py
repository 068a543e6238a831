"""An anticoagulant among the medicines of a FHIR file: a question for the patient, never a fact.

Other medicines are passed over, so nothing here refuses an odd one. What is over raises nothing; what is on hold or
without a status is asked about.
"""

import re
from collections.abc import Iterator
from typing import Any

from patients.choices import Flag
from patients.folding import fold
from patients.importing.fhir_substances import ATC, RXNORM, said
from patients.records import FlagDetails

REQUESTS = ("MedicationRequest", "MedicationStatement")
_OVER = frozenset({"stopped", "completed", "entered-in-error", "cancelled", "not-taken"})
_CLASSES = ("B01AA", "B01AB", "B01AE", "B01AF")
# Warfarin, acenocoumarol, phenprocoumon, apixaban, rivaroxaban, enoxaparin, heparin.
_RXNORM = frozenset({"11289", "154", "8150", "1364430", "1114195", "67108", "5224"})
_NAMES = re.compile(
    r"\b(?:warfarin\w*|coumadin\w*|jantoven|marevan|(?:ph|f)enprocou?mon\w*|marcumar|marcoumar|falithrom|"
    r"acenocou?marol\w*|sintrom|fluindione|previscan|apixaban\w*|eliquis|rivaroxaban\w*|xarelto|dabigatran\w*|pradaxa|"
    r"edoxaban\w*|lixiana|savaysa|\w*heparin\w*|enoxaparin\w*|clexane|lovenox|inhixa|dalteparin\w*|fragmin|"
    r"tinzaparin\w*|innohep|nadroparin\w*|fraxiparin\w*|certoparin\w*|fondaparinux|arixtra|argatroban\w*|bivalirudin\w*|"
    r"anti[ck]oagul\w*)"
)


def is_current(request: dict[str, Any]) -> bool:
    is_meant = request.get("doNotPerform") is not True and request.get("intent") not in ("proposal", "option")
    return is_meant and request.get("status") not in _OVER


def subject_of(request: dict[str, Any]) -> str:
    return _text(_map(request.get("subject")).get("reference"))


def medicines(request: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The concepts that name the medicine, and the reference to an entry of the file that does."""
    found = [_map(request.get("medicationCodeableConcept"))]
    reference = _map(request.get("medicationReference"))
    found.append({"text": _text(reference.get("display"))})
    where = _text(reference.get("reference"))
    for one in _list(request.get("contained")):
        if where == f"#{_text(one.get('id'))}":
            found += of_medication(one)
    return found, where


def of_medication(medication: dict[str, Any]) -> list[dict[str, Any]]:
    """The concepts by which a Medication and its ingredients are known."""
    parts = [_map(one.get("itemCodeableConcept")) for one in _list(medication.get("ingredient"))]
    return [_map(medication.get("code")), *parts]


def anticoagulant(concepts: list[dict[str, Any]]) -> FlagDetails | None:
    """The flag to ask about, with the file's own word for the medicine."""
    tidy = [_tidy(one) for one in concepts]
    words = list(said(tidy))
    named = [one for one in words if _NAMES.search(fold(one))]
    coded = [code for one in tidy for code in _codes(one) if _is_anticoagulant(*code)]
    if not named and not coded:
        return None
    detail = next(iter(named or words), coded[0][1] if coded else "")
    return FlagDetails(Flag.ANTICOAGULANT, " ".join(detail.split())[:200], is_to_confirm=True)


def _is_anticoagulant(system: str, code: str) -> bool:
    return (system == ATC and code.upper().startswith(_CLASSES)) or (system == RXNORM and code in _RXNORM)


def _codes(concept: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for coding in concept["coding"]:
        yield coding["system"], coding["code"].strip()


def _tidy(concept: dict[str, Any]) -> dict[str, Any]:
    """Text where text belongs: the shape of these resources is not checked."""
    codings = [
        {name: _text(coding.get(name)) for name in ("system", "code", "display")}
        for coding in _list(concept.get("coding"))
    ]
    return {"text": _text(concept.get("text")), "coding": codings}


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
