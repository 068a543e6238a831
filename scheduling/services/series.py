"""Visits that belong together: booked in one act, moved or cancelled together, given back when they are not needed."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import instant
from patients.models import Patient
from scheduling import policies
from scheduling.choices import MOVABLE_STATUSES, CancelledBy, SeriesScope, VisitStatus
from scheduling.models import Appointment, AppointmentMove, Equipment, Room, SlotHold, VisitSeries, VisitType
from scheduling.policies import VisitRefusedError
from scheduling.services import appointments, slot_holds
from scheduling.services.appointments import moved_place
from scheduling.services.day_locks import OverlapError, hold_days, in_turn
from scheduling.services.places import Judgement, NotOfferedError, look_before_waiting, taken_words

MOST = 26


class SeriesRefusedError(VisitRefusedError):
    """Nothing was changed: the visit at ``starts_at`` cannot be, and why."""

    def __init__(self, starts_at: datetime, words: str) -> None:
        super().__init__(words)
        self.starts_at = starts_at


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One visit of a series. Without a room it gets the first free; without a type of its own, the series' type."""

    starts_at: datetime
    clinician: Membership
    room: Room | None = None
    visit_type: VisitType | None = None


def book(
    *,
    patient: Patient,
    visit_type: VisitType,
    visits: Sequence[Wish],
    by: Actor,
    now: datetime,
    every_days: int = 7,
    minutes: int | None = None,
    equipment: Equipment | None = None,
    series: VisitSeries | None = None,
    hold: SlotHold | None = None,
    is_override: bool = False,
    tell_patient: bool = False,
) -> list[Appointment]:
    """Book every visit or none; ``series`` is one that is extended. Raises ``SeriesRefusedError``.

    ``minutes`` and ``equipment`` are of the visits of ``visit_type``; another type says its own.
    """
    if not 1 <= len(visits) <= MOST:
        raise VisitRefusedError(_("A series has from 1 to %(most)s visits.") % {"most": MOST})
    usual: dict[str, Any] = {"minutes": minutes, "equipment": equipment}
    places = [
        appointments.place_of(
            patient=patient,
            clinician=one.clinician,
            room=one.room,
            visit_type=one.visit_type or visit_type,
            starts_at=one.starts_at,
            by=by,
            now=now,
            **(usual if one.visit_type in (None, visit_type) else {}),
        )
        for one in visits
    ]
    batch_id = uuid4()

    def work() -> list[Appointment]:
        for place in places:
            with _named(place.span[0], by):
                look_before_waiting(replace(place, left_out=[hold.pk] if hold else ()), by=by, now=now)
        spans = [place.span for place in places]
        hold_days(by, *spans, *([(hold.starts_at, hold.ends_at)] if hold else []))
        if hold is not None:
            slot_holds.end(hold=hold, by=by, now=now)
        own = series or VisitSeries.objects.create(
            clinic=by.clinic, patient=patient, visit_type=visit_type, every_days=every_days
        )
        booked = []
        for place in places:
            with _named(place.span[0], by):
                booked.append(
                    appointments.write(
                        place,
                        by=by,
                        now=now,
                        judgement=Judgement(is_override=is_override),
                        tell_patient=tell_patient,
                        series=own,
                        batch_id=batch_id,
                    )
                )
        return booked

    return in_turn(work)


def members(appointment: Appointment, scope: str, *, by: Actor, now: datetime) -> list[Appointment]:
    """The visits an act on this one reaches: itself, itself and the later ones, or all that can still be changed."""
    if scope == SeriesScope.ONE or appointment.series_id is None:
        return [appointment]
    own = Appointment.objects.visible_to(by).filter(series_id=appointment.series_id, status__in=MOVABLE_STATUSES)
    own = own.filter(starts_at__gte=appointment.starts_at if scope == SeriesScope.LATER else now)
    return list(own.select_related("patient", "clinician__user", "room", "visit_type").order_by("starts_at", "id"))


def moved_starts(
    appointment: Appointment, visits: Iterable[Appointment], starts_at: datetime, *, by: Actor
) -> list[datetime]:
    """Where each visit would begin when this one begins at ``starts_at``: moved by as many days and wall-clock minutes.

    A visit that had a time of day of its own keeps its distance from the others.
    """
    by_wall = _on_wall(starts_at, by) - _on_wall(appointment.starts_at, by)

    def start(one: Appointment) -> datetime:
        if one.pk == appointment.pk:
            return starts_at
        moved = _on_wall(one.starts_at, by) + by_wall
        return instant(moved.date(), moved.time(), by.zone)

    return [start(one) for one in visits]


def _on_wall(moment: datetime, by: Actor) -> datetime:
    """What the clinic's calendar and clock show."""
    return moment.astimezone(by.zone).replace(tzinfo=None, fold=0)


