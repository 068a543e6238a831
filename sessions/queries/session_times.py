"""The two times of a session that the rules and the after-care count from, of what is stored and typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sessions import session_times
from sessions.choices import Moment
from sessions.drafts import Draft
from sessions.models import InjectionSession, TimeOut
from sessions.queries.injection_sessions import Loaded


@dataclass(frozen=True)
class SessionTimes:
    """``ended_at`` is None where nobody said it: it is worked out when the session is signed.

    ``first_stated_at``: the first injection as it was stated before, where that is no longer said; ``is_restated``: by
    what is saved now. ``begun_at``: when the page was begun, where the treatment ``started_at`` an earlier time.
    """

    first_injected_at: datetime | None
    is_stated: bool
    ended_at: datetime | None
    started_at: datetime
    begun_at: datetime | None
    first_stated_at: datetime | None = None
    is_restated: bool = False

    def write_to(self, session: InjectionSession) -> None:
        session.started_at, session.begun_at = self.started_at, self.begun_at
        session.first_injected_at, session.is_first_injection_stated = self.first_injected_at, self.is_stated or None
        session.ended_at, session.is_end_stated = self.ended_at, True if self.ended_at else None
        session.first_stated_at = self.first_stated_at


def times_of(loaded: Loaded, draft: Draft, *, time_outs: Iterable[TimeOut], now: datetime) -> SessionTimes:
    """``loaded`` holds the rows as they are now, the session's own times as they were before."""
    stored, ended_at = loaded.session, draft.ended_at
    first, is_stated = draft.first_injected_at, draft.first_injected_at is not None
    if first is None and loaded.points:
        confirmed = [row.confirmed_at for row in time_outs if row.confirmed_at]
        known = None if stored.is_first_injection_stated else stored.first_injected_at
        # A point that is only typed was not recorded yet.
        recorded = [point.created_at for point in loaded.points if not point._state.adding]
        first = session_times.first_injection(
            recorded_at=known or min([now, *(recorded if stored.is_first_injection_stated else ())]),
            confirmed_at=min(confirmed, default=None),
            asked_before=[score.measured_at for score in loaded.scores if score.moment == Moment.BEFORE],
            later=[*draft.cycles_injected_at, *_asked_after(loaded), ended_at],
        )
    begun_at = stored.begun_at or stored.started_at
    started_at = session_times.start_of_session(begun_at=begun_at, done=draft.stated_times)
    if ended_at is not None:
        # Typed by the minute: it began in that minute too.
        latest = session_times.end_of_minute(ended_at)
        ended_at = max([ended_at, *(at for at in (started_at, first or started_at) if at <= latest)])
        first = first and min(first, ended_at)
    return SessionTimes(
        first,
        is_stated,
        ended_at,
        started_at,
        begun_at if started_at < begun_at else None,
        *_stated_before(stored, first if is_stated else None),
    )


def _stated_before(stored: InjectionSession, said: datetime | None) -> tuple[datetime | None, bool]:
    """What was stated first, if that is no longer said; and whether it changes now. Read by the minute."""
    before = stored.first_injected_at if stored.is_first_injection_stated else None
    first = stored.first_stated_at or before
    if first is None or _minute(before) == _minute(said):
        return stored.first_stated_at, False
    return (None, False) if _minute(said) == _minute(first) else (first, True)


def _minute(at: datetime | None) -> datetime | None:
    return at and at.replace(second=0, microsecond=0)


def end_of(loaded: Loaded, *, now: datetime) -> datetime:
    """When the treatment ended: as somebody said, else as far as is known."""
    session = loaded.session
    if session.ended_at is not None:
        said: datetime = session.ended_at
        return said
    return session_times.end_of_session(
        started_at=session.started_at,
        first_injected_at=session.first_injected_at,
        done=[*(session.cycles_injected_at or ()), *_asked_after(loaded), session.observation_ended_at],
        checked_at=session.discharge_checked_at,
        now=now,
    )


def _asked_after(loaded: Loaded) -> list[datetime]:
    return [score.measured_at for score in loaded.scores if score.moment in (Moment.AFTER, Moment.OBSERVED)]
