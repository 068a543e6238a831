"""Ring them, then tap: visits of the coming days that nobody has confirmed."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_list
from common.query_strings import read_query
from scheduling.choices import VisitStatus
from scheduling.forms.desk import ConfirmForm, PageQuery
from scheduling.policies import VisitRefusedError
from scheduling.queries import unconfirmed as queries
from scheduling.queries.no_shows import CONFIRM_AFTER
from scheduling.services import appointments
from scheduling.views.steps import own_visit, say_step

PAGE_SIZE = 30


@staff(Act.BOOK_VISITS)
def unconfirmed(request: StaffRequest) -> HttpResponse:
    number = read_query(PageQuery, request).cleaned_data["page"] or 1
    page = Paginator(queries.unconfirmed(request.actor, now=timezone.now()), PAGE_SIZE).get_page(number)
    context = {"page": page, "visits": list(page), "days": queries.DAYS_AHEAD, "confirm_after": CONFIRM_AFTER}
    saw_list(request, "scheduling_appointment", [visit.patient_id for visit in page])
    return render(request, "scheduling/unconfirmed.html", context)


@staff(Act.BOOK_VISITS, methods=("POST",))
def confirm(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    visit = own_visit(request, appointment_id)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise BadRequest("A confirmation names the version that was seen.")
    try:
        confirmed = appointments.change_status(
            appointment=visit,
            to=VisitStatus.CONFIRMED,
            by=request.actor,
            now=timezone.now(),
            version=form.cleaned_data["version"],
        )
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
    else:
        say_step(request, confirmed)
    return redirect("scheduling:unconfirmed")
