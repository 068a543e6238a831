"""Bring people of a file into the register, a thousand at a time: match, compare, write what is new.

Nothing that stands is overwritten: a patient who is here already only gains contacts, numbers, conditions, allergies
and the need of an interpreter, unless the desk has taken that back. A death is gained too; no file brings anybody back.
Who is here already: ``import_matching``.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from common.database import new_ids
from patients.choices import NumberKind
from patients.importing.people import OF_HEALTH, Person, Problem, note_of
from patients.models import Patient
from patients.records import (
    FILE_NOTE_LENGTH,
    AllergyDetails,
    ConditionDetails,
    ContactDetails,
    FlagDetails,
    NumberDetails,
)
from patients.services import alike_pairs, identifiers, name_tokens
from patients.services.import_matching import Matcher
from patients.services.import_rows import (
    Held,
    Rows,
    RowWriter,
    allergy_key,
    condition_key,
    contact_key,
    flag_key,
    held_by,
    number_key,
)

# So many rows that somebody should look at are named on the page.
NAMED_ROWS = 200


class Writer:
    """One import into one clinic. ``is_dry_run`` compares and counts but writes nothing."""

    def __init__(self, *, by: Actor, now: datetime, is_dry_run: bool, import_id: UUID) -> None:
        self.by = by
        self.is_dry_run = is_dry_run
        self.counts: Counter[str] = Counter(new=0, extended=0, unchanged=0, may_be_here=0)
        self._matcher = Matcher(by)
        self._rows = RowWriter(by=by, now=now, import_id=import_id)
        self._unnumbered: list[UUID] = []
        self._to_check: list[int] = []

    @property
    def problems(self) -> list[Problem]:
        return self._matcher.problems

    def rows_to_look_at(self) -> dict[str, list[int]]:
        """Rows that somebody should look at, by why; at most ``NAMED_ROWS`` of each."""
        found = {
            "may_be_here_rows": self._matcher.may_be_here,
            "other_sex_rows": self._matcher.of_other_sex,
            "to_check_rows": self._to_check,
        }
        return {name: rows[:NAMED_ROWS] for name, rows in found.items() if rows}

    def take(self, people: Sequence[Person]) -> None:
        """Match and write one batch."""
        people = [person for person in people if not self._matcher.is_repeated(person)]
        marked = self._matcher.marked(people)
        matched = self._matcher.matches(people, marked)
        same = {person.row for person in people if not person.numbers and person.row_mark in marked}
        known = [(patient, person) for person in people if (patient := matched.get(person.row))]
        fresh = [person for person in people if person.row not in matched]
        self.counts["new"] += len(fresh)
        self.counts["unchanged"] += len(same)
        self._to_check += [person.row for person in people if person.to_check and person.row not in same]
        self._matcher.ask_about(fresh)
        self.counts["may_be_here"] = len(self._matcher.may_be_here)
        said = [(patient, person) for patient, person in known if person.row not in same]
        pairs = [(patient.pk, person) for patient, person in said]
        known_ids = {pk for pk, _person in pairs}
        held = held_by(self.by, list(known_ids))
        departed = self._depart(said)
        noted = self._note(said)
        if gone := len(departed) + sum(person.is_deceased for person in fresh):
            self.counts["deceased"] += gone
        if not self.is_dry_run:
            pairs += self._create(fresh)
            self._rows.mark(pairs)
        self._add_missing(pairs, held, known_ids=known_ids, changed=departed | noted)

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
            was_alive = {patient.pk for patient, _person in known if not patient.is_deceased}
            self._rows.note("deceased", ((pk, pk) for pk in died if pk in was_alive))
            self._rows.note("said_inactive", ((pk, pk) for pk in asked))
        return set(died)

    def _note(self, known: Sequence[tuple[Patient, Person]]) -> set[UUID]:
        """What a file says of the health of somebody who is here, and could not be read, is asked about there too."""
        found: set[UUID] = set()
        for patient, person in known:
            note = note_of(one for one in person.to_check if one[0] in OF_HEALTH)
            if not note or note in patient.file_note:
                continue
            found.add(patient.pk)
            if not self.is_dry_run:
                whole = " · ".join(filter(None, (note, patient.file_note)))[:FILE_NOTE_LENGTH]
                Patient.objects.visible_to(self.by).filter(pk=patient.pk).update(file_note=whole)
        return found

    def finish(self) -> None:
        """Give the clinic's numbers last: the lock on the sequence is held for a moment, not for the whole file."""
        step = 5_000
        for start in range(0, len(self._unnumbered), step):
            identifiers.give_clinic_numbers(by=self.by, patient_ids=self._unnumbered[start : start + step])

    def _create(self, people: Sequence[Person]) -> list[tuple[UUID, Person]]:
        patients = Patient.objects.bulk_create(
            Patient(
                pk=pk,
                clinic=self.by.clinic,
                **asdict(replace(person.details, file_note=note_of(person.to_check))),
                **self._place(person),
                **_departure_of(person),
            )
            for pk, person in zip(new_ids(len(people)), people, strict=True)
        )
        pairs = [(patient.pk, person) for patient, person in zip(patients, people, strict=True)]
        self._rows.note("patients_patient", ((pk, pk) for pk, _person in pairs))
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
        changed: set[UUID],
    ) -> None:
        contacts: Rows[ContactDetails] = []
        numbers: Rows[NumberDetails] = []
        conditions: Rows[ConditionDetails] = []
        allergies: Rows[AllergyDetails] = []
        flags: Rows[FlagDetails] = []
        for pk, person in pairs:
            lacking = (
                held["contacts"].missing(pk, person.contacts, contact_key),
                held["numbers"].missing(pk, person.numbers, number_key),
                held["conditions"].missing(pk, person.conditions, condition_key),
                held["allergies"].missing(pk, person.allergies, allergy_key),
                held["flags"].missing(pk, person.flags, flag_key),
            )
            contacts += lacking[0]
            numbers += lacking[1]
            conditions += lacking[2]
            allergies += lacking[3]
            flags += lacking[4]
            if pk in known_ids:
                self.counts["extended" if any(lacking) or pk in changed else "unchanged"] += 1
        if not self.is_dry_run:
            alike_pairs.compare_again(by=self.by, patient_ids=known_ids)
            self._rows.contacts(contacts, known_ids)
            self._rows.rest(numbers, conditions, allergies, known_ids)
            self._rows.flags(flags, known_ids)
            if said := [pk for pk, person in pairs if person.says_none_known]:
                self._rows.none_known(said, known_ids)


def _departure_of(person: Person) -> dict[str, Any]:
    return {
        "is_deceased": person.is_deceased,
        "deceased_date": person.deceased_date,
        "is_said_inactive": person.is_said_inactive,
    }
