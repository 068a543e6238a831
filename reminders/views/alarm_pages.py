"""What was sent for an urgent report, beside it; and what keeps urgent reports from waking anybody, on the worklist."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from reminders.queries import alarm_pages


@staff(Act.SEE_CHART)
def of_report(request: StaffRequest, side_effect_id: UUID) -> HttpResponse:
    """A page of its own, and a part of the report's page when htmx asks."""
    shown = alarm_pages.pages_of_report(request.actor, side_effect_id, now=timezone.now())
    if shown is None:
        raise Http404
    saw(request, "reminders_alarmpage", patient_id=shown.report.patient_id)
    template = "pages_part" if request.htmx else "pages"
    return render(request, f"reminders/{template}.html", {"shown": shown})


@staff(Act.SEE_WORKLISTS)
def notice(request: StaffRequest) -> HttpResponse:
    health = alarm_pages.pager_health(request.actor, now=timezone.now())
    return render(request, "reminders/alarm_notice.html", {"health": health})
