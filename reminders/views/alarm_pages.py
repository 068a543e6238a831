"""What was sent for an urgent report, beside it; and what keeps urgent reports from waking anybody, on the worklist."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common.query_strings import read_query
from common.wall_clock import local_day
from patients.queries.banners import banner
from reminders.forms.on_call import PagesQuery
from reminders.queries import alarm_pages
from reminders.queries.messages import mail_trouble, open_hold


@staff(Act.REPORT_SIDE_EFFECTS)
def of_report(request: StaffRequest, side_effect_id: UUID) -> HttpResponse:
    """What whoever reported it follows, and a part of the report's page when htmx asks. No word of what was told."""
    actor, now = request.actor, timezone.now()
    shown = alarm_pages.pages_of_report(actor, side_effect_id, now=now)
    if shown is None:
        raise Http404
    saw(request, "reminders_alarmpage", patient_id=shown.report.patient_id)
    is_whole = not request.htmx or read_query(PagesQuery, request).cleaned_data["whole"]
    if not is_whole:
        return render(request, "reminders/pages_part.html", {"shown": shown})
    context = {
        "shown": shown,
        "health": alarm_pages.pager_health(actor, now=now) if shown.is_alarming else None,
        "banner": banner(actor, shown.report.patient_id, today=local_day(now, actor.zone)),
    }
    template = "reminders/pages.html#state" if request.htmx else "reminders/pages.html"
    return render(request, template, context)


@staff(Act.SEE_WORKLISTS)
def notice(request: StaffRequest) -> HttpResponse:
    """What Today and the worklists tell before anything else."""
    actor, now = request.actor, timezone.now()
    context = {
        "health": alarm_pages.pager_health(actor, now=now),
        "hold": open_hold(actor),
        "trouble": mail_trouble(actor, now=now) if actor.may(Act.SEE_MESSAGES) else None,
    }
    return render(request, "reminders/notices.html", context)
