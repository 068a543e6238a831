"""Keep the search index over names true."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection, transaction

from patients.folding import tokens
from patients.models import NameToken

_INSERT = (
    "INSERT INTO patients_nametoken (clinic_id, patient_id, token, is_whole)"
    " SELECT %s, row.patient_id, row.token, row.is_whole"
    " FROM unnest(%s::uuid[], %s::text[], %s::boolean[]) AS row (patient_id, token, is_whole)"
)


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
