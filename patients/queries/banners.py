"""The strip above everything about one patient: who it is, and what to mind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.permissions import Act
from common import phones
from common.spoken_languages import language_name
from patients.choices import (
    SAFETY_BANNER_FLAGS,
    SAFETY_BANNER_SUBSTANCES,
    Flag,
    NumberKind,
    allergy_words,
)
from patients.models import Allergy, Identifier, Patient, RiskFlag
from patients.records import FULL_AGE

# What the room and the desk have to prepare; everything else is a risk.
_ARRANGEMENTS = frozenset({Flag.CHAPERONE, Flag.INTERPRETER})


@dataclass(frozen=True)
class PatientBanner:
    """``identifiers`` are (kind, number); ``flags`` are (tone, words), only those the role may see."""

    id: UUID
    name: str
    preferred_name: str
    birth_date: date
    age: str
    identifiers: tuple[tuple[str, str], ...]
    language: str
    flags: tuple[tuple[str, str], ...]
    url: str
    is_gone: bool = False


def banner(actor: Actor, patient_id: UUID, *, today: date) -> PatientBanner | None:
    """The banner of a patient of the actor's clinic, or None when there is no such patient. One query."""
    return banners(actor, [patient_id], today=today).get(patient_id)


def banners(actor: Actor, patient_ids: Collection[UUID], *, today: date) -> dict[UUID, PatientBanner]:
    """The banners of several patients by id. One query."""
    patients = Patient.objects.visible_to(actor).filter(pk__in=patient_ids)
    rows = patients.annotate(
        numbers=ArraySubquery(
            _own(Identifier, actor)
            .order_by("is_former", "created_at", "id")
            .values(row=JSONObject(system="system", value="value", is_former="is_former"))
        ),
        allergies=ArraySubquery(
            _allergies(actor)
            .order_by("substance", "id")
            .values(row=JSONObject(code="substance", words="substance_text"))
        ),
        risks=ArraySubquery(
            _flags(actor).order_by("flag").values(row=JSONObject(code=F("flag"), words="detail", asks="is_to_confirm"))
        ),
    )
    return {patient.pk: _banner(patient, today) for patient in rows}


def _own(model: Any, actor: Actor) -> Any:
    return model.objects.visible_to(actor).filter(patient=OuterRef("pk"))


def _allergies(actor: Actor) -> Any:
    rows = _own(Allergy, actor).current()
    return rows if actor.may(Act.SEE_CHART) else rows.filter(substance__in=SAFETY_BANNER_SUBSTANCES)


def _flags(actor: Actor) -> Any:
    rows = _own(RiskFlag, actor).current()
    return rows if actor.may(Act.SEE_CHART) else rows.filter(flag__in=SAFETY_BANNER_FLAGS)


def _banner(patient: Any, today: date) -> PatientBanner:
    flags = [("bad", _("Merged into another record"))] if patient.merged_into_id else []
    flags += _gone(patient)
    flags += [("bad", _allergy_words(allergy)) for allergy in patient.allergies]
    if patient.age_on(today) < FULL_AGE:
        guardian = " ".join(filter(None, (patient.guardian_name, phones.shown(patient.guardian_phone)))) or "–"
        flags.append(("warn", _("Minor, guardian: %(name)s") % {"name": guardian}))
    flags += [_risk(risk, patient.language) for risk in patient.risks]
    return PatientBanner(
        id=patient.pk,
        name=patient.full_name,
        preferred_name=patient.preferred_name,
        birth_date=patient.birth_date,
        age=patient.age_in_words(today),
        identifiers=tuple(
            (_kind(number["system"], is_former=number["is_former"]), number["value"]) for number in patient.numbers
        ),
        language=language_name(patient.language),
        flags=tuple(flags),
        url=reverse("patients:detail", args=[patient.pk]),
        is_gone=patient.departure is not None,
    )


def _gone(patient: Patient) -> list[tuple[str, str]]:
    if patient.departure:
        return [("bad", patient.departure_sentence)]
    return [("warn", _("Not active in a file: left, or deceased? Please ask"))] if patient.is_said_inactive else []


def _kind(system: str, *, is_former: bool) -> str:
    label = str(NumberKind(system if system in NumberKind.values else NumberKind.PREVIOUS).label)
    return f"{label} {_('(former)')}" if is_former else label


def _allergy_words(allergy: dict[str, str]) -> str:
    return _("Allergy: %(substance)s") % {"substance": allergy_words(allergy["code"], allergy["words"])}


def _risk(risk: dict[str, Any], language: str) -> tuple[str, str]:
    """An interpreter is for the patient's language, where nothing else is said."""
    words = str(Flag(risk["code"]).label)
    detail = risk["words"] or (language_name(language) if risk["code"] == Flag.INTERPRETER else "")
    if detail:
        words = f"{words}: {detail}"
    if risk["asks"]:
        words = _("%(flag)s (from a file: ask)") % {"flag": words}
    return ("planned" if risk["code"] in _ARRANGEMENTS else "warn", words)
