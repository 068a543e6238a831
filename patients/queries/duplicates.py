"""Who a new patient may already be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from patients.choices import Sex
from patients.folding import forms_to_look_for, is_alike, name_parts
from patients.identity import is_only_other_sex, may_be_one_sex
from patients.models import ContactPoint, Identifier, NameToken, Patient
from patients.queries.lists import PatientRow, rows_found, with_parts
from patients.queries.survivors import survivors_of
from patients.search_terms import day_of

MOST = 10


@dataclass(frozen=True)
class Likeness:
    """What is known of the person at hand."""

    names: tuple[str, ...]  # given names, family name, other names
    birth_date: date | None
    contacts: Collection[str] = ()
    numbers: Collection[str] = ()
    but_not: UUID | None = None
    sex: str = Sex.UNKNOWN


@dataclass(frozen=True)
class Candidate:
    """A patient who may be the same person, and why."""

    row: PatientRow
    reasons: tuple[str | Promise, ...]


def possible_duplicates(actor: Actor, like: Likeness, *, today: date) -> list[Candidate]:
    """Patients with the same birth date (or day and month swapped) and a similar name, or a same contact or number.

    Of another sex only whoever has the same whole name, or a contact or number. Three queries, however many there are.
    """
    readings = _readings(actor, like)
    if not readings:
        return []
    ids = readings[0].union(*readings[1:]) if len(readings) > 1 else readings[0]
    patients = list(with_parts(Patient.objects.visible_to(actor).filter(pk__in=ids).by_name(), actor)[:MOST])
    reasons = _reasons_by_survivor(actor, patients, like)
    rows = [row for row in rows_found(actor, patients, today=today) if row.id != like.but_not]
    return [Candidate(row=row, reasons=reasons[row.id]) for row in rows if reasons[row.id]]


def _reasons_by_survivor(
    actor: Actor, patients: list[Patient], like: Likeness
) -> dict[UUID, tuple[str | Promise, ...]]:
    """Why each may be the person; what a merged record was called speaks for the one it was merged into."""
    into = survivors_of(actor, patients)
    found: dict[UUID, tuple[str | Promise, ...]] = {}
    for patient in patients:
        reasons = found.get(into[patient.pk].pk, ())
        more = (reason for reason in _reasons(patient, like) if reason not in reasons)
        found[into[patient.pk].pk] = (*reasons, *more)
    return found


def _readings(actor: Actor, like: Likeness) -> list[QuerySet[Any, Any]]:
    readings: list[QuerySet[Any, Any]] = []
    forms = {form for name in like.names for part in name_parts(name) for form in forms_to_look_for(part)}
    if like.birth_date and forms:
        alike = NameToken.objects.visible_to(actor).filter(is_whole__in=(True, False), token__in=sorted(forms))
        born = Patient.objects.visible_to(actor).filter(birth_date__in=_days_like(like.birth_date))
        readings.append(born.filter(pk__in=alike.values("patient_id")).values("id"))
    if like.contacts:
        points = ContactPoint.objects.visible_to(actor).own().filter(value__in=like.contacts)
        readings.append(points.values("patient_id"))
    if like.numbers:
        numbers = Identifier.objects.visible_to(actor).filter(value__in=like.numbers)
        readings.append(numbers.values("patient_id"))
    return readings


def _days_like(day: date) -> list[date]:
    swapped = day_of(day.year, day.day, day.month)
    return [day, swapped] if swapped and swapped != day else [day]


def _reasons(patient: Patient, like: Likeness) -> tuple[str | Promise, ...]:
    reasons: list[str | Promise] = []
    may_be = may_be_one_sex(patient.sex, like.sex) and _is_name_alike(patient, like)
    if may_be and like.birth_date and patient.birth_date in _days_like(like.birth_date):
        same = patient.birth_date == like.birth_date
        reasons.append(
            _("Same date of birth, similar name") if same else _("Day and month of birth swapped, similar name")
        )
    if _is_only_other_sex(patient, like):
        here, typed = patient.get_sex_display().lower(), Sex(like.sex).label.lower()
        words = _("Same name and date of birth, another sex: %(here)s here, %(typed)s typed. Is it the same person?")
        reasons.append(words % {"here": here, "typed": typed})
    contacts: list[ContactPoint] = patient.contacts  # type: ignore[attr-defined]  # prefetched
    if any(contact.value in like.contacts and not contact.is_guardians for contact in contacts):
        reasons.append(_("Same phone or e-mail"))
    if like.numbers and not reasons:
        reasons.append(_("Same number"))
    return tuple(reasons)


def _is_only_other_sex(patient: Patient, like: Likeness) -> bool:
    if patient.birth_date != like.birth_date:
        return False
    given, family = (*like.names, "", "")[:2]
    own = (patient.given_names, patient.family_name)
    return is_only_other_sex(own, patient.sex, (given, family), like.sex)


def _is_name_alike(patient: Patient, like: Likeness) -> bool:
    own = name_parts(f"{patient.given_names} {patient.family_name} {patient.preferred_name}")
    typed = [part for name in like.names for part in name_parts(name)]
    return any(is_alike(one, other) for one in own for other in typed)
