"""The people of a FHIR R4 bundle, each with the conditions and allergies that name them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from patients.importing.csv_rows import Habits
from patients.importing.departures import is_said_inactive, of_fhir
from patients.importing.fhir_json import entries
from patients.importing.fhir_resources import (
    READ,
    check_shape,
    is_out_of_use,
    needs_interpreter,
    to_allergies,
    to_condition,
    to_contacts,
    to_details,
    to_numbers,
    unread_phones,
)
from patients.importing.fhir_substances import says_none_known, says_ruled_out
from patients.importing.people import Person, Problem, problems_of
from patients.records import AllergyDetails, ConditionDetails

_EVERYWHERE = ("urn:uuid:", "urn:oid:", "https://", "http://")
About = dict[str, list[tuple[int, ConditionDetails | AllergyDetails]]]


@dataclass
class Bundle:
    """What was read: people by reference, what is about them, problems, and what was passed over, counted."""

    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    about: About = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    left_out: set[str] = field(default_factory=set)


def read(file: IO[bytes], habits: Habits, on_entry: Callable[[int], None]) -> tuple[Bundle, Iterator[Person]]:
    """Read the whole bundle, then hand out the people. Rows are the entries' places, from 1."""
    bundle = Bundle()
    for row, entry in enumerate(entries(file), start=1):
        _take(bundle, row, entry, habits)
        on_entry(row)
    _check_references(bundle)
    return bundle, _people(bundle)


def _take(bundle: Bundle, row: int, entry: dict[str, Any], habits: Habits) -> None:
    resource = entry.get("resource")
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(resource, dict) or kind not in READ:
        bundle.ignored[kind if isinstance(kind, str) and kind.isalpha() and len(kind) < 40 else _("no resource")] += 1
        return
    try:
        check_shape(resource)
        _keep(bundle, row, entry, resource, habits)
    except ValidationError as error:
        bundle.problems.append(Problem(row, str(kind), " ".join(error.messages)))
        if kind == "Patient":
            bundle.left_out.update(_references(entry, resource))


def _keep(bundle: Bundle, row: int, entry: dict[str, Any], resource: dict[str, Any], habits: Habits) -> None:
    kind = resource["resourceType"]
    if is_out_of_use(resource):
        bundle.ignored[_("%(kind)s not in use") % {"kind": kind}] += 1
        if kind == "Patient":
            bundle.left_out.update(_references(entry, resource))
        return
    references = _references(entry, resource)
    if kind == "Patient":
        _keep_patient(bundle, row, references, resource, habits)
        return
    if kind == "AllergyIntolerance" and (taken_back := _taken_back(resource)):
        bundle.ignored[taken_back] += 1
        return
    source_id = (references or [""])[0][:200]
    subject = (resource.get("subject" if kind == "Condition" else "patient") or {}).get("reference") or ""
    said = [to_condition(resource, source_id)] if kind == "Condition" else to_allergies(resource, source_id)
    bundle.about.setdefault(subject, []).extend((row, one) for one in said)


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
    about: dict[str, list[ConditionDetails | AllergyDetails]] = {}
    for subject, rows in bundle.about.items():
        if subject in bundle.names:
            about.setdefault(bundle.names[subject], []).extend(details for _row, details in rows)
    for key, person in bundle.people.items():
        said = about.get(key, [])
        yield replace(
            person,
            conditions=tuple(one for one in said if isinstance(one, ConditionDetails)),
            allergies=tuple(one for one in said if isinstance(one, AllergyDetails)),
        )
