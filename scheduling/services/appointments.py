"""Book, move, cancel; take a visit through its day; take any of it back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import ClinicOwned, Membership
from patients.models import Patient
from scheduling import policies
from scheduling.choices import CancelledBy, VisitStatus
from scheduling.models import Appointment, AppointmentMove, Room, VisitType
from scheduling.policies import VisitChangedError, VisitRefusedError
from scheduling.queries import agendas
from scheduling.queries.collisions import collisions
from scheduling.queries.free_times import FreeTime, next_free_times
from scheduling.queries.objections import Objection, objections
from scheduling.services.day_locks import OverlapError, hold_days, in_turn, refusing_overlaps
from scheduling.spans import Span


class SlotTakenError(VisitRefusedError):
    """Another visit holds one of ``collided`` (clinician, room, patient); ``alternatives`` are the next free times."""

    def __init__(self, collided: tuple[str, ...], alternatives: list[FreeTime]) -> None:
        names = {"clinician": _("the clinician"), "room": _("the room"), "patient": _("the patient")}
        who = ", ".join(names[name] for name in collided) or names["room"]
        super().__init__(_("This time was just taken: another visit holds %(who)s.") % {"who": who})
        self.collided = collided
        self.alternatives = alternatives


class NotOfferedError(VisitRefusedError):
    """Nobody holds the time, but something speaks against it; ``is_override`` books it all the same."""

    def __init__(self, found: list[Objection]) -> None:
        super().__init__(" ".join(one.words for one in found))
        self.objections = found


@dataclass(frozen=True)
class _Place:
    """What a visit holds: people, room and time."""

    patient: Patient
    clinician: Membership
    room: Room | None
    visit_type: VisitType
    span: Span
    leave_out: UUID | None = None


def book(
    *,
    patient: Patient,
    clinician: Membership,
    room: Room | None,
    visit_type: VisitType,
    starts_at: datetime,
    by: Actor,
    now: datetime,
    is_override: bool = False,
) -> Appointment:
    """Promise a time. Without a room, a type that needs one gets the first free.

    Raises ``SlotTakenError``, ``NotOfferedError`` (unless ``is_override``) or another ``VisitRefusedError``.
    """
    _check_own(by, [patient, clinician, visit_type, room])
    policies.check_can_treat(clinician)
    policies.check_type_in_use(visit_type)
    policies.check_room_in_use(room)
    policies.check_not_past(starts_at, now=now)
    ends_at = starts_at + timedelta(minutes=visit_type.duration_minutes)
    place = _Place(patient, clinician, room, visit_type, (starts_at, ends_at))
    return _settle(place, by, now, lambda: _book(place, by, now, is_override))


def _book(place: _Place, by: Actor, now: datetime, is_override: bool) -> Appointment:
    hold_days(by, place.span)
    place, overruled = _checked(place, by, is_override)
    with refusing_overlaps():
        appointment = Appointment.objects.create(
            clinic=by.clinic,
            patient=place.patient,
            clinician=place.clinician,
            room=place.room,
            visit_type=place.visit_type,
            starts_at=place.span[0],
            ends_at=place.span[1],
        )
    _note(appointment, by, now, from_status="", reason=overruled)
    return appointment


def move(
    *,
    appointment: Appointment,
    by: Actor,
    now: datetime,
    version: int,
    starts_at: datetime,
    clinician: Membership,
    room: Room | None,
    is_override: bool = False,
    reason: str = "",
) -> Appointment:
    """Give a visit another time, clinician or room; its length stays. Raises as ``book`` does."""
    if starts_at != appointment.starts_at:
        policies.check_not_past(starts_at, now=now)
    return _reschedule(appointment, by, now, version, (starts_at, clinician, room), is_override, reason)


def _reschedule(
    appointment: Appointment,
    by: Actor,
    now: datetime,
    version: int,
    to: tuple[datetime, Membership, Room | None],
    is_override: bool,
    reason: str,
) -> Appointment:
    starts_at, clinician, room = to
    _check_own(by, [clinician, room])
    policies.check_can_treat(clinician)
    policies.check_room_in_use(room)
    span = (starts_at, starts_at + (appointment.ends_at - appointment.starts_at))
    place = _Place(appointment.patient, clinician, room, appointment.visit_type, span, appointment.pk)

    def work() -> Appointment:
        current = _claim(appointment, by, version, span)
        policies.check_can_reschedule(current)
        new, overruled = _checked(place, by, is_override)
        was = {"was_starts_at": current.starts_at, "was_clinician": current.clinician, "was_room": current.room}
        current.starts_at, current.ends_at = new.span
        current.clinician, current.room = new.clinician, new.room
        _save(current, "starts_at", "ends_at", "clinician", "room")
        _note(current, by, now, from_status=current.status, reason=f"{reason} {overruled}".strip(), **was)
        return current

    return _settle(place, by, now, work)


def change_status(
    *, appointment: Appointment, to: str, by: Actor, now: datetime, version: int, reason: str = ""
) -> Appointment:
    """Take one legal step of ``choices.MOVES``. Cancelling has its own function, as it needs who and why."""
    if to == VisitStatus.CANCELLED:
        raise ValueError("Use cancel(): it says who cancelled, and why.")
    return _change(appointment, to, by, now, version, reason=reason)


def cancel(
    *, appointment: Appointment, by: Actor, now: datetime, version: int, cancelled_by: str, reason: str
) -> Appointment:
    """Free the visit's time for others."""
    if cancelled_by not in CancelledBy.values or not reason.strip():
        raise VisitRefusedError(_("Say who cancels and why."))
    said = {"cancelled_by": cancelled_by, "cancel_reason": reason.strip()}
    return _change(appointment, VisitStatus.CANCELLED, by, now, version, reason=reason.strip(), **said)


