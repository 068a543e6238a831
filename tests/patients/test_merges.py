"""Two records of one person become one, and two again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import ContactKind, Purpose
from patients.merge_refusals import MergeRefusedError
from patients.models import (
    AlikePair,
    Allergy,
    ComparedPatient,
    ContactConsent,
    ContactPoint,
    Identifier,
    MovedRow,
    NameToken,
    Patient,
    PatientMerge,
    PatientOwned,
    RiskFlag,
)
from patients.queries import find
from patients.records import ContactDetails, PatientDetails
from patients.services import contact_points, merges, patients
from pitclinic.rules.patient_rows import patient_columns
from pitclinic.rules.tables import clinic_models
from scheduling.models import Appointment
from sessions.models import InjectionSession
from sessions.queries.signatures import broken_signatures
from tests.access import objects
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import CourseFactory, InjectionSessionFactory, PainScoreFactory, signed_session, void
from tests.factories.treatments import actor_of

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def by(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic, role="clinic_admin"))


@pytest.fixture
def survivor(in_clinic: Clinic) -> Patient:
    return PatientFactory(clinic=in_clinic, family_name="Stays")


@pytest.fixture
def merged(in_clinic: Clinic) -> Patient:
    return PatientFactory(clinic=in_clinic, family_name="Goes")


def merge(by: Actor, survivor: Patient, merged: Patient, **more: Any) -> PatientMerge:
    return merges.merge(
        by=by, now=NOW, survivor_id=survivor.pk, merged_id=merged.pk, reason="one person, two records", **more
    )


def take_back(by: Actor, made: PatientMerge) -> None:
    merges.reverse(by=by, now=NOW + timedelta(hours=1), merge=made, reason="they are brothers")


def snapshot(clinic: Clinic) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that is the clinic's, but for what a merge itself writes."""
    own = {PatientMerge, MovedRow, NameToken, AlikePair, ComparedPatient}
    found = {
        model._meta.label: list(model._default_manager.filter(clinic=clinic).order_by("pk").values())
        for model in clinic_models()
        if model not in own
    }
    tokens = NameToken.objects.order_by("patient_id", "token").values("patient_id", "token", "is_whole")
    return found | {"tokens": list(tokens)}


def everything(clinic: Clinic) -> tuple[Patient, Patient]:
    """Two patients with a row in every table the walk of the pages knows, one with much, the other with a little."""
    made = objects.make(clinic, "Both")
    return Patient.objects.get(pk=made["other_patient_id"]), Patient.objects.get(pk=made["patient_id"])


