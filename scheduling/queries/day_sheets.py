"""Everybody's visits of one day, clinician after clinician: for paper and for a spreadsheet."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from accounts.actors import Actor
from common.wall_clock import day_bounds
from scheduling.choices import FREE_STATUSES
from scheduling.queries.calendar_visits import CalendarVisit, read, visits_between


@dataclass(frozen=True)
class DayOf:
    """A clinician's day, in order."""

    clinician: str
    visits: list[CalendarVisit]


def day_sheet(*, by: Actor, day: date) -> list[DayOf]:
    """One query. Without what was cancelled or missed; names of patients, no clinical detail."""
    visits = visits_between(by, *day_bounds(day, by.zone)).exclude(status__in=FREE_STATUSES)
    in_order = visits.order_by("clinician__user__full_name", "clinician_id", "starts_at", "id")
    found = read(in_order, by.zone)
    people = groupby(found, key=lambda visit: (visit.clinician_id, visit.clinician))
    return [DayOf(name, list(own)) for (_pk, name), own in people]
