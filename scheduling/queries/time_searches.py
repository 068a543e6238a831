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
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, VisitType
from scheduling.queries.free_times import ANYTHING, STEP, FreeTime, Search, Wish

WEEKS = 8
READ_AT_ONCE = (1, 2, 5)  # weeks
SHOWN = 12
# Of one clinician's day no more are shown, so that the list is a choice and not a row of quarters.
OF_ONE_DAY = 2


@dataclass(frozen=True)
class Suggestion:
    free: FreeTime
    day: date
    reasons: tuple[str | Promise, ...]


@dataclass(frozen=True)
class Findings:
    """``looked_until`` is the last day looked at; ``total`` counts all free times of the days looked at.

    ``later`` is where to go on: that day once more when others came before it, since not all of it may be shown.
    """

    suggestions: list[Suggestion]
    looked_until: date
    total: int
    later: date


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
    """Look day by day until there are enough to choose from; at most ``weeks``.

    The queries of a ``Search``; claims are read for a week first, then for more weeks at once.
    """
    usual = _usual_clinician(by, patient_id) if patient_id else None
    search = Search(
        by=by,
        clinicians=clinicians,
        visit_type=visit_type,
        first_day=first_day,
        days=weeks * 7,
        now=now,
        minutes=minutes,
        patient_id=patient_id,
        wish=wish,
    )
    found: list[Suggestion] = []
    total = 0
    begin, last = first_day, first_day + timedelta(days=weeks * 7 - 1)
    for length in READ_AT_ONCE:
        days = min(length * 7, (last - begin).days + 1)
        for day, free in search.day_by_day(begin, days):
            total += len(free)
            found += _ranked(free, day, usual)
            if len(found) >= SHOWN:
                later = day if day > found[0].day else day + timedelta(days=1)
                return Findings(found[:SHOWN], day, total, later)
        begin += timedelta(days=days)
    return Findings(found, last, total, last + timedelta(days=1))


def _usual_clinician(by: Actor, patient_id: UUID) -> UUID | None:
    """Who saw the patient last."""
    visits = Appointment.objects.visible_to(by).filter(patient_id=patient_id, status=VisitStatus.DONE)
    return visits.order_by("-starts_at").values_list("clinician_id", flat=True).first()


def _ranked(free: list[FreeTime], day: date, usual: UUID | None) -> list[Suggestion]:
    """Of one day: the usual clinician first, then what leaves no gap, then the earlier one; a few of each clinician."""
    starts: dict[UUID, set[datetime]] = defaultdict(set)
    for one in free:
        starts[one.clinician.pk].add(one.starts_at)

    def rank(one: FreeTime) -> tuple[bool, bool, datetime]:
        own = starts[one.clinician.pk]
        is_tight = one.starts_at - STEP not in own or one.starts_at + STEP not in own
        return one.clinician.pk != usual, not is_tight, one.starts_at

    taken: Counter[UUID] = Counter()
    found = []
    for one in sorted(free, key=rank):
        taken[one.clinician.pk] += 1
        if taken[one.clinician.pk] <= OF_ONE_DAY:
            found.append(Suggestion(one, day, (_("saw this patient last"),) if one.clinician.pk == usual else ()))
    return found
