"""Find patients by what somebody remembers of them.

Everything compared is an equality or a range on stored, folded forms: the only comparisons PostgreSQL lets an index
answer under row-level security (security.md §3.3). The patients each term fits are found first, term by term, and
intersected as sets: left as joins, the planner takes a rare term for a common one and walks the whole register.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from enum import IntEnum
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from accounts.actors import Actor
from patients.choices import ContactKind
from patients.folding import TOKEN_LENGTH, forms_to_look_for, is_alike, wholes
from patients.models import ContactPoint, Identifier, NameToken, Patient
from patients.queries.lists import PatientRow, rows_found
from patients.search_terms import Term, parse

LIMIT = 20
# So many at most are sorted by name. Words that fit more than this need another word anyway.
SORTED_AT_MOST = 400
# Shorter words are never one letter off: the index keeps no form of fewer letters.
SHORTEST_FORGIVEN = 3
# Looked at in Python, where a letter wrong twice is told from a letter wrong once.
FORGIVEN_LOOKED_AT = 100
# A name of more words is hardly typed with one of them in two.
MOST_JOINED = 4
_LAST = "\U0010ffff"


class Closeness(IntEnum):
    """How name parts must fit, from the best to the most forgiving."""

    SAME = 0
    BEGINS = 1
    FORGIVEN = 2


def find(actor: Actor, text: str, *, today: date, limit: int = LIMIT) -> list[PatientRow]:
    """The best ``limit`` patients: names as typed first, then names that begin so, then one letter off.

    Five queries at most: one for each closeness while there is room, two for numbers and contacts.
    """
    terms = parse(text, is_month_first=actor.clinic.is_month_first)
    if not terms:
        return []
    found: dict[Any, Patient] = {}
    for closeness in _worth_trying(terms):
        if len(found) < limit:
            for patient in _candidates(actor, terms, closeness, limit=limit):
                found.setdefault(patient.pk, patient)
    ordered = list(found.values())[:limit]
    return rows_found(actor, ordered, today=today)


def _worth_trying(terms: tuple[Term, ...]) -> list[Closeness]:
    longest = max(len(term.name) for term in terms)
    if not longest:
        return [Closeness.SAME]
    return [*Closeness] if longest >= SHORTEST_FORGIVEN else [Closeness.SAME, Closeness.BEGINS]


def _candidates(actor: Actor, terms: tuple[Term, ...], closeness: Closeness, *, limit: int) -> Iterable[Patient]:
    readings = list(_readings(terms, closeness))
    fitting = _either([_all_of(actor, reading, closeness) for reading in readings])
    patients = Patient.objects.visible_to(actor).filter(pk__in=fitting[:SORTED_AT_MOST])
    if closeness is not Closeness.FORGIVEN:
        return patients.by_name()[:limit]
    typed = [term.name for term in terms if term.name]
    loose = [patient for patient in patients.by_name()[:FORGIVEN_LOOKED_AT] if _fits(patient, typed)]
    return loose[:limit]


def _readings(terms: tuple[Term, ...], closeness: Closeness) -> Iterator[tuple[Term, ...]]:
    """The terms as typed, and with two neighbouring names as one word: "Mac Donald" finds MacDonald."""
    yield terms
    if closeness is Closeness.FORGIVEN or len(terms) > MOST_JOINED:
        return
    for at, (one, other) in enumerate(pairwise(terms)):
        if one.name and other.name:
            joined = replace(one, name=(one.name + other.name)[:TOKEN_LENGTH])
            yield (*terms[:at], joined, *terms[at + 2 :])


def _all_of(actor: Actor, terms: tuple[Term, ...], closeness: Closeness) -> QuerySet[Any, Any]:
    fitting, *more = [_ids(actor, term, closeness) for term in terms]
    return fitting.intersection(*more) if more else fitting


def _fits(patient: Patient, typed: list[str]) -> bool:
    own = wholes((patient.given_names, patient.family_name, patient.preferred_name))
    return all(any(part.startswith(word) or is_alike(word, part) for part in own) for word in typed)


def _ids(actor: Actor, term: Term, closeness: Closeness) -> QuerySet[Any, Any]:
    """The ids of the patients one term fits, whichever way it is read."""
    if term.name:
        return _either(_by_name(actor, term.name, closeness))
    written = _by_name(actor, term.written, Closeness.BEGINS) if term.written else []
    readings: list[QuerySet[Any, Any]] = [
        Patient.objects.visible_to(actor).filter(birth_date__gte=first, birth_date__lt=end).values("id")
        for first, end in term.days
    ]
    readings += written
    contacts = ContactPoint.objects.visible_to(actor).in_use().order_by()
    if term.email:
        mail = contacts.filter(kind=ContactKind.EMAIL, value__gte=term.email, value__lt=term.email + _LAST)
        readings.append(mail.values("patient_id"))
    for tail in term.tails:
        start = tail[::-1]
        phones = contacts.filter(digits_reversed__gte=start, digits_reversed__lt=start + _LAST)
        readings.append(phones.values("patient_id"))
    if term.numbers:
        readings.append(Identifier.objects.visible_to(actor).filter(value__in=term.numbers).values("patient_id"))
    return _either(readings)


def _either(readings: list[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    return readings[0].union(*readings[1:]) if len(readings) > 1 else readings[0]


def _by_name(actor: Actor, word: str, closeness: Closeness) -> list[QuerySet[Any, Any]]:
    """One reading for each range of the index: an OR of them would be answered by walking it whole."""
    tokens = NameToken.objects.visible_to(actor)
    if closeness is Closeness.SAME:
        return [tokens.filter(is_whole=True, token=word).values("patient_id")]
    begins = tokens.filter(is_whole=True, token__gte=word, token__lt=word + _LAST).values("patient_id")
    if closeness is Closeness.BEGINS or len(word) < SHORTEST_FORGIVEN:
        return [begins]
    forms = sorted(forms_to_look_for(word))
    alike = [tokens.filter(is_whole=whole, token__in=forms).values("patient_id") for whole in (True, False)]
    return [*alike, begins]
