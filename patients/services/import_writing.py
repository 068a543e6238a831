"""Bring people of a file into the register, a thousand at a time: match, compare, write what is new.

Nothing that stands is overwritten: a patient who is here already only gains contacts, numbers, conditions, allergies
and the need of an interpreter, unless the desk has taken that back. A death is gained too; no file brings anybody back.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from catalogue.models import ConditionCode
from common.database import new_ids
from patients.choices import ContactKind, Flag, NumberKind, Side
from patients.consents import WORDING_VERSION
from patients.contacts import reversed_digits
from patients.importing.people import Person, Problem, content_key
from patients.models import Allergy, ContactConsent, ContactPoint, Identifier, Patient, PatientCondition, RiskFlag
from patients.queries.survivors import survivors_of
from patients.records import AllergyDetails, ConditionDetails, ContactDetails, NumberDetails
from patients.services import alike_pairs, identifiers, name_tokens

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


def flag_key(one: Flag) -> Hashable:
    return (str(one),)


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


class Writer:
    """One import into one clinic. ``is_dry_run`` compares and counts but writes nothing."""

    def __init__(self, *, by: Actor, now: datetime, is_dry_run: bool, proof: str) -> None:
        self.by = by
        self.now = now
        self.is_dry_run = is_dry_run
        self.proof = proof
        self.counts: Counter[str] = Counter(new=0, extended=0, unchanged=0)
        self.problems: list[Problem] = []
        self._numbers_seen: dict[Hashable, int] = {}
        self._content_seen: dict[Hashable, int] = {}
        self._unnumbered: list[UUID] = []
        self._codes = _catalogue_codes()

    def take(self, people: Sequence[Person]) -> None:
        """Match and write one batch."""
        people = [person for person in people if not self._is_repeated(person)]
        matched = self._matches(people)
        known = [(patient, person) for person in people if (patient := matched.get(person.row))]
        fresh = [person for person in people if person.row not in matched]
        self.counts["new"] += len(fresh)
        self.counts["may_be_here"] += self._similar(fresh)
        held = self._held([patient.pk for patient, _person in known])
        pairs = [(patient.pk, person) for patient, person in known]
        departed = self._depart(known)
        if gone := len(departed) + sum(person.is_deceased for person in fresh):
            self.counts["deceased"] += gone
        if not self.is_dry_run:
            pairs += self._create(fresh)
        self._add_missing(pairs, held, known_ids={patient.pk for patient, _person in known}, departed=departed)

    def _depart(self, known: Sequence[tuple[Patient, Person]]) -> set[UUID]:
        """Who the file says has died since; of an inactive record somebody asks."""
        rows = Patient.objects.visible_to(self.by)
        died = {
            patient.pk: person.deceased_date or patient.deceased_date
            for patient, person in known
            if person.is_deceased and (not patient.is_deceased or (person.deceased_date and not patient.deceased_date))
        }
        asked = [
            patient.pk
            for patient, person in known
            if person.is_said_inactive and patient.departure is None and not patient.is_said_inactive
        ]
        if not self.is_dry_run:
            for pk, day in died.items():
                rows.filter(pk=pk).update(is_deceased=True, deceased_date=day, is_said_inactive=False)
            rows.filter(pk__in=asked).update(is_said_inactive=True)
        return set(died)

    def finish(self) -> None:
        """Give the clinic's numbers last: the lock on the sequence is held for a moment, not for the whole file."""
        step = 5_000
        for start in range(0, len(self._unnumbered), step):
            identifiers.give_clinic_numbers(by=self.by, patient_ids=self._unnumbered[start : start + step])

    def _refuse(self, row: int, name: str, reason: str) -> bool:
        self.problems.append(Problem(row, name, reason))
        return True

    def _is_repeated(self, person: Person) -> bool:
        """A number twice in the file, or a person without a number twice, is refused with the row it repeats."""
        for number in person.numbers:
            first = self._numbers_seen.setdefault(number_key(number), person.row)
            if first != person.row:
                reason = _("The same number stands in row %(row)s.") % {"row": first}
                return self._refuse(person.row, number.system[:60], reason)
        first = self._content_seen.setdefault(person.content_key, person.row)
        if first != person.row and not person.numbers:
            reason = _("The same name and date of birth stand in row %(row)s, and no number tells them apart.")
            return self._refuse(person.row, "name", reason % {"row": first})
        return False

    def _matches(self, people: Sequence[Person]) -> dict[int, Patient]:
        """Row → the patient it is, by number, or without one by exact name and birth date."""
        by_number = self._by_number(people)
        by_content = self._by_content([person for person in people if not person.numbers])
        found: dict[int, Patient] = {}
        for person in people:
            patients = {p.pk: p for one in person.numbers if (p := by_number.get(number_key(one)))}
            if not person.numbers and (same := by_content.get(person.content_key)):
                patients = {same.pk: same}
            if len(patients) > 1:
                self._refuse(person.row, "number", _("Its numbers belong to different patients."))
            for patient in list(patients.values())[:1]:
                found[person.row] = patient
                if not set(_content_of(patient)) & set(person.content_key):
                    reason = _("This number belongs to a patient with another name and another date of birth.")
                    self._refuse(person.row, "number", reason)
        return found

    def _by_number(self, people: Sequence[Person]) -> dict[Hashable, Patient]:
        values = {one.value for person in people for one in person.numbers}
        rows = Identifier.objects.visible_to(self.by).filter(value__in=values).select_related("patient")
        return {(row.system, row.value): row.patient for row in rows}

    def _by_content(self, people: Sequence[Person]) -> dict[Hashable, Patient]:
        days = {person.details.birth_date for person in people}
        families = {person.details.family_name for person in people}
        rows = Patient.objects.visible_to(self.by).filter(birth_date__in=days, family_name__in=families)
        named = list(rows.order_by("-created_at", "-id"))
        into = survivors_of(self.by, named)
        return {_content_of(patient): into[patient.pk] for patient in named}

    def _similar(self, people: Sequence[Person]) -> int:
        """How many new people have a number but the exact name and birth date of somebody here."""
        numbered = [person for person in people if person.numbers]
        known = self._by_content(numbered)
        return sum(person.content_key in known for person in numbered)

    def _held(self, ids: Sequence[UUID]) -> dict[str, Held]:
        held = {name: Held() for name in ("numbers", "contacts", "conditions", "allergies", "flags")}
        if not ids:
            return held

        def own(model: Any, *columns: str) -> Any:
            return model.objects.visible_to(self.by).filter(patient_id__in=ids).values_list("patient_id", *columns)

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

    def _create(self, people: Sequence[Person]) -> list[tuple[UUID, Person]]:
        patients = Patient.objects.bulk_create(
            Patient(pk=pk, clinic=self.by.clinic, **asdict(person.details), **_departure_of(person))
            for pk, person in zip(new_ids(len(people)), people, strict=True)
        )
        pairs = [(patient.pk, person) for patient, person in zip(patients, people, strict=True)]
        name_tokens.add(clinic_id=self.by.clinic_id, names={pk: person.details.names for pk, person in pairs})
        self._unnumbered += [
            pk for pk, person in pairs if not any(one.system == NumberKind.CLINIC for one in person.numbers)
        ]
        return pairs

    def _add_missing(
        self,
        pairs: Sequence[tuple[UUID, Person]],
        held: dict[str, Held],
        *,
        known_ids: set[UUID],
        departed: set[UUID],
    ) -> None:
        contacts: Rows[ContactDetails] = []
        numbers: Rows[NumberDetails] = []
        conditions: Rows[ConditionDetails] = []
        allergies: Rows[AllergyDetails] = []
        flags: Rows[Flag] = []
        for pk, person in pairs:
            lacking = (
                held["contacts"].missing(pk, person.contacts, contact_key),
                held["numbers"].missing(pk, person.numbers, number_key),
                held["conditions"].missing(pk, person.conditions, condition_key),
                held["allergies"].missing(pk, person.allergies, allergy_key),
                held["flags"].missing(pk, [Flag.INTERPRETER] if person.needs_interpreter else [], flag_key),
            )
            contacts += lacking[0]
            numbers += lacking[1]
            conditions += lacking[2]
            allergies += lacking[3]
            flags += lacking[4]
            if pk in known_ids:
                self.counts["extended" if any(lacking) or pk in departed else "unchanged"] += 1
        if not self.is_dry_run:
            alike_pairs.compare_again(by=self.by, patient_ids=known_ids)
            self._write_contacts(contacts, known_ids)
            self._write_rest(numbers, conditions, allergies)
            self._raise(flags)

    def _write_contacts(self, rows: Rows[ContactDetails], known_ids: set[UUID]) -> None:
        points = ContactPoint.objects.bulk_create(
            ContactPoint(
                pk=pk,
                clinic=self.by.clinic,
                patient_id=patient_id,
                kind=one.kind,
                value=one.value,
                digits_reversed=reversed_digits(one.value) if one.kind == ContactKind.PHONE else "",
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

    def _write_rest(
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

    def _raise(self, flags: Rows[Flag]) -> None:
        clinic, now = self.by.clinic, self.now
        RiskFlag.objects.bulk_create(
            RiskFlag(clinic=clinic, patient_id=patient_id, flag=flag, recorded_at=now) for patient_id, flag in flags
        )

    def _condition(self, patient_id: UUID, one: ConditionDetails) -> PatientCondition:
        condition_id, side = self._codes.get(one.icd10cm_code, (None, ""))
        said = asdict(one) | {"side": one.side or side}
        return PatientCondition(clinic=self.by.clinic, patient_id=patient_id, condition_id=condition_id, **said)


def _content_of(patient: Patient) -> tuple[str, date]:
    return content_key(patient.given_names, patient.family_name, patient.birth_date)


def _departure_of(person: Person) -> dict[str, Any]:
    return {
        "is_deceased": person.is_deceased,
        "deceased_date": person.deceased_date,
        "is_said_inactive": person.is_said_inactive,
    }


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
