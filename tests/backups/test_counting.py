"""Counting sees every row or says that it does not."""

import psycopg
import pytest
from django.db import connection

from accounts.models import Clinic
from common.tenancy import tenant
from pitclinic.backups import counting
from pitclinic.backups.sets import BackupError
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import PatientFactory
from tests.plugins import golden


def as_role(role: str) -> psycopg.Connection:
    params = {**golden.server_params(), "user": role, "dbname": connection.settings_dict["NAME"]}
    return psycopg.connect(**params, autocommit=True)


@pytest.mark.django_db(transaction=True)
def test_rows_are_counted_by_clinic_by_who_sees_them_all_and_by_nobody_else() -> None:
    one, other = ClinicFactory(), ClinicFactory()
    for clinic, number in ((one, 1), (other, 2)):
        with tenant(clinic.pk, actor="test"):
            PatientFactory.create_batch(number, clinic=clinic)
    with as_role("pit_backup") as connected:
        standing = counting.standing(connected)
    for role in ("pit_app", "pit_worker", "pit_migrator"):
        with as_role(role) as connected, pytest.raises(BackupError, match="would back up 0 rows"):
            counting.standing(connected)

    assert standing.counts["patients_patient"] == {str(one.pk): 1, str(other.pk): 2}
    assert standing.counts["accounts_clinic"] == {"": Clinic.objects.count()}


@pytest.mark.django_db(transaction=True)
def test_a_count_beside_somebody_who_writes_says_that_it_is_not_to_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    with as_role("pit_backup") as counts, as_role("postgres") as writer:
        assert counting.standing(counts).is_exact
        monkeypatch.setattr(counting, "TRIES", 2)
        with writer.transaction():
            writer.execute("SELECT pg_current_xact_id()")
            assert not counting.standing(counts).is_exact
