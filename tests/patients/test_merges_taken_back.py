"""What was merged becomes two again: chains, what was made since, and whatever two records may hold."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.models import Clinic
from patients.models import (
    ContactPoint,
    Identifier,
    Patient,
    RiskFlag,
)
from patients.queries import find
from sessions.models import InjectionSession
from sessions.queries.signatures import broken_signatures
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import CourseFactory, InjectionSessionFactory, PainScoreFactory, void
from tests.patients.merging import NOW, leaving_out_marks, merge, register, snapshot, take_back, told_apart


def test_a_chain_of_merges_is_taken_back_from_its_end(
    in_clinic: Clinic, by: Actor, survivor: Patient, merged: Patient
) -> None:
    visit = AppointmentFactory(clinic=in_clinic, patient=merged)
    last = PatientFactory(clinic=in_clinic)
    first_merge, second_merge = merge(by, survivor, merged), merge(by, last, survivor)

    assert "Take that back first" in told_apart(lambda: take_back(by, first_merge))
    assert [row.id for row in find(by, merged.family_name, today=NOW.date())] in ([], [last.pk])
    take_back(by, second_merge)
    take_back(by, first_merge)
    visit.refresh_from_db()
    assert visit.patient_id == merged.pk


def test_what_is_made_since_stays_but_the_session_of_a_visit_that_goes_back_goes_with_it(
    in_clinic: Clinic, by: Actor, survivor: Patient, merged: Patient
) -> None:
    visit = AppointmentFactory(clinic=in_clinic, patient=merged, starts_at=NOW)
    made = merge(by, survivor, merged)
    visit.refresh_from_db()
    since = AppointmentFactory(clinic=in_clinic, patient=survivor, starts_at=NOW + timedelta(days=1))
    session = InjectionSessionFactory(clinic=in_clinic, appointment=visit)
    _as_if_later("pit_sessions_injectionsession", session.pk)

    take_back(by, made)

    since.refresh_from_db()
    session.refresh_from_db()
    assert (since.patient_id, session.patient_id) == (survivor.pk, merged.pk)


def _as_if_later(table: str, row: Any) -> None:
    """A test is one transaction, and so one moment for the database."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"UPDATE {table} SET created_at = created_at + interval '1 minute' WHERE id = %s", [row])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SET ROLE pit_app")


def test_what_joins_the_two_since_is_undone_first(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = PatientFactory.create_batch(2, clinic=in_clinic)
    own = InjectionSessionFactory(clinic=in_clinic, appointment__patient=survivor)
    course = CourseFactory(clinic=in_clinic, patient=merged)
    made = merge(by, survivor, merged)
    InjectionSession.objects.filter(pk=own.pk).update(course=course, version=2)

    assert "Undo that first" in told_apart(lambda: take_back(by, made))


KINDS = ["phone", "same phone", "number", "flag", "visit", "draft", "signed", "voided", "course", "score", "link"]


def add(clinic: Clinic, patient: Patient, kind: str, place: int) -> None:
    """One more thing in the record; ``place`` keeps times and numbers apart."""
    whose = {"clinic": clinic, "patient": patient}
    at = NOW + timedelta(days=place)
    if kind in ("phone", "same phone"):
        value = "+4930111" if kind == "same phone" else f"+49305{place:04}"
        ContactPoint.objects.get_or_create(**whose, kind="phone", value=value)
    elif kind == "number":
        Identifier.objects.create(**whose, system="national", value=f"N{place}")
    elif kind == "flag":
        RiskFlag.objects.get_or_create(**whose, flag="diabetes", ended_at=None, defaults={"recorded_at": NOW})
    elif kind == "visit":
        AppointmentFactory(**whose, starts_at=at)
    elif kind == "course":
        CourseFactory(**whose)
    elif kind == "link":
        patient.accesslink_set.create(clinic=clinic, purpose="check_in", token_hash=bytes([place]), expires_at=at)
    else:
        add_session(clinic, patient, kind, at)


def add_session(clinic: Clinic, patient: Patient, kind: str, at: datetime) -> None:
    if kind == "draft":
        InjectionSessionFactory(clinic=clinic, appointment__patient=patient, appointment__starts_at=at)
        return
    session = InjectionSessionFactory(
        clinic=clinic,
        appointment__patient=patient,
        appointment__starts_at=at,
        appointment__ends_at=at + timedelta(minutes=20),
    )
    if kind == "score":
        PainScoreFactory(clinic=clinic, injection_session=session)
    session.status, session.signed_at, session.signed_by = "signed", at + timedelta(hours=1), session.clinician
    session.ended_at = session.signed_at
    session.version += 1
    session.save()
    if kind == "voided":
        void(session, voided_at=at + timedelta(hours=2))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    ours=st.lists(st.sampled_from(KINDS), max_size=6),
    theirs=st.lists(st.sampled_from(KINDS), min_size=1, max_size=8),
    take=st.sets(st.sampled_from(["given_names", "family_name", "birth_date", "language"])),
)
def test_whatever_two_records_hold_is_merged_and_taken_apart_as_it_was(
    in_clinic: Clinic, by: Actor, ours: list[str], theirs: list[str], take: set[str]
) -> None:
    with transaction.atomic():
        survivor, merged = register(by, "Brown"), register(by, "Braun")
        for place, kind in enumerate(ours):
            add(in_clinic, survivor, kind, place)
        for place, kind in enumerate(theirs, start=50):
            add(in_clinic, merged, kind, place)
        before = snapshot(in_clinic)

        made = merge(by, survivor, merged, take=sorted(take))
        assert broken_signatures(in_clinic.pk) == []
        take_back(by, made)

        assert broken_signatures(in_clinic.pk) == []
        assert leaving_out_marks(snapshot(in_clinic)) == leaving_out_marks(before)
        transaction.set_rollback(True)
