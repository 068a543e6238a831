"""Find records that may be of one person: each is compared with all others, a batch at a time in a few queries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor
from patients.folding import is_alike, name_parts
from patients.identity import is_only_other_sex, may_be_one_sex
from patients.models import AlikePair, ComparedPatient, Patient

BATCH = 500
# A number that more records have than this is a switchboard, or was typed where nobody had one.
HELD_BY_AT_MOST = 6
# With the same birth date, so many parts of the names are alike, or all of both: one of several would find every Anna
# and every pair of twins.
ALIKE_PARTS = 2

# Born on the same day, or with day and month swapped, and with one form of a name part in common.
_BORN = """
WITH asked AS (
  SELECT p.id, p.birth_date, p.sex, CASE WHEN extract(day FROM p.birth_date) <= 12 THEN make_date(
      extract(year FROM p.birth_date)::int, extract(day FROM p.birth_date)::int, extract(month FROM p.birth_date)::int)
    ELSE p.birth_date END AS swapped
  FROM patients_patient p WHERE p.clinic_id = %(clinic)s AND p.id = ANY(%(ids)s) AND p.merged_into_id IS NULL
)
SELECT a.id, q.id, q.birth_date = a.birth_date, a.sex, q.sex,
  n.given_names, n.family_name, n.preferred_name, q.given_names, q.family_name, q.preferred_name
FROM asked a JOIN patients_patient n ON n.id = a.id CROSS JOIN LATERAL (
  SELECT p.* FROM patients_patient p WHERE p.clinic_id = %(clinic)s AND p.birth_date = a.birth_date
  UNION ALL
  SELECT p.* FROM patients_patient p WHERE p.clinic_id = %(clinic)s AND p.birth_date = a.swapped
    AND a.swapped <> a.birth_date
) q
WHERE q.id <> a.id AND q.merged_into_id IS NULL
"""

_CONTACTS = """
SELECT DISTINCT c.patient_id, o.patient_id, p.birth_date = s.birth_date, s.sex, p.sex,
  concat_ws(' ', s.given_names, s.family_name, s.preferred_name),
  concat_ws(' ', p.given_names, p.family_name, p.preferred_name)
FROM patients_contactpoint c
JOIN patients_contactpoint o ON o.clinic_id = c.clinic_id AND o.value = c.value AND o.patient_id <> c.patient_id
JOIN patients_patient p ON p.id = o.patient_id AND p.merged_into_id IS NULL
JOIN patients_patient s ON s.id = c.patient_id AND s.merged_into_id IS NULL
WHERE c.clinic_id = %(clinic)s AND c.patient_id = ANY(%(ids)s)
  AND NOT c.is_shared AND NOT o.is_shared AND NOT c.is_guardians AND NOT o.is_guardians
  AND c.stopped_at IS NULL AND o.stopped_at IS NULL
  AND (SELECT count(*) FROM patients_contactpoint k
       WHERE k.clinic_id = c.clinic_id AND k.value = c.value) <= %(most)s
"""

_NUMBERS = """
SELECT DISTINCT c.patient_id, o.patient_id FROM patients_identifier c
JOIN patients_identifier o ON o.clinic_id = c.clinic_id AND o.value = c.value AND o.patient_id <> c.patient_id
JOIN patients_patient p ON p.id = o.patient_id AND p.merged_into_id IS NULL
JOIN patients_patient s ON s.id = c.patient_id AND s.merged_into_id IS NULL
WHERE c.clinic_id = %(clinic)s AND c.patient_id = ANY(%(ids)s)
  AND (SELECT count(*) FROM patients_identifier k WHERE k.clinic_id = c.clinic_id AND k.value = c.value) <= %(most)s
