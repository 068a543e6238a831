"""Injection sessions. A session begins as a draft: ``signed_session`` signs it, as the database demands."""

from datetime import datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from catalogue.models import Technique
from sessions.choices import RecordStatus
from sessions.models import InjectionSession
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
