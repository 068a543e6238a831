"""Record a view or an export, seal the trail, and prove that nobody changed it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from audit.models import AuditCheck, AuditSeal

SEAL_RUN = 50_000  # events a link covers at most
CHECK_RUN = 200_000  # events a stretch of a check covers, about
SHORT_RUN = 20_000  # the same while somebody waits for the answer
CHECK_EVERY = timedelta(hours=20)


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


@dataclass(frozen=True)
class Checked:
    """``problem_count``: of the chain from its first link to where the check has come. ``proven_at``: when it was last
    recomputed to its head."""

    is_whole: bool
    problem_count: int
    proven_at: datetime | None


def check(clinic_id: UUID, *, now: datetime) -> Checked:
    """Recompute the next stretch of the chain of the clinic in context and write down the result.

    Where the head was reached less than ``CHECK_EVERY`` ago nothing is done. Call it until it is whole.
    """
    own = AuditCheck.objects.filter(clinic_id=clinic_id).order_by("-checked_at", "-id")
    last = own.first()
    if last is None or not last.is_whole or now - last.checked_at >= CHECK_EVERY:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")  # at night
        is_whole, problem_count = _check_on(clinic_id, CHECK_RUN)
    else:
        is_whole, problem_count = True, last.problem_count
    whole = own.filter(is_whole=True).first()
    return Checked(is_whole, problem_count, whole.checked_at if whole else None)


def check_now(clinic_id: UUID, *, is_over: Callable[[], bool]) -> tuple[bool, int]:
    """Recompute the chain of the clinic in context, stretch by stretch, until it is whole or the time is over; return
    whether its head was reached, and how many breaks there are up to where it came. The next call goes on there."""
    while True:
        is_whole, problem_count = _check_on(clinic_id, SHORT_RUN)
        if is_whole or is_over():
            return is_whole, problem_count


def _check_on(clinic_id: UUID, events: int) -> tuple[bool, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT is_whole, problem_count FROM audit_check(%s, %s)", [clinic_id, events])
        is_whole, problem_count = cursor.fetchone()
    return is_whole, int(problem_count)


def head(clinic_id: UUID) -> str | None:
    """The last link of the clinic in context as ``number:hash``: what to keep outside of the server."""
    last = AuditSeal.objects.filter(clinic_id=clinic_id).order_by("-number").first()
    return f"{last.number}:{bytes(last.hash).hex()}" if last else None


def problems(clinic_id: UUID) -> list[tuple[int, str]]:
    """Recompute the chain of the clinic in context, however long it takes; return (link number, what is wrong) for each
    break."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT number, problem FROM audit_verify(%s)", [clinic_id])
        return [(number, problem) for number, problem in cursor.fetchall()]
