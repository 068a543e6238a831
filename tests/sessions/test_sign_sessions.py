"""Start, save, sign, void: one test for each way out."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from scheduling.models import Appointment
from sessions.choices import Moment, Question, RecordStatus, Source
from sessions.drafts import ConsentRow
from sessions.models import Consent, Course, FollowUp, InjectionSession, PainScore, SolutionLot
from sessions.policies.injection_sessions import GateClosedError, SessionRefusedError, VersionConflictError
from sessions.queries.signatures import is_signature_broken
from sessions.services import injection_sessions as service
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import CourseFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


@pytest.fixture
def lot(in_clinic: Clinic) -> SolutionLot:
    return SolutionLotFactory(clinic=in_clinic)


@pytest.fixture
def visit(in_clinic: Clinic) -> Appointment:
    return AppointmentFactory(clinic=in_clinic, status=VisitStatus.ARRIVED)


@pytest.fixture
def clinician(visit: Appointment) -> Actor:
    return actor_of(visit.clinician)


@pytest.fixture
def session(visit: Appointment, clinician: Actor) -> InjectionSession:
    return service.start(appointment=visit, by=clinician, now=NOW)


@pytest.fixture
def ready(session: InjectionSession, lot: SolutionLot, clinician: Actor) -> InjectionSession:
    return service.save_draft(
        injection_session=session, version=1, draft=a_draft(lot=lot), by=clinician, now=NOW + timedelta(minutes=10)
    )


LATER = NOW + timedelta(minutes=20)


def test_starting_moves_the_arrived_visit_into_the_room(visit: Appointment, session: InjectionSession) -> None:
    visit.refresh_from_db()
    assert visit.status == VisitStatus.IN_ROOM
    assert visit.moves.get().to_status == VisitStatus.IN_ROOM
    assert (session.status, session.version, session.patient_id) == (RecordStatus.DRAFT, 1, visit.patient_id)


def test_starting_twice_gives_the_same_session(visit: Appointment, session: InjectionSession, clinician: Actor) -> None:
    assert service.start(appointment=visit, by=clinician, now=LATER) == session


@pytest.mark.django_db(transaction=True)
def test_two_who_start_at_once_get_one_session() -> None:
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        visit = AppointmentFactory(clinic=clinic, status=VisitStatus.ARRIVED)
        by = actor_of(visit.clinician)
    gate, found = threading.Barrier(4), set()

    def begin() -> None:
        try:
            with tenant(clinic.pk, actor="test"):
                gate.wait()
                found.add(service.start(appointment=visit, by=by, now=NOW).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin) for _who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 1
    with tenant(clinic.pk, actor="test"):
        assert visit.moves.count() == 1


def test_a_visit_that_has_not_arrived_cannot_start(in_clinic: Clinic) -> None:
    visit = AppointmentFactory(clinic=in_clinic)

    with pytest.raises(SessionRefusedError, match="arrived"):
        service.start(appointment=visit, by=actor_of(visit.clinician), now=NOW)


def test_the_only_open_course_is_chosen_already(visit: Appointment, clinician: Actor) -> None:
    course = CourseFactory(clinic=visit.clinic, patient=visit.patient)

    assert service.start(appointment=visit, by=clinician, now=NOW).course == course


def test_a_draft_is_stored_as_it_was_given(ready: InjectionSession, lot: SolutionLot) -> None:
    ready.refresh_from_db()
    point = ready.points.get()
    assert (point.number, point.nerve.code, point.side, point.volume_ml) == (1, "N054", "left", Decimal("0.50"))
    assert point.lot == lot
    assert {(score.moment, score.question, score.score) for score in ready.pain_scores.all()} == {
        (Moment.BEFORE, Question.REST, 6),
        (Moment.AFTER, Question.REST, 2),
    }
    assert ready.version == 2
    assert ready.consent.risk_flags == []
    assert ready.consent.solution_classes == ["dextrose_weak"]


def test_what_is_taken_out_of_a_draft_is_gone(ready: InjectionSession, lot: SolutionLot, clinician: Actor) -> None:
    draft = a_draft(lot=lot, points=(), scores=(), answers={}, consent=None)

    service.save_draft(injection_session=ready, version=2, draft=draft, by=clinician, now=LATER)

    assert not ready.points.exists()
    assert not ready.pain_scores.exists()
    assert not ready.screening_answers.exists()


def test_the_patients_own_score_is_never_touched(ready: InjectionSession, clinician: Actor) -> None:
    PainScore.objects.create(
        clinic_id=ready.clinic_id,
        patient_id=ready.patient_id,
        injection_session=ready,
        moment=Moment.BEFORE,
        question=Question.REST,
        score=9,
        measured_at=NOW,
        received_at=NOW,
        source=Source.PORTAL,
    )

    service.save_draft(
        injection_session=ready, version=2, draft=a_draft(scores=(), consent=None), by=clinician, now=LATER
    )

    assert ready.pain_scores.get().score == 9


def test_a_stale_version_changes_nothing(ready: InjectionSession, clinician: Actor) -> None:
    with pytest.raises(VersionConflictError):
        service.save_draft(injection_session=ready, version=1, draft=a_draft(note="late"), by=clinician, now=LATER)

    ready.refresh_from_db()
    assert (ready.version, ready.note) == (2, "")


def test_a_course_can_be_opened_while_saving(ready: InjectionSession, lot: SolutionLot, clinician: Actor) -> None:
    course = CourseFactory(clinic=ready.clinic, patient=ready.patient)
    Course.objects.filter(pk=course.pk).update(status="ended", ended_date=course.started_date, end_reason="completed")
    draft = a_draft(lot=lot, open_for_condition_id=course.patient_condition_id, consent=ConsentRow("Aroha Example"))

    saved = service.save_draft(injection_session=ready, version=2, draft=draft, by=clinician, now=LATER)

    assert saved.course is not None
    assert saved.course.patient_condition_id == course.patient_condition_id
    assert saved.consent.course_id == saved.course_id


def test_another_patients_course_is_refused(ready: InjectionSession, clinician: Actor) -> None:
    foreign = CourseFactory(clinic=ready.clinic)

    with pytest.raises(SessionRefusedError, match="another patient"):
        service.save_draft(
            injection_session=ready, version=2, draft=a_draft(course_id=foreign.pk), by=clinician, now=LATER
        )


def test_signing_locks_the_record_and_owes_a_call_back(ready: InjectionSession, clinician: Actor) -> None:
    signed = service.sign(injection_session=ready, version=2, by=clinician, now=LATER)

    assert (signed.status, signed.signed_at, signed.signed_by_id) == ("signed", LATER, clinician.membership_id)
    assert len(signed.content_sha256) == 64
    assert not is_signature_broken(signed.clinic_id, signed.pk)
    # Berlin's ten o'clock on day 7 is nine in UTC: winter.
    assert FollowUp.objects.get().due_at == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


def test_the_call_back_keeps_to_the_wall_clock_when_it_changes(
    session: InjectionSession, lot: SolutionLot, clinician: Actor
) -> None:
    before_the_change = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)
    InjectionSession.objects.filter(pk=session.pk).update(started_at=before_the_change, version=2)
    service.save_draft(
        injection_session=session, version=2, draft=a_draft(lot=lot), by=clinician, now=before_the_change
    )

    service.sign(injection_session=session, version=3, by=clinician, now=before_the_change)

    assert FollowUp.objects.get().due_at == datetime(2026, 4, 3, 8, 0, tzinfo=UTC)


def test_an_open_rule_keeps_the_session_a_draft(ready: InjectionSession, lot: SolutionLot, clinician: Actor) -> None:
    draft = a_draft(lot=lot, sharps_in=0, consent=None)
    saved = service.save_draft(injection_session=ready, version=2, draft=draft, by=clinician, now=LATER)

    with pytest.raises(GateClosedError) as refused:
        service.sign(injection_session=saved, version=3, by=clinician, now=LATER)

    assert [finding.rule.id for finding in refused.value.findings] == ["V27"]
    ready.refresh_from_db()
    assert (ready.status, ready.version) == ("draft", 3)
    assert not FollowUp.objects.exists()


def test_a_warning_is_signed_with_its_reason(ready: InjectionSession, lot: SolutionLot, clinician: Actor) -> None:
    draft = a_draft(lot=lot, amount_drawn_ml=Decimal("5.0"), consent=None)
    service.save_draft(injection_session=ready, version=2, draft=draft, by=clinician, now=LATER)

    with pytest.raises(GateClosedError):
        service.sign(injection_session=ready, version=3, by=clinician, now=LATER)
    signed = service.sign(
        injection_session=ready, version=3, reasons={"V19:5 0.5": "The rest was discarded"}, by=clinician, now=LATER
    )

    override = signed.overrides.get()
    assert (override.rule, override.reason) == ("V19", "The rest was discarded")
    assert override.sentence == "5 mL were drawn up, but the points add up to 0.5 mL."


def test_a_reason_is_asked_again_when_the_figure_changes(
    ready: InjectionSession, lot: SolutionLot, clinician: Actor
) -> None:
    reasons = {"V19:5 0.5": "The rest was discarded"}
    draft = a_draft(lot=lot, amount_drawn_ml=Decimal("5.0"), reasons=reasons, consent=None)
    service.save_draft(injection_session=ready, version=2, draft=draft, by=clinician, now=LATER)
    assert ready.overrides.count() == 1

    changed = replace(draft, amount_drawn_ml=Decimal("9.0"))
    service.save_draft(injection_session=ready, version=3, draft=changed, by=clinician, now=LATER)

    assert not ready.overrides.exists()


def test_a_signed_session_cannot_be_saved_again(ready: InjectionSession, clinician: Actor) -> None:
    service.sign(injection_session=ready, version=2, by=clinician, now=LATER)

    with pytest.raises(SessionRefusedError, match="signed"):
        service.save_draft(injection_session=ready, version=3, draft=a_draft(), by=clinician, now=LATER)


def test_voiding_keeps_the_record_and_cancels_the_call_back(ready: InjectionSession, clinician: Actor) -> None:
    signed = service.sign(injection_session=ready, version=2, by=clinician, now=LATER)

    voided = service.void(injection_session=signed, reason="Wrong patient", by=clinician, now=LATER)

    assert (voided.status, voided.void_reason) == ("voided", "Wrong patient")
    assert FollowUp.objects.get().cancelled_at == LATER
    assert not is_signature_broken(voided.clinic_id, voided.pk)


@pytest.mark.parametrize("reason", ["", "   "])
def test_voiding_needs_a_reason(session: InjectionSession, clinician: Actor, reason: str) -> None:
    with pytest.raises(SessionRefusedError, match="reason"):
        service.void(injection_session=session, reason=reason, by=clinician, now=LATER)


def test_a_visit_whose_session_was_voided_can_start_again(
    visit: Appointment, session: InjectionSession, clinician: Actor
) -> None:
    service.void(injection_session=session, reason="Wrong patient", by=clinician, now=LATER)

    assert service.start(appointment=visit, by=clinician, now=LATER) != session


def test_an_addendum_is_added_to_what_was_signed(ready: InjectionSession, clinician: Actor) -> None:
    signed = service.sign(injection_session=ready, version=2, by=clinician, now=LATER)

    service.add_addendum(injection_session=signed, text="Lot read wrongly", by=clinician, now=LATER)

    assert signed.addenda.get().text == "Lot read wrongly"
    assert not is_signature_broken(signed.clinic_id, signed.pk)


def test_a_draft_takes_no_addendum(ready: InjectionSession, clinician: Actor) -> None:
    with pytest.raises(SessionRefusedError, match="draft"):
        service.add_addendum(injection_session=ready, text="More", by=clinician, now=LATER)


def test_a_consent_of_the_course_serves_its_next_session(
    in_clinic: Clinic, session: InjectionSession, lot: SolutionLot, clinician: Actor
) -> None:
    course = CourseFactory(clinic=in_clinic, patient=session.patient)
    with_course = a_draft(lot=lot, course_id=course.pk)
    first = service.save_draft(injection_session=session, version=1, draft=with_course, by=clinician, now=LATER)
    service.sign(injection_session=first, version=2, by=clinician, now=LATER)
    week_later = NOW + timedelta(days=7)
    visit = AppointmentFactory(
        clinic=in_clinic,
        patient=session.patient,
        clinician=session.clinician,
        status=VisitStatus.ARRIVED,
        starts_at=week_later,
    )
    second = service.start(appointment=visit, by=clinician, now=week_later)
    draft = a_draft(lot=lot, course_id=course.pk, consent=None)
    service.save_draft(injection_session=second, version=1, draft=draft, by=clinician, now=week_later)

    signed = service.sign(injection_session=second, version=2, by=clinician, now=week_later)

    assert signed.consent == first.consent
    assert Consent.objects.filter(course=course).count() == 1


def test_another_clinics_session_is_out_of_reach(
    ready: InjectionSession, other_clinic: Clinic, as_superuser: Callable[[], None]
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        stranger = actor_of(MembershipFactory(clinic=other_clinic))
    as_superuser()

    with pytest.raises(InjectionSession.DoesNotExist):
        service.sign(injection_session=ready, version=2, by=stranger, now=LATER)


def test_a_change_by_a_superuser_is_found(
    ready: InjectionSession, clinician: Actor, as_superuser: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    signed = service.sign(injection_session=ready, version=2, by=clinician, now=LATER)
    call_command("verify_signatures")
    as_superuser()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE pit_sessions_injectionpoint SET volume_ml = 9 WHERE injection_session_id = %s", [signed.pk]
        )
        cursor.execute("SET session_replication_role = origin")

    with pytest.raises(CommandError, match="1 signed"):
        call_command("verify_signatures")

    assert str(signed.pk) in capsys.readouterr().out
    assert is_signature_broken(signed.clinic_id, signed.pk)
