"""A merge beside people at work, each with a real connection: everything ends at one record, or is refused in words."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from patients.merge_refusals import MergeRefusedError
from patients.models import Patient, PatientMerge
from patients.services import merges
from pitclinic.rules.patient_rows import patient_columns
from sessions.models import InjectionSession
from sessions.policies.injection_sessions import GateClosedError
from sessions.queries.signatures import broken_signatures
from sessions.services import injection_sessions
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROUNDS = 8


@contextmanager
def own_connection(clinic: Clinic) -> Iterator[None]:
    """One person's transaction, with the limits a request has."""
    try:
        with tenant(clinic.pk, actor="test"):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '20s'")
            yield
    finally:
        connection.close()


def at_once(clinic: Clinic, *acts: Callable[[], object]) -> list[str]:
    """Do them side by side; what each said."""
    gate = threading.Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        gate.wait(timeout=60)
        try:
            with own_connection(clinic):
                act()
        except MergeRefusedError as refused:
            return f"merge refused: {refused.words}"
        except GateClosedError as closed:
            return f"asked for again: {', '.join(found.rule.id for found in closed.findings)}"
        except IntegrityError as error:
            return "merged away" if "merged into another" in str(error) else f"integrity: {error}"
        except OperationalError as error:
            return f"operational: {error}"
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def merging(by: Actor, survivor: Patient, merged: Patient) -> Callable[[], PatientMerge]:
    return lambda: merges.merge(by=by, now=NOW, survivor_id=survivor.pk, merged_id=merged.pk, reason="one person")


def left_at(clinic: Clinic, patient: Patient) -> list[str]:
    with tenant(clinic.pk, actor="test"), connection.cursor() as cursor:
        found = []
        for column in patient_columns():
            cursor.execute(f"SELECT count(*) FROM {column.table} WHERE {column.column} = %s", [patient.pk])
            if cursor.fetchone()[0]:
                found.append(column.table)
        return found


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_visit_booked_while_a_merge_runs_ends_with_the_survivor_or_is_refused(
    figure: Callable[[str, float], None],
) -> None:
    clinic = ClinicFactory()
    halves, said = 0, set()
    for number in range(ROUNDS):
        with tenant(clinic.pk, actor="test"):
            by = actor_of(MembershipFactory(clinic=clinic, role="clinic_admin"))
            survivor, merged = PatientFactory.create_batch(2, clinic=clinic)
            clinicians = MembershipFactory.create_batch(3, clinic=clinic)
            kind = AppointmentFactory(clinic=clinic, patient=merged, starts_at=NOW + timedelta(days=number)).visit_type

        def booking(place: int) -> Callable[[], object]:
            return lambda: AppointmentFactory(
                clinic=clinic,
                patient=merged,  # noqa: B023 - used within the round
                clinician=clinicians[place],  # noqa: B023 - as above
                visit_type=kind,  # noqa: B023 - as above
                starts_at=NOW + timedelta(days=100, hours=place),
            )

        answers = at_once(clinic, booking(0), merging(by, survivor, merged), booking(1), booking(2))
        said |= set(answers)
        halves += answers[1] == "done" and left_at(clinic, merged) != []

    figure("merge_race_booking_halves", halves)
    assert halves == 0
    assert said <= {"done", "merged away"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_session_signed_while_a_merge_runs_is_whole_at_the_survivor_and_its_signature_holds(
    figure: Callable[[str, float], None],
) -> None:
    clinic = ClinicFactory()
    halves, said = 0, set()
    for number in range(ROUNDS):
        with tenant(clinic.pk, actor="test"):
            by = actor_of(MembershipFactory(clinic=clinic, role="clinic_admin"))
            survivor, merged = PatientFactory.create_batch(2, clinic=clinic)
            visit = AppointmentFactory(
                clinic=clinic, patient=merged, status="arrived", starts_at=NOW + timedelta(days=number)
            )
            clinician = actor_of(visit.clinician)
            began = visit.starts_at
            session = injection_sessions.start(appointment=visit, by=clinician, now=began)
            draft = a_draft(lot=SolutionLotFactory(clinic=clinic))
            injection_sessions.save_draft(injection_session=session, version=1, draft=draft, by=clinician, now=began)

        def sign() -> None:
            injection_sessions.sign(
                injection_session=session,  # noqa: B023 - used within the round
                version=2,
                by=clinician,  # noqa: B023 - as above
                now=began + timedelta(minutes=20),  # noqa: B023 - as above
            )

        answers = at_once(clinic, merging(by, survivor, merged), sign)
        said |= set(answers)
        with tenant(clinic.pk, actor="test"):
            where = InjectionSession.objects.get(pk=session.pk)
            broken = broken_signatures(clinic.pk)
        is_whole = left_at(clinic, merged) == [] and where.patient_id == survivor.pk
        halves += bool(broken) or (answers[0] == "done" and not is_whole)

    figure("merge_race_signing_halves", halves)
    assert halves == 0
    # The time-out named the other record: once it is merged, whoever signs confirms it for the survivor.
    assert said <= {"done", "merged away", "asked for again: P04"}


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_the_same_pair_either_way_at_once_make_one_merge() -> None:
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        by = actor_of(MembershipFactory(clinic=clinic, role="clinic_admin"))
        one, other = PatientFactory.create_batch(2, clinic=clinic)

    said = at_once(clinic, merging(by, one, other), merging(by, other, one), merging(by, one, other))

    assert said.count("done") == 1
    assert all("merge refused" in answer for answer in said if answer != "done")
    with tenant(clinic.pk, actor="test"):
        assert PatientMerge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_merge_that_finds_somebody_at_work_gives_way_in_words() -> None:
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        by = actor_of(MembershipFactory(clinic=clinic, role="clinic_admin"))
        visit = AppointmentFactory(clinic=clinic)
        survivor = PatientFactory(clinic=clinic)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with own_connection(clinic):
            type(visit).objects.select_for_update().get(pk=visit.pk)
            held.set()
            let_go.wait(timeout=60)

    def try_merging() -> None:
        held.wait(timeout=60)
        try:
            merging(by, survivor, visit.patient)()
        finally:
            let_go.set()

    said = at_once(clinic, hold, try_merging)

    assert said[0] == "done"
    assert "Somebody is working with one of the records just now" in said[1]
