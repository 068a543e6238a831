"""Book, move, cancel; take a visit through its day; take any of it back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from patients.models import Patient
from scheduling import policies
from scheduling.choices import CancelledBy, VisitStatus
from scheduling.models import Appointment, AppointmentMove, Equipment, Room, SlotHold, VisitSeries, VisitType
from scheduling.policies import VisitChangedError, VisitRefusedError
from scheduling.queries.chairs import free_chair
from scheduling.services import slot_holds
from scheduling.services.day_locks import hold_days, refusing_overlaps
from scheduling.services.places import Judgement, NotOfferedError, Place, check, check_own, look_before_waiting, settle
from scheduling.spans import Span

# What keeps a cancelled visit from its old time; the other objections a person may have overruled as it was booked.
_CAME_BETWEEN = frozenset({"closed_clinic", "away"})
# Until then a change can be taken back without the patient hearing of it.
TELL_AFTER = timedelta(minutes=3)


def book(
    *,
    patient: Patient,
    clinician: Membership,
    room: Room | None,
    visit_type: VisitType,
    starts_at: datetime,
    by: Actor,
    now: datetime,
    minutes: int | None = None,
    equipment: Equipment | None = None,
    is_override: bool = False,
    double_reason: str = "",
    hold: SlotHold | None = None,
    is_promised: bool = False,
    tell_patient: bool = False,
) -> Appointment:
    """Promise a time. Without a room, a type that needs one gets the first free; so with equipment and chaperone.

    ``hold`` is given up for the visit, and so is every time this person keeps for the patient. ``double_reason`` lets
    it stand beside another visit, and is shown with it. ``is_promised``: ``hold`` was offered to the patient.
    Raises ``SlotTakenError``, ``NotOfferedError`` (unless ``is_override``) or another ``VisitRefusedError``.
    """
    place = place_of(
        patient=patient,
        clinician=clinician,
        room=room,
        visit_type=visit_type,
        starts_at=starts_at,
        by=by,
        now=now,
        minutes=minutes,
        equipment=equipment,
    )
    judgement = Judgement(is_override=is_override, double_reason=double_reason, is_promised=is_promised)

    def own_holds() -> list[UUID]:
        kept = slot_holds.kept_for(patient=patient, by=by, now=now)
        return kept if hold is None else [*kept, hold.pk]

    def work() -> Appointment:
        look_before_waiting(replace(place, left_out=own_holds()), by=by, now=now, judgement=judgement)
        hold_days(by, place.span)
        # Asked again: the keeping of the tapped time may have been on its way as the booking was sent.
        holds = own_holds()
        slot_holds.end_all(hold_ids=holds, by=by, now=now)
        return write(replace(place, left_out=holds), by=by, now=now, judgement=judgement, tell_patient=tell_patient)

    return settle(place, by, now, work)


def place_of(
    *,
    patient: Patient | None,
    clinician: Membership,
    room: Room | None,
    visit_type: VisitType,
    starts_at: datetime,
    by: Actor,
    now: datetime,
    minutes: int | None = None,
    equipment: Equipment | None = None,
) -> Place:
    """The place that is asked for, as long as its parts can be booked at all; ``minutes`` if not the type's."""
    check_own(by, [patient, clinician, visit_type, room, equipment])
    policies.check_is_here(patient)
    policies.check_can_treat(clinician)
    policies.check_type_in_use(visit_type)
    policies.check_room_in_use(room)
    policies.check_not_past(starts_at, now=now)
    ends_at = starts_at + timedelta(minutes=minutes or visit_type.duration_minutes)
    policies.check_length(ends_at - starts_at)
    return Place(
        patient=patient,
        clinician=clinician,
        room=room,
        equipment=equipment,
        visit_type=visit_type,
        span=(starts_at, ends_at),
    )


