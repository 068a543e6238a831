"""Which promised visits a change of the settings touches, and which of them somebody still has to move."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from accounts.actors import Actor
from common.wall_clock import hours_of_day, local_day
from scheduling.choices import MOVABLE_STATUSES, VisitStatus
from scheduling.models import Appointment, AppointmentMove, AvailabilityBlock, ExtraHours, Room, SettingChange
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.spans import Span, holds, merged

Hours = AvailabilityBlock | ExtraHours
Place = tuple[datetime | UUID | None, ...]
_PLACE = ("starts_at", "clinician_id", "room_id")


@dataclass(frozen=True)
class TouchedVisit:
    """``is_open``: it still stands where the change found it. ``tell_at``: when a message of its last change is due."""

    visit: Appointment
    is_open: bool
    tell_at: datetime | None = None


def promised(by: Actor, *, now: datetime) -> AppointmentQuerySet:
    """Visits to come, or under way, that can still be moved; the earliest first."""
    rows = Appointment.objects.visible_to(by).filter(status__in=MOVABLE_STATUSES, ends_at__gt=now)
    return rows.select_related("patient", "clinician__user", "visit_type", "room").order_by("starts_at", "id")


def between(
    by: Actor, span: Span, *, now: datetime, clinician_id: UUID | None = None, room_id: UUID | None = None
) -> list[Appointment]:
    """In a closure, in the leave of one clinician, or in one room while it is blocked."""
    where = {"clinician_id": clinician_id, "room_id": room_id}
    return list(promised(by, now=now).between(*span).filter(**{name: pk for name, pk in where.items() if pk}))


def of_leaver(by: Actor, clinician_id: UUID, *, now: datetime) -> AppointmentQuerySet:
    """All that one clinician has promised."""
    return promised(by, now=now).filter(clinician_id=clinician_id)


def under_treatment(by: Actor, clinician_id: UUID) -> AppointmentQuerySet:
    """Who sits in this clinician's room, or is watched after the injection."""
    rows = Appointment.objects.visible_to(by).filter(clinician_id=clinician_id)
    here = rows.filter(status__in=(VisitStatus.IN_ROOM, VisitStatus.OBSERVATION))
    return here.select_related("patient", "room").order_by("starts_at", "id")


def losing_hours(by: Actor, hours: Hours, *, now: datetime) -> list[Appointment]:
    """Visits that lie in the clinician's hours with these, and would not without. Three queries."""
    whose = {"clinician_id": hours.clinician_id}
    visits = promised(by, now=now).filter(**whose)
    if isinstance(hours, ExtraHours):
        visits = visits.between(*hours_of_day(hours.day, hours.start_time, hours.end_time, by.zone))
    blocks = list(AvailabilityBlock.objects.visible_to(by).filter(**whose))
    extra = list(ExtraHours.objects.visible_to(by).filter(**whose))
    every: list[Hours] = [*blocks, *extra]
    left = [one for one in every if one.pk != hours.pk]

    def is_lost(visit: Appointment) -> bool:
        span = (visit.starts_at, visit.ends_at)
        return holds(_open(every, span, by), span) and not holds(_open(left, span, by), span)

    return [visit for visit in visits if is_lost(visit)]


def _open(hours: Iterable[Hours], span: Span, by: Actor) -> list[Span]:
    """When these hours are open around the span."""
    first = local_day(span[0], by.zone)
    days = [first + timedelta(days=number) for number in (-1, 0, 1)]
    return merged(
        hours_of_day(day, one.start_time, one.end_time, by.zone) for one in hours for day in days if _is_on(one, day)
    )


def _is_on(hours: Hours, day: date) -> bool:
    if isinstance(hours, ExtraHours):
        return hours.day == day
    until = hours.valid_until_date
    return hours.weekday == day.weekday() and hours.valid_from_date <= day and (until is None or day <= until)


def losing_room(by: Actor, room: Room, *, now: datetime) -> list[Appointment]:
    """Visits that the room, as it is given, has no place for: all of them once it is out of use."""
    visits = list(promised(by, now=now).filter(room_id=room.pk))
    if not room.is_active or room.is_for_observation:
        return visits
    touched, running = [], list[Appointment]()
    for visit in visits:
        running = [one for one in running if one.ends_at > visit.starts_at]
        if len(running) >= room.capacity:
            touched.append(visit)
        else:
            running.append(visit)
    return touched


def left_of(by: Actor, changes: Iterable[SettingChange], *, now: datetime) -> dict[UUID, int]:
    """Change → how many of its visits still wait for somebody. Two queries."""
    return {pk: len(visits) for pk, visits in _left(by, changes, now=now).items()}


def to_move(by: Actor, *, now: datetime) -> set[UUID]:
    """All visits that still wait for somebody, whatever touched them. One query, two more where something did."""
    changes = list(SettingChange.objects.visible_to(by).that_touched().only("made_at", "visits"))
    return set().union(*_left(by, changes, now=now).values()) if changes else set()


def _left(by: Actor, changes: Iterable[SettingChange], *, now: datetime) -> dict[UUID, set[UUID]]:
    shown = list(changes)
    ids = {pk for change in shown for pk in change.visits}
    rows = Appointment.objects.visible_to(by).filter(pk__in=ids, status__in=MOVABLE_STATUSES, ends_at__gt=now)
    places = {pk: (starts_at, *where) for pk, starts_at, *where in rows.values_list("pk", *_PLACE)}
    moves = _moves(by, places, since=min((change.made_at for change in shown), default=now))
    return {
        change.pk: {
            pk for pk in change.visits if pk in places and not _is_elsewhere(places[pk], moves[pk], change.made_at)
        }
        for change in shown
    }


def visits_of(by: Actor, change: SettingChange, *, now: datetime) -> list[TouchedVisit]:
    """The visits a change touched, those that still wait for somebody first. Two queries."""
    moves = _moves(by, change.visits, since=change.made_at)
    rows = Appointment.objects.visible_to(by).filter(pk__in=change.visits)
    listed = rows.select_related("patient", "clinician__user", "visit_type", "room").order_by("starts_at", "id")
    stands = change.undone_at is None

    def touched(visit: Appointment) -> TouchedVisit:
        place = (visit.starts_at, visit.clinician_id, visit.room_id)
        is_promised = visit.status in MOVABLE_STATUSES and visit.ends_at > now
        own = moves[visit.pk]
        is_open = stands and is_promised and not _is_elsewhere(place, own, change.made_at)
        return TouchedVisit(visit, is_open, own[-1].tell_at if own else None)

    return sorted((touched(visit) for visit in listed), key=lambda one: not one.is_open)


def _moves(by: Actor, visits: Collection[UUID], *, since: datetime) -> dict[UUID, list[AppointmentMove]]:
    """What was done with each of the visits since, in order."""
    rows = AppointmentMove.objects.visible_to(by).filter(appointment__in=visits, moved_at__gte=since)
    found: dict[UUID, list[AppointmentMove]] = defaultdict(list)
    for move in rows.order_by("moved_at", "id"):
        found[move.appointment_id].append(move)
    return found


def _is_elsewhere(place: Place, moves: Iterable[AppointmentMove], since: datetime) -> bool:
    """Whether it was moved since and not put back: who takes a move back has the visit to move again."""
    first = next((one for one in moves if one.moved_at >= since and one.was_starts_at is not None), None)
    return first is not None and place != (first.was_starts_at, first.was_clinician_id, first.was_room_id)
