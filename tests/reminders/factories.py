"""What a message needs around it: a patient who can be written to, a signed session, the message."""

from datetime import datetime, timedelta

from accounts.actors import Actor, machine
from accounts.models import Clinic
from patients.choices import Purpose
from patients.models import ContactConsent, ContactPoint, Patient
from reminders.choices import Step
from reminders.models import Message
from sessions.models import InjectionSession
from tests.factories.patients import EmailFactory, PatientFactory
from tests.factories.sessions import signed_session


def worker(clinic: Clinic) -> Actor:
    return machine(clinic, "task:reminders.sweep")


def allow(
    mailbox: ContactPoint, *, at: datetime, is_granted: bool = True, purpose: Purpose = Purpose.CARE
) -> ContactConsent:
    return ContactConsent.objects.create(
        clinic_id=mailbox.clinic_id,
        contact_point=mailbox,
        purpose=purpose,
        is_granted=is_granted,
        decided_at=at,
        wording_version="test",
    )


def reachable_patient(clinic: Clinic, *, at: datetime, **fields: object) -> Patient:
    """A patient with one private mailbox that may be used for care."""
    patient = PatientFactory(clinic=clinic, **fields)
    allow(EmailFactory(patient=patient), at=at)
    return patient


def visitor(clinic: Clinic, *, at: datetime, **fields: object) -> Patient:
    """A patient with one private mailbox that may be used for visits."""
    patient = PatientFactory(clinic=clinic, **fields)
    allow(EmailFactory(patient=patient), at=at, purpose=Purpose.APPOINTMENT)
    return patient


def treated(
    clinic: Clinic, *, signed_at: datetime, ended_at: datetime | None = None, **patient: object
) -> InjectionSession:
    """A signed session of a reachable patient; it ended when it was signed, unless somebody says so."""
    who = reachable_patient(clinic, at=signed_at - timedelta(days=1), **patient)
    return signed_session(clinic=clinic, signed_at=signed_at, ended_at=ended_at, appointment__patient=who)


def message_for(session: InjectionSession, *, due_at: datetime, step: str = Step.CHECK_24H, **fields) -> Message:
    values = {
        "clinic_id": session.clinic_id,
        "patient_id": session.patient_id,
        "injection_session": session,
        "step": step,
        "dedupe_key": f"session:{session.pk}:{step}:email",
        "due_at": due_at,
        "next_at": due_at,
        "expires_at": due_at + timedelta(days=2),
    }
    message = Message.objects.create(**{**values, **fields})
    message.refresh_from_db()
    return message
