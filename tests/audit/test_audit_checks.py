"""The chain is recomputed each night, in stretches that go on where the last one stopped."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from accounts.choices import Proof
from accounts.models import Clinic, IntegrityReport
from accounts.tasks import check_audit
from audit.models import AuditCheck, AuditEvent, AuditSeal
from audit.services import audit_events
from tests.factories.patients import PatientFactory


@pytest.fixture
def sealed(in_clinic: Clinic) -> Clinic:
    """Four links of three events each, as if their transactions had ended."""
    PatientFactory.create_batch(12, clinic=in_clinic)
    as_superuser("UPDATE audit_auditevent e SET xid = n.number FROM (SELECT id, row_number() OVER (ORDER BY xid, id)"
                 " AS number FROM audit_auditevent) n WHERE n.id = e.id")  # fmt: skip
    for _link in range(4):
        assert as_superuser("SELECT audit_seal(%s, 3)", in_clinic.pk) == 3
    return in_clinic


def as_superuser(statement: str, *params: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, params)
        found = cursor.fetchone() if cursor.description else None
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET ROLE pit_app")
    return found[0] if found else None


def checked(clinic_id: UUID, events: int) -> tuple[int, bool, int]:
    as_superuser("SELECT is_whole FROM audit_check(%s, %s)", clinic_id, events)
    check = AuditCheck.objects.latest("checked_at", "id")
    return check.last_number, check.is_whole, check.problem_count


def test_a_check_goes_on_where_it_stopped_and_begins_anew_after_the_head(sealed: Clinic) -> None:
    stretches = [checked(sealed.pk, events) for events in (3, 6, 1, 100)]
    assert stretches == [(1, False, 0), (3, False, 0), (4, True, 0), (4, True, 0)]


def test_a_break_is_told_by_every_later_stretch_and_at_once_on_the_page(sealed: Clinic) -> None:
    event = AuditEvent.objects.order_by("xid", "id")[4]
    as_superuser("UPDATE audit_auditevent SET actor = 'nobody' WHERE id = %s", event.pk)

    stretches = [checked(sealed.pk, 3) for _stretch in range(4)]

    assert stretches == [(1, False, 0), (2, False, 1), (3, False, 1), (4, True, 1)]
    assert {check.first_problem for check in AuditCheck.objects.filter(problem_count=1)} == {"2: changed event"}


def test_a_missing_link_is_found_across_the_end_of_a_stretch(sealed: Clinic) -> None:
    checked(sealed.pk, 6)
    as_superuser("DELETE FROM audit_auditseal WHERE number = 3")
    assert checked(sealed.pk, 100) == (4, True, 3)


def test_seal_and_proof_are_planned_for_each_link_and_ask_without_an_or(db: None) -> None:
    """3.6 million events did not end in 45 s: a plan for any link at once reads the whole trail for each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc, proconfig FROM pg_proc WHERE proname IN ('audit_seal', 'audit_verify')")
        functions = cursor.fetchall()
    assert len(functions) == 2
    for source, settings in functions:
        assert "NULL OR" not in source
        assert "plan_cache_mode=force_custom_plan" in settings


def test_the_task_proves_every_clinic_and_says_so_without_names(sealed: Clinic, other_clinic: Clinic) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pit_worker")
        check_audit()
        check_audit()
        cursor.execute("SET ROLE pit_app")

    report = IntegrityReport.objects.get(proof=Proof.TRAIL)
    assert (report.problem_count, report.proven_at is not None) == (0, True)
    assert AuditCheck.objects.filter(clinic_id=sealed.pk).count() == 1  # the second call of the day has nothing to do
    head = AuditSeal.objects.filter(clinic_id=sealed.pk).latest("number")
    assert audit_events.head(sealed.pk) == f"4:{bytes(head.hash).hex()}"
