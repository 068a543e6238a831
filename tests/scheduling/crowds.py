"""Many people at one book, each on a connection of their own, with the limits a request has."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TypeVar

from django.db import connection

from common.tenancy import tenant
from patients.models import Patient
from scheduling.policies import VisitRefusedError
from scheduling.services.places import SlotTakenError
from tests.factories.patients import PatientFactory
from tests.scheduling.conftest import Practice

T = TypeVar("T")


@contextmanager
def at_once(practice: Practice, gate: Barrier | None = None) -> Iterator[None]:
    """One person's transaction on a connection of its own, begun when everybody is ready.

    It waits for a lock longer than a request may (3 s, pitclinic/sql/roles.sql): a machine that runs tests is busy.
    """
    try:
        with tenant(practice.clinic.pk, actor="test"):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '20s'")
            if gate is not None:
                gate.wait(timeout=60)
            yield
    finally:
        connection.close()


def everybody(work: Callable[[int], T], count: int, *, at_a_time: int | None = None) -> list[T]:
    """Do the work for 0 to ``count`` - 1, all side by side unless ``at_a_time`` says how many."""
    with ThreadPoolExecutor(at_a_time or count) as pool:
        return list(pool.map(work, range(count)))


def told(act: Callable[[], object]) -> str:
    """What the person read: that it is done, what is taken, or which refusal it was."""
    try:
        act()
    except SlotTakenError as taken:
        return f"taken: {next(iter(taken.collided), None)}, {len(taken.alternatives)} other times"
    except VisitRefusedError as refused:
        return type(refused).__name__
    return "done"


def patients_of(practice: Practice, count: int) -> list[Patient]:
    with tenant(practice.clinic.pk, actor="test"):
        return [PatientFactory(clinic=practice.clinic) for _i in range(count)]
