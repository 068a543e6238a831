"""The synthetic clinic as a whole: marked, repeatable, alone in its clinic, whole after a stop."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import Patient
from pitclinic.rules.tables import clinic_models
from pitclinic.simulation import run as running
from pitclinic.simulation.run import ClinicExistsError, Report, simulate
from pitclinic.simulation.writing import Row, Table
from scheduling.models import Claim
from sessions.models import InjectionSession, StockMovement
from tests.factories.patients import PatientFactory
from tests.simulation.conftest import NOW

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
MADE_BY_THE_DATABASE = {"created_at", "content_sha256", "content"}


def small(*, patients: int = 25, seed: int = 1, word: str = "small", **more: Any) -> Report:
    return simulate(patients=patients, seed=seed, months=6, word=word, name="Small Clinic", now=NOW, **more)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def fingerprint(clinic: Clinic) -> str:
    """The hash of every row of a clinic, without the columns that the database makes."""
    digest = hashlib.sha256()
    with tenant(clinic.pk, actor="test"):
        for model in clinic_models():
            if model in (Claim, StockMovement):  # the database makes them of visits and containers
                continue
            columns = [c.column for c in model._meta.concrete_fields if c.column not in MADE_BY_THE_DATABASE]
            for row in model._default_manager.order_by("pk").values_list(*columns):
                digest.update(repr(row).encode())
    return digest.hexdigest()


def test_the_same_seed_makes_the_same_rows_and_another_seed_makes_others():
    prints = []
    for seed in (1, 1, 2):
        with undone():
            prints.append(fingerprint(small(seed=seed).clinic))
    assert prints[0] == prints[1]
    assert prints[0] != prints[2]


def test_a_clinic_that_exists_is_left_alone():
    before = fingerprint(small().clinic)
    with pytest.raises(ClinicExistsError, match="nothing was changed"):
        small(patients=3)
    assert fingerprint(Clinic.objects.get(name="Small Clinic")) == before


def test_the_command_says_so_in_one_line():
    call_command("simulate", patients=5, months=3, clinic="brief", alone=True, verbosity=0)
    with pytest.raises(CommandError, match="There is already a clinic “brief”"):
        call_command("simulate", patients=5, months=3, clinic="brief", alone=True, verbosity=0)


def test_a_second_clinic_with_its_own_staff_stands_beside_it():
    call_command("simulate", patients=5, months=3, clinic="pair", today="2026-06-10T11:30", verbosity=0)
    assert Clinic.objects.filter(is_synthetic=True, name__startswith="Pair Clinic").count() == 2


def test_rows_of_another_clinic_are_neither_seen_nor_touched(other_clinic: Clinic):
    with tenant(other_clinic.pk, actor="test"):
        PatientFactory(clinic=other_clinic)
    before = fingerprint(other_clinic)
    made = small(patients=10)
    assert fingerprint(other_clinic) == before
    with tenant(made.clinic.pk, actor="test"):
        assert Patient.objects.count() == 10


def test_a_batch_holds_no_more_rows_than_its_patients_need(monkeypatch: pytest.MonkeyPatch):
    sent: list[int] = []
    send = Table.send

    def counted(table: Table, rows: list[Row]) -> None:
        sent.append(len(rows))
        send(table, rows)

    monkeypatch.setattr(running, "BATCH_PATIENTS", 10)
    monkeypatch.setattr(Table, "send", counted)
    report = small(patients=60)
    assert sum(sent) == report.rows
    assert max(sent) < 10 * 150


def test_a_large_run_that_is_stopped_leaves_whole_batches(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(running, "BATCH_PATIENTS", 10)
    monkeypatch.setattr(running, "LARGE", 0)

    def stop(done: int, total: int, rows: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small(patients=60, progress=stop)
    clinic = Clinic.objects.get(name="Small Clinic")
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.count() == 20
        long_ago = InjectionSession.objects.filter(started_at__lt=datetime(2026, 5, 1, tzinfo=UTC))
        assert long_ago.exists()
        assert not long_ago.drafts().exists()
