"""A series that goes on: more visits after its last one."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest, made_nothing
from common.undo import offer
from scheduling.choices import News
from scheduling.forms.time_searches import ExtendForm
from scheduling.models import Appointment, VisitSeries
from scheduling.policies import VisitRefusedError
from scheduling.queries.series_plans import plan_series, repeated
from scheduling.queries.telling import telling
from scheduling.services import series
from scheduling.views.patients import banner_of
from scheduling.views.plans import SKIP, Choice, is_read_back, is_settled, kinds_of, seen, types_in_use, wishes
from scheduling.visit_letters import Told


@staff(Act.BOOK_VISITS, methods=("GET", "POST"), once=True)
def extend(request: StaffRequest, series_id: UUID) -> HttpResponse:
    """Plan the next visits from the last one on; the plan is shown before anything is saved."""
    by = request.actor
    rows = VisitSeries.objects.visible_to(by).select_related("patient", "visit_type__equipment")
    own = get_object_or_404(rows, pk=series_id)
    last = own.visits.holding().select_related("clinician__user").order_by("-starts_at").first()
    if last is None:
        made_nothing(request)
        return redirect("scheduling:find_for", patient_id=own.patient_id)
    form = ExtendForm(request.POST or None, initial={"visits": 3, "every_days": own.every_days, "tell_patient": True})
    is_read = form.is_valid()
    said = form.cleaned_data if is_read else {"visits": 3, "every_days": own.every_days}
    if request.htmx:
        asked = ExtendForm(request.GET)
        said = asked.cleaned_data if asked.is_valid() else said
    plan = _plan(request, own, last, said)
    status = 422 if request.method == "POST" else 200
    if is_read and is_settled(plan, form) and is_read_back(plan, request.POST.get("read", ""), form):
        try:
            return _booked(request, own, last, plan, said)
        except VisitRefusedError as refused:
            form.add_error(None, refused.words)
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
    told = [Told(News.BOOKED, one.planned.starts_at) for one in plan if one.planned.is_free]
    context = {
        "series": own,
        "last": last,
        "form": form,
        "plan": plan,
        "read": seen(plan),
        "visit_types": types_in_use(request),
        "is_first_held": False,
        "skip": SKIP,
        "banner": banner_of(request, own.patient_id),
        "tell": telling(by=by, patient=own.patient, told=told, now=timezone.now()),
    }
    template = "scheduling/extend.html#plan" if request.htmx else "scheduling/extend.html"
    return render(request, template, context, status=status)


def _plan(request: StaffRequest, own: VisitSeries, last: Appointment, said: dict[str, Any]) -> list[Choice]:
    by = request.actor
    starts = repeated(last.starts_at, every_days=said["every_days"], count=said["visits"] + 1, zone=by.zone)
    planned = plan_series(
        by=by,
        clinician=last.clinician,
        visit_type=own.visit_type,
        starts=starts[1:],
        now=timezone.now(),
        patient_id=own.patient_id,
        kinds=kinds_of(request, types_in_use(request), own.visit_type, len(starts) - 1),
    )
    typed = request.POST or request.GET
    return [Choice(one, typed.get(f"visit-{one.number}", "")) for one in planned]


def _booked(
    request: StaffRequest, own: VisitSeries, last: Appointment, plan: list[Choice], said: dict[str, Any]
) -> HttpResponse:
    by = request.actor
    visits = series.book(
        patient=own.patient,
        visit_type=own.visit_type,
        visits=wishes(plan, last.clinician, Membership.objects.visible_to(by).clinicians()),
        series=own,
        by=by,
        now=timezone.now(),
        tell_patient=said["tell_patient"],
    )
    count = len(visits)
    words = ngettext("%(count)s more visit is booked.", "%(count)s more visits are booked.", count) % {"count": count}
    batch_id = visits[0].moves.get().batch_id
    offer(request, words, undo_url=reverse("scheduling:undo_series", kwargs={"batch_id": batch_id}))
    return redirect("scheduling:appointment", appointment_id=visits[0].pk)
