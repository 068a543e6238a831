"""The clinic's days in columns: a page that works as a table, and what its picture asks for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_list
from common.query_strings import read_query
from common.wall_clock import clock_change, local_day
from scheduling.choices import FREE_STATUSES, VisitStatus
from scheduling.forms.calendars import CalendarQuery
from scheduling.queries.calendar_pictures import picture
from scheduling.queries.calendar_visits import CalendarVisit
from scheduling.queries.calendars import Shown, day_calendar, shown
from scheduling.queries.held_times import HeldTime
from scheduling.views.visit_links import visit_url


@dataclass(frozen=True)
class _Asked:
    """What the address asks for, and the columns and visits found for it."""

    day: date
    is_week: bool
    is_by_room: bool
    query: dict[str, Any]
    clinicians: list[Membership]
    found: Shown


def _asked(request: StaffRequest, now: datetime, *, is_picture: bool = False) -> _Asked:
    by, query = request.actor, read_query(CalendarQuery, request).cleaned_data
    day = query["day"] or local_day(now, by.zone)
    is_week, is_by_room = query["span"] == "week", query["show"] == "rooms"
    clinicians = list(Membership.objects.visible_to(by).clinicians())
    found = shown(
        by=by,
        first_day=day - timedelta(days=day.weekday()) if is_week else day,
        days=7 if is_week else 1,
        clinicians=clinicians,
        now=now,
        is_by_room=is_by_room,
        page=query["page"] or 1,
        is_whole=is_picture and not is_week,
        only=query["only"],
    )
    saw_list(request, "scheduling_appointment", [visit.patient_id for visit in found.visits])
    return _Asked(day, is_week, is_by_room, query, clinicians, found)


@staff(Act.SEE_SCHEDULE)
def calendar(request: StaffRequest) -> HttpResponse:
    by, now = request.actor, timezone.now()
    asked = _asked(request, now)
    found, step = asked.found, timedelta(days=7 if asked.is_week else 1)
    rooms = [(room.pk, room.name) for room in found.agenda.rooms]
    people = [(one.pk, one.user.full_name) for one in asked.clinicians]
    context = {
        "day": asked.day,
        "first_day": found.first_day,
        "last_day": found.first_day + timedelta(days=found.days - 1),
        "is_week": asked.is_week,
        "is_by_room": asked.is_by_room,
        "is_today": asked.day == local_day(now, by.zone),
        "is_table": asked.query["look"] == "table",
        "only": asked.query["only"],
        "columns_to_choose": rooms if asked.is_by_room else people,
        "page": found.page,
        "previous_day": asked.day - step,
        "next_day": asked.day + step,
        "previous_week": asked.day - timedelta(days=7),
        "next_week": asked.day + timedelta(days=7),
        "offset": _offset(now, by.zone),
        "words": _words(),
        "visit_url": visit_url(),
        "clock_changes": [
            (day, change) for day in found.all_days if (change := clock_change(day, by.zone)) is not None
        ],
        "statuses": [status for status in VisitStatus if status not in FREE_STATUSES],
    }
    context |= _week(found) if asked.is_week else {"calendar": day_calendar(found, by=by, now=now)}
    return render(request, "scheduling/calendar.html", context)


def _week(found: Shown) -> dict[str, Any]:
    """The week as lines under their day: what is read where the picture is not."""
    on_page = set(found.page)
    visits = [visit for visit in found.visits if found.column_of(visit) in on_page]
    lines: list[CalendarVisit | HeldTime] = sorted([*visits, *found.held_times], key=lambda line: line.starts_at)
    days = groupby(lines, key=lambda line: line.starts.date())
    return {"week": [(day, list(own)) for day, own in days]}


def _offset(now: datetime, zone: ZoneInfo) -> str:
    """How far the clinic's clock is ahead of UTC at present, as ``+02:00``: for the line that says now."""
    digits = f"{now.astimezone(zone):%z}"
    return f"{digits[:3]}:{digits[3:5]}"


def _words() -> dict[str, str]:
    """What the picture says by itself; ``{…}`` is filled in by the script."""
    return {
        "at": _("{time}, {column}. Enter saves, Escape gives up."),
        "empty": _("{time}, {column}. Enter books, Escape gives up."),
        "long": _("{minutes} min, until {time}. Enter saves, Escape gives up."),
        "given_up": _("Given up. The visit stays at {time}, {column}."),
        "stays": _("This visit cannot be moved: it is “{status}”."),
        "saving": _("Saving…"),
        "loading": _("Loading…"),
        "lost": _("The clinic's server did not answer. The visit stays where it was; please try again."),
        "signed_out": _("You are no longer signed in. The visit stays where it was; load the page again."),
        "until": _("until {time}"),
        "away": _("away"),
        "doubled": _("double-booked"),
    }


@staff(Act.SEE_SCHEDULE)
def events(request: StaffRequest) -> JsonResponse:
    """The same days as the page of the same address, for the picture: of one day all columns, of a week a page."""
    by = request.actor
    asked = _asked(request, timezone.now(), is_picture=True)
    told = picture(asked.found, zone=by.zone, may_move=by.may(Act.BOOK_VISITS))
    return JsonResponse(told, json_dumps_params={"separators": (",", ":")})
