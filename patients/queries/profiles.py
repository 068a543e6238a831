"""One patient's page: how to reach them, and what they come with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, IntegerField, OuterRef, Prefetch, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from patients.choices import Flag, Purpose
from patients.contacts import takes_code
from patients.models import (
    Allergy,
    BodyWeight,
    ContactCode,
    ContactConsent,
    ContactPoint,
    Identifier,
    NoKnownAllergy,
    Patient,
    PatientCondition,
    PatientConditionNerve,
    RiskFlag,
)
from patients.models.contact_codes import MOST_TRIES

SHOWN_HOLDERS = 5


@dataclass(frozen=True)
class Contact:
    """A contact point with the purposes the patient allows now, and how many other patients have it too.

    ``code_until`` is when the code on its way to it ends, if one stands.
    """

    point: ContactPoint
    allowed: frozenset[str]
    also_on: int = 0
    code_until: datetime | None = None
    code_tries: int = 0

    @property
    def tries_left(self) -> int:
        return MOST_TRIES - self.code_tries

    @property
    def takes_code(self) -> bool:
        return takes_code(self.point.kind, self.point.value)

    @property
    def allowed_labels(self) -> list[str]:
        return [str(purpose.label) for purpose in Purpose if purpose in self.allowed]


@dataclass(frozen=True)
class ClinicalProfile:
    none_known: NoKnownAllergy | None
    conditions: list[PatientCondition]
    allergies: list[Allergy]
    flags: list[RiskFlag]
    weights: list[BodyWeight]

    @property
    def has_allergy(self) -> bool:
        """Whether one holds now."""
        return any(allergy.ended_at is None for allergy in self.allergies)


def contacts_of(actor: Actor, patient_id: UUID, *, now: datetime | None = None) -> list[Contact]:
    """The patient's contacts, the preferred first, stopped ones last. Two queries. Codes are told of with a ``now``."""
    newest_last = ContactConsent.objects.visible_to(actor).order_by("decided_at", "id")
    points = (
        ContactPoint.objects.visible_to(actor)
        .filter(patient_id=patient_id)
        .order_by("-stopped_at", "-is_preferred", "created_at", "id")
        .select_related("verified_by__user")
        .prefetch_related(Prefetch("consents", newest_last))
        .annotate(
            also_on=_others_with_it(),
            code_until=_standing_code("expires_at", now),
            code_tries=_standing_code("tries", now),
        )
    )
    return [_contact(point) for point in points]


def _contact(point: Any) -> Contact:
    return Contact(point, _allowed(point), point.also_on, point.code_until, point.code_tries or 0)


def _standing_code(field: str, now: datetime | None) -> Any:
    if now is None:
        return Value(None, DateTimeField() if field == "expires_at" else IntegerField())
    codes = ContactCode.objects.filter(clinic_id=OuterRef("clinic_id"), contact_point=OuterRef("pk"))
    return Subquery(codes.standing().filter(expires_at__gt=now).values(field))


def _others_with_it() -> Any:
    """How many other patients use the same phone or e-mail, beside each contact point."""
    same = (
        ContactPoint.objects.in_use()
        .own()
        .filter(clinic_id=OuterRef("clinic_id"), value=OuterRef("value"), patient__merged_into__isnull=True)
    )
    counted = same.exclude(patient_id=OuterRef("patient_id")).order_by().values("value").annotate(n=Count("patient_id"))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


def holders_of(actor: Actor, values: Collection[str], *, but_not: UUID | None = None) -> list[Patient]:
    """The other patients of the clinic who use one of these phones or addresses, by name; a handful at most."""
    points = ContactPoint.objects.visible_to(actor).in_use().own().filter(value__in=values)
    rows = Patient.objects.visible_to(actor).standing().filter(pk__in=points.values("patient_id"))
    if but_not is not None:
        rows = rows.exclude(pk=but_not)
    return list(rows.by_name()[:SHOWN_HOLDERS])


def _allowed(point: ContactPoint) -> frozenset[str]:
    latest = {consent.purpose: consent.is_granted for consent in point.consents.all()}
    return frozenset(purpose for purpose, is_granted in latest.items() if is_granted)


def needs_interpreter(actor: Actor, patient_id: UUID) -> bool:
    flags = RiskFlag.objects.visible_to(actor).current()
    return flags.filter(patient_id=patient_id, flag=Flag.INTERPRETER).exists()


def identifiers_of(actor: Actor, patient_id: UUID) -> list[Identifier]:
    return list(
        Identifier.objects.visible_to(actor).filter(patient_id=patient_id).order_by("is_former", "created_at", "id")
    )


def clinical_profile(actor: Actor, patient_id: UUID) -> ClinicalProfile:
    """Six queries: conditions with nerves, allergies or that none is known, flags, weights; what ended comes last."""
    nerves = PatientConditionNerve.objects.visible_to(actor).select_related("nerve").order_by("nerve__code")
    conditions = PatientCondition.objects.visible_to(actor).filter(patient_id=patient_id)
    allergies = Allergy.objects.visible_to(actor).filter(patient_id=patient_id)
    flags = RiskFlag.objects.visible_to(actor).filter(patient_id=patient_id)
    weights = BodyWeight.objects.visible_to(actor).filter(patient_id=patient_id)
    none_known = NoKnownAllergy.objects.visible_to(actor).current().filter(patient_id=patient_id).first()
    return ClinicalProfile(
        none_known=none_known,
        conditions=list(
            conditions.order_by("-resolved_date", "created_at", "id").prefetch_related(
                Prefetch("suspected_nerves", nerves)
            )
        ),
        allergies=list(allergies.order_by("-ended_at", "substance", "id")),
        flags=list(flags.order_by("-ended_at", "flag", "id")),
        weights=list(weights.order_by("-measured_date", "-id")[:10]),
    )
