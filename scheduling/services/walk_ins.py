"""Somebody came without an appointment: a visit now, with whoever is free first."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import local_day
from patients.models import Patient
from scheduling.choices import ClaimKind
from scheduling.models import Appointment, VisitType
from scheduling.policies import VisitRefusedError
from scheduling.queries import agendas
from scheduling.queries.free_times import FreeTime, free_times
from scheduling.services import appointments
from scheduling.services.places import SlotTakenError
from scheduling.spans import Span, is_free

_MINUTE = timedelta(minutes=1)
TRIED_AT_MOST = 3  # when these cannot, a room or a machine is what is missing


def first_free(
    *, patient: Patient, visit_type: VisitType, clinicians: Sequence[Membership], by: Actor, now: datetime
) -> FreeTime | None:
    """The first time that is left today."""
    found = free_times(
        by=by,
        clinicians=clinicians,
        visit_type=visit_type,
        first_day=local_day(now, by.zone),
        days=1,
        now=now,
        patient_id=patient.pk,
    )
    return found[0] if found else None


def put_on_board(
    *,
    patient: Patient,
    visit_type: VisitType,
    clinicians: Sequence[Membership],
    chosen: Membership | None,
    is_now: bool,
    by: Actor,
    now: datetime,
    shares_room: bool = False,
) -> Appointment:
    """Book the first time left today with the chosen clinician, else with any; ``is_now``: this minute, all the same.

    Raises ``VisitRefusedError`` when nobody has time today, when everybody is with somebody, or when no room is free
    (and ``shares_room`` does not say that two visits in one will do).
    """
    clinicians = [chosen] if chosen else clinicians
    if is_now:
        with transaction.atomic():
            visit = _now(patient, visit_type, clinicians, bool(chosen), by, now)
            _check_room(visit, shares_room)
            return visit
    free = first_free(patient=patient, visit_type=visit_type, clinicians=clinicians, by=by, now=now)
    if free is None:
        raise VisitRefusedError(_("Nobody has time left today. Tick “Now” to see the patient all the same."))
    return appointments.book(
        patient=patient,
        clinician=free.clinician,
        room=free.room,
        visit_type=visit_type,
        starts_at=free.starts_at,
        by=by,
        now=now,
    )


def _check_room(visit: Appointment, shares_room: bool) -> None:
    """Nobody is sent into a room where another visit is unless somebody said so; a free room was looked for first."""
    if ClaimKind.ROOM not in visit.doubled or shares_room or visit.room is None:
        return
    raise VisitRefusedError(
        _(
            "No room is free now: the walk-in would be in {room}, where another visit is."
            " Tick “In a room with another visit” to go on all the same."
        ).format(room=visit.room.name)
    )


def _now(
    patient: Patient,
    visit_type: VisitType,
    clinicians: Sequence[Membership],
    is_chosen: bool,
    by: Actor,
    now: datetime,
) -> Appointment:
    """With somebody who is with nobody; a clinician chosen alone sees the patient beside another visit."""
    starts_at = now.replace(second=0, microsecond=0) + _MINUTE
    span = (starts_at, starts_at + timedelta(minutes=visit_type.duration_minutes))
    refused: SlotTakenError | None = None
    for clinician in clinicians if is_chosen else _unheld(clinicians, span, by, now):
        try:
            return appointments.book(
                patient=patient,
                clinician=clinician,
                room=None,
                visit_type=visit_type,
                starts_at=starts_at,
                by=by,
                now=now,
                is_override=True,
                double_reason=_("Walk-in") if is_chosen else "",
            )
        except SlotTakenError as error:
            refused = error
    raise refused or VisitRefusedError(
        _("Everybody is with somebody just now. Choose a clinician to see the patient beside another visit.")
    )


def _unheld(clinicians: Sequence[Membership], span: Span, by: Actor, now: datetime) -> list[Membership]:
    """The first few without a visit in that time: those who work then before the others."""
    agenda = agendas.load(by=by, clinicians=clinicians, first_day=local_day(span[0], by.zone), days=1, now=now)
    free = [one for one in clinicians if is_free(agenda.held.get(one.pk, []), span)]
    return sorted(free, key=lambda one: not agenda.is_open(one.pk, span))[:TRIED_AT_MOST]