def move(
    *,
    appointment: Appointment,
    scope: str,
    by: Actor,
    now: datetime,
    version: int,
    starts_at: datetime,
    clinician: Membership,
    room: Room | None,
    is_override: bool = False,
    reason: str = "",
    tell_patient: bool = False,
) -> UUID:
    """Move the visits of the scope alike, all or none; return the act's id, by which ``undo`` takes it back."""
    visits = members(appointment, scope, by=by, now=now)
    starts = moved_starts(appointment, visits, starts_at, by=by)
    for start in starts:
        policies.check_not_past(start, now=now)
    batch_id = uuid4()

    def work() -> UUID:
        lengths = [one.ends_at - one.starts_at for one in visits]
        new = [(start, start + length) for start, length in zip(starts, lengths, strict=True)]
        hold_days(by, *new, *((one.starts_at, one.ends_at) for one in visits))
        # The last one first when they go later, so that no visit runs into the one that has yet to leave its time.
        order = sorted(zip(visits, new, strict=True), key=lambda pair: pair[0].starts_at)
        for visit, span in reversed(order) if starts_at > appointment.starts_at else order:
            current = appointments.claim(visit, by, version if visit.pk == appointment.pk else visit.version, span)
            place = moved_place(current, by, span[0], span[1] - span[0], clinician, room)
            with _named(span[0], by):
                appointments.rewrite(
                    current,
                    place,
                    by=by,
                    now=now,
                    judgement=Judgement(is_override=is_override),
                    reason=reason,
                    tell_patient=tell_patient,
                    batch_id=batch_id,
                )
        return batch_id

    return in_turn(work)


def cancel(
    *,
    appointment: Appointment,
    scope: str,
    by: Actor,
    now: datetime,
    version: int,
    cancelled_by: str,
    reason: str,
    tell_patient: bool = False,
) -> UUID:
    """Cancel the visits of the scope, all or none; return the act's id."""
    visits = members(appointment, scope, by=by, now=now)
    batch_id = uuid4()

    def work() -> UUID:
        hold_days(by, *((one.starts_at, one.ends_at) for one in visits))
        for visit in visits:
            appointments.cancel(
                appointment=visit,
                by=by,
                now=now,
                version=version if visit.pk == appointment.pk else visit.version,
                cancelled_by=cancelled_by,
                reason=reason,
                tell_patient=tell_patient,
                batch_id=batch_id,
            )
        return batch_id

    return in_turn(work)


def undo(*, batch_id: UUID, by: Actor, now: datetime) -> list[Appointment]:
    """Take one act on several visits back, all or none.

    Raises ``VisitRefusedError`` when one of them was changed since, or its old time is taken by now.
    """
    moves = AppointmentMove.objects.visible_to(by).filter(batch_id=batch_id)
    rows = list(moves.select_related("appointment__patient", "appointment__clinician__user", "appointment__room"))
    if not rows:
        raise VisitRefusedError(_("There is nothing to undo."))
    went_later = any(row.was_starts_at and row.was_starts_at < row.appointment.starts_at for row in rows)
    rows.sort(key=lambda row: row.appointment.starts_at, reverse=not went_later)

    def work() -> list[Appointment]:
        spans = [(row.appointment.starts_at, row.appointment.ends_at) for row in rows]
        before = [(row.was_starts_at, row.was_ends_at) for row in rows if row.was_starts_at and row.was_ends_at]
        hold_days(by, *spans, *before)
        latest = AppointmentMove.objects.visible_to(by).filter(appointment__in=[row.appointment_id for row in rows])
        last = {row.appointment_id: row.batch_id for row in latest.order_by("moved_at", "id")}
        if any(last[row.appointment_id] != batch_id for row in rows):
            raise VisitRefusedError(_("One of these visits was changed since. Change them one by one."))
        return [
            appointments.undo(appointment=row.appointment, by=by, now=now, version=row.appointment.version)
            for row in rows
        ]

    return in_turn(work)


def release_unused(
    *, series_ids: Collection[UUID], by: Actor, now: datetime, reason: str, batch_id: UUID, tell_patient: bool = False
) -> int:
    """Give the coming visits of these series back that nobody came to yet; return how many (domain.md §12).

    ``undo`` with the same ``batch_id`` takes it back.
    """
    waiting = list(unused(series_ids, by=by, now=now))

    def work() -> int:
        hold_days(by, *((one.starts_at, one.ends_at) for one in waiting))
        for visit in waiting:
            appointments.cancel(
                appointment=visit,
                by=by,
                now=now,
                version=visit.version,
                cancelled_by=CancelledBy.CLINIC,
                reason=reason,
                tell_patient=tell_patient,
                batch_id=batch_id,
            )
        VisitSeries.objects.visible_to(by).filter(pk__in=series_ids).update(released_at=now)
        return len(waiting)

    return in_turn(work)


def unused(series_ids: Collection[UUID], *, by: Actor, now: datetime) -> QuerySet[Appointment]:
    """The coming visits of these series, in order."""
    visits = Appointment.objects.visible_to(by).filter(series_id__in=series_ids, starts_at__gt=now)
    visits = visits.filter(status__in=(VisitStatus.BOOKED, VisitStatus.CONFIRMED))
    return visits.select_related("patient", "clinician__user", "room", "visit_type").order_by("starts_at", "id")


@contextmanager
def _named(starts_at: datetime, by: Actor) -> Iterator[None]:
    """Say which visit of the series it was that could not be."""
    when = date_format(starts_at.astimezone(by.zone), "D j M H:i")
    try:
        yield
    except OverlapError as error:
        raise SeriesRefusedError(starts_at, f"{when}: {taken_words(error.taken, by.zone)}") from error
    except NotOfferedError as error:
        raise SeriesRefusedError(starts_at, f"{when}: {error.words}") from error
