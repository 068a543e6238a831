"""Who saw, changed and exported what, and who signed in: the clinic's audit trail, asked in five ways."""

from datetime import date
from time import monotonic
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import ExportKind, Proof
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, exported, saw, saw_list
from accounts.services import integrity_reports
from accounts.views.checked_exports import still_you
from audit.services.audit_events import check_now
from common.csv_export import csv_answer
from common.local_words import day_words
from common.wall_clock import local_day
from patients import queries as patients
from patients.forms.patients import SearchForm
from patients.models import Patient
from sessions.forms.audit_trails import AuditQuery
from sessions.queries import audit_trails as queries
from sessions.queries.signature_checks import signature_state
from sessions.services import signature_checks

CHECK_SECONDS = 5
_TEMPLATES = "sessions/audit"


@staff(Act.SEE_AUDIT)
def audit_log(request: StaffRequest) -> HttpResponse:
    query = _query(request)
    return _asked_again(request, query) if query.has_wrong_day else _shown(request, query)


def _shown(request: StaffRequest, query: AuditQuery) -> HttpResponse:
    patient = _patient(request, query.asked.patient_id)
    page = queries.trail_page(request.actor, query.asked)
    saw(request, "audit_auditevent", patient_id=patient.pk if patient else None)
    named = [pk for told in page.told for pk, _name in told.patients]
    saw_list(request, "audit_auditevent", named)
    context = {
        "page": page,
        "query": query,
        "patient": patient,
        "chain": queries.chain(request.actor),
        "search_form": SearchForm(),
        "today": _today(request),
        "asked": _address(query, {}),
        "older": _address(query, {"before": page.older.at.isoformat(), "before_id": page.older.pk})
        if page.older
        else "",
    }
    return render(request, f"{_TEMPLATES}/page.html", context)


def _asked_again(request: StaffRequest, query: AuditQuery) -> HttpResponse:
    """A day that is none: the form, with what is wrong beside it, and no entries."""
    context = {
        "page": None,
        "query": query,
        "patient": _patient(request, query.cleaned_data["patient"]),
        "chain": queries.chain(request.actor),
        "search_form": SearchForm(),
        "asked": "",
        "older": "",
    }
    return render(request, f"{_TEMPLATES}/page.html", context)


@staff(Act.SEE_AUDIT, methods=("POST",))
def find(request: StaffRequest) -> HttpResponse:
    """Whose record: the words travel in the body; each line leads to what was done with that record."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return render(request, f"{_TEMPLATES}/found.html", {"search_form": form, "rows": [], "q": ""}, status=422)
    q = form.cleaned_data["q"]
    rows = patients.find(request.actor, q, today=_today(request))
    saw_list(request, "patients_patient", [row.id for row in rows])
    return render(request, f"{_TEMPLATES}/found.html", {"search_form": form, "rows": rows, "q": q})


@staff(Act.SEE_AUDIT, methods=("POST",))
def check(request: StaffRequest) -> HttpResponse:
    """Has anybody tampered with the trail, or with what is signed? Asked now, answered within some seconds."""
    now, until = timezone.now(), monotonic() + CHECK_SECONDS
    is_whole, breaks = check_now(request.actor.clinic_id, is_over=lambda: monotonic() > until)
    until = monotonic() + CHECK_SECONDS
    is_walked = signature_checks.check_now(by=request.actor, asked_at=now, is_over=lambda: monotonic() > until)
    changed = len(signature_state(request.actor).problems)
    for proof, count in ((Proof.TRAIL, breaks), (Proof.SIGNATURES, changed)):
        if count:
            integrity_reports.found(proof, problem_count=count, now=now)
    if breaks:
        messages.error(request, _("The trail does not hold. What was found is said below."))
    elif is_whole:
        messages.success(request, _("The whole trail is checked: no break."))
    else:
        messages.info(request, _("No break so far. The trail is long: check once more to go on from here."))
    if changed:
        messages.error(request, _("A record is not what was signed. Which one is said in the settings."))
    elif is_walked:
        messages.success(request, _("All that is signed is checked: nothing was changed."))
    else:
        messages.info(request, _("Of what is signed nothing was changed so far: check once more to go on from here."))
    return redirect("sessions:audit_log")


@staff(Act.SEE_AUDIT, methods=("GET", "HEAD", "POST"))
def download(request: StaffRequest) -> HttpResponse:
    """What the page shows, as a table, older lines too; itself an export."""
    query = _query(request)
    if query.has_wrong_day:
        return _asked_again(request, query)
    _patient(request, query.asked.patient_id)
    if (asked := still_you(request, now=timezone.now())) is not None:
        return asked
    lines, is_cut = queries.all_of_trail(request.actor, query.asked)
    whose = [pk for told in lines for pk, _name in told.patients]
    exported(request, "audit_auditevent", what=ExportKind.AUDIT_TRAIL, patient_ids=whose, rows=len(lines))
    heads = (
        _("When"),
        _("Who"),
        _("What"),
        _("Record"),
        _("Patient or name"),
        _("From → to"),
        _("Reason"),
        _("Request"),
    )
    notes = [_("Older entries are left out: ask for fewer days.")] if is_cut else []
    if query.is_narrowed and query.asked.first_day:
        day = day_words(query.asked.first_day)
        notes.append(
            _("Only the entries from %(day)s on, because nothing but the record was asked for.") % {"day": day}
        )
    rows = [*map(_row, lines), *((note,) for note in notes)]
    return csv_answer("audit-trail.csv", heads, rows, country=request.actor.clinic.country)


def _row(told: queries.Told) -> tuple[object, ...]:
    entry, event = told.entry, told.entry.line.event
    changes = "; ".join(
        f"{one.field}: {one.before} → {one.after}" if one.before else f"{one.field}: {one.after}"
        for one in entry.changes
    )
    return (
        f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}",
        entry.line.actor_name,
        event.get_kind_display() + (f": {told.export}" if told.export else ""),
        entry.line.record_name,
        ": ".join(filter(None, (*(name for _pk, name in told.patients[:1]), told.subject))),
        changes or told.how,
        event.reason,
        event.request_id,
    )


def _query(request: StaffRequest) -> AuditQuery:
    query = AuditQuery(request.GET, by=request.actor, today=_today(request))
    if not query.is_valid() and not query.has_wrong_day:
        raise BadRequest("; ".join(query.errors))
    return query


def _patient(request: StaffRequest, patient_id: UUID | None) -> Patient | None:
    """The patient asked for; another clinic's is as missing as nobody's."""
    if patient_id is None:
        return None
    found = Patient.objects.visible_to(request.actor).filter(pk=patient_id).first()
    if found is None:
        raise Http404
    return found


def _today(request: StaffRequest) -> date:
    return local_day(timezone.now(), request.actor.zone)


def _address(query: AuditQuery, more: dict[str, object]) -> str:
    """The same question again; no name stands in it."""
    said = {name: query.data.get(name, "") for name in ("patient", "person", "first", "last", "act", "record")}
    return urlencode({name: value for name, value in (said | more).items() if value})