def write(
    place: Place,
    *,
    by: Actor,
    now: datetime,
    judgement: Judgement,
    tell_patient: bool,
    series: VisitSeries | None = None,
    batch_id: UUID | None = None,
) -> Appointment:
    """Write one visit into a day that is held."""
    if place.patient is None:
        raise ValueError("A visit is somebody's.")
    slot_holds.clear_run_out(by=by, span=place.span, now=now)
    checked = check(place, by=by, now=now, judgement=judgement)
    is_doubled = bool(checked.place.doubled)
    with refusing_overlaps():
        appointment = Appointment.objects.create(
            clinic=by.clinic,
            patient=place.patient,
            visit_type=place.visit_type,
            doubled=list(checked.place.doubled),
            double_reason=judgement.double_reason.strip() if is_doubled else "",
            series=series,
            **checked.place.columns,
        )
    said = f"{judgement.double_reason if is_doubled else ''} {checked.overruled}".strip()
    note(appointment, by, now, from_status="", reason=said, tell_patient=tell_patient, batch_id=batch_id)
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
    minutes: int | None = None,
    is_override: bool = False,
    double_reason: str = "",
    is_promised: bool = False,
    reason: str = "",
    tell_patient: bool = False,
) -> Appointment:
    """Give a visit another time, clinician, room or length (``minutes``). Raises as ``book`` does."""
    if starts_at != appointment.starts_at:
        policies.check_not_past(starts_at, now=now)
    length = timedelta(minutes=minutes) if minutes else appointment.ends_at - appointment.starts_at
    policies.check_length(length)
    place = moved_place(appointment, by, starts_at, length, clinician, room)
    judgement = Judgement(is_override=is_override, double_reason=double_reason, is_promised=is_promised)
    return _reschedule(appointment, place, by, now, version, judgement, reason, tell_patient)


def moved_place(
    appointment: Appointment,
    by: Actor,
    starts_at: datetime,
    length: timedelta,
    clinician: Membership,
    room: Room | None,
) -> Place:
    """Where the visit would be; its chaperone is looked for again, for another may be free."""
    check_own(by, [clinician, room])
    policies.check_is_here(appointment.patient)
    policies.check_can_treat(clinician)
    policies.check_room_in_use(room)
    return Place(
        patient=appointment.patient,
        clinician=clinician,
        room=room,
        equipment=appointment.equipment,
        visit_type=appointment.visit_type,
        span=(starts_at, starts_at + length),
        left_out=(appointment.pk,),
    )


def _reschedule(
    appointment: Appointment,
    place: Place,
    by: Actor,
    now: datetime,
    version: int,
    judgement: Judgement,
    reason: str,
    tell_patient: bool,
) -> Appointment:
    def work() -> Appointment:
        look_before_waiting(place, by=by, now=now, judgement=judgement)
        current = claim(appointment, by, version, place.span)
        return rewrite(current, place, by=by, now=now, judgement=judgement, reason=reason, tell_patient=tell_patient)

    return settle(place, by, now, work)


def rewrite(
    current: Appointment,
    place: Place,
    *,
    by: Actor,
    now: datetime,
    judgement: Judgement,
    reason: str,
    tell_patient: bool,
    batch_id: UUID | None = None,
) -> Appointment:
    """Put a claimed visit where it was asked to be, in days that are held."""
    policies.check_can_reschedule(current)
    slot_holds.clear_run_out(by=by, span=place.span, now=now)
    checked = check(place, by=by, now=now, judgement=judgement)
    was = {
        "was_starts_at": current.starts_at,
        "was_ends_at": current.ends_at,
        "was_clinician": current.clinician,
        "was_room": current.room,
    }
    for name, value in checked.place.columns.items():
        setattr(current, name, value)
    current.doubled = list(checked.place.doubled)
    current.double_reason = judgement.double_reason.strip() if current.doubled else ""
    _save(current, *checked.place.columns, "doubled", "double_reason")
    said = " ".join(filter(None, [reason, current.double_reason, checked.overruled]))
    status = current.status
    note(current, by, now, from_status=status, reason=said, tell_patient=tell_patient, batch_id=batch_id, **was)
    return current


