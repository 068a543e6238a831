"""Bring patients in from a file: upload, say what the columns hold, check, import, take what came back."""

from contextlib import closing
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
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
from common.csv_export import csv_file_answer
from patients.forms.imports import ColumnsForm, UploadForm
from patients.importing.columns import Target
from patients.importing.files import OLDER_LETTERS
from patients.importing.people import FileRefusedError
from patients.importing.tables import Preview
from patients.models import ImportProgress, PatientImport
from patients.services import import_files, import_undoing, patient_imports

State, Kind = PatientImport.State, PatientImport.Kind


@staff(Act.IMPORT_PATIENTS, methods=("GET", "POST"), once=True)
def imports(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kind = import_files.kind_of(file)
            job = import_files.take_file(by=request.actor, kind=kind, file_name=file.name, file=file)
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
    context: dict[str, Any] = {
        "can_be_taken_back": import_undoing.can_be_taken_back(job),
        "job": job,
        "progress": _progress(request, job),
        "errors": _errors(job),
    }
    if job.kind == Kind.CSV and job.state in patient_imports.OPEN_STATES:
        try:
            context["preview"] = preview = import_files.look_at(job)
            context["form"] = form or _columns_form(request, job, preview)
        except FileRefusedError as error:
            context["refused"] = str(error)
        except FileNotFoundError:
            context["refused"] = _("The file is gone. Upload it again.")
    return render(request, "patients/import.html", context, status=status)


def _errors(job: PatientImport) -> list[dict[str, Any]]:
    """The first twenty, each with its field by the name the page has for it."""
    labels = dict(Target.choices)
    return [one | {"label": labels.get(one["field"], one["field"])} for one in job.errors[:20]]


def _columns_form(
    request: StaffRequest, job: PatientImport, preview: Preview, data: QueryDict | None = None
) -> ColumnsForm:
    """As the headings and the first rows say; what somebody chose before stands."""
    columns, month_first = import_files.guess_map(request.actor.clinic, preview)
    guessed: dict[str, Any] = {
        "columns": columns,
        "is_month_first": month_first,
        "is_order_guessed": import_files.is_order_guessed(preview, columns),
    }
    letters = import_files.letters_guessed(job)
    return ColumnsForm(
        data,
        header=preview.header,
        said={"letters": letters} | guessed | job.column_map,
        asks_letters=letters in OLDER_LETTERS,
    )


def _progress(request: StaffRequest, job: PatientImport) -> dict[str, Any]:
    row = ImportProgress.objects.visible_to(request.actor).filter(patient_import=job).first()
    done, total = (row.rows_done, row.rows_total) if row else (0, 0)
    if job.state == State.QUEUED:
        words = _("Waiting for the worker. It looks once a minute at the latest; you may leave this page.")
    elif job.is_taking_back:
        words = _("The import is being taken back.")
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
            form = _columns_form(request, job, import_files.look_at(job), request.POST)
        except (FileRefusedError, FileNotFoundError):
            return redirect("patients:import", job.pk)
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


@staff(Act.IMPORT_PATIENTS, methods=("POST",))
def take_back(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Ask for everybody whom the import made to go again."""
    job = _job(request, import_id)
    if import_undoing.ask(by=request.actor, job=job):
        _nudge(job)
    return redirect("patients:import", job.pk)


@staff(Act.IMPORT_PATIENTS, methods=("GET", "HEAD", "POST"))
def returned(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """The rows that came back, each with what is wrong: to be corrected and brought again."""
    job = _job(request, import_id)
    if (asked := still_you(request, now=timezone.now())) is not None:
        return asked
    if not job.returned_key:
        raise Http404
    try:
        file = import_files.files().open(job.returned_key)
    except FileNotFoundError as error:
        raise Http404 from error
    with closing(file):
        content = file.read()
    exported(request, "patients_patientimport", what=ExportKind.IMPORT_ERRORS, rows=job.returned_rows)
    return csv_file_answer("rows-to-correct.csv", content)


def _nudge(job: PatientImport) -> None:
    """Tell the worker once the request is saved. Without a broker the sweep finds the job within a minute."""
    names = {"clinic_id": str(job.clinic_id), "import_id": str(job.pk)}
    transaction.on_commit(lambda: current_app.send_task("patients.tasks.run_import", kwargs=names), robust=True)
