"""One patient's page: how to reach them, and what they come with."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from accounts.actors import Actor
from patients.choices import Purpose
from patients.models import (
    Allergy,
    BodyWeight,
    ContactConsent,
    ContactPoint,
    Identifier,
    PatientCondition,
    PatientConditionNerve,
    RiskFlag,
)


@dataclass(frozen=True)
class Contact:
    """A contact point with the purposes the patient allows now."""

    point: ContactPoint
    allowed: frozenset[str]

    @property
    def allowed_labels(self) -> list[str]:
        return [str(purpose.label) for purpose in Purpose if purpose in self.allowed]


@dataclass(frozen=True)
class ClinicalProfile:
    conditions: list[PatientCondition]
    allergies: list[Allergy]
    flags: list[RiskFlag]
    weights: list[BodyWeight]


def contacts_of(actor: Actor, patient_id: UUID) -> list[Contact]:
    """The patient's contacts, the preferred first, stopped ones last. Two queries."""
    newest_last = ContactConsent.objects.visible_to(actor).order_by("decided_at", "id")
    points = (
        ContactPoint.objects.visible_to(actor)
        .filter(patient_id=patient_id)
        .order_by("-stopped_at", "-is_preferred", "created_at", "id")
        .prefetch_related(Prefetch("consents", newest_last))
    )
    return [Contact(point=point, allowed=_allowed(point)) for point in points]


def _allowed(point: ContactPoint) -> frozenset[str]:
    latest = {consent.purpose: consent.is_granted for consent in point.consents.all()}
    return frozenset(purpose for purpose, is_granted in latest.items() if is_granted)


def identifiers_of(actor: Actor, patient_id: UUID) -> list[Identifier]:
    return list(Identifier.objects.visible_to(actor).filter(patient_id=patient_id).order_by("created_at", "id"))


def clinical_profile(actor: Actor, patient_id: UUID) -> ClinicalProfile:
    """Five queries: conditions with nerves, allergies, flags, weights; what ended comes last."""
    nerves = PatientConditionNerve.objects.visible_to(actor).select_related("nerve").order_by("nerve__code")
    conditions = PatientCondition.objects.visible_to(actor).filter(patient_id=patient_id)
    allergies = Allergy.objects.visible_to(actor).filter(patient_id=patient_id)
    flags = RiskFlag.objects.visible_to(actor).filter(patient_id=patient_id)
    weights = BodyWeight.objects.visible_to(actor).filter(patient_id=patient_id)
    return ClinicalProfile(
        conditions=list(
            conditions.order_by("-resolved_date", "created_at", "id").prefetch_related(
                Prefetch("suspected_nerves", nerves)
            )
        ),
        allergies=list(allergies.order_by("-ended_at", "substance", "id")),
        flags=list(flags.order_by("-ended_at", "flag", "id")),
        weights=list(weights.order_by("-measured_date", "-id")[:10]),
    )