def change_status(
    *, appointment: Appointment, to: str, by: Actor, now: datetime, version: int, reason: str = ""
) -> Appointment:
    """Take one legal step of ``choices.MOVES`` that needs nothing but a tap.

    Cancelling has its own function, as it needs who and why; who arrives goes through ``arrivals``, a visit nobody
    came to through ``no_shows``: refused here with ``VisitRefusedError``.
    """
    if to == VisitStatus.CANCELLED:
        raise ValueError("Use cancel(): it says who cancelled, and why.")

    def refuse_more(current: Appointment) -> None:
        policies.check_asks_no_more(current.status, to)

    return _change(appointment, to, by, now, version, reason=reason, before=refuse_more)


def take_step(
    *,
    appointment: Appointment,
    to: str,
    by: Actor,
    now: datetime,
    version: int,
    reason: str,
    proof: Callable[[Appointment], object],
) -> Appointment:
    """A step that asks for more: ``proof`` writes down what was asked, for the locked visit, before it changes."""
    return _change(appointment, to, by, now, version, reason=reason, before=proof)


def cancel(
    *,
    appointment: Appointment,
    by: Actor,
    now: datetime,
    version: int,
    cancelled_by: str,
    reason: str,
    tell_patient: bool = False,
    batch_id: UUID | None = None,
) -> Appointment:
    """Free the visit's time for others."""
    if cancelled_by not in CancelledBy.values or not reason.strip():
        raise VisitRefusedError(_("Say who cancels and why."))
    return _change(
        appointment,
        VisitStatus.CANCELLED,
        by,
        now,
        version,
        reason=reason.strip(),
        tell_patient=tell_patient,
        batch_id=batch_id,
        cancelled_by=cancelled_by,
        cancel_reason=reason.strip(),
    )


def put_back(*, appointment: Appointment, by: Actor, now: datetime, version: int, reason: str) -> Appointment:
    """Give a cancelled visit its time again where it still fits, and the status it had. Raises as ``book`` does."""
    last = AppointmentMove.objects.visible_to(by).filter(appointment=appointment).order_by("moved_at", "id").last()
    if last is None or last.to_status != VisitStatus.CANCELLED or not last.from_status:
        raise VisitRefusedError(_("This visit is not cancelled."))

    def still_fits(current: Appointment) -> None:
        policies.check_can_treat(current.clinician)
        policies.check_room_in_use(current.room)
        policies.check_not_past(current.starts_at, now=now)
        place = replace(_own_place(current), equipment=current.equipment, chaperone=current.chaperone)
        try:
            check(place, by=by, now=now, judgement=Judgement(double_reason=current.double_reason))
        except NotOfferedError as error:
            if any(one.code in _CAME_BETWEEN for one in error.objections):
                raise

    return _change(appointment, last.from_status, by, now, version, reason=reason, before=still_fits)


def undo(*, appointment: Appointment, by: Actor, now: datetime, version: int) -> Appointment:
    """Take back the visit's last change: its booking, its new time or its step. Raises as the change itself does.

    A patient who was not told of the change yet is not told at all; one who was is told of this one too.
    """
    last = AppointmentMove.objects.visible_to(by).filter(appointment=appointment).order_by("moved_at", "id").last()
    if last is None:
        raise VisitRefusedError(_("There is nothing to undo."))
    was_told = last.tell_at is not None and last.tell_at <= now
    undone = _undo(appointment, last, by, now, version, tell_patient=was_told)
    if last.tell_at is not None and not was_told:
        AppointmentMove.objects.filter(pk=last.pk, clinic_id=by.clinic_id).update(tell_at=None)
    return undone


