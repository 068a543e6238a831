"""Bring patients in from a file on this machine; the same checks as the page."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import Actor, machine
from accounts.models import Clinic
from common.tenancy import tenant
from patients.importing.columns import Target
from patients.importing.people import FileRefusedError
from patients.models import PatientImport
from patients.services import import_files, patient_imports

State, Kind = PatientImport.State, PatientImport.Kind


class Command(BaseCommand):
    help = "Import patients from a table (CSV, workbook) or FHIR R4 (JSON). Checks only, unless --apply is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--clinic", required=True, help="the clinic's id or exact name")
        parser.add_argument("--kind", choices=Kind.values, required=True)
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--dry-run", action="store_true", help="check only (the default)")
        mode.add_argument("--apply", action="store_true", help="check, and import the good rows")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help=f"column (name or number from 1) of a field; fields: {', '.join(Target.values)}",
        )
        parser.add_argument("--month-first", action="store_true", help="5/6/1970 is May 6")
        parser.add_argument("--short-years", action="store_true", help="a year like 81 is the latest that has come")
        parser.add_argument("--returned", type=Path, help="where to write the rows that come back")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = self._clinic(options["clinic"])
        by = machine(clinic, "command:import_patients")
        job = self._take(by, options)
        self._check(by, job, options)
        job = self._run(by, job)
        if job.state == State.CHECKED and job.good_rows and options["apply"]:
            with tenant(clinic.pk, actor=by.audit_name):
                patient_imports.ask_to_apply(by=by, job=job)
            job = self._run(by, job)
        self._give_back(job, options["returned"])
        if job.state == State.CHECKED:
            with tenant(clinic.pk, actor=by.audit_name):
                patient_imports.discard(by=by, now=timezone.now(), job=job)
        self._report(job)

    def _clinic(self, said: str) -> Clinic:
        try:
            clinic = Clinic.objects.filter(pk=UUID(said)).first()
        except ValueError:
            clinic = Clinic.objects.filter(name=said).first()
        if clinic is None:
            raise CommandError(f"There is no clinic {said!r}.")
        return clinic

    def _take(self, by: Actor, options: dict[str, Any]) -> PatientImport:
        path: Path = options["file"]
        try:
            with path.open("rb") as file, tenant(by.clinic_id, actor=by.audit_name):
                return import_files.take_file(by=by, kind=options["kind"], file_name=path.name, file=file)
        except OSError as error:
            raise CommandError(f"Cannot read the file: {error.strerror}.") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def _check(self, by: Actor, job: PatientImport, options: dict[str, Any]) -> None:
        column_map: dict[str, object] = {}
        with tenant(by.clinic_id, actor=by.audit_name):
            if job.kind == Kind.CSV:
                column_map = self._column_map(by, job, options)
            patient_imports.ask_to_check(by=by, job=job, column_map=column_map)

    def _column_map(self, by: Actor, job: PatientImport, options: dict[str, Any]) -> dict[str, object]:
        try:
            preview = import_files.look_at(job)
        except FileRefusedError:
            return {}  # the check itself says why
        columns, is_month_first = import_files.guess_map(by.clinic, preview)
        for pair in options["map"]:
            field, _equals, column = pair.partition("=")
            if field not in Target.values:
                raise CommandError(f"{field!r} is no field; choose from {', '.join(Target.values)}.")
            if column not in preview.header and not column.isdecimal():
                raise CommandError(f"The file has no column {column!r}.")
            columns[field] = preview.header.index(column) if column in preview.header else int(column) - 1
        return {
            "columns": columns,
            "is_month_first": options["month_first"] or is_month_first,
            "are_years_short": options["short_years"],
        }

    def _give_back(self, job: PatientImport, path: Path | None) -> None:
        if path is None or not job.returned_key:
            return
        with import_files.files().open(job.returned_key) as file:
            path.write_bytes(file.read())

    def _run(self, by: Actor, job: PatientImport) -> PatientImport:
        patient_imports.run(clinic=by.clinic, job_id=job.pk, clock=timezone.now)
        with tenant(by.clinic_id, actor=by.audit_name):
            return PatientImport.objects.visible_to(by).get(pk=job.pk)

    def _report(self, job: PatientImport) -> None:
        for error in job.errors[:50]:
            place = f"row {error['row']}" if error["row"] else "file"
            self.stderr.write(f"{place} {error['field']}: {error['reason']}".replace(" :", ":"))
        if job.error_count and job.state != State.DONE:
            raise CommandError(f"{job.error_count} things are wrong; nothing was imported.")
        counts = ", ".join(
            f"{count} {name.replace('_', ' ')}" for name, count in job.counts.items() if name != "ignored"
        )
        done = "Imported" if job.state == State.DONE else "Checked, nothing written"
        self.stdout.write(f"{done}: {counts}. Passed over: {job.counts.get('ignored') or 'nothing'}.")
        if job.returned_rows:
            self.stderr.write(f"{job.returned_rows} rows came back.")
