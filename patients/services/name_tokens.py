"""Keep what is worked out from names true: the search index, and the place in a list."""

from collections.abc import Iterable, Mapping
from typing import TypedDict
from uuid import UUID

from django.db import connection, transaction

from accounts.actors import Actor
from accounts.models import Clinic
from patients.folding import EDITION, tokens
from patients.models import NameToken, Patient
from patients.names import edition, sort_key

BATCH = 500

_INSERT = (
    "INSERT INTO patients_nametoken (clinic_id, patient_id, token, is_whole)"
    " SELECT %s, row.patient_id, row.token, row.is_whole"
    " FROM unnest(%s::uuid[], %s::text[], %s::boolean[]) AS row (patient_id, token, is_whole)"
)


class Columns(TypedDict):
    sort_key: bytes
    named_by: str


def columns(clinic: Clinic, *, given_names: str, family_name: str) -> Columns:
    """What a patient's row holds of the name's place among the others, in the language of the clinic."""
    key = sort_key(given_names, family_name, locale=clinic.locale)
    return {"sort_key": key, "named_by": edition(clinic.locale)}


@transaction.atomic
def renew(*, by: Actor, limit: int = BATCH) -> int:
    """Work out anew what was made by other rules or for another language; how many names that were.

    Whoever somebody else is changing just now is left for the next time.
    """
    now = edition(by.clinic.locale)
    rows = Patient.objects.visible_to(by).select_for_update(skip_locked=True, of=("self",))
    earlier, later = rows.filter(named_by__lt=now), rows.filter(named_by__gt=now)
    found = list(earlier.order_by("named_by")[:limit]) or list(later.order_by("named_by")[:limit])
    old = [patient for patient in found if not patient.named_by.startswith(f"{EDITION}/")]
    for patient in found:
        names = {"given_names": patient.given_names, "family_name": patient.family_name}
        for column, value in columns(by.clinic, **names).items():
            setattr(patient, column, value)
    Patient.objects.bulk_update(found, list(Columns.__annotations__), batch_size=limit)
    NameToken.objects.visible_to(by).filter(patient__in=old).delete()
    add(
        clinic_id=by.clinic_id,
        names={one.pk: (one.given_names, one.family_name, one.preferred_name) for one in old},
    )
    return len(found)


def add(*, clinic_id: UUID, names: Mapping[UUID, Iterable[str]]) -> None:
    """Write the tokens of new patients, any number of them in one statement."""
    rows = [(patient, token, whole) for patient, said in names.items() for token, whole in tokens(said).items()]
    if not rows:
        return
    patients, written, wholes = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [clinic_id, patients, written, wholes])


@transaction.atomic
def replace(*, clinic_id: UUID, patient_id: UUID, names: Iterable[str]) -> None:
    """Write the tokens of a patient whose name changed."""
    NameToken.objects.filter(clinic_id=clinic_id, patient_id=patient_id).delete()
    add(clinic_id=clinic_id, names={patient_id: names})
