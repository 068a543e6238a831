"""Bring patients in from a file: upload, say what the columns hold, check, import."""

from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRefresh

from accounts.choices import ExportKind
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, exported, saw
from accounts.views.checked_exports import still_you
from common.csv_export import csv_answer
from patients.forms.imports import ColumnsForm, UploadForm
from patients.importing.people import FileRefusedError
from patients.models import ImportProgress, PatientImport
from patients.services import patient_imports

State, Kind = PatientImport.State, PatientImport.Kind


@staff(Act.IMPORT_PATIENTS, methods=("GET", "POST"), once=True)
def imports(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        file.seek(0)
        is_json = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
        kind = Kind.FHIR if is_json else Kind.CSV
        try:
            job = patient_imports.take_file(by=request.actor, kind=kind, file_name=file.name, file=file)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("patients:import", job.pk)
    jobs = PatientImport.objects.visible_to(request.actor).order_by("-created_at").defer("errors")[:20]
    context = {"form": form, "jobs": jobs, "limit": settings.IMPORT_MAX_BYTES}
    return render(request, "patients/imports.html", context, status=422 if request.method == "POST" else 200)


def _job(request: StaffRequest, import_id: UUID) -> PatientImport:
    return get_object_or_404(PatientImport.objects.visible_to(request.actor), pk=import_id)


@staff(Act.IMPORT_PATIENTS)
def show(request: StaffRequest, import_id: UUID) -> HttpResponse:
    job = _job(request, import_id)
    saw(request, "patients_patientimport", row_id=job.pk)
    return _page(request, job)


def _page(
    request: StaffRequest, job: PatientImport, form: ColumnsForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"job": job, "progress": _progress(request, job), "errors": job.errors[:20]}
    if job.kind == Kind.CSV and job.state in patient_imports.OPEN_STATES:
        try:
            context["preview"] = preview = patient_imports.look_at(job)
            columns, month_first = patient_imports.guess_map(request.actor.clinic, preview)
            columns = job.column_map.get("columns") or columns
            month_first = job.column_map.get("is_month_first", month_first)
            context["form"] = form or ColumnsForm(header=preview.header, columns=columns, is_month_first=month_first)
        except FileRefusedError as error:
            context["refused"] = str(error)
        except FileNotFoundError:
            context["refused"] = _("The file is gone. Upload it again.")
    return render(request, "patients/import.html", context, status=status)


def _progress(request: StaffRequest, job: PatientImport) -> dict[str, Any]:
    row = ImportProgress.objects.visible_to(request.actor).filter(patient_import=job).first()
    done, total = (row.rows_done, row.rows_total) if row else (0, 0)
    if job.state == State.QUEUED:
        words = _("Waiting for the worker. It looks once a minute at the latest; you may leave this page.")
    elif total == 0:
        words = _("Reading has begun.")
    else:
        words = ngettext("%(done)s of about %(total)s row read", "%(done)s of about %(total)s rows read", total)
        words = words % {"done": done, "total": total}
    is_running = job.state in (State.QUEUED, State.RUNNING)
    return {"done": done, "total": total, "words": words, "is_running": is_running}


@staff(Act.IMPORT_PATIENTS)
def progress(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """What the page asks every two seconds; when the job has ended the page loads anew."""
    job = _job(request, import_id)
    now = _progress(request, job)
    if not now["is_running"]:
        return HttpResponseClientRefresh()
    return render(request, "patients/parts/import_progress.html", {"job": job, "progress": now})


@staff(Act.IMPORT_PATIENTS, methods=("POST",))
def check(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Ask for the dry run."""
    job = _job(request, import_id)
    column_map: dict[str, object] = {}
    if job.kind == Kind.CSV:
        try:
            preview = patient_imports.look_at(job)
        except (FileRefusedError, FileNotFoundError):
            return redirect("patients:import", job.pk)
        form = ColumnsForm(request.POST, header=preview.header, columns={}, is_month_first=False)
        if not form.is_valid():
            return _page(request, job, form, status=422)
        column_map = form.column_map()
    if patient_imports.ask_to_check(by=request.actor, job=job, column_map=column_map):
        _nudge(job)
    return redirect("patients:import", job.pk)


@staff(Act.IMPORT_PATIENTS, methods=("POST",))
def apply(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Ask for the real run."""
    job = _job(request, import_id)
    if patient_imports.ask_to_apply(by=request.actor, job=job):
        _nudge(job)
    return redirect("patients:import", job.pk)


@staff(Act.IMPORT_PATIENTS, methods=("POST",))
def discard(request: StaffRequest, import_id: UUID) -> HttpResponse:
    job = _job(request, import_id)
    if patient_imports.discard(by=request.actor, now=timezone.now(), job=job):
        messages.success(request, _("The file is deleted. Nothing was imported."))
    return redirect("patients:imports")


@staff(Act.IMPORT_PATIENTS, methods=("GET", "HEAD", "POST"))
def errors(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """The rows that are wrong, as a table to work through."""
    job = _job(request, import_id)
    if (asked := still_you(request, now=timezone.now())) is not None:
        return asked
    exported(request, "patients_patientimport", what=ExportKind.IMPORT_ERRORS, rows=len(job.errors))
    rows = [(error["row"], error["field"], error["reason"]) for error in job.errors]
    return csv_answer("import-errors.csv", (_("Row"), _("Field"), _("What is wrong")), rows)


def _nudge(job: PatientImport) -> None:
    """Tell the worker once the request is saved. Without a broker the sweep finds the job within a minute."""
    names = {"clinic_id": str(job.clinic_id), "import_id": str(job.pk)}
    transaction.on_commit(lambda: current_app.send_task("patients.tasks.run_import", kwargs=names), robust=True)
