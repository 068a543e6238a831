"""One change of the book at a time for each clinic and local day, and what to do when the database says no."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TypeVar

from django.db import Error, IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.wall_clock import local_day
from scheduling.policies import VisitRefusedError
from scheduling.queries.collisions import NOTHING_TAKEN, Taken
from scheduling.spans import Span

T = TypeVar("T")

_EXCLUSION = "23P01"
# What scheduling/sql/departures.sql says.
DEPARTED = "the patient has died or left"
_DEADLOCK, _LOCK_TIMEOUT = "40P01", "55P03"


class OverlapError(Exception):
    """Another visit or hold takes what this one wants: ``taken``, as far as it is known."""

    def __init__(self, taken: Taken = NOTHING_TAKEN) -> None:
        super().__init__()
        self.taken = taken


class CalendarBusyError(VisitRefusedError):
    def __init__(self) -> None:
        super().__init__(_("Many people are booking at this moment. Nothing was changed; please try again."))


def hold_days(by: Actor, *spans: Span) -> None:
    """Wait for our turn on every local day the spans touch, in order, until the transaction (or savepoint) ends.

    Without it, overlapping inserts wait for each other inside the exclusion constraints and deadlock.
    """
    days: set[date] = set()
    for start, end in spans:
        day, last = local_day(start, by.zone), local_day(end - timedelta(microseconds=1), by.zone)
        while day <= last:
            days.add(day)
            day += timedelta(days=1)
    with connection.cursor() as cursor:
        for day in sorted(days):
            number = day.year * 10_000 + day.month * 100 + day.day
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [str(by.clinic_id), number])


def in_turn(work: Callable[[], T]) -> T:
    """Do the work in a savepoint; after a deadlock or too long a wait do it once more, then say so kindly."""
    try:
        with transaction.atomic():
            return work()
    except OperationalError as error:
        if _code(error) not in (_DEADLOCK, _LOCK_TIMEOUT):
            raise
    try:
        with transaction.atomic():
            return work()
    except OperationalError as error:
        if _code(error) not in (_DEADLOCK, _LOCK_TIMEOUT):
            raise
        raise CalendarBusyError from error


@contextmanager
def refusing_overlaps() -> Iterator[None]:
    """Turn the database's refusal of a double booking into ``OverlapError``; the outer transaction lives on.

    A patient who was marked as deceased meanwhile is refused in words.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if DEPARTED in str(error):
            raise VisitRefusedError(_("This patient has just been marked as deceased. Nothing was booked.")) from error
        if _code(error) != _EXCLUSION:
            raise
        raise OverlapError from error


def _code(error: Error) -> str:
    return str(getattr(error.__cause__, "sqlstate", ""))
