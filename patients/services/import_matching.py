"""Who the rows of a file are: patients who are here already, new people, and whom the desk has to be asked about.

Nobody is guessed: somebody is here already when a number says so, or a phone, a mailbox or the address in their old
system together with the same name, birth date and sex; or when the very same row came in before, which then says
nothing new. With the name and the birth date alone, or with another sex, a row becomes a patient of its own, and the
desk is asked.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from django.utils.translation import gettext as _

from accounts.actors import Actor
from patients.identity import is_a_slip, may_be_one_sex, same_name, shares_given_name, sound_of
from patients.importing.people import ContentKey, Person, Problem, content_key
from patients.models import ContactPoint, Identifier, ImportedRow, Patient
from patients.queries.survivors import survivors_of
from patients.services.import_rows import contact_key, marks_of, number_key


class Matcher:
    """``problems`` are the rows refused; ``may_be_here`` those somebody has to decide about, ``of_other_sex`` among
    them those that differ in nothing but the sex."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self.problems: list[Problem] = []
        self.may_be_here: list[int] = []
        self.of_other_sex: list[int] = []
        self._numbers_seen: dict[Hashable, int] = {}
        self._content_seen: dict[ContentKey, list[tuple[int, str]]] = defaultdict(list)
        self._new: defaultdict[Hashable, list[str]] = defaultdict(list)

    def _refuse(self, row: int, name: str, reason: str) -> bool:
        self.problems.append(Problem(row, name, reason))
        return True

    def is_repeated(self, person: Person) -> bool:
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

    def matches(self, people: Sequence[Person], marked: dict[str, Patient]) -> dict[int, Patient]:
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

    def marked(self, people: Sequence[Person]) -> dict[str, Patient]:
        """Mark → the patient that row or that address of another system became."""
        marks = {mark for person in people for mark in marks_of(person)}
        rows = ImportedRow.objects.visible_to(self.by).filter(mark__in=marks).select_related("patient")
        given = {row.mark: row.patient for row in rows}
        into = survivors_of(self.by, given.values())
        return {mark: into[patient.pk] for mark, patient in given.items()}

    def ask_about(self, people: Sequence[Person]) -> None:
        """Note the new people who have the name and birth date of somebody here or above, and nothing else that
        tells; brother and sister have different names."""
        days = {person.details.birth_date for person in people}
        rows = Patient.objects.visible_to(self.by).standing().filter(birth_date__in=days)
        here: defaultdict[Hashable, list[str]] = defaultdict(list)
        for day, given, family, sex in rows.values_list("birth_date", "given_names", "family_name", "sex"):
            here[day, sound_of((given, family))].append(sex)
        for person in people:
            own = person.details
            key = (own.birth_date, sound_of((own.given_names, own.family_name)))
            alike = [*here[key], *self._new[key]]
            self._new[key].append(own.sex)
            if alike:
                self.may_be_here.append(person.row)
                if not any(may_be_one_sex(sex, own.sex) for sex in alike):
                    self.of_other_sex.append(person.row)


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
