"""What a session did: relief on the table and how many hours it lasted. Pure arithmetic, no Django here.

Scores are NRS 0-10, whole numbers, 10 is the worst pain. Definitions are domain.md §10 ([DEF]: standard, to be signed
off by a clinician). Silence is missing, never zero and never “still lasting”.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

MIN_POINTS_FOR_SLOPE = 3
# A check-in asks for the pain, then for the relief: what is told this close together is one answer in two taps.
ONE_CHECK_IN = timedelta(hours=1)


class ReliefState(Enum):
    """How far the end of a session's relief is known."""

    ENDED = "ended"  # the patient said when it came back, or that it had, or half the gain was lost
    LASTING = "lasting"  # at least this long: the last answer said it lasts (censored there)
    UNKNOWN = "unknown"  # nobody answered, or there was no relief to lose


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the patient told at ``at``: whether relief had ended (None: not asked), when, and the pain score then."""

    at: datetime
    has_ended: bool | None = None
    ended_at: datetime | None = None
    score: int | None = None


@dataclass(frozen=True, kw_only=True)
class Relief:
    """``hours`` from the end of the session: exact when ENDED by a stated time, “no more than” when only reported by
    then (``is_at_most``; ``at_least``: when it was last said to last), “at least” when LASTING, None when UNKNOWN.
    ``has_unclear``: something was told after the next injection that does not say which of the two it is about; it
    counts for neither."""

    state: ReliefState
    hours: float | None = None
    is_at_most: bool = False
    at_least: float | None = None
    has_unclear: bool = False


def relief(
    session_end: datetime,
    answers: Iterable[Answer],
    *,
    before: int | None = None,
    after: int | None = None,
    censored_at: datetime | None = None,
) -> Relief:
    """Return how long relief lasted: session end → the first of the stated ends, the reports that it had ended, and the
    scores that half of the gain was lost.

    ``censored_at`` is the next injection (or a rescue treatment). An end that was stated counts whenever it is told,
    where it lies before that; what else is told later could be about either. A score counts only where the session gave
    a gain on the table (before > after). What the patient says of the relief outweighs a score told with it, within
    ``ONE_CHECK_IN``. What is told before the session's end is ignored: relief cannot end before it begins.
    """
    told = [one for one in answers if one.at > session_end]
    late = [one for one in told if censored_at is not None and one.at > censored_at]
    stated = {one: _stated_hours(one, session_end, censored_at) for one in told}
    ends = [(hours, False) for hours in stated.values() if hours is not None]
    has_unclear = any(stated[one] is None for one in late)
    lasted_until: datetime | None = None
    for answer in _together(one for one in told if one not in late):
        if answer.has_ended or (answer.has_ended is None and is_half_lost(before, after, answer.score)):
            if stated[answer] is None:
                # Only known to have ended some time before this report.
                ends.append((_hours(session_end, answer.at), True))
            break
        if answer.has_ended is False or _holds(before, after, answer.score):
            lasted_until = answer.at
    if ends:
        hours, is_at_most = min(ends)
        known = _hours(session_end, lasted_until) if is_at_most and lasted_until is not None else None
        at_least = known if known is not None and known < hours else None  # two taps of one moment bound nothing
        return Relief(
            state=ReliefState.ENDED, hours=hours, is_at_most=is_at_most, at_least=at_least, has_unclear=has_unclear
        )
    if lasted_until is None:
        return Relief(state=ReliefState.UNKNOWN, has_unclear=has_unclear)
    return Relief(state=ReliefState.LASTING, hours=_hours(session_end, lasted_until), has_unclear=has_unclear)


def is_half_lost(before: int | None, after: int | None, now: int | None) -> bool:
    """Answer whether at least half of the session's gain is lost: score ≥ after + (before − after) / 2.

    >>> is_half_lost(8, 2, 5)
    True
    >>> is_half_lost(8, 2, 4)
    False
    """
    if before is None or after is None or now is None or before <= after:
        return False
    return 2 * (now - after) >= before - after


def median(values: Sequence[float]) -> float | None:
    """Return the middle value, the mean of the two middle ones, or None for none.

    >>> median([4, 1, 10])
    4
    """
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def slope_per_week(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the Theil-Sen slope: the median of the slopes between every two (days, score) points, times 7.

    None with fewer than three points (domain.md §10). Negative is better: less pain.

    >>> slope_per_week([(0, 8), (7, 7), (14, 6)])
    -1.0
    """
    if len(points) < MIN_POINTS_FOR_SLOPE:
        return None
    slopes = [(b - a) / (t - s) for i, (s, a) in enumerate(points) for t, b in points[i + 1 :] if t != s]
    middle = median(slopes)
    return None if middle is None else 7 * middle


def _stated_hours(answer: Answer, session_end: datetime, censored_at: datetime | None) -> float | None:
    """Hours of relief by the end the patient stated, whenever it was told; None without one that can be of this
    session."""
    stated = answer.ended_at
    if not answer.has_ended or stated is None or stated < session_end:
        return None
    return None if censored_at is not None and stated > censored_at else _hours(session_end, stated)


def _together(answers: Iterable[Answer]) -> list[Answer]:
    """The answers in order of time, without the scores beside which the patient also said how the relief stands."""
    told = sorted(answers, key=lambda one: one.at)
    said = [one.at for one in told if one.has_ended is not None]
    return [one for one in told if one.has_ended is not None or all(abs(one.at - at) > ONE_CHECK_IN for at in said)]


def _holds(before: int | None, after: int | None, score: int | None) -> bool:
    if before is None or after is None or score is None or before <= after:
        return False
    return not is_half_lost(before, after, score)


def _hours(start: datetime, end: datetime) -> float:
    return (end - start) / timedelta(hours=1)
