"""An import taken back: everybody it made goes again with all that came with them, and what it added to others.

Whoever is in use since (a visit, a call, a changed phone) stays whole, and is counted. The database decides which
(patients/sql/imports.sql); the trail keeps what was removed.
"""

from dataclasses import dataclass

from django.db import connection

from accounts.actors import Actor
from patients.models import PatientImport

State = PatientImport.State


@dataclass(frozen=True)
class TakenBack:
    """How many patients are gone, how many stayed, and how many things were taken from patients who were here."""

    gone: int
    stayed: int
    removed: int


def can_be_taken_back(job: PatientImport) -> bool:
    return job.state == State.DONE and job.made_in is not None and job.taken_back_at is None


def ask(*, by: Actor, job: PatientImport) -> bool:
    """Queue it; False when the import made nothing or was taken back already."""
    done = PatientImport.objects.visible_to(by).filter(pk=job.pk, state=State.DONE, taken_back_at=None)
    return bool(done.exclude(made_in=None).update(state=State.QUEUED, is_taking_back=True))


def this_transaction() -> int:
    """The transaction that writes the import, for its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def take_back(job: PatientImport) -> TakenBack:
    """Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gone, cardinality(stayed), removed FROM patients_take_back_import(%s)", [job.pk])
        return TakenBack(*cursor.fetchone())
