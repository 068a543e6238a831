"""Find a time: the first weeks that have enough free times, the best of each day first, and why."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import local_day
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, VisitType
from scheduling.queries.free_times import ANYTHING, STEP, FreeTime, Wish, free_times

WEEKS = 8
DAYS_AT_ONCE = 7
SHOWN = 12
# Of one clinician's day no more are shown, so that the list is a choice and not a row of quarters.
OF_ONE_DAY = 2


@dataclass(frozen=True)
class Suggestion:
    free: FreeTime
    reasons: tuple[str | Promise, ...]


@dataclass(frozen=True)
class Findings:
    """``looked_until`` is the last day looked at; ``total`` counts all free times of the days looked at."""

    suggestions: list[Suggestion]
    looked_until: date
    total: int


def find_times(
    *,
    by: Actor,
    clinicians: Sequence[Membership],
    visit_type: VisitType,
    first_day: date,
    now: datetime,
    minutes: int | None = None,
    patient_id: UUID | None = None,
    wish: Wish = ANYTHING,
    weeks: int = WEEKS,
) -> Findings:
    """Look week by week until there are enough to choose from; at most ``weeks``. Nine queries a week looked at."""
    usual = _usual_clinician(by, patient_id) if patient_id else None
    found: list[Suggestion] = []
    total = 0
    day = first_day
    last = first_day
    for _week in range(weeks):
        free = free_times(
            by=by,
            clinicians=clinicians,
            visit_type=visit_type,
            first_day=day,
            days=DAYS_AT_ONCE,
            now=now,
            minutes=minutes,
            patient_id=patient_id,
            wish=wish,
        )
        total += len(free)
        found += _ranked(free, by, usual)
        last = day + timedelta(days=DAYS_AT_ONCE - 1)
        if len(found) >= SHOWN:
            break
        day += timedelta(days=DAYS_AT_ONCE)
    return Findings(found[:SHOWN], last, total)


def _usual_clinician(by: Actor, patient_id: UUID) -> UUID | None:
    """Who saw the patient last."""
    visits = Appointment.objects.visible_to(by).filter(patient_id=patient_id, status=VisitStatus.DONE)
    return visits.order_by("-starts_at").values_list("clinician_id", flat=True).first()


def _ranked(free: list[FreeTime], by: Actor, usual: UUID | None) -> list[Suggestion]:
    """Day by day: the usual clinician first, then what leaves no gap, then the earlier one; a few of each day."""
    starts: dict[UUID, set[datetime]] = defaultdict(set)
    for one in free:
        starts[one.clinician.pk].add(one.starts_at)
    rated = []
    for one in free:
        own = starts[one.clinician.pk]
        is_tight = one.starts_at - STEP not in own or one.starts_at + STEP not in own
        is_usual = one.clinician.pk == usual
        day = local_day(one.starts_at, by.zone)
        rated.append(((day, not is_usual, not is_tight, one.starts_at), one, is_usual))
    rated.sort(key=lambda row: row[0])
    taken: Counter[tuple[UUID, date]] = Counter()
    found = []
    for rank, one, is_usual in rated:
        taken[one.clinician.pk, rank[0]] += 1
        if taken[one.clinician.pk, rank[0]] <= OF_ONE_DAY:
            found.append(Suggestion(one, (_("saw this patient last"),) if is_usual else ()))
    return found
