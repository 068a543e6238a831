"""Every night all that is signed is proven, in stretches; the admin reads what does not hold, ``readyz`` whether."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor, machine
from accounts.choices import Proof, Role
from accounts.models import Clinic, IntegrityReport
from common.tenancy import tenant
from sessions.models import InjectionSession, SignatureCheck, SignatureProblem
from sessions.queries.signature_checks import signature_state
from sessions.services import signature_checks
from sessions.tasks import check_signatures
from tests.factories.sessions import signed_session
from tests.sessions.sealed import SESSION

NOW = datetime(2026, 3, 3, 2, 5, tzinfo=UTC)


@pytest.fixture
def by(in_clinic: Clinic) -> Actor:
    return machine(in_clinic, "task:test")


@pytest.fixture
def records(in_clinic: Clinic) -> list[UUID]:
    return [signed_session(clinic=in_clinic, signed_at=NOW + timedelta(days=day)).pk for day in range(5)]


@pytest.fixture(autouse=True)
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature_checks, "AT_ONCE", dict.fromkeys(signature_checks.AT_ONCE, 2))


def tamper(session_id: UUID, note: str = "x") -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"UPDATE {SESSION} SET note = %s WHERE id = %s", [note, session_id])
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET ROLE pit_app")


def walked(by: Actor, now: datetime) -> Iterator[SignatureCheck]:
    while (check := signature_checks.go_on(by=by, now=now)) is not None:
        yield check


def test_a_walk_goes_on_where_it_stopped_and_is_made_once_a_day(by: Actor, records: list[UUID]) -> None:
    tamper(sorted(records)[3])

    stretches = [(check.stage, check.checked_count, check.ended_at is not None) for check in walked(by, NOW)]

    assert stretches[:3] == [("session", 2, False), ("session", 4, False), ("picture", 5, False)]
    assert stretches[-1] == ("paper", 5, True)
    state = signature_state(by)
    assert (state.checked_count, [row.session_id for row in state.problems]) == (5, [sorted(records)[3]])
    assert signature_checks.go_on(by=by, now=NOW + timedelta(hours=19)) is None
    tamper(sorted(records)[3], "")
    assert list(walked(by, NOW + timedelta(days=1)))
    assert signature_state(by).problems == ()
    assert (SignatureCheck.objects.count(), SignatureProblem.objects.count()) == (2, 1)


def test_one_walk_of_a_clinic_is_under_way(by: Actor) -> None:
    SignatureCheck.objects.create(clinic=by.clinic, started_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignatureCheck.objects.create(clinic=by.clinic, started_at=NOW)


def test_readyz_says_whether_and_the_admin_reads_which(
    clinic: Clinic, client: Client, staff_client: Callable[..., Client]
) -> None:
    with tenant(clinic.pk, actor="test"):
        whole, broken = (signed_session(clinic=clinic, signed_at=NOW + timedelta(days=day)).pk for day in range(2))
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    unchecked = {"signatures": "not checked yet", "trail": "not checked yet"}
    assert client.get("/readyz").json() == {"status": "ready", "proofs": unchecked}
    check_signatures()
    assert client.get("/readyz").json()["proofs"] == {**unchecked, "signatures": "ok"}
    assert "all 2 records" in admin.get(reverse("settings")).content.decode()
    today = reverse("scheduling:today")
    assert "A check found" not in admin.get(today).content.decode()
    with tenant(clinic.pk, actor="test"):
        tamper(broken)
        SignatureCheck.objects.update(started_at=timezone.now() - timedelta(days=1))

    check_signatures()

    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["proofs"]["signatures"]) == (200, "problem")
    assert str(broken) not in answer.content.decode()
    page = admin.get(reverse("settings")).content.decode()
    assert "1 record is not what was signed." in page
    with tenant(clinic.pk, actor="test"):
        names = [InjectionSession.objects.get(pk=pk).patient.full_name for pk in (whole, broken)]
    assert [f", {name}:" in page for name in names] == [False, True]
    assert "A check found 1 record that is not what was signed." in admin.get(today).content.decode()
    assert "A check found" not in staff_client(Role.FRONT_DESK, clinic=clinic).get(today).content.decode()
    assert check_signatures.name in {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}


def test_a_changed_record_is_found_when_somebody_asks(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    with tenant(clinic.pk, actor="test"):
        broken = signed_session(clinic=clinic, signed_at=NOW).pk
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    for is_changed, words in (
        (False, "All that is signed is checked: nothing was changed."),
        (True, "A record is not what was signed."),
    ):
        if is_changed:
            with tenant(clinic.pk, actor="test"):
                tamper(broken)
                minute_ago = timezone.now() - timedelta(minutes=1)
                SignatureCheck.objects.update(started_at=minute_ago, ended_at=minute_ago)
        answer = admin.post(reverse("sessions:audit_check"), follow=True)
        assert words in answer.content.decode()
    assert admin.get("/readyz").json()["proofs"]["signatures"] == "problem"  # told to the operator, too, at once


def test_a_night_that_was_missed_is_late(client: Client, db: None) -> None:
    long_ago = timezone.now() - timedelta(hours=31)
    IntegrityReport.objects.create(proof=Proof.SIGNATURES, begun_at=long_ago, proven_at=long_ago)
    assert client.get("/readyz").json()["proofs"] == {"signatures": "late", "trail": "not checked yet"}
