"""The people of a FHIR R4 bundle, each with the conditions and allergies that name them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from patients.choices import Flag
from patients.importing.departures import is_said_inactive, of_fhir
from patients.importing.fhir_findings import Finding, is_told_in_words, subject_of, to_findings, words_of
from patients.importing.fhir_json import Unread, entries
from patients.importing.fhir_medications import REQUESTS, anticoagulant, is_current, medicines, of_medication
from patients.importing.fhir_patients import (
    needs_interpreter,
    replaced_by,
    to_contacts,
    to_details,
    to_numbers,
    unread,
)
from patients.importing.fhir_shapes import READ, check_shape, is_out_of_use, without_odd_contacts
from patients.importing.habits import Habits
from patients.importing.people import Person, Problem, problems_of
from patients.records import AllergyDetails, ConditionDetails, FlagDetails

_SAME_ID = gettext_lazy("Two patients of this file have one id.")
_NOTED = {"AllergyIntolerance": "allergy", "Condition": "condition"}
_EVERYWHERE = ("urn:uuid:", "urn:oid:", "https://", "http://")
About = dict[str, list[tuple[int, Finding]]]
Notes = dict[str, list[tuple[str, str]]]


@dataclass
class Bundle:
    """What was read: people by reference, what is about them, problems, and what was passed over, counted.

    ``notes``: by the patient's reference, the kind and the words of what a person should ask about: what could not be
    read, and that no allergy is known. ``replaced``: a record → the one that took its place. ``medicines``: what a
    request may point at, and ``waiting`` the requests that point at one.
    """

    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    about: About = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    left_out: set[str] = field(default_factory=set)
    notes: Notes = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    medicines: dict[str, FlagDetails] = field(default_factory=dict)
    waiting: list[tuple[int, str, str]] = field(default_factory=list)

    def key_of(self, reference: str) -> str | None:
        """The person somebody means, by any way to say so; the one who took the place of a record that was replaced."""
        for _step in range(len(self.replaced) + 1):
            known = next((one for one in _ways(reference) if one in self.names or one in self.replaced), "")
            if known in self.names:
                return self.names[known]
            if not known:
                return None
            reference = self.replaced[known]
        return None


def read(file: IO[bytes], habits: Habits, on_entry: Callable[[int], None]) -> tuple[Bundle, Iterator[Person]]:
    """Read the whole bundle, then hand out the people. Rows are the entries' places, from 1."""
    bundle = Bundle()
    for row, entry in entries(file):
        if isinstance(entry, Unread):
            bundle.problems.append(Problem(row, "", entry.reason))
        else:
            _take(bundle, row, entry, habits)
        on_entry(row)
    for row, subject, medicine in bundle.waiting:
        if flag := next((bundle.medicines[one] for one in _ways(medicine) if one in bundle.medicines), None):
            bundle.about.setdefault(subject, []).append((row, flag))
    _check_references(bundle)
    return bundle, _people(bundle)


def _ways(reference: str) -> tuple[str, ...]:
    """As it stands, and without the address of its server."""
    return (reference, "/".join(reference.split("/")[-2:])) if reference.startswith("http") else (reference,)


def _take(bundle: Bundle, row: int, entry: dict[str, Any], habits: Habits) -> None:
    resource = entry.get("resource")
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if isinstance(resource, dict) and kind == "Bundle":
        _take_inner(bundle, row, resource, habits)
    elif isinstance(resource, dict) and kind in (*REQUESTS, "Medication"):
        _take_medicine(bundle, row, entry, resource)
    elif isinstance(resource, dict) and kind in READ:
        _take_known(bundle, row, entry, resource, habits)
    else:
        bundle.ignored[kind if isinstance(kind, str) and kind.isalpha() and len(kind) < 40 else _("no resource")] += 1


def _take_inner(bundle: Bundle, row: int, inner: dict[str, Any], habits: Habits) -> None:
    """The answer to several questions is a bundle of bundles; what is in them counts as if it stood here."""
    entries_of = inner.get("entry")
    for one in entries_of if isinstance(entries_of, list) else []:
        if isinstance(one, dict):
            _take(bundle, row, one, habits)


def _take_known(bundle: Bundle, row: int, entry: dict[str, Any], resource: dict[str, Any], habits: Habits) -> None:
    kind = resource["resourceType"]
    try:
        if kind == "Patient":
            resource, odd = without_odd_contacts(resource)
            bundle.ignored.update(_("%(element)s of a patient, not readable") % {"element": one} for one in odd)
        check_shape(resource)
        _keep(bundle, row, entry, resource, habits)
    except ValidationError as error:
        bundle.problems.append(Problem(row, kind, " ".join(error.messages)))
        if kind == "Patient":
            bundle.left_out.update(_references(entry, resource))
        else:
            bundle.notes.setdefault(subject_of(resource), []).append((_NOTED[kind], words_of(resource)))


def _take_medicine(bundle: Bundle, row: int, entry: dict[str, Any], resource: dict[str, Any]) -> None:
    """Only what thins the blood is kept, as a question."""
    if resource["resourceType"] == "Medication":
        if flag := anticoagulant(of_medication(resource)):
            bundle.medicines.update(dict.fromkeys(_references(entry, resource), flag))
        bundle.ignored["Medication"] += 1
        return
    concepts, reference = medicines(resource)
    if is_current(resource) and (flag := anticoagulant(concepts)):
        bundle.about.setdefault(subject_of(resource), []).append((row, flag))
        return
    bundle.ignored[resource["resourceType"]] += 1
    if is_current(resource) and reference:
        bundle.waiting.append((row, subject_of(resource), reference))


