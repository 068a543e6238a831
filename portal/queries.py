"""Who stands at the door: from the key in a link, or from the cookie after the second factor, to one check-in."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import AccessLink, Patient
from patients.services import access_links
from portal.models import CheckIn
from reminders.models import Message
from scheduling.models import SlotOffer
from sessions.alarm_words import is_all_clear
from sessions.choices import DangerSign, Priority, RecordStatus, Source
from sessions.models import InjectionSession, SideEffect
from sessions.queries.measures import told_overall_change
from sessions.queries.pain_scores import told_scores
from sessions.queries.side_effects import emergencies
from sessions.triage import is_alarming


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
    key: str
    link: AccessLink
    message: Message
    is_open: bool

    @property
    def is_locked(self) -> bool:
        """Too many wrong birth dates closed it."""
        return access_links.is_locked(self.link)

    def is_over(self, *, now: datetime) -> bool:
        """Its time is up."""
        return self.link.expires_at <= now


def clinic_of(code: str) -> Clinic | None:
    return Clinic.objects.filter(link_code=code).first()


def clinic_of_key(key: str) -> Clinic | None:
    """The clinic whose code stands in a key, whether or not the key opens anything: whom to call instead."""
    parts = access_links.parts_of(key)
    return clinic_of(parts[0]) if parts else None


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
        key=key,
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
class Guest(ABC):
    """A patient who gave the second factor, at one door: what an address and its form name, and nothing else.

    ``subject_id`` is the row behind the door; it stands in every address and in every form.
    """

    by: Actor
    link: AccessLink
    patient: Patient

    prefix = ""

    @property
    @abstractmethod
    def subject_id(self) -> UUID: ...

    @property
    def session(self) -> InjectionSession | None:
        return None

    @property
    @abstractmethod
    def since(self) -> datetime:
        """From when on what was told belongs to this door."""

    def url(self, name: str) -> str:
        """The address of one of this door's own pages."""
        return reverse(f"portal:{self.prefix}{name}", args=[self.by.clinic.link_code, self.subject_id])


@dataclass(frozen=True)
class Visit(Guest):
    """A patient at a check-in of one session."""

    check_in: CheckIn

    @property
    def subject_id(self) -> UUID:
        return self.check_in.pk

    @property
    def session(self) -> InjectionSession:
        session: InjectionSession = self.check_in.injection_session
        return session

    @property
    def since(self) -> datetime:
        return self.check_in.started_at


@dataclass(frozen=True)
class OfferVisit(Guest):
    """A patient before one free time."""

    offer: SlotOffer

    prefix = "offer_"

    @property
    def subject_id(self) -> UUID:
        return self.offer.pk

    @property
    def since(self) -> datetime:
        return self.offer.offered_at


def find_visit(*, clinic_id: str, link_id: str, subject_id: UUID, now: datetime) -> Visit | None:
    """Return the check-in a signed cookie names, while its link still holds."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic is None:
        return None
    with tenant(clinic.pk, actor="patient"):
        link = _open_link(clinic, link_id, now=now)
        own = CheckIn.objects.filter(clinic=clinic, pk=subject_id, patient_id=link.patient_id) if link else None
        row = own.select_related("injection_session", "relief_report").first() if own is not None else None
    if link is None or row is None or not _is_signed(row.injection_session):
        return None
    return Visit(by=patient_actor(clinic, link.patient_id), link=link, patient=link.patient, check_in=row)


def find_offer(*, clinic_id: str, link_id: str, subject_id: UUID, now: datetime) -> OfferVisit | None:
    """Return the offer a signed cookie names, while its link still holds."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic is None:
        return None
    with tenant(clinic.pk, actor="patient"):
        link = _open_link(clinic, link_id, now=now)
        own = SlotOffer.objects.filter(clinic=clinic, pk=subject_id, patient_id=link.patient_id) if link else None
        offer = own.select_related("entry__appointment").first() if own is not None else None
    if link is None or offer is None:
        return None
    return OfferVisit(by=patient_actor(clinic, link.patient_id), link=link, patient=link.patient, offer=offer)


def _open_link(clinic: Clinic, link_id: str, *, now: datetime) -> AccessLink | None:
    """The link with its patient, while it still lets them in."""
    link = AccessLink.objects.filter(clinic=clinic, pk=link_id).select_related("patient").first()
    return link if link and access_links.is_open(link, now=now) else None


def _is_signed(session: InjectionSession | None) -> bool:
    return session is not None and session.status == RecordStatus.SIGNED


def told_here(guest: Guest) -> list[SideEffect]:
    """What this patient reported at this door, the most urgent first; a slip that was taken back comes last."""
    told = SideEffect.objects.visible_to(guest.by).filter(
        patient=guest.patient, injection_session=guest.session, source=Source.PORTAL, reported_at__gte=guest.since
    )
    return sorted(told, key=lambda one: (one.taken_back_at is not None, one.priority, one.reported_at))


def told_priority(guest: Guest) -> Priority | None:
    """The most urgent thing this patient told at this door and did not take back, or None."""
    worst = next((one for one in told_here(guest) if one.taken_back_at is None), None)
    return Priority(worst.priority) if worst else None


def page_of_urgent(guest: Guest, *, no_sign_after: str) -> str:
    """Where something urgent that was told here leads: to ``call``, or empty when nothing was.

    Words that only say that all is well lead to ``signs``, until none of them was tapped after the latest report
    (its id is ``no_sign_after``): nobody is thanked before the signs were asked by name.
    """
    if told_priority(guest) not in (Priority.P0, Priority.P1):
        return ""
    if not has_told_all_clear(guest):
        return "call"
    return "" if no_sign_after == latest_told(guest) else "signs"


def latest_told(guest: Guest) -> str:
    """The id of the latest report of this door, or empty."""
    told = told_here(guest)
    return str(max(told, key=lambda one: one.reported_at).pk) if told else ""


def has_told_all_clear(guest: Guest) -> bool:
    """Whether all that was told here are words that say that all is well, with a pain that is not alarming."""
    told = [one for one in told_here(guest) if one.taken_back_at is None]
    is_calm = all(
        not one.danger_signs and one.priority != Priority.P0 and is_all_clear(one.description) for one in told
    )
    return bool(told) and is_calm and not is_pain_alarming(guest)


@dataclass(frozen=True)
class AskedSign:
    """A danger sign as a button; ``is_emergency``: call an ambulance, do not wait for the clinic."""

    value: str
    label: str
    is_emergency: bool


def signs_to_ask() -> list[AskedSign]:
    """Every sign a patient can tap, the emergencies first, as the reviewed catalogue sorts them."""
    urgent = emergencies()
    asked = [AskedSign(sign.value, str(sign.label), sign in urgent) for sign in DangerSign]
    return sorted(asked, key=lambda sign: not sign.is_emergency)


@dataclass(frozen=True)
class ToldPain:
    """The pain told in a check-in, 0-10 or None; ``is_alarming`` when it is high or has suddenly risen."""

    score: int | None
    is_alarming: bool


def told_pain(visit: Visit) -> ToldPain:
    """What was told in this check-in, held against what was known of the session before."""
    own, before = told_scores(visit.by, visit.session, step=visit.check_in.step)
    return ToldPain(score=own, is_alarming=own is not None and is_alarming(own, before=before))


def is_pain_alarming(guest: Guest) -> bool:
    return isinstance(guest, Visit) and told_pain(guest).is_alarming


def told_change(visit: Visit) -> int | None:
    """The overall change told in this check-in, 1 to 7, or None."""
    return told_overall_change(visit.by, visit.session, step=visit.check_in.step)
