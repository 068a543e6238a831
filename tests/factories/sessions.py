"""The treatment record. A session begins as a draft: ``signed_session`` signs it, as the database demands."""

from datetime import UTC, date, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from catalogue.models import AdverseEventType, InstrumentScale, Technique
from patients.models import PatientCondition
from sessions.choices import Moment, Question, RecordStatus, Source
from sessions.models import (
    Consent,
    Course,
    CourseGoal,
    CourseReview,
    FollowUp,
    InjectionSession,
    Measure,
    PainScore,
    ReliefReport,
    SideEffect,
)
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory


class InjectionSessionFactory(DjangoModelFactory):
    class Meta:
        model = InjectionSession

    appointment = factory.SubFactory(AppointmentFactory, clinic=factory.SelfAttribute("..clinic"))
    patient = factory.SelfAttribute("appointment.patient")
    clinician = factory.SelfAttribute("appointment.clinician")
    technique = factory.LazyFunction(lambda: Technique.objects.order_by("code").first())
    started_at = factory.SelfAttribute("appointment.starts_at")


def signed_session(*, signed_at: datetime, **fields: object) -> InjectionSession:
    """A session signed at that time, its visit half an hour before; each is a visit of its own clinician."""
    begins = signed_at - timedelta(minutes=30)
    visit = {"appointment__starts_at": begins, "appointment__ends_at": signed_at}
    session = InjectionSessionFactory(**{**visit, **fields})
    return sign(session, signed_at=signed_at)


def sign(session: InjectionSession, *, signed_at: datetime) -> InjectionSession:
    session.status = RecordStatus.SIGNED
    session.signed_at = signed_at
    session.signed_by = session.clinician
    session.ended_at = session.ended_at or signed_at
    session.version += 1
    session.save()
    return session


def void(session: InjectionSession, *, voided_at: datetime) -> InjectionSession:
    session.refresh_from_db()
    session.status = RecordStatus.VOIDED
    session.voided_at = voided_at
    session.voided_by = session.clinician
    session.void_reason = "entered for the wrong patient"
    session.version += 1
    session.save()
    return session


class PatientConditionFactory(DjangoModelFactory):
    class Meta:
        model = PatientCondition

    patient = factory.SubFactory(PatientFactory, clinic=factory.SelfAttribute("..clinic"))
    name = "Meralgia paraesthetica"
    icd10cm_code = "G57.12"
    side = "left"


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    patient = factory.SubFactory(PatientFactory, clinic=factory.SelfAttribute("..clinic"))
    patient_condition = factory.SubFactory(
        PatientConditionFactory, clinic=factory.SelfAttribute("..clinic"), patient=factory.SelfAttribute("..patient")
    )
    started_date = date(2026, 3, 2)


class CourseGoalFactory(DjangoModelFactory):
    class Meta:
        model = CourseGoal

    course = factory.SubFactory(CourseFactory, clinic=factory.SelfAttribute("..clinic"))
    position = 1
    words = "Walk to the market and back"


class CourseReviewFactory(DjangoModelFactory):
    """Waits for a decision: little relief in the first two sessions."""

    class Meta:
        model = CourseReview

    injection_session = factory.SubFactory(InjectionSessionFactory, clinic=factory.SelfAttribute("..clinic"))
    patient = factory.SelfAttribute("injection_session.patient")
    course = factory.SubFactory(
        CourseFactory, clinic=factory.SelfAttribute("..clinic"), patient=factory.SelfAttribute("..patient")
    )
    rule = "a"
    evidence = factory.LazyFunction(lambda: {"scores": [[8, 7], [8, 6]], "question": "rest", "pgic": None})
    raised_at = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


class MeasureFactory(DjangoModelFactory):
    """An overall change, “a little better”, as the clinician notes it."""

    class Meta:
        model = Measure

    course = factory.SubFactory(CourseFactory, clinic=factory.SelfAttribute("..clinic"))
    patient = factory.SelfAttribute("course.patient")
    scale = factory.LazyFunction(lambda: InstrumentScale.objects.get(code="PGIC:score"))
    unit = factory.SelfAttribute("scale.unit")
    value = 3
    source = Source.CLINICIAN
    measured_at = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    received_at = factory.SelfAttribute("measured_at")


class ConsentFactory(DjangoModelFactory):
    """A consent by typed name, for superficial treatment with weak dextrose."""

    class Meta:
        model = Consent

    patient = factory.SubFactory(PatientFactory, clinic=factory.SelfAttribute("..clinic"))
    technique = factory.LazyFunction(lambda: Technique.objects.get(code="PIT_SC"))
    solution_classes = factory.LazyFunction(lambda: ["dextrose_weak"])
    wording_version = "2026-11"
    signed_name = "Aroha Example"
    given_at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    taken_by = factory.SubFactory(MembershipFactory, clinic=factory.SelfAttribute("..clinic"))


class SideEffectFactory(DjangoModelFactory):
    """An open report, priority 2."""

    class Meta:
        model = SideEffect

    patient = factory.SubFactory(PatientFactory, clinic=factory.SelfAttribute("..clinic"))
    event_type = factory.LazyFunction(lambda: AdverseEventType.objects.get(code="OTHER"))
    priority = "P2"
    description = "A strange feeling"
    source = Source.PORTAL
    reported_at = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


class FollowUpFactory(DjangoModelFactory):
    class Meta:
        model = FollowUp

    injection_session = factory.SubFactory(InjectionSessionFactory, clinic=factory.SelfAttribute("..clinic"))
    patient = factory.SelfAttribute("injection_session.patient")
    due_at = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


class PainScoreFactory(DjangoModelFactory):
    """Pain at rest on the table, as the clinician notes it."""

    class Meta:
        model = PainScore

    injection_session = factory.SubFactory(InjectionSessionFactory, clinic=factory.SelfAttribute("..clinic"))
    patient = factory.SelfAttribute("injection_session.patient")
    question = Question.REST
    moment = Moment.BEFORE
    score = 6
    measured_at = factory.SelfAttribute("injection_session.started_at")
    received_at = factory.SelfAttribute("measured_at")
    source = Source.CLINICIAN


class ReliefReportFactory(DjangoModelFactory):
    class Meta:
        model = ReliefReport

    injection_session = factory.SubFactory(InjectionSessionFactory, clinic=factory.SelfAttribute("..clinic"))
    patient = factory.SelfAttribute("injection_session.patient")
    reported_at = factory.LazyAttribute(lambda report: report.injection_session.started_at + timedelta(hours=24))
    has_ended = False
    source = Source.PORTAL