def _undo(
    appointment: Appointment, last: AppointmentMove, by: Actor, now: datetime, version: int, *, tell_patient: bool
) -> Appointment:
    words = _("Undone")
    if not last.from_status or last.from_status == VisitStatus.CANCELLED:
        return cancel(
            appointment=appointment,
            by=by,
            now=now,
            version=version,
            cancelled_by=CancelledBy.CLINIC,
            reason=words if last.from_status else _("Booked by mistake"),
            tell_patient=tell_patient,
        )
    if last.was_starts_at is not None and last.was_clinician is not None:
        was_ends_at = last.was_ends_at or last.was_starts_at + (appointment.ends_at - appointment.starts_at)
        length = was_ends_at - last.was_starts_at
        place = moved_place(appointment, by, last.was_starts_at, length, last.was_clinician, last.was_room)
        return _reschedule(
            appointment, place, by, now, version, Judgement(is_override=True), words, tell_patient=tell_patient
        )
    return _change(appointment, last.from_status, by, now, version, reason=words, tell_patient=tell_patient)


def _change(
    appointment: Appointment,
    to: str,
    by: Actor,
    now: datetime,
    version: int,
    *,
    reason: str,
    tell_patient: bool = False,
    batch_id: UUID | None = None,
    before: Callable[[Appointment], object] | None = None,
    **said: str,
) -> Appointment:
    def work() -> Appointment:
        current = claim(appointment, by, version)
        policies.check_can_move(current, to, now=now, zone=by.zone)
        if before is not None:
            before(current)
        was, current.status = current.status, to
        current.cancelled_by, current.cancel_reason = said.get("cancelled_by", ""), said.get("cancel_reason", "")
        current.observation_room = free_chair(by, current.starts_at) if to == VisitStatus.OBSERVATION else None
        _save(current, "status", "cancelled_by", "cancel_reason", "observation_room")
        note(
            current,
            by,
            now,
            from_status=was,
            reason=reason,
            tell_patient=tell_patient,
            batch_id=batch_id,
            is_for_departure=to == VisitStatus.CANCELLED and current.patient.departure is not None,
        )
        return current

    return settle(_own_place(appointment), by, now, work)


def _own_place(appointment: Appointment) -> Place:
    return Place(
        patient=appointment.patient,
        clinician=appointment.clinician,
        room=appointment.room,
        visit_type=appointment.visit_type,
        span=(appointment.starts_at, appointment.ends_at),
        left_out=(appointment.pk,),
    )


def claim(appointment: Appointment, by: Actor, version: int, *spans: Span) -> Appointment:
    """The newest state of the visit, locked: first the days it touches and will touch, then its row.

    A row that was moved to another clinician while this one waited for it no longer joins what was read before, and
    PostgreSQL then returns none: changed as well.
    """
    hold_days(by, (appointment.starts_at, appointment.ends_at), *spans)
    rows = Appointment.objects.visible_to(by).select_for_update(of=("self",))
    related = ("patient", "clinician__user", "room", "visit_type__equipment", "equipment", "chaperone__user")
    current = rows.select_related(*related).filter(pk=appointment.pk).first()
    if current is None:
        Appointment.objects.visible_to(by).get(pk=appointment.pk)  # not there at all is not the same as changed
    if current is None or current.version != version:
        raise VisitChangedError
    return current


def _save(appointment: Appointment, *fields: str) -> None:
    appointment.version += 1
    with refusing_overlaps():
        appointment.save(update_fields=[*fields, "version"])


def note(
    appointment: Appointment,
    by: Actor,
    now: datetime,
    *,
    from_status: str,
    reason: str,
    tell_patient: bool = False,
    batch_id: UUID | None = None,
    is_for_departure: bool = False,
    **was: Any,
) -> None:
    """Write the change into the visit's history."""
    AppointmentMove.objects.create(
        clinic=by.clinic,
        appointment=appointment,
        from_status=from_status,
        to_status=appointment.status,
        moved_at=now,
        moved_by_id=by.membership_id,
        reason=reason[:400],
        tell_at=now + TELL_AFTER if tell_patient else None,
        batch_id=batch_id,
        is_for_departure=is_for_departure,
        **was,
    )