"""


@dataclass
class _Found:
    is_same_birth: bool = False
    is_swapped_birth: bool = False
    is_same_contact: bool = False
    is_same_number: bool = False
    is_other_sex: bool = False

    @property
    def strength(self) -> int:
        birth = 4 * self.is_same_birth + 3 * self.is_swapped_birth + 2 * self.is_other_sex
        return birth + 2 * self.is_same_number + 2 * self.is_same_contact


def compare_again(*, by: Actor, patient_ids: Iterable[UUID]) -> None:
    """What is known of them changed: the next sweep looks for their like anew."""
    ComparedPatient.objects.visible_to(by).filter(patient_id__in=list(patient_ids)).delete()


def forget(*, by: Actor, patient_id: UUID) -> None:
    """This record was merged into another: it is nobody's like any more."""
    AlikePair.objects.visible_to(by).filter(Q(one_id=patient_id) | Q(other_id=patient_id)).delete()


def waiting(by: Actor, *, limit: int = BATCH) -> list[UUID]:
    """Records nobody compared since they changed, the newest first."""
    done = ComparedPatient.objects.filter(clinic_id=OuterRef("clinic_id"), patient_id=OuterRef("pk"))
    rows = Patient.objects.visible_to(by).standing().filter(~Exists(done))
    return list(rows.order_by("-created_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def compare(*, by: Actor, patient_ids: Sequence[UUID]) -> int:
    """Find the like of these records among all of the clinic's; how many pairs they are in. A few queries a batch."""
    found: dict[tuple[UUID, UUID], _Found] = {}
    for one, other, is_same, sex, other_sex, *names in _rows(_BORN, by, patient_ids):
        name, other_name = names[:3], names[3:]
        if may_be_one_sex(sex, other_sex) and _is_name_alike(" ".join(name), " ".join(other_name)):
            pair = found.setdefault(_ordered(one, other), _Found())
            pair.is_same_birth |= is_same
            pair.is_swapped_birth |= not is_same
        elif is_same and is_only_other_sex((name[0], name[1]), sex, (other_name[0], other_name[1]), other_sex):
            found.setdefault(_ordered(one, other), _Found()).is_other_sex = True
    for one, other, is_same, sex, other_sex, name, other_name in _rows(_CONTACTS, by, patient_ids):
        # Families and carers share a phone: it says something only of people who share a birth date or a name.
        is_somebody = may_be_one_sex(sex, other_sex) and (is_same or _alike_parts(name, other_name))
        if is_somebody or _ordered(one, other) in found:
            found.setdefault(_ordered(one, other), _Found()).is_same_contact = True
    for one, other in _rows(_NUMBERS, by, patient_ids):
        found.setdefault(_ordered(one, other), _Found()).is_same_number = True
    ids = list(patient_ids)
    AlikePair.objects.visible_to(by).filter(Q(one_id__in=ids) | Q(other_id__in=ids)).delete()
    AlikePair.objects.bulk_create(
        AlikePair(clinic=by.clinic, one_id=one, other_id=other, strength=pair.strength, **vars(pair))
        for (one, other), pair in found.items()
    )
    ComparedPatient.objects.bulk_create(
        (ComparedPatient(clinic=by.clinic, patient_id=pk) for pk in ids), ignore_conflicts=True
    )
    return len(found)


def _ordered(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    return (one, other) if one < other else (other, one)


def _rows(statement: str, by: Actor, ids: Sequence[UUID]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"clinic": by.clinic_id, "ids": list(ids), "most": HELD_BY_AT_MOST})
        yield from cursor.fetchall()


def _is_name_alike(name: str, other_name: str) -> bool:
    most = max(len(set(name_parts(name))), len(set(name_parts(other_name))))
    return 0 < min(ALIKE_PARTS, most) <= _alike_parts(name, other_name)


def _alike_parts(name: str, other_name: str) -> int:
    """How many parts of the one name have a part of their own in the other that differs by one letter at most."""
    left = name_parts(other_name)
    count = 0
    for part in dict.fromkeys(name_parts(name)):
        match = next((other for other in left if is_alike(part, other)), None)
        if match is not None:
            left.remove(match)
            count += 1
    return count
