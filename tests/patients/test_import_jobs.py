"""The work of an import: one worker at a time, its progress seen, old files forgotten; the command does the same."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from common.tenancy import tenant
from patients.importing.columns import guess
from patients.models import (
    ImportProgress,
    Patient,
    PatientImport,
)
from patients.services import patient_imports
from patients.tasks import run_import, sweep_imports
from tests.patients.importer import DATA, HEADER, NOW, Importer, State


@pytest.fixture(autouse=True)
def quick_progress(monkeypatch):
    monkeypatch.setattr("patients.services.import_progress.EVERY_SECONDS", 30)


@pytest.fixture
def importer(clinic):
    return Importer(clinic)


def test_a_job_is_done_once_and_taken_over_only_from_a_silent_worker(importer, clinic):
    job = importer.check(importer.take(HEADER + "Berg,Ann,1970-01-02,,,X1,\n"))
    with tenant(clinic.pk, actor="test"):
        patient_imports.ask_to_apply(by=importer.by, job=job)
        PatientImport.objects.update(state=State.RUNNING, started_at=NOW)
        ImportProgress.objects.update(alive_at=NOW)
    assert importer.run(job, now=NOW + timedelta(seconds=30)).state == State.RUNNING
    assert importer.run(job, now=NOW + timedelta(minutes=3)).state == State.DONE
    assert importer.run(job, now=NOW + timedelta(minutes=9)).state == State.DONE
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.count() == 1


def test_a_slow_worker_cannot_end_a_job_that_another_took_over(importer, clinic, monkeypatch):
    job = importer.check(importer.take(HEADER + "Berg,Ann,1970-01-02,,,X1,\n"))
    with tenant(clinic.pk, actor="test"):
        patient_imports.ask_to_apply(by=importer.by, job=job)
    finish = patient_imports.Writer.finish

    def overtaken(self):
        finish(self)
        PatientImport.objects.update(claim="00000000-0000-4000-8000-000000000000")

    monkeypatch.setattr(patient_imports.Writer, "finish", overtaken)
    assert importer.run(job).state == State.RUNNING
    with tenant(clinic.pk, actor="test"):
        assert not Patient.objects.exists()


def test_an_error_of_ours_ends_the_job_and_is_not_swallowed(importer, clinic, monkeypatch):
    job = importer.check(importer.take(HEADER + "Berg,Ann,1970-01-02,,,X1,\n"))
    with tenant(clinic.pk, actor="test"):
        patient_imports.ask_to_apply(by=importer.by, job=job)
    monkeypatch.setattr(patient_imports.Writer, "finish", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        importer.run(job)
    with tenant(clinic.pk, actor="test"):
        job.refresh_from_db()
        assert job.state == State.FAILED
        assert not Patient.objects.exists()


def test_the_sweep_finds_queued_jobs_and_forgets_old_files(importer, clinic, monkeypatch):
    sent = []
    monkeypatch.setattr(run_import, "delay", lambda **names: sent.append(names))
    job = importer.take(HEADER + "Berg,Ann,1970-01-02,,,X1,\n")
    old = importer.take(HEADER + "Old,Ann,1970-01-02,,,X1,\n")
    with tenant(clinic.pk, actor="test"):
        columns = guess(HEADER.strip().split(","))
        patient_imports.ask_to_check(by=importer.by, job=job, column_map={"columns": columns})
        PatientImport.objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=400))
    sweep_imports()
    assert sent == [{"clinic_id": str(clinic.pk), "import_id": str(job.pk)}]
    run_import(**sent[0])
    run_import(clinic_id=str(job.pk), import_id=str(job.pk))
    with tenant(clinic.pk, actor="test"):
        job.refresh_from_db()
        old.refresh_from_db()
        assert (job.state, old.state) == (State.CHECKED, State.FAILED)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_nothing_is_written_yet(importer, clinic, monkeypatch):
    monkeypatch.setattr("patients.services.import_progress.EVERY_SECONDS", 0.01)
    monkeypatch.setattr(patient_imports, "BATCH", 1)
    job = importer.check(importer.take(HEADER + "A,A,1970-01-02,,,1,\nB,B,1970-01-02,,,2,\n"))
    with tenant(clinic.pk, actor="test"):
        patient_imports.ask_to_apply(by=importer.by, job=job)
    seen, finish = [], patient_imports.Writer.finish

    def look():
        try:
            while not seen or seen[-1][0] < 2:
                with tenant(clinic.pk, actor="test"):
                    progress = ImportProgress.objects.get()
                    seen.append((progress.rows_done, progress.rows_total, Patient.objects.count()))
        finally:
            connection.close()

    def finish_when_seen(self):
        onlooker = threading.Thread(target=look)
        onlooker.start()
        onlooker.join(20)
        finish(self)

    monkeypatch.setattr(patient_imports.Writer, "finish", finish_when_seen)
    assert importer.run(job).state == State.DONE
    assert seen[-1] == (2, 3, 0)


def test_the_command_checks_first_and_imports_when_told(clinic, tmp_path, capsys):
    path = tmp_path / "people.csv"
    path.write_text("Who,Born\nBerg; Ann,1970-01-02\n")
    call_command("import_patients", path, clinic=clinic.name, kind="csv", map=["name=Who"])
    assert "Checked, nothing written: 1 new" in capsys.readouterr().out
    call_command(
        "import_patients", path, clinic=str(clinic.pk), kind="csv", apply=True, map=["name=1", "birth_date=Born"]
    )
    assert "Imported: 1 new" in capsys.readouterr().out
    call_command("import_patients", DATA / "bundle.json", clinic=clinic.name, kind="fhir", apply=True)
    assert "Imported: 3 new" in capsys.readouterr().out
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.count() == 4


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"clinic": "Nowhere"}, "no clinic"),
        ({"map": ["colour=1"]}, "no field"),
        ({"map": ["name=Nothing"]}, "no column"),
        ({"file": Path("/nonexistent/x.csv")}, "Cannot read"),
        ({}, "things are wrong"),
    ],
)
def test_the_command_says_what_is_wrong(clinic, tmp_path, more, said):
    path = tmp_path / "people.csv"
    path.write_text("Name,Born\nBerg Ann,never\n")
    names = {"file": path, "clinic": clinic.name, "kind": "csv", "apply": True} | more
    with pytest.raises(CommandError, match=said):
        call_command("import_patients", names.pop("file"), **names)
