"""Who has to be told of a recalled lot, and who has been: read from the points and the contacts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from common.spoken_languages import language_name
from patients.names import full_name
from patients.queries.clinic_numbers import number_of_patient
from patients.queries.phones import phone_of_patient
from sessions.models import InjectionSession, LotRecall, RecallContact
from sessions.models.lot_recalls import LotRecallQuerySet, RecallContactQuerySet
from sessions.queries.worklists import departure_of
from sessions.stock_choices import ENDS_THE_TASK, ContactOutcome, ContactWay

_LAST = ("id", "way", "outcome", "contacted_at", "contacted_by__user__full_name")


@dataclass(frozen=True, kw_only=True)
class ToTell:
    """One patient of a recall. ``outcome`` and what goes with it are of the last attempt; ``is_done``: one ended the
    task."""

    patient_id: UUID
    patient_name: str
    birth_date: date
    clinic_number: str
    phone: str
    language: str
    departure: str
    sessions: int
    last_given_at: datetime
    is_done: bool
    contact_id: UUID | None
    way: str
    outcome: str
    contacted_at: datetime | None
    contacted_by: str


def open_recalls(actor: Actor) -> LotRecallQuerySet:
    """Each with ``to_tell``: how many patients wait; the oldest first."""
    own = LotRecall.objects.visible_to(actor).open().select_related("lot__product", "lot__solution")
    return own.annotate(to_tell=_waiting()).order_by("started_at", "id")


def recalls_of(actor: Actor, lot_id: UUID) -> LotRecallQuerySet:
    """The recalls of one lot, the newest first."""
    own = LotRecall.objects.visible_to(actor).filter(lot=lot_id).select_related("started_by__user", "ended_by__user")
    return own.annotate(to_tell=_waiting())


def patients_of(actor: Actor, recall: LotRecall) -> QuerySet[Any]:
    """Whoever received something of the lot, in a draft or a voided record too: the injection may have been given.
    Those who wait come first. As values for ``rows``."""
    given = InjectionSession.objects.visible_to(actor).filter(_got(recall.lot_id)).order_by()
    contacts = RecallContact.objects.standing().filter(
        clinic_id=OuterRef("clinic_id"), lot_recall=recall, patient_id=OuterRef("patient_id")
    )
    ending = contacts.filter(outcome__in=ENDS_THE_TASK)
    newest = contacts.order_by("-contacted_at", "-id")
    people = given.values("clinic_id", "patient_id").annotate(
        sessions=Count("pk", distinct=True),
        last_given_at=Max("started_at"),
        first_given_at=Min("started_at"),
        given=F("patient__given_names"),
        family=F("patient__family_name"),
        language=F("patient__language"),
        birth_date=F("patient__birth_date"),
        is_deceased=F("patient__is_deceased"),
        left_date=F("patient__left_date"),
        phone=phone_of_patient(),
        clinic_number=number_of_patient(),
        is_done=Exists(ending),
        **{f"last_{name}": Subquery(newest.values(name)[:1]) for name in _LAST},
    )
    return people.order_by("is_done", "first_given_at", "patient_id")


def rows(values: "QuerySet[Any] | list[dict[str, Any]]") -> list[ToTell]:
    return [
        ToTell(
            patient_id=value["patient_id"],
            patient_name=full_name(value["given"], value["family"], value["language"]),
            birth_date=value["birth_date"],
            clinic_number=value["clinic_number"] or "",
            phone=value["phone"] or "",
            language=language_name(value["language"]),
            departure=departure_of(value),
            sessions=value["sessions"],
            last_given_at=value["last_given_at"],
            is_done=value["is_done"],
            contact_id=value["last_id"],
            way=str(ContactWay(value["last_way"]).label) if value["last_way"] else "",
            outcome=str(ContactOutcome(value["last_outcome"]).label) if value["last_outcome"] else "",
            contacted_at=value["last_contacted_at"],
            contacted_by=value["last_contacted_by__user__full_name"] or "",
        )
        for value in values
    ]


def contacts_of(actor: Actor, recall: LotRecall, patient_id: UUID) -> RecallContactQuerySet:
    """Every attempt for one patient, those taken back too, the newest first."""
    own = RecallContact.objects.visible_to(actor).filter(lot_recall=recall, patient=patient_id)
    return own.select_related("contacted_by__user", "taken_back_by__user")


def is_of_recall(actor: Actor, recall: LotRecall, patient_id: UUID) -> bool:
    """This patient received something of the lot."""
    own = InjectionSession.objects.visible_to(actor).filter(patient=patient_id)
    return own.filter(_got(recall.lot_id)).exists()


def _got(lot: Any) -> Q:
    return Q(points__lot=lot) | Q(points__preparation__parts__container__lot=lot)


def _waiting() -> Any:
    """Patients of a recall whom nobody has told: a correlated count over the rows of ``LotRecall``."""
    told = RecallContact.objects.ending().filter(
        clinic_id=OuterRef("clinic_id"), lot_recall=OuterRef(OuterRef("pk")), patient_id=OuterRef("patient_id")
    )
    given = InjectionSession.objects.filter(_got(OuterRef("lot_id")), ~Exists(told), clinic_id=OuterRef("clinic_id"))
    counted = given.order_by().values("clinic_id").annotate(n=Count("patient_id", distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