def _keep(bundle: Bundle, row: int, entry: dict[str, Any], resource: dict[str, Any], habits: Habits) -> None:
    kind, references = resource["resourceType"], _references(entry, resource)
    if kind == "Patient":
        _keep_patient(bundle, row, references, resource, habits)
    elif is_out_of_use(resource):
        bundle.ignored[_("%(kind)s not in use") % {"kind": kind}] += 1
    else:
        _keep_finding(bundle, row, references, resource)


def _keep_finding(bundle: Bundle, row: int, references: list[str], resource: dict[str, Any]) -> None:
    subject = subject_of(resource)
    if told := is_told_in_words(resource):
        bundle.ignored[_("no known allergy") if told == "none_known" else _("allergy ruled out")] += 1
        bundle.notes.setdefault(subject, []).append((told, words_of(resource)))
        return
    found = to_findings(resource, (references or [""])[0][:200])
    bundle.about.setdefault(subject, []).extend((row, one) for one in found)


def _keep_patient(bundle: Bundle, row: int, references: list[str], resource: dict[str, Any], habits: Habits) -> None:
    if (other := replaced_by(resource)) is not None:
        bundle.ignored[_("%(kind)s not in use") % {"kind": "Patient"}] += 1
        bundle.left_out.update(references)
        bundle.replaced.update(dict.fromkeys(references, other))
        return
    details = to_details(resource, habits)
    is_deceased, deceased_date = of_fhir(resource)
    person = Person(
        row,
        details,
        contacts=to_contacts(resource, habits),
        numbers=to_numbers(resource),
        flags=(FlagDetails(Flag.INTERPRETER),) if needs_interpreter(resource) else (),
        source=_source(references),
        place=references[0] if references else "",
        is_deceased=is_deceased,
        deceased_date=deceased_date,
        is_said_inactive=is_said_inactive(resource) and not is_deceased,
        to_check=unread(resource, habits),
    )
    if found := problems_of(row, details, today=habits.today, deceased_date=deceased_date):
        bundle.problems += found
        bundle.left_out.update(references)
        return
    known = {bundle.names[one] for one in references if one in bundle.names}
    if known or bundle.left_out.intersection(references):
        _give_back(bundle, known)
        raise ValidationError(_SAME_ID)
    key = references[0] if references else f"#{row}"
    bundle.people[key] = person
    bundle.names.update(dict.fromkeys(references, key))


def _give_back(bundle: Bundle, keys: set[str]) -> None:
    """Take people out again who cannot be told from another: what is about one of them may be about the other."""
    for key in keys & bundle.people.keys():
        bundle.problems.append(Problem(bundle.people.pop(key).row, "Patient", str(_SAME_ID)))
    gone = {reference for reference, key in bundle.names.items() if key in keys}
    bundle.left_out.update(gone)
    for reference in gone:
        del bundle.names[reference]


def _references(entry: dict[str, Any], resource: dict[str, Any]) -> list[str]:
    """The ways other entries may point at this one."""
    found = []
    if isinstance(resource.get("id"), str):
        found.append(f"{resource['resourceType']}/{resource['id']}")
    if isinstance(entry.get("fullUrl"), str):
        found.append(entry["fullUrl"])
    return found


def _source(references: list[str]) -> str:
    """The reference that means this person everywhere: an id alone means another in another system."""
    return next((one for one in references if one.startswith(_EVERYWHERE)), "")


def _check_references(bundle: Bundle) -> None:
    for subject, rows in bundle.about.items():
        if bundle.key_of(subject) is not None:
            continue
        if any(one in bundle.left_out for one in _ways(subject)):
            bundle.ignored[_("about a patient left out")] += len(rows)
            continue
        bundle.problems += [
            Problem(row, "subject", _("It is about a patient who is not in this file.")) for row, _d in rows
        ]


def _people(bundle: Bundle) -> Iterator[Person]:
    about: dict[str, list[Finding]] = {}
    for subject, rows in bundle.about.items():
        if (key := bundle.key_of(subject)) is not None:
            about.setdefault(key, []).extend(finding for _row, finding in rows)
    notes: Notes = {}
    for subject, told in bundle.notes.items():
        if (key := bundle.key_of(subject)) is not None:
            notes.setdefault(key, []).extend(told)
    for key, person in bundle.people.items():
        said = about.get(key, [])
        allergies = tuple(one for one in said if isinstance(one, AllergyDetails))
        said_so = [note for note in notes.get(key, ()) if note[0] == "none_known"]
        asks = (note for note in notes.get(key, ()) if note[0] != "none_known")
        yield replace(
            person,
            conditions=tuple(one for one in said if isinstance(one, ConditionDetails)),
            allergies=allergies,
            says_none_known=bool(said_so) and not allergies,
            flags=(*(one for one in said if isinstance(one, FlagDetails)), *person.flags),
            to_check=(*dict.fromkeys(asks), *person.to_check),
        )
