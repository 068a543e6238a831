"""A recall: who received something of a lot, directly or in a preparation, and what was reported since."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from common.spoken_languages import language_name
from patients.queries.clinic_numbers import number_of_patient
from patients.queries.phones import phone_of_patient
from sessions.models import InjectionSession, PreparationPart, SideEffect, SolutionLot


@dataclass(frozen=True)
class Received:
    """One session in which the lot was given. ``volume_ml``: of the points that name it or a preparation from it."""

    session_id: UUID
    patient_id: UUID
    patient: str
    birth_date: object
    clinic_number: str
    phone: str
    language: str
    started_at: datetime
    status: str
    status_words: str
    points: int
    volume_ml: Decimal
    side_effects: int


def sessions_of(actor: Actor, lot: SolutionLot) -> "QuerySet[InjectionSession]":
    """The sessions, the newest first; drafts and voided ones too, because the injection may have been given."""
    made = PreparationPart.objects.filter(clinic_id=actor.clinic_id, container__lot=lot)
    from_lot = Q(points__lot=lot) | Q(points__preparation__in=made.values("preparation"))
    reported = SideEffect.objects.visible_to(actor).filter(injection_session=OuterRef("pk")).order_by()
    counted = reported.values("injection_session").annotate(n=Count("pk")).values("n")
    own = InjectionSession.objects.visible_to(actor).filter(from_lot).select_related("patient")
    given = own.annotate(given_points=Count("points"), given_ml=Sum("points__volume_ml"))
    told = given.annotate(
        reports=Coalesce(Subquery(counted), 0),
        phone=phone_of_patient(),
        clinic_number=number_of_patient(),
    )
    return told.order_by(F("started_at").desc(), "id")


def received(rows: "QuerySet[InjectionSession] | list[InjectionSession]") -> list[Received]:
    return [
        Received(
            session_id=row.pk,
            patient_id=row.patient_id,
            patient=str(row.patient),
            birth_date=row.patient.birth_date,
            clinic_number=row.clinic_number or "",  # type: ignore[attr-defined]  # from sessions_of
            phone=row.phone or "",  # type: ignore[attr-defined]  # from sessions_of
            language=language_name(row.patient.language),
            started_at=row.started_at,
            status=row.status,
            status_words=row.get_status_display(),
            points=row.given_points,  # type: ignore[attr-defined]  # from sessions_of
            volume_ml=row.given_ml,  # type: ignore[attr-defined]  # from sessions_of
            side_effects=row.reports,  # type: ignore[attr-defined]  # from sessions_of
        )
        for row in rows
    ]
