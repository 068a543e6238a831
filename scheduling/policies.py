"""What may happen to a visit in its state. Each refusal is a sentence fit for the screen."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Membership
from common.wall_clock import local_day
from patients.models import Patient
from scheduling.choices import FREE_STATUSES, HERE_STATUSES, MOVABLE_STATUSES, MOVES, NEXT_STEP, VisitStatus
from scheduling.models import Appointment, Room, VisitType
from scheduling.models.appointments import LONGEST_VISIT

_PROMISED = (VisitStatus.BOOKED, VisitStatus.CONFIRMED)


class VisitRefusedError(Exception):
    """The act is not possible; the text says why and what to do."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = str(words)


class VisitChangedError(VisitRefusedError):
    """Someone else changed the visit since it was read."""

    def __init__(self) -> None:
        super().__init__(_("Someone else changed this visit a moment ago. This is how it stands now."))


def can_move(from_status: str, to_status: str) -> bool:
    """Whether the table of legal moves holds this one."""
    return to_status in MOVES.get(from_status, frozenset())


def check_can_move(appointment: Appointment, to_status: str, *, now: datetime, zone: ZoneInfo) -> None:
    if not can_move(appointment.status, to_status):
        raise VisitRefusedError(
            _("A visit that is “%(from)s” cannot become “%(to)s”.")
            % {"from": VisitStatus(appointment.status).label, "to": _label(to_status)}
        )
    if to_status == VisitStatus.NO_SHOW and now < appointment.starts_at:
        raise VisitRefusedError(_("The visit has not begun yet, so nobody can have missed it."))
    if to_status == VisitStatus.ARRIVED and local_day(now, zone) < local_day(appointment.starts_at, zone):
        raise VisitRefusedError(_("This visit is on a later day. Move it to today first."))
    if appointment.status in FREE_STATUSES and to_status not in FREE_STATUSES:
        check_is_here(appointment.patient)
    if appointment.patient.departure is not None and _awaits(appointment.status, to_status):
        raise VisitRefusedError(
            _("%(what)s. Cancel the visit; if this is wrong or over, bring the patient back first.")
            % {"what": appointment.patient.departure_sentence}
        )


def _awaits(from_status: str, to_status: str) -> bool:
    """Whether the step counts on somebody who has not come: what is under way is carried to its end for anybody."""
    if to_status == VisitStatus.NO_SHOW:
        return True
    return from_status in _PROMISED and to_status in (VisitStatus.CONFIRMED, VisitStatus.ARRIVED)


def asks_more(from_status: str, to_status: str) -> bool:
    """Whether the step has a page of its own: two identifiers of who arrives, a reason why nobody came."""
    if to_status == VisitStatus.ARRIVED:
        return from_status not in HERE_STATUSES
    return to_status == VisitStatus.NO_SHOW


def check_asks_no_more(from_status: str, to_status: str) -> None:
    if not asks_more(from_status, to_status):
        return
    if to_status == VisitStatus.ARRIVED:
        raise VisitRefusedError(_("Whoever arrives is asked for two things that tell who they are. Use “Check in”."))
    raise VisitRefusedError(_("Say why nobody came."))


def steps_now(
    appointment: Appointment, *, now: datetime, zone: ZoneInfo
) -> tuple[VisitStatus | None, list[VisitStatus]]:
    """The step to offer first, if any, and the others possible now; a cancellation is asked for elsewhere."""
    legal = []
    for status in VisitStatus:
        if status == VisitStatus.CANCELLED:
            continue
        with suppress(VisitRefusedError):
            check_can_move(appointment, status, now=now, zone=zone)
            legal.append(status)
    wanted = (NEXT_STEP.get(appointment.status), VisitStatus.CONFIRMED)
    first = next((status for status in wanted if status in legal and appointment.status in NEXT_STEP), None)
    return first, [status for status in legal if status != first]


def _label(status: str) -> str:
    return str(VisitStatus(status).label) if status in VisitStatus.values else status


def check_can_reschedule(appointment: Appointment) -> None:
    if appointment.status not in MOVABLE_STATUSES:
        raise VisitRefusedError(
            _("A visit that is “%(status)s” keeps its time. Book a new one instead.")
            % {"status": VisitStatus(appointment.status).label}
        )


def check_is_here(patient: Patient | None) -> None:
    """Who died or left gets no time before somebody has said that this was wrong, or is over."""
    if patient is not None and patient.departure is not None:
        raise VisitRefusedError(
            _("%(what)s: no time can be promised. If this is wrong or over, bring the patient back first.")
            % {"what": patient.departure_sentence}
        )


def can_be_taken_back(visit: Appointment) -> bool:
    """Whether an undo of its last step can be offered: a freed time is not promised again to who died or left."""
    return visit.status not in FREE_STATUSES or visit.patient.departure is None


def check_not_past(starts_at: datetime, *, now: datetime) -> None:
    if starts_at < now:
        raise VisitRefusedError(_("This time has passed."))


def check_length(length: timedelta) -> None:
    if not timedelta(minutes=5) <= length <= LONGEST_VISIT:
        raise VisitRefusedError(_("A visit lasts from 5 minutes to 8 hours."))


def check_can_treat(clinician: Membership) -> None:
    """Only an active clinician can be booked."""
    if not clinician.is_bookable:
        raise VisitRefusedError(
            _("%(name)s does not see patients here at present.") % {"name": clinician.user.full_name}
        )


def refuse_untrusted(clinician: Membership, visit_type: VisitType) -> NoReturn:
    """The clinic has not trusted the clinician with the technique of this type (domain.md §12: credentials)."""
    raise VisitRefusedError(
        _("%(name)s has no credential at this clinic for “%(type)s”.")
        % {"name": clinician.user.full_name, "type": visit_type.name}
    )


def check_room_in_use(room: Room | None) -> None:
    if room is not None and not room.is_active:
        raise VisitRefusedError(_("The room “%(room)s” is not in use.") % {"room": room.name})
    if room is not None and room.is_for_observation:
        raise VisitRefusedError(_("“%(room)s” is for observation: no visit is booked there.") % {"room": room.name})


def check_type_in_use(visit_type: VisitType) -> None:
    if not visit_type.is_active:
        raise VisitRefusedError(_("The visit type “%(type)s” is not in use.") % {"type": visit_type.name})
