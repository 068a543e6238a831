"""How the pain of a made-up course runs: numbers only, no Django.

The targets are the seed-data targets of domain.md §9 [DEF], which stand on small trials and reports: baseline NRS mean
6.5 SD 1.3, within-session relief median 60 % (quartiles 40 and 85), relief of the first session ends after a median of
24 to 48 h and lasts longer each time, about 0.6 points less before each next session, 5 ± 2 sessions 7 to 14 days
apart, final fall of at least 30 % in 65 % and at least 50 % in 50 %, 10 to 15 % non-responders. They are product
defaults for synthetic data and show nothing about a treatment.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from random import Random

# Shares of courses: non-responders, little (< 30 %), moderate (30-50 %), substantial (>= 50 %).
NON_RESPONDER, LITTLE, MODERATE, SUBSTANTIAL = range(4)
_SHARES = (0.125, 0.345, 0.49)
# The share who give each answer after a session; domain.md: 20 % missing at 24 h, 35 % at 3 months.
ANSWERED = {"check_24h": 0.80, "check_72h": 0.74, "check_7d": 0.68}
# Quantiles of the within-session relief.
_RELIEF_AT = (0.0, 0.25, 0.5, 0.75, 1.0)
_RELIEF = (0.0, 0.40, 0.60, 0.85, 1.0)
HOURS_FIRST_RELIEF = 34.0
LENGTHENING = 1.32
SPREAD = 0.75


@dataclass
class SessionNumbers:
    """One session: scores on the table and at home, and the hours of relief. A missing answer is absent."""

    before: int
    after: int
    relief_hours: float
    at_home: dict[str, int] = field(default_factory=dict)


@dataclass
class CourseNumbers:
    group: int
    baseline: int
    sessions: list[SessionNumbers]

    @property
    def is_non_responder(self) -> bool:
        return self.group == NON_RESPONDER


def course_numbers(rng: Random) -> CourseNumbers:
    """Draw a course: how many sessions and what each did."""
    group = bisect_right(_SHARES, rng.random())
    baseline = min(max(round(rng.gauss(6.5, 1.3)), 3), 10)
    count = _session_count(rng, group)
    final = _final_score(rng, group, baseline)
    troughs = _troughs(rng, baseline, final, count)
    sessions = [
        _session(rng, group=group, number=number, before=before, later=[*troughs[1:], final][number])
        for number, before in enumerate(troughs)
    ]
    return CourseNumbers(group=group, baseline=baseline, sessions=sessions)


def _session_count(rng: Random, group: int) -> int:
    if group == NON_RESPONDER:
        return rng.choice((2, 3, 3, 3, 4, 4))
    return min(max(round(rng.gauss(5.3, 1.8)), 2), 10)


def _final_score(rng: Random, group: int, baseline: int) -> int:
    """The score before the last session, inside the group's band of percent fall."""
    if group == NON_RESPONDER:
        return baseline if rng.random() < 0.8 else min(baseline + 1, 10)
    if group == LITTLE:
        return max(round(baseline * 0.82), int(baseline * 0.7) + 1)
    if group == MODERATE:
        highest = int(baseline * 0.7 + 1e-9)
        return highest if highest * 2 > baseline else int(baseline / 2)
    return max(int(baseline / 2) - rng.choice((0, 0, 1, 1, 2)), 0)


def _troughs(rng: Random, baseline: int, final: int, count: int) -> list[int]:
    """Scores before each session: from the baseline down to the final one, with a wobble between."""
    steps = max(count - 1, 1)
    scores = [baseline]
    for number in range(1, count - 1):
        straight = baseline - (baseline - final) * number / steps
        scores.append(min(max(round(straight + rng.gauss(0, 0.45)), 0), 10))
    return [*scores, final] if count > 1 else scores


def _session(rng: Random, *, group: int, number: int, before: int, later: int) -> SessionNumbers:
    relief = relief_fraction(rng, group)
    after = max(round(before * (1 - relief)), 0)
    if group == NON_RESPONDER:
        hours = rng.lognormvariate(1.6, 0.6)
    else:
        hours = HOURS_FIRST_RELIEF * LENGTHENING**number * rng.lognormvariate(0, SPREAD)
    session = SessionNumbers(before=before, after=after, relief_hours=hours)
    back = max(before - 1, later)
    for step, asked_at in (("check_24h", 20.0), ("check_72h", 68.0), ("check_7d", 164.0)):
        if rng.random() < ANSWERED[step]:
            score = (after + rng.choice((0, 1, 1, 2))) if hours > asked_at else back + rng.choice((-1, 0, 0, 1))
            session.at_home[step] = min(max(score, 0), 10)
    return session


def relief_fraction(rng: Random, group: int) -> float:
    """The part of the pain gone on the table; non-responders lie at the low end of the same distribution."""
    place = rng.random() * 0.2 if group == NON_RESPONDER else 0.1 + rng.random() * 0.9
    index = min(bisect_right(_RELIEF_AT, place), len(_RELIEF_AT) - 1)
    low, high = _RELIEF_AT[index - 1], _RELIEF_AT[index]
    part = (place - low) / (high - low)
    return _RELIEF[index - 1] + part * (_RELIEF[index] - _RELIEF[index - 1])
