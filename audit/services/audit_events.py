"""Record a view or an export, seal the trail, and prove that nobody changed it."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

SEAL_RUN = 50_000  # events a link covers at most


@dataclass(frozen=True)
class View:
    """Something a person saw: ``table`` and ``row_id`` name the object, ``patient_id`` whose it is."""

    table: str
    row_id: UUID | None = None
    patient_id: UUID | None = None
    kind: str = "view"
    details: dict[str, str | int] | None = None
    patient_ids: tuple[UUID, ...] = ()  # of a list or an export: one event for each


def record(view: View) -> None:
    """Append a view or an export to the trail of the clinic in context: one statement, one event for each patient.

    Raises ``DatabaseError`` without a clinic.
    """
    with connection.cursor() as cursor:
        if view.patient_ids:
            cursor.execute(
                "SELECT audit_record_patients(%s, %s, %s::uuid[], %s)",
                [view.kind, view.table, list(view.patient_ids), json.dumps(view.details) if view.details else None],
            )
            return
        cursor.execute(
            "SELECT audit_record(%s, %s, %s, %s, %s)",
            [
                view.kind,
                view.table,
                view.row_id,
                view.patient_id,
                json.dumps(view.details) if view.details else None,
            ],
        )


def seal(clinic_id: UUID) -> int:
    """Extend the chain of the clinic in context over all finished events; return how many were added."""
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT audit_seal(%s, %s)", [clinic_id, SEAL_RUN])
            sealed = int(cursor.fetchone()[0])
            total += sealed
            if sealed < SEAL_RUN:
                return total


def check(clinic_id: UUID) -> int:
    """Recompute the chain of the clinic in context and write down the result; return how many breaks were found."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # a trail of years takes its time, at night
        cursor.execute("SELECT audit_check(%s)", [clinic_id])
        return int(cursor.fetchone()[0])


def problems(clinic_id: UUID) -> list[tuple[int, str]]:
    """Recompute the chain of the clinic in context; return (link number, what is wrong) for each break."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, problem FROM audit_verify(%s)", [clinic_id])
        return [(number, problem) for number, problem in cursor.fetchall()]
