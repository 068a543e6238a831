"""Runs an import as the worker does, and tells what came of it."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

from accounts.actors import machine
from common.csv_export import separator_of
from common.tenancy import tenant
from patients.importing.columns import guess
from patients.importing.people import FileRefusedError
from patients.models import (
    Patient,
    PatientImport,
)
from patients.services import import_files, patient_imports

State, Kind = PatientImport.State, PatientImport.Kind
DATA = Path(__file__).parents[1] / "data"


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


TODAY = date(2026, 3, 2)


HEADER = "Last name,First name,Date of birth,Phone,Email,Old number,Patient number\n"


class Importer:
    """Takes a file the way the page does, without the worker's wait."""

    def __init__(self, clinic):
        self.clinic = clinic
        self.by = machine(clinic, "test")

    def take(self, content, kind=Kind.CSV, name="people.csv"):
        if isinstance(content, str):
            content = content.encode()
        with tenant(self.clinic.pk, actor="test"):
            return import_files.take_file(by=self.by, kind=kind, file_name=name, file=io.BytesIO(content))

    def check(self, job, **more):
        with tenant(self.clinic.pk, actor="test"):
            column_map = {}
            if job.kind == Kind.CSV:
                try:
                    columns, month_first = import_files.guess_map(self.clinic, import_files.look_at(job))
                    column_map = {"columns": columns, "is_month_first": month_first}
                except FileRefusedError:
                    column_map = {"columns": guess(HEADER.strip().split(","))}
            patient_imports.ask_to_check(by=self.by, job=job, column_map=column_map | more)
        return self.run(job)

    def apply(self, job):
        with tenant(self.clinic.pk, actor="test"):
            assert patient_imports.ask_to_apply(by=self.by, job=job)
        return self.run(job)

    def run(self, job, now=NOW):
        patient_imports.run(clinic=self.clinic, job_id=job.pk, clock=lambda: now)
        with tenant(self.clinic.pk, actor="test"):
            return PatientImport.objects.get(pk=job.pk)

    def whole(self, content, kind=Kind.CSV):
        job = self.check(self.take(content, kind))
        assert (job.state, job.errors) == (State.CHECKED, [])
        done = self.apply(job)
        assert (done.state, done.errors) == (State.DONE, [])
        return done

    def refused(self, content, kind=Kind.CSV):
        """The reasons why nobody can go in; nothing may be left behind."""
        job = self.check(self.take(content, kind))
        assert job.state in (State.CHECKED, State.FAILED)
        assert job.error_count == len(job.errors) > 0
        with tenant(self.clinic.pk, actor="test"):
            assert not Patient.objects.exists()
            assert not patient_imports.ask_to_apply(by=self.by, job=job)
        if job.state == State.FAILED:
            assert not import_files.files().exists(job.file_key)
        return [(error["row"], error["reason"]) for error in job.errors]

    def with_rows_back(self, content, kind=Kind.CSV, **more):
        """Imports the good rows. The job, and the rows that came back, each as its cells by heading."""
        checked = self.check(self.take(content, kind), **more)
        assert checked.state == State.CHECKED
        job = self.apply(checked)
        assert (job.state, job.error_count) == (State.DONE, checked.error_count)
        assert not import_files.files().exists(checked.returned_key or "none")
        return job, self.rows_back(job)

    def rows_back(self, job):
        if not job.returned_key:
            return []
        with import_files.files().open(job.returned_key) as file:
            return list(
                csv.DictReader(
                    io.StringIO(file.read().decode("utf-8-sig")), delimiter=separator_of(self.clinic.country)
                )
            )
