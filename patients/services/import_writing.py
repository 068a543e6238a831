"""Bring people of a file into the register, a thousand at a time: match, compare, write what is new.

Nothing that stands is overwritten: a patient who is here already only gains contacts, numbers, conditions, allergies
and the need of an interpreter, unless the desk has taken that back. A death is gained too; no file brings anybody back.

Nobody is guessed: somebody is here already when a number says so, or a phone, a mailbox or the address in their old
system together with the same name, birth date and sex; or when the very same row came in before, which then says
nothing new. With the name and the birth date alone a row becomes a patient of its own, and the desk is asked.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from catalogue.models import ConditionCode
from common.database import new_ids
from patients.choices import ContactKind, Flag, NumberKind, Side
from patients.consents import WORDING_VERSION
from patients.contacts import reversed_digits
from patients.identity import is_a_slip, may_be_one_sex, same_name, shares_given_name, sounds_same
from patients.importing.people import ContentKey, Person, Problem, content_key
from patients.models import (
    Allergy,
    ContactConsent,
    ContactPoint,
    Identifier,
    ImportedRow,
    Patient,
    PatientCondition,
    RiskFlag,
)
from patients.queries.survivors import survivors_of
from patients.records import AllergyDetails, ConditionDetails, ContactDetails, NumberDetails
from patients.services import alike_pairs, identifiers, name_tokens

D = TypeVar("D")
Rows = list[tuple[UUID, D]]
# So many rows that somebody should look at are named on the page.
NAMED_ROWS = 200


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
        self.counts: Counter[str] = Counter(new=0, extended=0, unchanged=0, may_be_here=0)
        self.problems: list[Problem] = []
        self._numbers_seen: dict[Hashable, int] = {}
        self._content_seen: dict[ContentKey, list[tuple[int, str]]] = defaultdict(list)
        self.may_be_here: list[int] = []
        self._unnumbered: list[UUID] = []
        self._codes = _catalogue_codes()

    def take(self, people: Sequence[Person]) -> None:
        """Match and write one batch."""
        people = [person for person in people if not self._is_repeated(person)]
        marked = self._marked(people)
        matched = self._matches(people, marked)
        same = {person.row for person in people if not person.numbers and person.row_mark in marked}
        known = [(patient, person) for person in people if (patient := matched.get(person.row))]
        fresh = [person for person in people if person.row not in matched]
        self.counts["new"] += len(fresh)
        self.counts["unchanged"] += len(same)
        self._ask_about(fresh)
        said = [(patient, person) for patient, person in known if person.row not in same]
        pairs = [(patient.pk, person) for patient, person in said]
        known_ids = {pk for pk, _person in pairs}
        held = self._held(list(known_ids))
        departed = self._depart(said)
        if gone := len(departed) + sum(person.is_deceased for person in fresh):
            self.counts["deceased"] += gone
        if not self.is_dry_run:
            pairs += self._create(fresh)
            self._mark(pairs)
        self._add_missing(pairs, held, known_ids=known_ids, departed=departed)

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
        seen, sex = self._content_seen[person.content_key], person.details.sex
        alike = [row for row, other_sex in seen if may_be_one_sex(other_sex, sex)]
        seen.append((person.row, sex))
        if alike and not person.numbers:
            reason = _("The same name and date of birth stand in row %(row)s, and no number tells them apart.")
            return self._refuse(person.row, "name", reason % {"row": alike[0]})
        return False

    def _matches(self, people: Sequence[Person], marked: dict[str, Patient]) -> dict[int, Patient]:
        """Row → the patient it is."""
        by_number = self._by_number(people)
        by_contact = self._by_contact([person for person in people if not person.numbers])
        found: dict[int, Patient] = {}
        for person in people:
            if patient := self._of_number(person, by_number):
                found[person.row] = patient
                continue
            source = marked.get(person.source_mark)
            if source and _is_same(source, person):
                found[person.row] = source
            elif not person.numbers and (patient := marked.get(person.row_mark) or by_contact.get(person.row)):
                found[person.row] = patient
        return found

    def _of_number(self, person: Person, by_number: dict[Hashable, Patient]) -> Patient | None:
        """The patient whose number it is; whoever has it under another name and birth date is somebody to ask about."""
        patients = {p.pk: p for one in person.numbers if (p := by_number.get(number_key(one)))}
        if len(patients) > 1:
            self._refuse(person.row, "number", _("Its numbers belong to different patients."))
        patient = next(iter(patients.values()), None)
        if patient and (reason := _difference(patient, person)):
            self._refuse(person.row, "number", reason)
        return patient

    def _by_number(self, people: Sequence[Person]) -> dict[Hashable, Patient]:
        values = {one.value for person in people for one in person.numbers}
        rows = Identifier.objects.visible_to(self.by).filter(value__in=values).select_related("patient")
        return {(row.system, row.value): row.patient for row in rows}

    def _by_contact(self, people: Sequence[Person]) -> dict[int, Patient]:
        """Row → the one patient with a phone or mailbox of it and the same name, birth date and sex."""
        values = {one.value for person in people for one in person.contacts}
        points = ContactPoint.objects.visible_to(self.by).in_use().filter(value__in=values).select_related("patient")
        holders: defaultdict[Hashable, list[Patient]] = defaultdict(list)
        for point in points.order_by("pk"):
            holders[point.kind, point.value].append(point.patient)
        into = survivors_of(self.by, (patient for several in holders.values() for patient in several))
        found: dict[int, Patient] = {}
        for person in people:
            reached = (patient for one in person.contacts for patient in holders.get(contact_key(one), ()))
            same = {into[patient.pk] for patient in reached if _is_same(patient, person)}
            if len(same) == 1:
                found[person.row] = same.pop()
        return found

    def _marked(self, people: Sequence[Person]) -> dict[str, Patient]:
        """Mark → the patient that row or that address of another system became."""
        marks = {mark for person in people for mark in _marks(person)}
        rows = ImportedRow.objects.visible_to(self.by).filter(mark__in=marks).select_related("patient")
        given = {row.mark: row.patient for row in rows}
        into = survivors_of(self.by, given.values())
        return {mark: into[patient.pk] for mark, patient in given.items()}

    def _mark(self, pairs: Sequence[tuple[UUID, Person]]) -> None:
        ImportedRow.objects.bulk_create(
            (
                ImportedRow(clinic=self.by.clinic, patient_id=pk, mark=mark)
                for pk, person in pairs
                for mark in _marks(person)
            ),
            ignore_conflicts=True,
        )

    def _ask_about(self, people: Sequence[Person]) -> None:
        """Count the new people who have the name and birth date of somebody here, and nothing else that tells."""
        days = {person.details.birth_date for person in people}
        rows = Patient.objects.visible_to(self.by).standing().filter(birth_date__in=days)
        here: defaultdict[Hashable, list[tuple[str, str, str]]] = defaultdict(list)
        for day, *said in rows.values_list("birth_date", "given_names", "family_name", "sex"):
            here[day].append((said[0], said[1], said[2]))
        for person in people:
            own = person.details
            if any(
                may_be_one_sex(sex, own.sex) and sounds_same((given, family), (own.given_names, own.family_name))
                for given, family, sex in here[own.birth_date]
            ):
                self.counts["may_be_here"] += 1
                self.may_be_here.append(person.row)

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
            Patient(
                pk=pk,
                clinic=self.by.clinic,
                **asdict(person.details),
                **self._place(person),
                **_departure_of(person),
            )
            for pk, person in zip(new_ids(len(people)), people, strict=True)
        )
        pairs = [(patient.pk, person) for patient, person in zip(patients, people, strict=True)]
        name_tokens.add(clinic_id=self.by.clinic_id, names={pk: person.details.names for pk, person in pairs})
        self._unnumbered += [
            pk for pk, person in pairs if not any(one.system == NumberKind.CLINIC for one in person.numbers)
        ]
        return pairs

    def _place(self, person: Person) -> name_tokens.Columns:
        said = person.details
        return name_tokens.columns(self.by.clinic, given_names=said.given_names, family_name=said.family_name)

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


def _marks(person: Person) -> list[str]:
    """A person with a number is known by that."""
    return [mark for mark in (person.source_mark, "" if person.numbers else person.row_mark) if mark]


def _content_of(patient: Patient) -> ContentKey:
    return content_key(patient.given_names, patient.family_name, patient.birth_date)


def _is_same(patient: Patient, person: Person) -> bool:
    return _content_of(patient) == person.content_key and may_be_one_sex(patient.sex, person.details.sex)


def _difference(patient: Patient, person: Person) -> str:
    """Why the patient with the number is not the person, or nothing: a married name or a slip in a day is forgiven."""
    said = person.details
    is_born_then = patient.birth_date == said.birth_date
    is_named_so = same_name((patient.given_names, patient.family_name), (said.given_names, said.family_name))
    if not may_be_one_sex(patient.sex, said.sex):
        return _("This number belongs to a patient of another sex.")
    if is_born_then:
        if is_named_so or shares_given_name(patient.given_names, said.given_names):
            return ""
        return _("This number belongs to a patient with the same date of birth and another name.")
    if not is_named_so:
        return _("This number belongs to a patient with another name and another date of birth.")
    if is_a_slip(patient.birth_date, said.birth_date):
        return ""
    return _("This number belongs to a patient with the same name and another date of birth.")


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
