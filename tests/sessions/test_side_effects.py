"""Harm is triaged at once, taken by a named person, judged, closed; nothing is lost on the way."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Actor, machine
from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from catalogue.models import AdverseEventType
from common.tenancy import tenant
from patients.models import RiskFlag
from sessions.choices import AlertStatus, DangerSign, Source
from sessions.models import SideEffect
from sessions.policies.side_effects import SideEffectRefusedError
from sessions.services import side_effects
from sessions.triage import is_assessment_overdue
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.sessions import InjectionSessionFactory, SideEffectFactory

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def clinician(in_clinic: Clinic) -> Actor:
    return MembershipFactory(clinic=in_clinic, role=Role.CLINICIAN).as_actor()


def reported(by: Actor, **given: object) -> SideEffect:
    patient = given.pop("patient", None) or PatientFactory(clinic=by.clinic)
    words = {
        "injection_session": None,
        "danger_signs": [],
        "description": "It hurts",
        "source": Source.CLINICIAN,
        "now": NOW,
    }
    return side_effects.report(patient=patient, by=by, **(words | given))


def test_a_danger_sign_told_in_the_portal_is_urgent_at_once_and_names_its_event(in_clinic: Clinic) -> None:
    session = InjectionSessionFactory(clinic=in_clinic)

    told = reported(
        machine(in_clinic, f"patient:{session.patient_id}"),
        patient=session.patient,
        injection_session=session,
        danger_signs=[DangerSign.BREATHLESS],
        description="I cannot get air",
        source=Source.PORTAL,
    )

    assert (told.priority, told.event_type, told.status) == ("P0", None, AlertStatus.OPEN)
    assert told.to_rule_out == "Pneumothorax"
    assert (told.danger_signs, told.reported_at) == (["breathless"], NOW)


def test_the_most_urgent_sign_names_what_to_rule_out(clinician: Actor) -> None:
    told = reported(clinician, danger_signs=[DangerSign.PUS, DangerSign.WEAKNESS])
    assert told.suspected_type.code == "NERVE_INJURY"


def test_words_nobody_has_sorted_are_something_else_to_call_about_today(clinician: Actor) -> None:
    told = reported(clinician, description="A funny feeling")
    assert (told.priority, told.event_type, told.triage_reason) == ("P1", None, "")


def test_words_that_may_tell_of_a_sign_are_as_urgent_as_the_sign_and_note_none(clinician: Actor) -> None:
    told = reported(clinician, description="He rang: his face is swollen")
    assert (told.priority, told.danger_signs) == ("P0", [])
    assert told.triage_reason == "The words may tell of: Face or tongue swelling, or widespread hives."


def test_words_beside_a_kind_that_a_clinician_chose_change_nothing(clinician: Actor) -> None:
    told = reported(clinician, event_type_code="BRUISE", description="Passed out once as a child")
    assert (told.priority, told.triage_reason) == ("P3", "")


def test_a_sign_the_catalogue_has_lost_is_treated_as_the_worst(clinician: Actor, monkeypatch) -> None:
    monkeypatch.setitem(side_effects.CATALOGUE_CODES, DangerSign.PUS, "GONE")
    assert reported(clinician, danger_signs=[DangerSign.PUS]).priority == "P0"


def test_a_bruise_is_more_urgent_in_a_patient_with_anticoagulants(clinician: Actor) -> None:
    patient = PatientFactory(clinic=clinician.clinic)
    assert reported(clinician, patient=patient, event_type_code="BRUISE").priority == "P3"
    RiskFlag.objects.create(clinic=clinician.clinic, patient=patient, flag="anticoagulant", recorded_at=NOW)
    assert reported(clinician, patient=patient, event_type_code="BRUISE").priority == "P1"


def test_a_flag_that_nobody_has_confirmed_makes_a_bruise_more_urgent_all_the_same(clinician: Actor) -> None:
    patient = PatientFactory(clinic=clinician.clinic)
    RiskFlag.objects.create(
        clinic=clinician.clinic, patient=patient, flag="anticoagulant", is_to_confirm=True, recorded_at=NOW
    )
    assert reported(clinician, patient=patient, event_type_code="BRUISE").priority == "P1"


def test_what_began_before_the_session_is_refused(clinician: Actor) -> None:
    session = InjectionSessionFactory(clinic=clinician.clinic)
    with pytest.raises(SideEffectRefusedError, match="before the session"):
        reported(
            clinician,
            patient=session.patient,
            injection_session=session,
            onset_at=session.started_at - timedelta(minutes=1),
        )
    assert not SideEffect.objects.exists()


def test_another_patients_session_is_refused(clinician: Actor) -> None:
    with pytest.raises(ValueError, match="another patient"):
        reported(clinician, injection_session=InjectionSessionFactory(clinic=clinician.clinic))


def test_a_report_is_taken_by_a_named_person_and_given_back(clinician: Actor) -> None:
    told = reported(clinician)

    taken = side_effects.acknowledge(side_effect_id=told.pk, version=1, by=clinician, now=NOW)
    assert (taken.status, taken.acknowledged_by_id, taken.acknowledged_at) == (
        AlertStatus.ACKNOWLEDGED,
        clinician.membership_id,
        NOW,
    )
    with pytest.raises(SideEffectRefusedError, match="already taken"):
        side_effects.acknowledge(side_effect_id=told.pk, version=2, by=clinician, now=NOW)

    again = side_effects.give_back(side_effect_id=told.pk, version=2, by=clinician, now=NOW)
    assert (again.status, again.acknowledged_by_id, again.version) == (AlertStatus.OPEN, None, 3)
    with pytest.raises(SideEffectRefusedError, match="given back"):
        side_effects.give_back(side_effect_id=told.pk, version=3, by=clinician, now=NOW)


def test_who_saw_an_older_version_is_told_and_changes_nothing(clinician: Actor) -> None:
    told = reported(clinician)
    side_effects.acknowledge(side_effect_id=told.pk, version=1, by=clinician, now=NOW)
    with pytest.raises(side_effects.StaleSideEffectError):
        side_effects.close(side_effect_id=told.pk, version=1, event_type=other(), outcome="gone", by=clinician, now=NOW)
    told.refresh_from_db()
    assert told.status == AlertStatus.ACKNOWLEDGED


def other() -> AdverseEventType:
    return AdverseEventType.objects.get(code="OTHER")


def graded(told: SideEffect, by: Actor, **given: object) -> SideEffect:
    values = {
        "event_type": other(),
        "severity": 2,
        "seriousness": [],
        "causality": "possible",
        "outcome": "",
        "onset_at": None,
    }
    return side_effects.grade(side_effect_id=told.pk, version=told.version, by=by, now=NOW, **(values | given))


def test_one_seriousness_criterion_makes_an_event_serious_whatever_its_severity(clinician: Actor) -> None:
    told = graded(reported(clinician), clinician, severity=1, seriousness=["hospital"])
    assert (told.severity, told.is_serious) == (1, True)
    assert not graded(told, clinician, severity=4, seriousness=[]).is_serious


def test_an_onset_before_the_session_is_refused_when_grading_too(clinician: Actor) -> None:
    session = InjectionSessionFactory(clinic=clinician.clinic)
    told = reported(clinician, patient=session.patient, injection_session=session)
    with pytest.raises(SideEffectRefusedError, match="before the session"):
        graded(told, clinician, onset_at=session.started_at - timedelta(hours=1))


def test_nothing_begins_after_it_was_reported(clinician: Actor) -> None:
    with pytest.raises(SideEffectRefusedError, match="after it was reported"):
        reported(clinician, onset_at=NOW + timedelta(minutes=1))
    with pytest.raises(SideEffectRefusedError, match="after it was reported"):
        graded(reported(clinician), clinician, onset_at=NOW + timedelta(minutes=1))


def test_a_lower_priority_needs_a_reason_that_the_trail_keeps(clinician: Actor) -> None:
    told = reported(clinician, danger_signs=[DangerSign.BREATHLESS])
    with pytest.raises(SideEffectRefusedError, match="reason"):
        side_effects.retriage(side_effect_id=told.pk, version=1, priority="P2", reason="", by=clinician, now=NOW)

    lower = side_effects.retriage(
        side_effect_id=told.pk, version=1, priority="P2", reason="A cold; lungs clear", by=clinician, now=NOW
    )

    assert (lower.priority, lower.triage_reason) == ("P2", "A cold; lungs clear")
    event = AuditEvent.objects.get(kind="update", row_id=told.pk)
    assert (event.reason, event.changes["priority"]) == ("A cold; lungs clear", ["P0", "P2"])


def test_a_higher_priority_needs_none(clinician: Actor) -> None:
    told = reported(clinician)
    higher = side_effects.retriage(side_effect_id=told.pk, version=1, priority="P0", reason="", by=clinician, now=NOW)
    assert higher.priority == "P0"


def test_a_report_is_closed_with_its_outcome_and_opened_again(clinician: Actor) -> None:
    told = reported(clinician)
    with pytest.raises(SideEffectRefusedError, match="what came of it"):
        side_effects.close(side_effect_id=told.pk, version=1, event_type=other(), outcome="", by=clinician, now=NOW)

    done = side_effects.close(
        side_effect_id=told.pk, version=1, event_type=other(), outcome="gone", by=clinician, now=NOW
    )
    # Nobody had taken it, and the record does not say that anybody did.
    assert (done.status, done.closed_by_id, done.acknowledged_by_id) == (
        AlertStatus.CLOSED,
        clinician.membership_id,
        None,
    )
    with pytest.raises(SideEffectRefusedError, match="closed"):
        graded(done, clinician)

    again = side_effects.reopen(side_effect_id=told.pk, version=2, by=clinician, now=NOW)
    assert (again.status, again.closed_at, again.outcome) == (AlertStatus.ACKNOWLEDGED, None, "gone")
    assert again.acknowledged_by_id == clinician.membership_id
    with pytest.raises(SideEffectRefusedError, match="not closed"):
        side_effects.reopen(side_effect_id=told.pk, version=3, by=clinician, now=NOW)


def test_a_serious_event_is_not_closed_without_a_judgement_of_its_cause(clinician: Actor) -> None:
    told = graded(reported(clinician), clinician, seriousness=["hospital"], causality="")
    with pytest.raises(SideEffectRefusedError, match="judgement of its cause"):
        side_effects.close(side_effect_id=told.pk, version=2, event_type=other(), outcome="gone", by=clinician, now=NOW)


@pytest.mark.parametrize(
    ("is_serious", "outcome", "causality", "hours", "is_overdue"),
    [
        (True, "", "", 73, True),
        (True, "gone", "", 73, True),
        (True, "", "possible", 73, True),
        (True, "", "", 72, False),
        (True, "gone", "possible", 73, False),
        (False, "", "", 73, False),
    ],
)
def test_a_serious_event_without_outcome_or_cause_is_overdue_after_72_hours(
    is_serious: bool, outcome: str, causality: str, hours: int, is_overdue: bool
) -> None:
    found = is_assessment_overdue(
        is_serious=is_serious, outcome=outcome, causality=causality, age=timedelta(hours=hours)
    )
    assert found is is_overdue


def test_another_clinics_report_does_not_exist(clinician: Actor, other_clinic: Clinic, as_superuser) -> None:
    with tenant(other_clinic.pk):
        foreign = SideEffectFactory(clinic=other_clinic)
    as_superuser()
    with pytest.raises(SideEffect.DoesNotExist):
        side_effects.acknowledge(side_effect_id=foreign.pk, version=1, by=clinician, now=NOW)
