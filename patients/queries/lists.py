"""Patients as lines of a list."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from accounts.actors import Actor
from patients.choices import ContactKind, NumberKind
from patients.models import ContactPoint, Identifier, Patient
from patients.models.patients import PatientQuerySet
from patients.names import listed_name
from patients.queries.survivors import survivors_of

PAGE_SIZE = 50
RECENT = 8


@dataclass(frozen=True)
class PatientRow:
    """What the front desk needs to tell two patients apart. ``formerly``: the name of a record merged into this one, by
    which it was found. ``departure``: deceased or left, in words."""

    id: UUID
    family_name: str
    given_names: str
    preferred_name: str
    birth_date: date
    age: str
    number: str
    phone: str
    email: str
    formerly: str = ""
    departure: str = ""

    @property
    def name(self) -> str:
        return listed_name(self.given_names, self.family_name)


@dataclass(frozen=True)
class PatientPage:
    """``after`` is the patient to ask for the next page with, None on the last one."""

    rows: list[PatientRow]
    after: UUID | None


def parts(actor: Actor) -> "tuple[Prefetch[Any], Prefetch[Any]]":
    """What a line needs beside the patient: two more queries, however many patients."""
    return (
        Prefetch(
            "identifier_set",
            Identifier.objects.visible_to(actor).filter(system=NumberKind.CLINIC).order_by("is_former", "id"),
            to_attr="clinic_numbers",
        ),
        Prefetch(
            "contactpoint_set",
            ContactPoint.objects.visible_to(actor).in_use().order_by("-is_preferred", "created_at", "id"),
            to_attr="contacts",
        ),
    )


def with_parts(patients: PatientQuerySet, actor: Actor) -> PatientQuerySet:
    return patients.prefetch_related(*parts(actor))


def rows_of(patients: Iterable[Patient], *, today: date) -> list[PatientRow]:
    """Lines for patients loaded by ``with_parts``."""
    return [_row(patient, today) for patient in patients]


def rows_found(actor: Actor, patients: Iterable[Patient], *, today: date) -> list[PatientRow]:
    """Lines for patients found by what they are or were called; a merged record leads to the one it was merged into."""
    found = list(patients)
    into = survivors_of(actor, found)
    standing = {survivor.pk: survivor for survivor in (into[patient.pk] for patient in found)}
    earlier = {into[patient.pk].pk: patient for patient in reversed(found) if patient.merged_into_id}
    direct = {patient.pk for patient in found}
    prefetch_related_objects(list(standing.values()), *parts(actor))
    return [
        replace(row, formerly=earlier[row.id].listed_name) if row.id in earlier and row.id not in direct else row
        for row in rows_of(standing.values(), today=today)
    ]


def _row(patient: Patient, today: date) -> PatientRow:
    contacts: list[ContactPoint] = patient.contacts  # type: ignore[attr-defined]  # prefetched
    numbers: list[Identifier] = patient.clinic_numbers  # type: ignore[attr-defined]  # prefetched
    return PatientRow(
        id=patient.pk,
        family_name=patient.family_name,
        given_names=patient.given_names,
        preferred_name=patient.preferred_name,
        birth_date=patient.birth_date,
        age=patient.age_in_words(today),
        number=next((number.value for number in numbers), ""),
        phone=next((contact.value for contact in contacts if contact.kind == ContactKind.PHONE), ""),
        email=next((contact.value for contact in contacts if contact.kind == ContactKind.EMAIL), ""),
        departure=patient.departure_words,
    )


def patient_page(actor: Actor, *, after: UUID | None, today: date) -> PatientPage:
    """The next patients by name after the one named; the name itself never stands in an address."""
    patients = Patient.objects.visible_to(actor).standing()
    if after is not None:
        patients = patients.after_in_list(Patient.objects.visible_to(actor).filter(pk=after).first())
    rows = list(with_parts(patients.by_name(), actor)[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return PatientPage(rows=rows_of(shown, today=today), after=shown[-1].pk if len(rows) > PAGE_SIZE else None)


def recent_patients(actor: Actor, *, today: date) -> list[PatientRow]:
    """The patients registered last."""
    newest = Patient.objects.visible_to(actor).standing().order_by("-created_at")[:RECENT]
    return rows_of(with_parts(newest, actor), today=today)
