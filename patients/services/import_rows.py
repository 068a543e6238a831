"""What people of a file bring along, written many at a time: contacts, numbers, conditions, allergies, flags."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from accounts.actors import Actor
from catalogue.models import ConditionCode
from common.database import new_ids
from patients.choices import ContactKind, Side
from patients.consents import WORDING_VERSION
from patients.contacts import reversed_digits
from patients.importing.people import Person
from patients.models import (
    Allergy,
    ContactConsent,
    ContactPoint,
    Identifier,
    ImportedPart,
    ImportedRow,
    NoKnownAllergy,
    PatientCondition,
    PatientOwned,
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
    """Writes what patients lack, for an import; ``proof`` stands with every agreement. What is added to
    somebody who was here is noted, so that it can be taken back."""

    def __init__(self, *, by: Actor, now: datetime, import_id: UUID) -> None:
        self.by = by
        self.now = now
        self.import_id = import_id
        self.proof = f"import:{import_id}"
        self._codes = _catalogue_codes()

    def note(self, table_name: str, rows: Iterable[tuple[UUID, UUID]]) -> None:
        """``rows`` are (patient, row): what this import made."""
        ImportedPart.objects.bulk_create(
            (
                ImportedPart(
                    clinic=self.by.clinic,
                    patient_import_id=self.import_id,
                    patient_id=patient_id,
                    table_name=table_name,
                    row_id=row_id,
                )
                for patient_id, row_id in rows
            ),
            ignore_conflicts=True,
        )

    def _note_added(self, rows: Sequence[PatientOwned], known_ids: set[UUID]) -> None:
        if rows:
            added = ((row.patient_id, row.pk) for row in rows if row.patient_id in known_ids)
            self.note(rows[0]._meta.db_table, added)

    def mark(self, pairs: Sequence[tuple[UUID, Person]]) -> None:
        ImportedRow.objects.bulk_create(
            (
                ImportedRow(clinic=self.by.clinic, patient_id=pk, mark=mark, patient_import_id=self.import_id)
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
            for pk, (patient_id, one) in _with_ids(rows)
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
        self._note_added(points, known_ids)

    def rest(
        self,
        numbers: Rows[NumberDetails],
        conditions: Rows[ConditionDetails],
        allergies: Rows[AllergyDetails],
        known_ids: set[UUID],
    ) -> None:
        clinic, now = self.by.clinic, self.now
        made: tuple[Sequence[PatientOwned], ...] = (
            Identifier.objects.bulk_create(
                Identifier(pk=pk, clinic=clinic, patient_id=patient_id, **asdict(one))
                for pk, (patient_id, one) in _with_ids(numbers)
            ),
            PatientCondition.objects.bulk_create(
                self._condition(pk, patient_id, one) for pk, (patient_id, one) in _with_ids(conditions)
            ),
            Allergy.objects.bulk_create(
                Allergy(pk=pk, clinic=clinic, patient_id=patient_id, recorded_at=now, **asdict(one))
                for pk, (patient_id, one) in _with_ids(allergies)
            ),
        )
        for rows in made:
            self._note_added(rows, known_ids)

    def flags(self, flags: Rows[FlagDetails], known_ids: set[UUID]) -> None:
        clinic, now = self.by.clinic, self.now
        made = RiskFlag.objects.bulk_create(
            RiskFlag(pk=pk, clinic=clinic, patient_id=patient_id, recorded_at=now, **asdict(one))
            for pk, (patient_id, one) in _with_ids(flags)
        )
        self._note_added(made, known_ids)

    def none_known(self, patient_ids: Sequence[UUID], known_ids: set[UUID]) -> None:
        """A file says that no allergy is known, of patients who have none here and of whom nobody has said so yet."""
        had: set[UUID] = set()
        for rows_of in (Allergy.objects, NoKnownAllergy.objects):
            told = rows_of.visible_to(self.by).filter(patient_id__in=patient_ids)
            had.update(told.values_list("patient_id", flat=True))
        rows = [pk for pk in patient_ids if pk not in had]
        made = NoKnownAllergy.objects.bulk_create(
            NoKnownAllergy(pk=pk, clinic=self.by.clinic, patient_id=row, recorded_at=self.now, is_from_file=True)
            for pk, row in zip(new_ids(len(rows)), rows, strict=True)
        )
        self._note_added(made, known_ids)

    def _condition(self, pk: UUID, patient_id: UUID, one: ConditionDetails) -> PatientCondition:
        condition_id, side = self._codes.get(one.icd10cm_code, (None, ""))
        said = asdict(one) | {"side": one.side or side}
        return PatientCondition(pk=pk, clinic=self.by.clinic, patient_id=patient_id, condition_id=condition_id, **said)


def _with_ids(rows: Rows[D]) -> Iterator[tuple[UUID, tuple[UUID, D]]]:
    """Each behind an id of its own: the database would give one, and not tell which."""
    return zip(new_ids(len(rows)), rows, strict=True)


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