def test_everything_of_the_merged_record_moves(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = everything(in_clinic)
    merge(by, survivor, merged)

    left = [
        column.table
        for column in patient_columns()
        if _count(f"SELECT count(*) FROM {column.table} WHERE {column.column} = %s", merged.pk)
    ]

    assert left == []
    merged.refresh_from_db()
    assert merged.merged_into_id == survivor.pk


def _count(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def test_no_table_with_a_patient_is_forgotten() -> None:
    """A new table moves; one that stays must say so (ClinicRules.stays_when_merged)."""
    columns = {(column.table, column.column) for column in patient_columns()}
    staying = set()
    for model in clinic_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Patient and (model._meta.db_table, field.column) not in columns:
                staying.add(f"{model.__name__}.{field.name}")
        if issubclass(model, PatientOwned) and not model.clinic_rules.stays_when_merged:
            assert (model._meta.db_table, "patient_id") in columns

    assert staying == {
        "Patient.merged_into",
        "NameToken.patient",
        "PairVerdict.one",
        "PairVerdict.other",
        "PatientMerge.survivor",
        "PatientMerge.merged",
        "MovedRow.from_patient",
        "MovedRow.to_patient",
        "AlikePair.one",
        "AlikePair.other",
        "ComparedPatient.patient",
    }


def test_every_table_of_a_patient_has_its_two_guards(db: None) -> None:
    for column in patient_columns():
        guards = _count(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname IN (%s, %s)",
            column.table,
            f"takes_new_{column.column}",
            f"stays_with_{column.column}",
        )
        assert guards == 2, column.table


def test_taking_it_back_leaves_every_table_as_before(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = everything(in_clinic)
    before = snapshot(in_clinic)

    made = merge(by, survivor, merged)
    assert snapshot(in_clinic) != before
    take_back(by, made)

    assert leaving_out_marks(snapshot(in_clinic)) == leaving_out_marks(before)


def test_signatures_and_the_audit_trail_hold_after_a_merge_and_after_its_way_back(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = everything(in_clinic)

    made = merge(by, survivor, merged)
    assert broken_signatures(in_clinic.pk) == []
    call_command("verify_signatures")
    call_command("audit_verify")

    take_back(by, made)
    assert broken_signatures(in_clinic.pk) == []
    call_command("verify_signatures")
    call_command("audit_verify")


def told_apart(act: Any) -> str:
    with pytest.raises(MergeRefusedError) as refused, transaction.atomic():
        act()
    return refused.value.words


def test_a_signature_that_was_moved_by_no_merge_is_broken(in_clinic: Clinic, by: Actor, survivor: Patient) -> None:
    """The hash names the patient of the signature; somebody who writes past the guards could hide behind that."""
    session = signed_session(clinic=in_clinic, signed_at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE pit_sessions_injectionsession SET signed_patient_id = patient_id, patient_id = %s WHERE id = %s",
            [survivor.pk, session.pk],
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SET ROLE pit_app")

    assert broken_signatures(in_clinic.pk) == [session.pk]


def test_a_row_changes_its_patient_through_no_other_door(in_clinic: Clinic, survivor: Patient, merged: Patient) -> None:
    visit = AppointmentFactory(clinic=in_clinic, patient=merged)

    with pytest.raises(IntegrityError, match="stays with its patient"), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(patient=survivor)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO patients_movedrow (clinic_id, merge_id, table_name, column_name, row_id, from_patient_id,"
        " to_patient_id, is_reversal, xid) SELECT clinic_id, id, 'x', 'x', id, survivor_id, merged_id, false, 0"
        " FROM patients_patientmerge",
        "UPDATE patients_movedrow SET xid = 0",
        "DELETE FROM patients_movedrow",
    ],
)
def test_nobody_but_the_door_writes_what_was_moved(
    in_clinic: Clinic, by: Actor, survivor: Patient, merged: Patient, statement: str
) -> None:
    merge(by, survivor, merged)

    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nobody_but_the_door_says_that_a_record_was_merged(survivor: Patient, merged: Patient) -> None:
    with pytest.raises(IntegrityError, match="by the database alone"), transaction.atomic():
        Patient.objects.filter(pk=merged.pk).update(merged_into=survivor)


def test_a_merge_is_never_rewritten(by: Actor, survivor: Patient, merged: Patient) -> None:
    made = merge(by, survivor, merged)

    with pytest.raises(IntegrityError, match="cannot change"), transaction.atomic():
        PatientMerge.objects.filter(pk=made.pk).update(reason="another")


def test_a_merged_record_takes_nothing_new_and_stays_as_it_was(
    in_clinic: Clinic, by: Actor, survivor: Patient, merged: Patient
) -> None:
    merge(by, survivor, merged)

    for act in (
        lambda: AppointmentFactory(clinic=in_clinic, patient=merged),
        lambda: RiskFlag.objects.create(clinic=in_clinic, patient=merged, flag="diabetes", recorded_at=NOW),
        lambda: Patient.objects.filter(pk=merged.pk).update(family_name="Other"),
    ):
        with pytest.raises(IntegrityError, match="merged into another"), transaction.atomic():
            act()


def test_a_merged_record_is_found_by_its_old_name_and_number_and_leads_to_the_survivor(
    in_clinic: Clinic, by: Actor
) -> None:
    survivor, merged = (register(by, name) for name in ("Brown", "Schwarzenberger"))
    number = Identifier.objects.get(patient=merged).value
    merge(by, survivor, merged)

    for text in ("schwarzenberger", number, "Brown"):
        assert [row.id for row in find(by, text, today=NOW.date())] == [survivor.pk]
    assert find(by, "schwarzenberger", today=NOW.date())[0].formerly == "Schwarzenberger, Ann"
    assert Identifier.objects.get(value=number).is_former


def register(by: Actor, family: str, **more: Any) -> Patient:
    details = PatientDetails(given_names="Ann", family_name=family, birth_date=date(1980, 4, 5), zone="Europe/Berlin")
    return patients.register(by=by, now=NOW - timedelta(days=30), details=details, **more)


def phone(value: str = "+4930901820", **more: Any) -> ContactDetails:
    return ContactDetails(kind=ContactKind.PHONE, value=value, **more)


def test_a_phone_both_have_is_kept_once_with_what_was_last_decided(in_clinic: Clinic, by: Actor) -> None:
    survivor = register(by, "Brown", contacts=[phone(allowed=frozenset({Purpose.CARE}))])
    merged = register(by, "Braun", contacts=[phone(allowed=frozenset())])
    contact_points.decide(
        by=by,
        now=NOW,
        point=ContactPoint.objects.get(patient=merged),
        allowed=frozenset({Purpose.MARKETING}),
    )
    before = snapshot(in_clinic)

    made = merge(by, survivor, merged)

    point = ContactPoint.objects.get(patient=survivor)
    latest = (
        ContactConsent.objects.filter(contact_point=point, purpose=Purpose.MARKETING).order_by("-decided_at").first()
    )
    assert latest is not None
    assert latest.is_granted
    assert ContactPoint.objects.filter(patient=merged).count() == 1
    take_back(by, made)
    assert snapshot(in_clinic) == before


def test_a_phone_that_was_stopped_on_one_record_is_stopped_on_the_survivor(by: Actor) -> None:
    survivor, merged = (register(by, name, contacts=[phone()]) for name in ("Brown", "Braun"))
    contact_points.stop(by=by, now=NOW, point=ContactPoint.objects.get(patient=merged), reason="asked")

    merge(by, survivor, merged)

    assert ContactPoint.objects.get(patient=survivor).stopped_reason == "asked"


def test_an_allergy_both_have_stands_once_and_says_what_both_said(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = register(by, "Brown"), register(by, "Braun")
    for patient, reaction in ((survivor, "rash"), (merged, "could not breathe")):
        Allergy.objects.create(clinic=in_clinic, patient=patient, substance="latex", reaction=reaction, recorded_at=NOW)

    merge(by, survivor, merged)

    assert Allergy.objects.current().get(patient=survivor).reaction == "rash; could not breathe"
    assert Allergy.objects.filter(patient=survivor).count() == 2


def test_a_consent_to_pictures_both_gave_stays_once_with_each(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = everything(in_clinic)
    member = MembershipFactory(clinic=in_clinic)
    objects._picture_consent(in_clinic, survivor, member)

    made = merge(by, survivor, merged)

    assert len(made.kept_back) == 1


def test_details_are_taken_from_the_record_they_are_chosen_of(by: Actor) -> None:
    survivor, merged = register(by, "Brown"), register(by, "Braun")

    made = merge(by, survivor, merged, take=["family_name"], versions=(1, 1))

    survivor.refresh_from_db()
    assert (survivor.family_name, survivor.version) == ("Braun", 2)
    take_back(by, made)
    survivor.refresh_from_db()
    assert survivor.family_name == "Brown"
    assert [row.id for row in find(by, "Brown", today=NOW.date())] == [survivor.pk]


def test_visits_of_both_at_one_time_are_told_with_their_time_and_nothing_moves(
    in_clinic: Clinic, by: Actor, survivor: Patient, merged: Patient
) -> None:
    for patient in (survivor, merged):
        AppointmentFactory(clinic=in_clinic, patient=patient, starts_at=NOW)

    words = told_apart(lambda: merge(by, survivor, merged))

    assert "visits at the same time: 20 Mar 2026" in words
    merged.refresh_from_db()
    assert merged.merged_into_id is None


def test_records_that_changed_since_they_were_looked_at_are_looked_at_again(by: Actor) -> None:
    survivor, merged = register(by, "Brown"), register(by, "Braun")

    assert "changed one of the records" in told_apart(lambda: merge(by, survivor, merged, versions=(1, 2)))


def test_a_merge_says_why(by: Actor, survivor: Patient, merged: Patient) -> None:
    words = told_apart(lambda: merges.merge(by=by, now=NOW, survivor_id=survivor.pk, merged_id=merged.pk, reason=" "))

    assert words == "Say why."


def test_a_record_is_merged_once_and_into_another(by: Actor, survivor: Patient, merged: Patient) -> None:
    assert "two different" in told_apart(lambda: merge(by, survivor, survivor))
    made = merge(by, survivor, merged)
    assert "merged already" in told_apart(lambda: merge(by, survivor, merged))
    take_back(by, made)
    assert "taken apart again, meanwhile" in told_apart(lambda: take_back(by, made))


def test_another_clinics_record_is_not_here(by: Actor, survivor: Patient, other_clinic: Clinic) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = PatientFactory(clinic=other_clinic)

    assert "not here" in told_apart(lambda: merge(by, survivor, foreign))


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


def leaving_out_marks(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Without the version of a patient whose details were changed, and whom a signature names."""
    for patient in rows["patients.Patient"]:
        patient["version"] = 0
    for session in rows["pit_sessions.InjectionSession"]:
        session["signed_patient_id"] = None
    return rows
