"""The visits of tomorrow, and how each patient is reminded."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_list
from common.query_strings import read_query
from common.wall_clock import local_day
from reminders.forms import PageQuery
from reminders.queries.tomorrow import visits_of_tomorrow, with_reminders

PAGE = 50


@staff(Act.SEE_MESSAGES)
def tomorrow(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    number = read_query(PageQuery, request).cleaned_data["page"] or 1
    page = Paginator(visits_of_tomorrow(request.actor, now=now), PAGE).get_page(number)
    visits = list(page)
    saw_list(request, "scheduling_appointment", [visit.patient_id for visit in visits])
    context = {
        "page": page,
        "rows": with_reminders(request.actor, visits, now=now),
        "day": local_day(now, request.actor.zone) + timedelta(days=1),
    }
    return render(request, "reminders/tomorrow.html", context)
