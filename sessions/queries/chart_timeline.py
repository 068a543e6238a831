"""Everything that happened, newest first: visits, sessions with their scores, side effects, follow-ups."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.models import Appointment
from sessions.choices import RecordStatus
from sessions.models import FollowUp, InjectionSession, SideEffect
from sessions.queries.chart import Record, SessionLine


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing on the timeline; exactly one of the four is there. ``line`` comes with a signed session."""

    at: datetime
    visit: Appointment | None = None
    session: InjectionSession | None = None
    line: SessionLine | None = None
    side_effect: SideEffect | None = None
    follow_up: FollowUp | None = None


def timeline(record: Record) -> list[Entry]:
    """All entries, the newest (or furthest ahead) first; a visit with a session is one entry, not two."""
    return sorted(_entries(record), key=lambda entry: entry.at, reverse=True)


def _entries(record: Record) -> Iterator[Entry]:
    lines: dict[UUID, SessionLine] = record.all_lines()
    treated = {session.appointment_id for session in record.sessions if session.status != RecordStatus.VOIDED}
    for visit in record.visits:
        if visit.pk not in treated:
            yield Entry(at=visit.starts_at, visit=visit)
    for session in record.sessions:
        yield Entry(at=session.started_at, session=session, line=lines.get(session.pk))
    for side_effect in record.side_effects:
        yield Entry(at=side_effect.reported_at, side_effect=side_effect)
    for follow_up in record.follow_ups:
        yield Entry(at=follow_up.completed_at or follow_up.due_at, follow_up=follow_up)
