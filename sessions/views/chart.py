"""The chart: who it is, how the course goes, everything that happened."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common.query_strings import read_query
from common.wall_clock import day_bounds, local_day
from patients.queries.banners import banner
from sessions.choices import Question
from sessions.forms.chart import ChartQuery
from sessions.policies.injection_sessions import STARTABLE
from sessions.queries import chart_trends
from sessions.queries.chart import record_of
from sessions.queries.chart_timeline import timeline
from sessions.queries.course_reviews import undecided_of
from sessions.queries.pain_scores import question_of

ENTRIES_A_PAGE = 20


@staff(Act.SEE_CHART)
def chart(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    query = read_query(ChartQuery, request).cleaned_data
    actor, now = request.actor, timezone.now()
    today = local_day(now, actor.zone)
    shown = banner(actor, patient_id, today=today)
    if shown is None:
        raise Http404
    record = record_of(actor, patient_id)
    course = record.course(query["course"])
    if query["course"] and course is None:
        raise Http404
    lines = record.lines(course)
    question = Question(question_of(score for line in lines for score in record.scores[line.session.pk]))
    saw(request, "patients_patient", row_id=patient_id, patient_id=patient_id)
    context = {
        "banner": shown,
        "record": record,
        "course": course,
        "lines": lines,
        "figures": chart_trends.figures(lines),
        "line_chart": chart_trends.drawn(lines, str(question.label)),
        "question": question.label,
        "reviews": [one for one in undecided_of(actor, patient_id) if course and one.course_id == course.pk],
        "to_start": record.without_session(day_bounds(today, actor.zone), STARTABLE),
        "next_visit": record.next_visit(now),
        "page": Paginator(timeline(record), ENTRIES_A_PAGE).get_page(query["page"] or 1),
        "patient_id": patient_id,
        "now": now,
    }
    return render(request, "sessions/chart/chart.html", context)
