"""Plan what is owed in the coming hours, take back what a voided session no longer owes, and leave a sign of life."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.actors import Actor
from reminders import queries, timing
from reminders.choices import MessageState, SkipReason
from reminders.models import Message, SweepBeat
from sessions.choices import RecordStatus

AHEAD = timedelta(hours=24)
# How far back to look: an hour, or since the last sweep. An outage loses nothing, and an old record floods nothing.
GRACE = timedelta(hours=1)
LONGEST_OUTAGE = timedelta(days=3)
AT_ONCE = 500  # of each step; the next minute goes on


def dedupe_key(session_id: object, step: str) -> str:
    return f"session:{session_id}:{step}:email"


@transaction.atomic
def plan(*, by: Actor, now: datetime) -> int:
    """Insert the messages owed until a day from now; return how many rows were offered to the table.

    Any number of planners may run at once: the unique key makes the second one's row vanish.
    """
    swept_at = queries.pulse(by, now=now).swept_at or now
    start = max(min(swept_at, now) - GRACE, now - LONGEST_OUTAGE)
    ladder = queries.ladder()
    rows: list[Message] = []
    for rung in ladder:
        for owed in queries.owed(by, rung, start=start, end=now + AHEAD, limit=AT_ONCE):
            rows.append(_message(owed, rung, ladder, by))
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def _message(owed: queries.Owed, rung: timing.Rung, ladder: list[timing.Rung], by: Actor) -> Message:
    zone = ZoneInfo(owed.zone)
    due_at = timing.due_at(rung, owed.ended_at, zone)
    return Message(
        clinic_id=by.clinic_id,
        patient_id=owed.patient_id,
        injection_session_id=owed.session_id,
        step=rung.step,
        dedupe_key=dedupe_key(owed.session_id, rung.step),
        due_at=due_at,
        next_at=due_at,
        expires_at=timing.expires_at(rung, ladder, owed.ended_at, zone),
    )


@transaction.atomic
def skip_voided(*, by: Actor, now: datetime) -> int:
    """Skip what was planned for sessions voided since; return how many. The send checks again by itself."""
    waiting = Message.objects.visible_to(by).filter(
        state=MessageState.PLANNED, injection_session__status=RecordStatus.VOIDED
    )
    locked = list(waiting.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:AT_ONCE])
    own = Message.objects.filter(pk__in=locked)
    return own.update(state=MessageState.SKIPPED, skip_reason=SkipReason.SESSION_VOIDED) if locked else 0


@transaction.atomic
def beat(*, by: Actor, now: datetime, is_mail_away: bool = False) -> None:
    """Note that a sweep of this clinic came to its end, and since when no mail server has answered."""
    before = queries.pulse(by, now=now).mail_away_since
    SweepBeat.objects.bulk_create(
        [SweepBeat(clinic_id=by.clinic_id, swept_at=now, mail_away_since=(before or now) if is_mail_away else None)],
        update_conflicts=True,
        unique_fields=["clinic"],
        update_fields=["swept_at", "mail_away_since"],
    )
