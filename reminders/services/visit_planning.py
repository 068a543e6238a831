"""Plan what is told about visits: changes after three minutes, tomorrow's at ten the day before, free times at once."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from reminders import queries
from reminders.choices import MessageState, Step
from reminders.models import Message
from reminders.queries.visits import Upcoming, retimed, untold_moves, untold_offers, upcoming
from reminders.services.planning import AHEAD, AT_ONCE, GRACE, LONGEST_OUTAGE
from scheduling.choices import VisitStatus
from scheduling.models import AppointmentMove, SlotOffer


@transaction.atomic
def plan(*, by: Actor, now: datetime) -> int:
    """Insert the messages about visits; return how many rows were offered to the table.

    Any number of planners may run at once: the unique key makes the second one's row vanish.
    """
    swept_at = queries.pulse(by, now=now).swept_at or now
    start = max(min(swept_at, now) - GRACE, now - LONGEST_OUTAGE)
    rows = [
        _news(move, move.tell_at, by) for move in untold_moves(by, start=start, now=now, limit=AT_ONCE) if move.tell_at
    ]
    _retime(by, now=now)
    rows += [_reminder(one, by) for one in upcoming(by, start=start, end=now + AHEAD, limit=AT_ONCE)]
    rows += [_offer(one, by) for one in untold_offers(by, now=now, limit=AT_ONCE)]
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
    return len(rows)


def _news(move: AppointmentMove, due_at: datetime, by: Actor) -> Message:
    about = f"batch:{move.batch_id}" if move.batch_id else f"move:{move.pk}"
    return Message(
        clinic_id=by.clinic_id,
        patient_id=move.appointment.patient_id,
        appointment_id=move.appointment_id,
        move=move,
        batch_id=move.batch_id,
        step=_step_of(move),
        dedupe_key=f"{about}:email",
        due_at=due_at,
        next_at=due_at,
        expires_at=move.appointment.starts_at,
    )


def _step_of(move: AppointmentMove) -> Step:
    if move.to_status == VisitStatus.CANCELLED:
        return Step.VISIT_CANCELLED
    return Step.VISIT_MOVED if move.was_starts_at else Step.VISIT_BOOKED


def _reminder(one: Upcoming, by: Actor) -> Message:
    return Message(
        clinic_id=by.clinic_id,
        patient_id=one.patient_id,
        appointment_id=one.appointment_id,
        step=Step.VISIT_TOMORROW,
        dedupe_key=_key(one),
        due_at=one.due_at,
        next_at=one.due_at,
        expires_at=one.starts_at,
    )


def _key(one: Upcoming) -> str:
    return f"tomorrow:{one.appointment_id}:{one.due_at:%Y-%m-%d}:email"


def _retime(by: Actor, *, now: datetime) -> None:
    """Give reminders the time they are owed at since a zone was corrected; no visit gets a second for the same day."""
    for one in retimed(by, now=now, limit=AT_ONCE):
        key, due_at = _key(one.owed), one.owed.due_at
        others = Message.objects.visible_to(by).filter(dedupe_key=key).exclude(pk=one.message.pk)
        if others.exists():
            continue
        Message.objects.visible_to(by).filter(pk=one.message.pk, state=MessageState.PLANNED).update(
            dedupe_key=key, due_at=due_at, next_at=due_at, expires_at=one.owed.starts_at
        )


def _offer(offer: SlotOffer, by: Actor) -> Message:
    return Message(
        clinic_id=by.clinic_id,
        patient_id=offer.patient_id,
        slot_offer=offer,
        step=Step.SLOT_OFFER,
        dedupe_key=f"offer:{offer.pk}:email",
        due_at=offer.offered_at,
        next_at=offer.offered_at,
        expires_at=offer.expires_at,
    )
