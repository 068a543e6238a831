"""When to look at a course again: the non-responder rule and the stop for success. Pure arithmetic, no Django here.

Scores are NRS 0-10, 10 is the worst pain; “before” is the pre-session score (trough), “after” the last one on the table
(peak), both of one question. The rules are domain.md §5 ([DEF]: a product decision that a licensed clinician signs
off, drawn from clinic reports [S10][S3][S127]). What trips raises a task for a person and never acts by itself.

A missing score never trips a rule: what is not known is not “no better”. Where the text of domain.md leaves a choice,
the reading taken is said at the rule; each of them is part of what is to be signed off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sessions.response import relief_percent

FIRST_TWO, NO_FALL, TOO_LITTLE, PLATEAU, SUCCESS = "a", "b", "c", "d", "success"

RELIEF_PERCENT = 30  # (a), (c): ≥ 30 % is a responder [S67]
FALL_POINTS, FALL_PERCENT = 1, 15  # (b)
PLATEAU_POINTS = 1  # (d)
LOW_PAIN = 2  # success
AFTER_FEW, AFTER_MANY, PLATEAU_SESSIONS = 3, 6, 3
PGIC_MINIMALLY_IMPROVED = 3  # of 1 (very much improved) to 7; a larger number is worse (catalogue PGIC:score:minimal)


@dataclass(frozen=True, kw_only=True)
class Scores:
    """One signed session: NRS before and after, None where it was not asked. ``is_late``: the one after was asked more
    than 30 minutes after the last injection, and no longer tells what that did on the table (domain.md §10);
    ``is_untimed``: nobody can tell how long after."""

    before: int | None
    after: int | None
    is_late: bool = False
    is_untimed: bool = False

    @property
    def relief_percent(self) -> float | None:
        return None if self.is_late or self.is_untimed else relief_percent(self.before, self.after)


@dataclass(frozen=True, kw_only=True)
class Tripped:
    """A rule that asks for a review. ``number`` counts sessions from 1: the last one the rule rests on."""

    rule: str
    number: int
    is_pgic_missing: bool = False


def tripped(
    sessions: Sequence[Scores], *, pgic: int | None = None, goals: int = 0, goals_reached: int = 0
) -> list[Tripped]:
    """Return the rules that a course of these signed sessions, oldest first, trips.

    ``pgic`` is the patient's latest global impression of change, 1-7, None when nobody asked. ``goals`` counts the
    patient's own goals and ``goals_reached`` those reached. Raises ``ValueError`` for a PGIC outside 1-7.

    >>> [found.rule for found in tripped([Scores(before=8, after=7), Scores(before=8, after=6)])]
    ['a']
    """
    if pgic is not None and not 1 <= pgic <= 7:
        raise ValueError("PGIC is a whole number from 1 to 7.")
    last = len(sessions)
    found = []
    if has_no_first_relief(sessions):
        found.append(Tripped(rule=FIRST_TWO, number=2))
    if has_not_fallen(sessions):
        found.append(Tripped(rule=NO_FALL, number=last))
    if has_fallen_too_little(sessions, pgic):
        found.append(Tripped(rule=TOO_LITTLE, number=last, is_pgic_missing=pgic is None))
    if is_plateau(sessions):
        found.append(Tripped(rule=PLATEAU, number=last))
    if last and (is_low_twice(sessions) or 0 < goals <= goals_reached):
        found.append(Tripped(rule=SUCCESS, number=last))
    return found


def has_no_first_relief(sessions: Sequence[Scores]) -> bool:
    """(a) Within-session relief below 30 % in both of the first two sessions.

    No percentage exists where a score is missing, pain before was 0 (V05) or the score after came too late, so such a
    session does not count.
    """
    percents = [one.relief_percent for one in sessions[:2]]
    return len(percents) == 2 and all(percent is not None and percent < RELIEF_PERCENT for percent in percents)


def has_not_fallen(sessions: Sequence[Scores]) -> bool:
    """(b) After three sessions or more the pre-session score has fallen by less than 1 point and less than 15 %.

    Reading: first session's score against that of the latest session, from the third on.
    """
    fall = _fall(sessions, AFTER_FEW)
    return fall is not None and fall[0] < FALL_POINTS and fall[1] < FALL_PERCENT


def has_fallen_too_little(sessions: Sequence[Scores], pgic: int | None) -> bool:
    """(c) After six sessions or more a fall below 30 %, and a PGIC worse than “minimally improved”.

    Reading: where the PGIC was never asked, the fall alone asks for the review, and the review says that it is missing.
    """
    fall = _fall(sessions, AFTER_MANY)
    is_worse = pgic is None or pgic > PGIC_MINIMALLY_IMPROVED
    return fall is not None and fall[1] < RELIEF_PERCENT and is_worse


def is_plateau(sessions: Sequence[Scores]) -> bool:
    """(d) The best pre-session score is unchanged (within 1 point) over three sessions.

    Reading: the last three sessions, each with a score, brought the lowest score so far down by no more than 1 point.
    """
    earlier = [one.before for one in sessions[:-PLATEAU_SESSIONS] if one.before is not None]
    latest = [one.before for one in sessions[-PLATEAU_SESSIONS:] if one.before is not None]
    if not earlier or len(latest) < PLATEAU_SESSIONS:
        return False
    return min(earlier) - min(latest) <= PLATEAU_POINTS


def is_low_twice(sessions: Sequence[Scores]) -> bool:
    """Stop for success: pre-session score of 2 or less twice running. (The other half, the patient's goals, is
    counted as met when all that the course holds are reached.)"""
    latest = [one.before for one in sessions[-2:]]
    return len(latest) == 2 and all(score is not None and score <= LOW_PAIN for score in latest)


def _fall(sessions: Sequence[Scores], at_least: int) -> tuple[int, float] | None:
    """Points and percent from the first pre-session score to the latest; None while it cannot be said."""
    if len(sessions) < at_least:
        return None
    first, latest = sessions[0].before, sessions[-1].before
    percent = relief_percent(first, latest)
    if first is None or latest is None or percent is None:
        return None
    return first - latest, percent
