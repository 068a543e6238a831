"""Who stands at the door: from the key in a link, or from the cookie after the second factor, to one check-in."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import AccessLink, Patient
from patients.services import access_links
from portal.models import CheckIn
from reminders.models import Message
from scheduling.models import SlotOffer
from sessions.choices import Priority, RecordStatus, Source
from sessions.models import InjectionSession, SideEffect


def patient_actor(clinic: Clinic, patient_id: UUID | str) -> Actor:
    """A patient acts without a role; the audit trail names them by id."""
    return Actor(clinic=clinic, role="", name=f"patient:{patient_id}")


def inside(by: Actor) -> AbstractContextManager[None]:
    """One transaction that sees the patient's clinic only, whoever else is signed in at this browser."""
    return tenant(by.clinic_id, actor=by.audit_name, user_id="")


@dataclass(frozen=True)
class Door:
    """A link that exists; ``is_open`` says whether it still lets its patient in."""

    by: Actor
    link: AccessLink
    message: Message
    is_open: bool


def clinic_of(code: str) -> Clinic | None:
    return Clinic.objects.filter(link_code=code).first()


def find_door(key: str, *, now: datetime) -> Door | None:
    """Return the door of a key, or None for a key that opens nothing. The clinic is found by the code in the key."""
    parts = access_links.parts_of(key)
    clinic = clinic_of(parts[0]) if parts else None
    if parts is None or clinic is None:
        return None
    with tenant(clinic.pk, actor="patient"):
        found = AccessLink.objects.filter(clinic_id=clinic.pk).with_token_hash(access_links.token_hash(parts[1]))
        link = found.select_related("patient").first()
        message = (
            link and link.messages.select_related("injection_session", "contact_code").order_by("created_at").first()
        )
    if link is None or not message:
        return None
    return Door(
        by=patient_actor(clinic, link.patient_id),
        link=link,
        message=message,
        is_open=access_links.is_open(link, now=now) and _has_something_behind(message),
    )


def _has_something_behind(message: Message) -> bool:
    """An offer that has ended still says so; a check-in is there as long as its session is signed; a code that was
    used is thanked for again, one that a newer took the place of is over."""
    if message.contact_code is not None:
        return message.contact_code.ended_at is None
    return message.slot_offer_id is not None or _is_signed(message.injection_session)


@dataclass(frozen=True)
class Visit:
    """A patient who gave the second factor: one check-in of one session, nothing else."""

    by: Actor
    link: AccessLink
    patient: Patient
    session: InjectionSession
    check_in: CheckIn


def find_visit(*, clinic_id: str, link_id: str, check_in_id: str, now: datetime) -> Visit | None:
    """Return the visit a signed cookie names, while its link still holds."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic is None:
        return None
    with tenant(clinic.pk, actor="patient"):
        link = AccessLink.objects.filter(clinic_id=clinic.pk, pk=link_id).select_related("patient").first()
        check_in = CheckIn.objects.filter(clinic_id=clinic.pk, pk=check_in_id)
        row = check_in.select_related("injection_session", "relief_report").first()
    if link is None or row is None or row.patient_id != link.patient_id:
        return None
    if not access_links.is_open(link, now=now) or not _is_signed(row.injection_session):
        return None
    by = patient_actor(clinic, link.patient_id)
    return Visit(by=by, link=link, patient=link.patient, session=row.injection_session, check_in=row)


def _is_signed(session: InjectionSession | None) -> bool:
    return session is not None and session.status == RecordStatus.SIGNED


def told_priority(visit: Visit) -> Priority | None:
    """The most urgent thing this patient has told in this check-in, or None."""
    told = SideEffect.objects.filter(
        clinic_id=visit.by.clinic_id,
        injection_session=visit.session,
        source=Source.PORTAL,
        reported_at__gte=visit.check_in.started_at,
    )
    worst = told.order_by("priority").values_list("priority", flat=True).first()
    return Priority(worst) if worst else None


@dataclass(frozen=True)
class OfferVisit:
    """A patient who gave the second factor: one free time, nothing else."""

    by: Actor
    link: AccessLink
    patient: Patient
    offer: SlotOffer


def find_offer(*, clinic_id: str, link_id: str, offer_id: str, now: datetime) -> OfferVisit | None:
    """Return the offer a signed cookie names, while its link still holds."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic is None:
        return None
    with tenant(clinic.pk, actor="patient"):
        link = AccessLink.objects.filter(clinic_id=clinic.pk, pk=link_id).select_related("patient").first()
        offer = SlotOffer.objects.filter(clinic_id=clinic.pk, pk=offer_id).select_related("entry__appointment").first()
    if link is None or offer is None or offer.patient_id != link.patient_id:
        return None
    if not access_links.is_open(link, now=now):
        return None
    by = patient_actor(clinic, link.patient_id)
    return OfferVisit(by=by, link=link, patient=link.patient, offer=offer)
