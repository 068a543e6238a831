"""What people of a file bring along, written many at a time: contacts, numbers, conditions, allergies, flags."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from accounts.actors import Actor
from catalogue.models import ConditionCode
from common.database import new_ids
from patients.choices import ContactKind, Flag, Side
from patients.consents import WORDING_VERSION
from patients.contacts import reversed_digits
from patients.importing.people import Person
from patients.models import (
    Allergy,
    ContactConsent,
    ContactPoint,
    Identifier,
    ImportedRow,
    PatientCondition,
    RiskFlag,
)
from patients.records import AllergyDetails, ConditionDetails, ContactDetails, FlagDetails, NumberDetails

D = TypeVar("D")
Rows = list[tuple[UUID, D]]


def number_key(one: NumberDetails) -> Hashable:
    return (one.system, one.value)


def contact_key(one: ContactDetails) -> Hashable:
    return (str(one.kind), one.value)


def condition_key(one: ConditionDetails) -> Hashable:
    return (one.icd10cm_code, one.name)


def allergy_key(one: AllergyDetails) -> Hashable:
    return (str(one.substance), one.substance_text)


def flag_key(one: FlagDetails) -> Hashable:
    return (str(one.flag),)


def flags_of(person: Person) -> list[FlagDetails]:
    return [*([FlagDetails(Flag.INTERPRETER)] if person.needs_interpreter else []), *person.flags]


@dataclass
class Held:
    """The keys of what each patient has already."""

    keys: defaultdict[UUID, set[Hashable]] = field(default_factory=lambda: defaultdict(set))

    def missing(self, patient_id: UUID, said: Iterable[D], key: Callable[[D], Hashable]) -> Rows[D]:
        """What the patient lacks of what was said, each once; from now on it is held."""
        have = self.keys[patient_id]
        found: Rows[D] = []
        for one in said:
            if key(one) not in have:
                have.add(key(one))
                found.append((patient_id, one))
        return found


def held_by(by: Actor, ids: Sequence[UUID]) -> dict[str, Held]:
    """What these patients have, kind by kind; a few queries."""
    held = {name: Held() for name in ("numbers", "contacts", "conditions", "allergies", "flags")}
    if not ids:
        return held

    def own(model: Any, *columns: str) -> Any:
        return model.objects.visible_to(by).filter(patient_id__in=ids).values_list("patient_id", *columns)

    for name, rows in {
        "numbers": own(Identifier, "system", "value"),
        "contacts": own(ContactPoint, "kind", "value"),
        "conditions": own(PatientCondition, "icd10cm_code", "name"),
        "allergies": own(Allergy, "substance", "substance_text"),
        "flags": own(RiskFlag, "flag"),
    }.items():
        for patient_id, *key in rows:
            held[name].keys[patient_id].add(tuple(key))
    return held


class RowWriter:
    """Writes what patients lack. ``proof`` stands with every agreement."""

    def __init__(self, *, by: Actor, now: datetime, proof: str) -> None:
        self.by = by
        self.now = now
        self.proof = proof
        self._codes = _catalogue_codes()

    def mark(self, pairs: Sequence[tuple[UUID, Person]]) -> None:
        ImportedRow.objects.bulk_create(
            (
                ImportedRow(clinic=self.by.clinic, patient_id=pk, mark=mark)
                for pk, person in pairs
                for mark in marks_of(person)
            ),
            ignore_conflicts=True,
        )

    def contacts(self, rows: Rows[ContactDetails], known_ids: set[UUID]) -> None:
        points = ContactPoint.objects.bulk_create(
            ContactPoint(
                pk=pk,
                clinic=self.by.clinic,
                patient_id=patient_id,
                kind=one.kind,
                value=one.value,
                digits_reversed=reversed_digits(one.value) if one.kind == ContactKind.PHONE else "",
                note=one.note,
                is_shared=one.is_shared,
                is_guardians=one.is_guardians,
                is_preferred=one.is_preferred and patient_id not in known_ids,
            )
            for pk, (patient_id, one) in zip(new_ids(len(rows)), rows, strict=True)
        )
        ContactConsent.objects.bulk_create(
            ContactConsent(
                clinic=self.by.clinic,
                contact_point=point,
                purpose=purpose,
                is_granted=True,
                decided_at=self.now,
                wording_version=WORDING_VERSION,
                proof=self.proof,
            )
            for point, (_patient_id, one) in zip(points, rows, strict=True)
            for purpose in sorted(one.allowed)
        )

    def rest(
        self, numbers: Rows[NumberDetails], conditions: Rows[ConditionDetails], allergies: Rows[AllergyDetails]
    ) -> None:
        clinic = self.by.clinic
        Identifier.objects.bulk_create(
            Identifier(clinic=clinic, patient_id=patient_id, **asdict(one)) for patient_id, one in numbers
        )
        PatientCondition.objects.bulk_create(self._condition(patient_id, one) for patient_id, one in conditions)
        Allergy.objects.bulk_create(
            Allergy(clinic=clinic, patient_id=patient_id, recorded_at=self.now, **asdict(one))
            for patient_id, one in allergies
        )

    def flags(self, flags: Rows[FlagDetails]) -> None:
        clinic, now = self.by.clinic, self.now
        RiskFlag.objects.bulk_create(
            RiskFlag(clinic=clinic, patient_id=patient_id, recorded_at=now, **asdict(one)) for patient_id, one in flags
        )

    def _condition(self, patient_id: UUID, one: ConditionDetails) -> PatientCondition:
        condition_id, side = self._codes.get(one.icd10cm_code, (None, ""))
        said = asdict(one) | {"side": one.side or side}
        return PatientCondition(clinic=self.by.clinic, patient_id=patient_id, condition_id=condition_id, **said)


def marks_of(person: Person) -> list[str]:
    """A person with a number is known by that."""
    return [mark for mark in (person.source_mark, "" if person.numbers else person.row_mark) if mark]


def _catalogue_codes() -> dict[str, tuple[UUID, str]]:
    """Complete ICD-10-CM code → the catalogue's condition and the side the code says. The usual condition wins."""
    found: dict[str, tuple[UUID, str]] = {}
    for row in ConditionCode.objects.current().order_by("-position", "-code"):
        sides = {
            row.pattern: "",
            row.code_right: Side.RIGHT,
            row.code_left: Side.LEFT,
            row.code_bilateral: Side.BILATERAL,
        }
        found.update({code: (row.condition_id, side) for code, side in sides.items() if code})
    return found
