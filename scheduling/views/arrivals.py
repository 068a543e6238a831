"""Who came, asked for two identifiers; who did not come, and why."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common.wall_clock import local_day
from patients.models import Patient
from patients.queries.lists import rows_of, with_parts
from scheduling.choices import IdentityMark, NoShowReason, VisitStatus
from scheduling.forms.desk import CheckInForm, NoShowForm
from scheduling.models import Appointment
from scheduling.policies import VisitChangedError, VisitRefusedError, check_can_move
from scheduling.services import arrivals, no_shows
from scheduling.views.patients import banner_of
from scheduling.views.steps import own_visit, say_step


@staff(Act.BOOK_VISITS, methods=("GET", "POST"))
def check_in(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    """What the register holds, to compare with what the patient says; two ticks, and the patient has arrived."""
    visit, now = own_visit(request, appointment_id), timezone.now()
    form = CheckInForm(request.POST)
    if request.method != "POST":
        return _check_in_page(request, visit, *_refusal(visit, VisitStatus.ARRIVED, request))
    if not form.is_valid():
        return _check_in_page(request, visit, _first_error(form), 422)
    marks = form.cleaned_data["marks"]
    try:
        arrived = arrivals.check_in(
            appointment=visit, marks=marks, by=request.actor, now=now, version=form.cleaned_data["version"]
        )
    except VisitRefusedError as refused:
        visit = own_visit(request, appointment_id)
        return _check_in_page(request, visit, refused.words, _status_of(refused), marks=marks)
    say_step(request, arrived)
    return redirect("scheduling:today")


@staff(Act.BOOK_VISITS, methods=("GET", "POST"))
def no_show(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    """Ring first; else one tap on the reason."""
    visit, now = own_visit(request, appointment_id), timezone.now()
    form = NoShowForm(request.POST)
    if request.method != "POST":
        return _no_show_page(request, visit, *_refusal(visit, VisitStatus.NO_SHOW, request))
    if not form.is_valid():
        return _no_show_page(request, visit, _first_error(form), 422)
    try:
        missed = no_shows.note(appointment=visit, by=request.actor, now=now, **form.cleaned_data)
    except VisitRefusedError as refused:
        return _no_show_page(request, own_visit(request, appointment_id), refused.words, _status_of(refused))
    say_step(request, missed)
    return redirect("scheduling:today")


def _refusal(visit: Appointment, to: str, request: StaffRequest) -> tuple[str, int]:
    """Why the step cannot be taken, said before anybody is asked anything, with the status of the page."""
    try:
        check_can_move(visit, to, now=timezone.now(), zone=request.actor.zone)
    except VisitRefusedError as refused:
        return refused.words, 409
    return "", 200


def _first_error(form: CheckInForm | NoShowForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def _status_of(refused: VisitRefusedError) -> int:
    return 409 if isinstance(refused, VisitChangedError) else 422


def _check_in_page(
    request: StaffRequest, visit: Appointment, words: str, status: int, *, marks: list[str] | None = None
) -> HttpResponse:
    today = local_day(timezone.now(), request.actor.zone)
    (row,) = rows_of(
        with_parts(Patient.objects.visible_to(request.actor).filter(pk=visit.patient_id), request.actor), today=today
    )
    known = {
        IdentityMark.BIRTH_DATE: row.birth_date,
        IdentityMark.FULL_NAME: visit.patient.full_name,
        IdentityMark.PHONE: row.phone,
        IdentityMark.NUMBER: row.number,
    }
    saw(request, "scheduling_appointment", row_id=visit.pk, patient_id=visit.patient_id)
    context = {
        "visit": visit,
        "words": words,
        "can_arrive": status != 409 or visit.status in (VisitStatus.BOOKED, VisitStatus.CONFIRMED),
        "known": [(mark, value) for mark, value in known.items() if value],
        "marks": marks or [],
        "banner": banner_of(request, visit.patient_id),
    }
    return render(request, "scheduling/check_in.html", context, status=status)


def _no_show_page(request: StaffRequest, visit: Appointment, words: str, status: int) -> HttpResponse:
    today = local_day(timezone.now(), request.actor.zone)
    (row,) = rows_of(
        with_parts(Patient.objects.visible_to(request.actor).filter(pk=visit.patient_id), request.actor), today=today
    )
    saw(request, "scheduling_appointment", row_id=visit.pk, patient_id=visit.patient_id)
    context = {
        "visit": visit,
        "words": words,
        "phone": row.phone,
        "reasons": NoShowReason,
        "banner": banner_of(request, visit.patient_id),
    }
    return render(request, "scheduling/no_show.html", context, status=status)
