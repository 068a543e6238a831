"""The clinic's day as a grid."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.query_strings import read_query
from common.wall_clock import local_day
from scheduling.forms.appointments import DayQuery
from scheduling.queries.calendars import day_calendar


@staff(Act.SEE_SCHEDULE)
def calendar(request: StaffRequest) -> HttpResponse:
    by, now = request.actor, timezone.now()
    query = read_query(DayQuery, request).cleaned_data
    today = local_day(now, by.zone)
    day = query["day"] or today
    is_by_room = query["show"] == "rooms"
    clinicians = list(Membership.objects.visible_to(by).clinicians())
    context = {
        "calendar": day_calendar(
            by=by, day=day, now=now, clinicians=clinicians, is_by_room=is_by_room, page=query["page"] or 1
        ),
        "is_by_room": is_by_room,
        "is_today": day == today,
        "previous_day": day - timedelta(days=1),
        "next_day": day + timedelta(days=1),
        "previous_week": day - timedelta(days=7),
        "next_week": day + timedelta(days=7),
    }
    return render(request, "scheduling/calendar.html", context)
