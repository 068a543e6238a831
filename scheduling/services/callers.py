"""Somebody on the phone: a kept time becomes a visit, or several, of a patient who may be new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from patients.models import Patient
from patients.records import ContactDetails, PatientDetails
from patients.services import patients
from scheduling.models import Appointment, SlotHold
from scheduling.services import appointments, series
from scheduling.services.series import Wish


@dataclass(frozen=True, kw_only=True)
class NewCaller:
    """``told_apart_from``: patients who were shown as possible duplicates, and are somebody else."""

    details: PatientDetails
    contacts: Sequence[ContactDetails] = ()
    told_apart_from: Sequence[UUID] = ()


@dataclass(frozen=True, kw_only=True)
class Booked:
    """``batch_id`` undoes several visits; a single one is undone by itself."""

    visits: list[Appointment]
    batch_id: UUID | None = None


@transaction.atomic
def book(
    *,
    hold: SlotHold,
    caller: Patient | NewCaller,
    visits: Sequence[Wish],
    every_days: int,
    by: Actor,
    now: datetime,
    is_override: bool = False,
    tell_patient: bool = False,
) -> Booked:
    """Register a new caller and book every visit, or do neither. Raises ``VisitRefusedError``, ``ValidationError``."""
    if isinstance(caller, NewCaller):
        caller = patients.register(
            by=by,
            now=now,
            details=caller.details,
            contacts=caller.contacts,
            told_apart_from=caller.told_apart_from,
        )
    if len(visits) == 1:
        (only,) = visits
        visit = appointments.book(
            patient=caller,
            clinician=only.clinician,
            room=only.room,
            visit_type=hold.visit_type,
            starts_at=only.starts_at,
            by=by,
            now=now,
            minutes=hold_minutes(hold),
            equipment=hold.equipment,
            hold=hold,
            is_override=is_override,
            tell_patient=tell_patient,
        )
        return Booked(visits=[visit])
    booked = series.book(
        patient=caller,
        visit_type=hold.visit_type,
        visits=visits,
        every_days=every_days,
        by=by,
        now=now,
        minutes=hold_minutes(hold),
        equipment=hold.equipment,
        hold=hold,
        is_override=is_override,
        tell_patient=tell_patient,
    )
    return Booked(visits=booked, batch_id=booked[0].moves.get().batch_id)


def hold_minutes(hold: SlotHold) -> int:
    return int((hold.ends_at - hold.starts_at).total_seconds() // 60)
