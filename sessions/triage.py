"""How urgent is a side effect? Pure: levels in, level out.

Levels are ``P0`` (page a clinician now), ``P1`` (call within 2 hours), ``P2`` (next working day) and ``P3`` (log), as
domain.md §8 sorts them; they are a product decision ([DEF]) that a licensed clinician signs off, not a clinical fact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEVELS = ("P0", "P1", "P2", "P3")
ASSESS_SERIOUS_WITHIN = timedelta(hours=72)
WORDS_ALONE = "P1"  # nobody has read them yet: they may say anything
HIGH_PAIN = 8  # domain.md §8: severe pain of 8 or more is a sign to call about
SUDDEN_RISE = 2  # points; the smallest change on the 0-10 scale that matters to patients (domain.md §7)
UNKNOWN_SIGN = "P0"  # a sign the catalogue does not (or no longer) know is taken for the worst


@dataclass(frozen=True, kw_only=True)
class EventTriage:
    """What the catalogue says of a kind of event; ``escalated`` is empty where nothing makes it more urgent."""

    default: str
    escalated: str = ""
    escalates_after_hours: int | None = None


def triage(
    event: EventTriage,
    *,
    signs: Sequence[str] = (),
    has_escalated: bool = False,
    began_at: datetime | None = None,
    now: datetime | None = None,
) -> str:
    """Return the most urgent of the event's level and the levels of the danger signs told.

    The event's level is the escalated one when somebody saw the condition that the catalogue names (``has_escalated``)
    or when it has lasted longer than ``escalates_after_hours``. Danger signs can only make it more urgent.

    >>> triage(EventTriage(default="P3"), signs=["P1", "P0"])
    'P0'
    >>> triage(EventTriage(default="P3", escalated="P1"), has_escalated=True)
    'P1'
    """
    level = event.default
    if event.escalated and (has_escalated or _lasts_too_long(event, began_at, now)):
        level = most_urgent([event.default, event.escalated])
    return most_urgent([level, *signs])


def most_urgent(levels: Sequence[str]) -> str:
    """Return the most urgent of the levels. Raises ``ValueError`` for an unknown word or for none at all."""
    return LEVELS[min(LEVELS.index(level) for level in levels)]


def is_alarming(score: int, *, before: int | None) -> bool:
    """Whether pain of ``score`` (0-10) is high, or well above the last score known, and so asks for the danger signs.

    >>> is_alarming(8, before=8), is_alarming(5, before=3), is_alarming(5, before=4), is_alarming(5, before=None)
    (True, True, False, False)
    """
    return score >= HIGH_PAIN or (before is not None and score - before >= SUDDEN_RISE)


def is_downgrade(before: str, after: str) -> bool:
    """Answer whether ``after`` is less urgent than ``before``; that needs a clinician and a reason."""
    return LEVELS.index(after) > LEVELS.index(before)


def is_assessment_overdue(*, is_serious: bool, outcome: str, causality: str, age: timedelta) -> bool:
    """V30: a serious event without outcome or causality 72 hours after it was reported (``age``)."""
    return is_serious and not (outcome and causality) and age > ASSESS_SERIOUS_WITHIN


def _lasts_too_long(event: EventTriage, began_at: datetime | None, now: datetime | None) -> bool:
    if event.escalates_after_hours is None or began_at is None or now is None:
        return False
    return now - began_at > timedelta(hours=event.escalates_after_hours)
