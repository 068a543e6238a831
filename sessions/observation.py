"""Watching the patient after the injections: how long, how much is left, when to ask again. No Django, no rows.

Figures are product defaults from domain.md §5: observation 10-30 min; 15-30 min where somebody has fainted with needles
or fears them; the pain is asked at 1-5 min and again at 15 min.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# [DEF] inside 10-30 min, and long enough for the second score.
USUAL_MINUTES = 15
# [DEF] the upper end of 15-30 min.
VASOVAGAL_MINUTES = 30
ASK_AGAIN_MINUTES = 15
# A bound of the product, not a clinical figure.
MAX_MINUTES = 240


def default_minutes(*, has_vasovagal_flag: bool) -> int:
    """How long to watch unless the clinician says otherwise.

    >>> default_minutes(has_vasovagal_flag=False), default_minutes(has_vasovagal_flag=True)
    (15, 30)
    """
    return VASOVAGAL_MINUTES if has_vasovagal_flag else USUAL_MINUTES


@dataclass(frozen=True)
class Observation:
    """One observation as far as it went; ``ended_at`` None while it runs."""

    started_at: datetime
    planned_minutes: int
    ended_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """When the planned time is over."""
        return self.started_at + timedelta(minutes=self.planned_minutes)

    @property
    def ask_again_at(self) -> datetime:
        return self.started_at + timedelta(minutes=ASK_AGAIN_MINUTES)

    def seconds_left(self, now: datetime) -> int:
        """Seconds of the planned time still to come at ``now``, never below 0."""
        return max(0, -((now - self.ends_at) // timedelta(seconds=1)))

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends_at

    def minutes(self, now: datetime) -> int:
        """Whole minutes watched until it ended, or until ``now`` while it runs; never below 0."""
        return max(0, ((self.ended_at or now) - self.started_at) // timedelta(minutes=1))
