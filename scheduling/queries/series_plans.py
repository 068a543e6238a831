"""A series before it is booked: each visit at the same wall-clock time, what stands in its way, and when else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import instant, local_day
from scheduling.models import Equipment, VisitType
from scheduling.queries import agendas
from scheduling.queries.agendas import Agenda
from scheduling.queries.collisions import Wanted
from scheduling.queries.free_times import FreeTime, Wish, free_times
from scheduling.queries.objections import objections
from scheduling.spans import Span, is_free

ALTERNATIVES = 3
# How many days beside the wanted one are looked at for another time.
DAYS_BESIDE = 3


@dataclass(frozen=True, kw_only=True)
class PlannedVisit:
    """``number`` counts from 1. Without ``reasons`` it can be booked as it is; else ``alternatives`` are near it."""

    number: int
    visit_type: VisitType
    starts_at: datetime
    ends_at: datetime
    reasons: tuple[str, ...] = ()
    alternatives: tuple[FreeTime, ...] = ()

    @property
    def is_free(self) -> bool:
        return not self.reasons


def repeated(first: datetime, *, every_days: int, count: int, zone: ZoneInfo) -> list[datetime]:
    """``count`` instants at which the wall clock shows the same time, ``every_days`` apart, the first one included."""
    local = first.astimezone(zone)
    days = (local.date() + timedelta(days=every_days * number) for number in range(1, count))
    return [first, *(instant(day, local.time().replace(fold=0), zone) for day in days)]


def plan_series(
    *,
    by: Actor,
    clinician: Membership,
    visit_type: VisitType,
    starts: Sequence[datetime],
    now: datetime,
    minutes: int | None = None,
    equipment: Equipment | None = None,
    patient_id: UUID | None = None,
    left_out: Collection[UUID] = (),
    kinds: Sequence[VisitType] = (),
) -> list[PlannedVisit]:
    """Look at every start at once: two agendas, however many there are, and one more for each further type.

    ``kinds`` are the types of the visits, where they differ; ``minutes`` and ``equipment`` are of ``visit_type``.
    """
    kinds = kinds or [visit_type] * len(starts)
    first, last = local_day(min(starts), by.zone), local_day(max(starts), by.zone)
    days = (last - first).days + 1
    agenda = agendas.load(
        by=by,
        clinicians=[clinician],
        first_day=first,
        days=days + 1,
        now=now,
        patient_id=patient_id,
        left_out=left_out,
    )
    begin = max(first - timedelta(days=DAYS_BESIDE), local_day(now, by.zone))

    def lengths(kind: VisitType) -> tuple[int, Equipment | None]:
        if kind == visit_type:
            return minutes or kind.duration_minutes, equipment or kind.equipment
        return kind.duration_minutes, kind.equipment

    def free_for(kind: VisitType) -> list[FreeTime]:
        return free_times(
            by=by,
            clinicians=[clinician],
            visit_type=kind,
            first_day=begin,
            days=(last - begin).days + 1 + DAYS_BESIDE,
            now=now,
            minutes=lengths(kind)[0],
            patient_id=patient_id,
            left_out=left_out,
            wish=Wish(equipment=lengths(kind)[1]),
        )

    free = {kind.pk: free_for(kind) for kind in dict.fromkeys(kinds)}
    planned: list[PlannedVisit] = []
    for number, (start, kind) in enumerate(zip(starts, kinds, strict=True), 1):
        length, thing = lengths(kind)
        span = (start, start + timedelta(minutes=length))
        is_offered = any(one.starts_at == start for one in free[kind.pk])
        reasons = () if is_offered else _reasons(agenda, clinician, kind, thing, span, patient_id, now)
        near = tuple(_near(free[kind.pk], start, by.zone)) if reasons else ()
        planned.append(
            PlannedVisit(
                number=number, visit_type=kind, starts_at=start, ends_at=span[1], reasons=reasons, alternatives=near
            )
        )
    return planned


def _reasons(
    agenda: Agenda,
    clinician: Membership,
    visit_type: VisitType,
    equipment: Equipment | None,
    span: Span,
    patient_id: UUID | None,
    now: datetime,
) -> tuple[str, ...]:
    """What stands in the way, each as a sentence; the booking itself has the last word."""
    if span[0] < now:
        return (_("This time has passed."),)
    wanted = Wanted(span=span, clinician=clinician, patient_id=patient_id, equipment=equipment)
    found = []
    if patient_id and not is_free(agenda.patient_busy.get(patient_id, []), span):
        found.append(_("The patient has another visit then."))
    if not is_free(agenda.held.get(clinician.pk, []), span):
        found.append(_("%(name)s has another visit then.") % {"name": clinician.user.full_name})
    if visit_type.needs_room and agenda.rooms and agenda.free_room(span) is None:
        found.append(_("No room is free then."))
    if equipment and not agenda.is_equipment_free(equipment, span):
        found.append(_("“%(thing)s” is in use then.") % {"thing": equipment.name})
    if found:
        return tuple(found)
    return tuple(one.words for one in objections(agenda, wanted, visit_type, needs_chaperone=False))


def _near(free: list[FreeTime], start: datetime, zone: ZoneInfo) -> list[FreeTime]:
    """The nearest free times: those of the same day first, then by how far they are."""
    day: date = local_day(start, zone)

    def distance(one: FreeTime) -> tuple[int, timedelta]:
        return abs((local_day(one.starts_at, zone) - day).days), abs(one.starts_at - start)

    near = [one for one in free if abs((local_day(one.starts_at, zone) - day).days) <= DAYS_BESIDE]
    return sorted(near, key=distance)[:ALTERNATIVES]
