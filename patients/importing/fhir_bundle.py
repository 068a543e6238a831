"""The people of a FHIR R4 bundle, each with the conditions and allergies that name them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from patients.importing.csv_rows import Habits
from patients.importing.departures import is_said_inactive, of_fhir
from patients.importing.fhir_json import Unread, entries
from patients.importing.fhir_medications import (
    REQUESTS,
    anticoagulant,
    is_current,
    medicines,
    of_medication,
    subject_of,
)
from patients.importing.fhir_resources import (
    READ,
    check_shape,
    is_out_of_use,
    needs_interpreter,
    replacing,
    to_allergies,
    to_condition,
    to_contacts,
    to_details,
    to_numbers,
    unread_phones,
    without_odd_contacts,
)
from patients.importing.fhir_substances import says_none_known, says_ruled_out
from patients.importing.people import Person, Problem, problems_of
from patients.records import AllergyDetails, ConditionDetails, FlagDetails

_EVERYWHERE = ("urn:uuid:", "urn:oid:", "https://", "http://")
Detail = ConditionDetails | AllergyDetails | FlagDetails
About = dict[str, list[tuple[int, Detail]]]


@dataclass
class Bundle:
    """What was read: people by reference, what is about them, problems, and what was passed over, counted."""

    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    about: About = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    left_out: set[str] = field(default_factory=set)
    replaced: dict[str, str] = field(default_factory=dict)
    medicines: dict[str, FlagDetails] = field(default_factory=dict)
    prescribed: list[tuple[int, str, str]] = field(default_factory=list)


def read(file: IO[bytes], habits: Habits, on_entry: Callable[[int], None]) -> tuple[Bundle, Iterator[Person]]:
    """Read the whole bundle, then hand out the people. Rows are the entries' places, from 1."""
    bundle = Bundle()
    for row, entry in entries(file):
        if isinstance(entry, Unread):
            bundle.problems.append(Problem(row, "", entry.reason))
        else:
            _take(bundle, row, entry, habits)
        on_entry(row)
    _look_up_medicines(bundle)
    _follow_replaced(bundle)
    _check_references(bundle)
    return bundle, _people(bundle)


def _take(bundle: Bundle, row: int, entry: dict[str, Any], habits: Habits) -> None:
    resource = entry.get("resource")
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if isinstance(resource, dict) and kind in (*REQUESTS, "Medication"):
        _take_medicine(bundle, row, entry, resource)
        return
    if not isinstance(resource, dict) or kind not in READ:
        bundle.ignored[kind if isinstance(kind, str) and kind.isalpha() and len(kind) < 40 else _("no resource")] += 1
        return
    try:
        if kind == "Patient":
            resource, odd = without_odd_contacts(resource)
            bundle.ignored.update(_("%(element)s of a patient, not readable") % {"element": one} for one in odd)
        check_shape(resource)
        _keep(bundle, row, entry, resource, habits)
    except ValidationError as error:
        bundle.problems.append(Problem(row, str(kind), " ".join(error.messages)))
        if kind == "Patient":
            bundle.left_out.update(_references(entry, resource))


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
        bundle.prescribed.append((row, subject_of(resource), reference))


def _look_up_medicines(bundle: Bundle) -> None:
    """A medicine may stand after what prescribes it."""
    for row, whose, reference in bundle.prescribed:
        if flag := bundle.medicines.get(reference):
            bundle.about.setdefault(whose, []).append((row, flag))


def _keep(bundle: Bundle, row: int, entry: dict[str, Any], resource: dict[str, Any], habits: Habits) -> None:
    kind = resource["resourceType"]
    if is_out_of_use(resource):
        bundle.ignored[_("%(kind)s not in use") % {"kind": kind}] += 1
        if kind == "Patient":
            bundle.left_out.update(_references(entry, resource))
            bundle.replaced.update(dict.fromkeys(_references(entry, resource), replacing(resource)))
        return
    references = _references(entry, resource)
    if kind == "Patient":
        _keep_patient(bundle, row, references, resource, habits)
        return
    if kind == "AllergyIntolerance" and (taken_back := _taken_back(resource)):
        bundle.ignored[taken_back] += 1
        return
    source_id = (references or [""])[0][:200]
    about = (resource.get("subject" if kind == "Condition" else "patient") or {}).get("reference") or ""
    said = [to_condition(resource, source_id)] if kind == "Condition" else to_allergies(resource, source_id)
    bundle.about.setdefault(about, []).extend((row, one) for one in said)


def _taken_back(allergy: dict[str, Any]) -> str:
    """Why an entry of the list of allergies is none. Nobody was asked here: it is told, and nothing is written."""
    if says_none_known(allergy.get("code")):
        return _("“no known allergy” (not written: ask the patient)")
    if says_ruled_out(allergy.get("code")):
        return _("allergy that its words rule out")
    return ""


def _keep_patient(bundle: Bundle, row: int, references: list[str], resource: dict[str, Any], habits: Habits) -> None:
    details = to_details(resource, habits)
    is_deceased, deceased_date = of_fhir(resource)
    person = Person(
        row,
        details,
        contacts=to_contacts(resource, habits),
        numbers=to_numbers(resource),
        needs_interpreter=needs_interpreter(resource),
        source=_source(references),
        place=references[0] if references else "",
        is_deceased=is_deceased,
        deceased_date=deceased_date,
        is_said_inactive=is_said_inactive(resource) and not is_deceased,
        unread_phones=unread_phones(resource, habits),
    )
    found = problems_of(row, details, today=habits.today, deceased_date=deceased_date)
    bundle.problems += found
    if any(reference in bundle.names for reference in references):
        raise ValidationError(_("Two patients of this bundle have one id."))
    key = references[0] if references else f"#{row}"
    bundle.people[key] = person
    bundle.names.update(dict.fromkeys(references, key))


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


def _follow_replaced(bundle: Bundle) -> None:
    """What is about a record that another took the place of is about that other, where it is in the file."""
    for old in bundle.replaced:
        seen, new = {old}, bundle.replaced[old]
        while new in bundle.replaced and new not in seen:
            seen.add(new)
            new = bundle.replaced[new]
        if old in bundle.about and new in bundle.names:
            bundle.about.setdefault(new, []).extend(bundle.about.pop(old))


def _check_references(bundle: Bundle) -> None:
    for subject, rows in bundle.about.items():
        if subject in bundle.names:
            continue
        if subject in bundle.left_out:
            bundle.ignored[_("about a patient left out")] += len(rows)
            continue
        bundle.problems += [
            Problem(row, "subject", _("It is about a patient who is not in this file.")) for row, _d in rows
        ]


def _people(bundle: Bundle) -> Iterator[Person]:
    about: dict[str, list[Detail]] = {}
    for subject, rows in bundle.about.items():
        if subject in bundle.names:
            about.setdefault(bundle.names[subject], []).extend(details for _row, details in rows)
    for key, person in bundle.people.items():
        said = about.get(key, [])
        yield replace(
            person,
            conditions=tuple(one for one in said if isinstance(one, ConditionDetails)),
            allergies=tuple(one for one in said if isinstance(one, AllergyDetails)),
            flags=tuple(one for one in said if isinstance(one, FlagDetails)),
        )
