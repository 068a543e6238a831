"""Somebody at the counter without an appointment: find or register, then put on the board."""

import hashlib
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_list
from common.undo import offer
from common.wall_clock import day_bounds, local_day
from patients import queries as patient_queries
from patients.forms.patients import SearchForm
from patients.models import Patient
from patients.queries import Candidate, Likeness
from patients.services import patients
from scheduling.choices import MOVABLE_STATUSES, VisitStatus
from scheduling.forms.desk import CounterForm, WalkInForm
from scheduling.models import Appointment, VisitType
from scheduling.policies import VisitRefusedError
from scheduling.services import walk_ins
from scheduling.views.patients import banner_of
from scheduling.views.steps import undo_address
from scheduling.views.times import refuse


@staff(Act.BOOK_VISITS, methods=("GET", "POST"))
def walk_in(request: StaffRequest) -> HttpResponse:
    """The search; what was typed travels in the body. Below it, a few fields for somebody new."""
    form = SearchForm(request.POST or None)
    rows, q, is_cut = [], "", False
    if form.is_valid() and (q := form.cleaned_data["q"]):
        found = patient_queries.find(request.actor, q, today=_today(request), limit=patient_queries.LIMIT + 1)
        rows, is_cut = found[: patient_queries.LIMIT], len(found) > patient_queries.LIMIT
        saw_list(request, "patients_patient", [row.id for row in rows])
    context = {"search_form": form, "rows": rows, "q": q, "is_cut": is_cut, "form": _counter_form(request)}
    template = "scheduling/walk_in.html#found" if request.htmx else "scheduling/walk_in.html"
    return render(request, template, context, status=422 if form.errors else 200)


@staff(Act.BOOK_VISITS, methods=("POST",), once=True)
def register(request: StaffRequest) -> HttpResponse:
    """Save somebody new; who may already be here is shown first, as on the page of the register."""
    form = _counter_form(request, request.POST)
    if not form.is_valid():
        return _new_page(request, form, status=422)
    candidates = patient_queries.possible_duplicates(request.actor, _likeness(form), today=_today(request))
    if candidates and request.POST.get("register_anyway") != _seen(candidates):
        return _new_page(request, form, candidates=candidates, status=409)
    try:
        patient = patients.register(
            by=request.actor,
            now=timezone.now(),
            details=form.details(),
            contacts=form.contacts(),
            told_apart_from=[candidate.row.id for candidate in candidates],
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _new_page(request, form, status=422)
    return redirect("scheduling:put_on_board", patient_id=patient.pk)


@staff(Act.BOOK_VISITS, methods=("GET", "POST"), once=True)
def put_on_board(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """One tap when the usual type and whoever is free first will do; next the patient is asked who they are."""
    by, now = request.actor, timezone.now()
    patient = get_object_or_404(Patient.objects.visible_to(by), pk=patient_id)
    expected = _expected_today(request, patient)
    usual = expected.visit_type if expected else _usual_type(request, patient)
    form = WalkInForm(request.POST or None, by=by, initial={"visit_type": usual})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                visit = _put(request, patient, form)
            except VisitRefusedError as refused:
                status = refuse(form, refused)
            else:
                offer(request, _("The visit is booked."), undo_url=undo_address(visit))
                return redirect("scheduling:check_in", appointment_id=visit.pk)
    clinicians = list(Membership.objects.visible_to(by).clinicians())
    free = usual and walk_ins.first_free(patient=patient, visit_type=usual, clinicians=clinicians, by=by, now=now)
    context = {"patient": patient, "form": form, "free": free, "banner": banner_of(request, patient.pk)}
    context["expected"] = expected
    return render(request, "scheduling/put_on_board.html", context, status=status)


def _put(request: StaffRequest, patient: Patient, form: WalkInForm) -> Appointment:
    return walk_ins.put_on_board(
        patient=patient,
        visit_type=form.cleaned_data["visit_type"],
        clinicians=list(Membership.objects.visible_to(request.actor).clinicians()),
        chosen=form.cleaned_data["clinician"],
        is_now=form.cleaned_data["is_now"],
        shares_room=form.cleaned_data["shares_room"],
        by=request.actor,
        now=timezone.now(),
    )


def _counter_form(request: StaffRequest, data: QueryDict | None = None) -> CounterForm:
    return CounterForm(data, clinic=request.actor.clinic, today=_today(request))


def _today(request: StaffRequest) -> date:
    return local_day(timezone.now(), request.actor.zone)


def _expected_today(request: StaffRequest, patient: Patient) -> Appointment | None:
    """The visit for which the patient is expected today and has not come yet, the first one."""
    by = request.actor
    start, end = day_bounds(_today(request), by.zone)
    visits = Appointment.objects.visible_to(by).filter(patient=patient, status__in=MOVABLE_STATUSES)
    today = visits.filter(starts_at__gte=start, starts_at__lt=end, visit_type__is_active=True)
    return today.select_related("visit_type").order_by("starts_at").first()


def _usual_type(request: StaffRequest, patient: Patient) -> VisitType | None:
    """A follow-up for somebody who was here before, else the first evaluation."""
    here_before = Appointment.objects.visible_to(request.actor).filter(patient=patient, status=VisitStatus.DONE)
    wanted = "follow-up" if here_before.exists() else "initial-evaluation"
    types = list(VisitType.objects.visible_to(request.actor).filter(is_active=True))
    return next((one for one in types if one.code == wanted), types[0] if types else None)


def _likeness(form: CounterForm) -> Likeness:
    details = form.details()
    return Likeness(
        names=details.names,
        birth_date=details.birth_date,
        contacts=[contact.value for contact in form.contacts()],
        sex=details.sex,
    )


def _seen(candidates: list[Candidate]) -> str:
    """What “somebody else” refers to: exactly the candidates that were on the screen."""
    ids = ",".join(sorted(str(candidate.row.id) for candidate in candidates))
    return hashlib.sha256(ids.encode()).hexdigest()[:16]


def _new_page(
    request: StaffRequest, form: CounterForm, *, candidates: list[Candidate] | None = None, status: int
) -> HttpResponse:
    saw_list(request, "patients_patient", [candidate.row.id for candidate in candidates or []])
    context = {
        "search_form": SearchForm(),
        "rows": [],
        "q": "",
        "form": form,
        "candidates": candidates or [],
        "seen": _seen(candidates) if candidates else "",
    }
    return render(request, "scheduling/walk_in.html", context, status=status)
