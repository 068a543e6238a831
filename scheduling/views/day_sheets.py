"""The day on paper and in a spreadsheet; both are exports and are noted as such."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.choices import ExportKind
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, exported
from accounts.views.checked_exports import still_you
from common import sheets
from common.query_strings import read_query
from common.wall_clock import local_day
from scheduling.forms.calendars import DaySheetQuery
from scheduling.queries.calendar_visits import CalendarVisit
from scheduling.queries.day_sheets import DayOf, day_sheet
from scheduling.views.visit_links import visit_url


def _of_day(request: StaffRequest, kind: ExportKind) -> tuple[date, list[DayOf]]:
    day = read_query(DaySheetQuery, request).cleaned_data["day"] or local_day(timezone.now(), request.actor.zone)
    people = day_sheet(by=request.actor, day=day)
    whose = [visit.patient_id for one in people for visit in one.visits]
    exported(request, "scheduling_appointment", what=kind, of=f"{day}", patient_ids=whose, rows=len(whose))
    return day, people


@staff(Act.SEE_SCHEDULE, methods=("GET", "HEAD", "POST"))
def print_day(request: StaffRequest) -> HttpResponse:
    if (asked := still_you(request, now=timezone.now())) is not None:
        return asked
    day, people = _of_day(request, ExportKind.DAY_ON_PAPER)
    context = {"day": day, "people": people, "now": timezone.now(), "visit_url": visit_url()}
    return render(request, "scheduling/day_sheet.html", context)


@staff(Act.SEE_SCHEDULE, methods=("GET", "HEAD", "POST"))
def download(request: StaffRequest) -> HttpResponse:
    if (asked := still_you(request, now=timezone.now())) is not None:
        return asked
    day, people = _of_day(request, ExportKind.DAY_SHEET)
    body = sheets.xlsx(
        name=f"{day}",
        heading=f"{request.actor.clinic.name}, {date_format(day, 'l j F Y')}",
        header=(_("Clinician"), _("From"), _("To"), _("Patient"), _("Visit"), _("Room"), _("Status"), _("Note")),
        rows=(_row(visit) for one in people for visit in one.visits),
    )
    answer = HttpResponse(body, content_type=sheets.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="day-{day}.xlsx"'
    return answer


def _row(visit: CalendarVisit) -> tuple[str, ...]:
    return (
        visit.clinician,
        visit.at,
        visit.until,
        visit.name,
        visit.type,
        visit.room,
        visit.status_label,
        _("double-booked") if visit.is_doubled else "",
    )