def undo(*, appointment: Appointment, by: Actor, now: datetime, version: int) -> Appointment:
    """Take back the visit's last change: its booking, its new time or its step. Raises as the change itself does."""
    last = AppointmentMove.objects.visible_to(by).filter(appointment=appointment).order_by("moved_at", "id").last()
    if last is None:
        raise VisitRefusedError(_("There is nothing to undo."))
    words = _("Undone")
    if not last.from_status:
        return cancel(
            appointment=appointment,
            by=by,
            now=now,
            version=version,
            cancelled_by=CancelledBy.CLINIC,
            reason=_("Booked by mistake"),
        )
    if last.was_starts_at is not None and last.was_clinician is not None:
        back = (last.was_starts_at, last.was_clinician, last.was_room)
        return _reschedule(appointment, by, now, version, back, is_override=True, reason=words)
    if last.from_status == VisitStatus.CANCELLED:
        return cancel(
            appointment=appointment, by=by, now=now, version=version, cancelled_by=CancelledBy.CLINIC, reason=words
        )
    return _change(appointment, last.from_status, by, now, version, reason=words)


def _change(
    appointment: Appointment, to: str, by: Actor, now: datetime, version: int, *, reason: str, **said: str
) -> Appointment:
    def work() -> Appointment:
        current = _claim(appointment, by, version)
        policies.check_can_move(current, to, now=now, zone=by.zone)
        before, current.status = current.status, to
        current.cancelled_by, current.cancel_reason = said.get("cancelled_by", ""), said.get("cancel_reason", "")
        _save(current, "status", "cancelled_by", "cancel_reason")
        _note(current, by, now, from_status=before, reason=reason)
        return current

    span = (appointment.starts_at, appointment.ends_at)
    place = _Place(
        appointment.patient,
        appointment.clinician,
        appointment.room,
        appointment.visit_type,
        span,
        appointment.pk,
    )
    return _settle(place, by, now, work)


def _claim(appointment: Appointment, by: Actor, version: int, *spans: Span) -> Appointment:
    """The newest state of the visit, locked: first the days it touches and will touch, then its row."""
    hold_days(by, (appointment.starts_at, appointment.ends_at), *spans)
    rows = Appointment.objects.visible_to(by).select_for_update(of=("self",))
    current = rows.select_related("patient", "clinician__user", "room", "visit_type").get(pk=appointment.pk)
    if current.version != version:
        raise VisitChangedError
    return current


def _save(appointment: Appointment, *fields: str) -> None:
    appointment.version += 1
    with refusing_overlaps():
        appointment.save(update_fields=[*fields, "version"])


def _note(appointment: Appointment, by: Actor, now: datetime, *, from_status: str, reason: str, **was: Any) -> None:
    AppointmentMove.objects.create(
        clinic=by.clinic,
        appointment=appointment,
        from_status=from_status,
        to_status=appointment.status,
        moved_at=now,
        moved_by_id=by.membership_id,
        reason=reason[:400],
        **was,
    )


def _checked(place: _Place, by: Actor, is_override: bool) -> tuple[_Place, str]:
    """The place with its room, and the objections that were overruled, as a sentence for the visit's history."""
    agenda = agendas.load_around(by=by, clinician=place.clinician, starts_at=place.span[0], leave_out=place.leave_out)
    if place.room is None and place.visit_type.needs_room and agenda.rooms:
        turnover = timedelta(minutes=place.visit_type.turnover_minutes)
        room = agenda.free_room((place.span[0], place.span[1] + turnover)) or agenda.free_room(place.span)
        if room is None:
            raise OverlapError
        place = replace(place, room=room)
    found = objections(agenda, clinician=place.clinician, room=place.room, visit_type=place.visit_type, span=place.span)
    if found and not is_override:
        raise NotOfferedError(found)
    return place, " ".join(one.words for one in found)


def _settle(place: _Place, by: Actor, now: datetime, work: Callable[[], Appointment]) -> Appointment:
    """Do the work in its turn; when the time is taken, say what holds it and when else it can be."""
    try:
        return in_turn(work)
    except OverlapError as error:
        collided = collisions(
            by=by,
            clinician_id=place.clinician.pk,
            room_id=place.room.pk if place.room else None,
            patient_id=place.patient.pk,
            span=place.span,
            leave_out=place.leave_out,
        )
        alternatives = next_free_times(
            by=by,
            clinicians=[place.clinician],
            visit_type=place.visit_type,
            after=place.span[0],
            now=now,
            patient_id=place.patient.pk,
            leave_out=place.leave_out,
        )
        raise SlotTakenError(collided or ("room",), alternatives) from error


def _check_own(by: Actor, rows: Iterable[ClinicOwned | None]) -> None:
    if any(row is not None and row.clinic_id != by.clinic_id for row in rows):
        raise ValueError("A visit lives inside one clinic.")
