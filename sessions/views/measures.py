"""Measures of a course: the overall change, a pain line, a questionnaire entered by number; what they gave so far."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from catalogue.models import InstrumentScale
from common.wall_clock import local_day
from patients.queries.banners import banner
from sessions.choices import Source
from sessions.forms.measures import AnswersForm, ChangeForm, ChooseForm, LineForm
from sessions.models import Course, Measure
from sessions.queries.courses import course_for_page
from sessions.queries.measures import measures_of, questionnaire_of, questionnaires
from sessions.services import measures


@staff(Act.PLAN_COURSES, methods=("GET", "POST"), once=True)
def page(request: StaffRequest, course_id: UUID) -> HttpResponse:
    """Three small forms; each answer is kept beside the earlier ones and none is ever changed."""
    course = course_for_page(request.actor, course_id)
    if course is None:
        raise Http404
    scales = questionnaires()
    typed = _forms(request, scales)
    sent = typed.get(request.POST.get("kind", ""))
    if sent is None or not sent.is_bound or not sent.is_valid():
        return _page(request, course, scales, typed, status=200 if request.method == "GET" else 422)
    kept = _keep(request, course, sent)
    if kept.value is None:
        messages.warning(request, _("Kept without a score: too few answers."))
    else:
        messages.success(request, _("Kept."))
    return redirect("sessions:measures", course_id=course.pk)


def _forms(request: StaffRequest, scales: list[InstrumentScale]) -> dict[str, forms.Form | None]:
    kind = request.POST.get("kind", "")
    data = {name: request.POST if kind == name else None for name in ("change", "line", "answers")}
    code = request.POST.get("code") or request.GET.get("code", "")
    chosen = next((scale for scale in scales if scale.code == code), None)
    answers = (
        AnswersForm(data["answers"], of=questionnaire_of(chosen), initial={"code": chosen.code}) if chosen else None
    )
    return {
        "change": ChangeForm(data["change"], auto_id="change_%s"),
        "line": LineForm(data["line"], auto_id="line_%s"),
        "answers": answers,
    }


def _keep(request: StaffRequest, course: Course, form: forms.Form) -> Measure:
    by, now = request.actor, timezone.now()
    if isinstance(form, AnswersForm):
        code = form.cleaned_data["code"]
        return measures.note_answers(course=course, code=code, items=form.items(), by=by, now=now)
    if isinstance(form, LineForm):
        return measures.note_line(course=course, length_mm=form.cleaned_data["length_mm"], by=by, now=now)
    change = form.cleaned_data["change"]
    return measures.tell_change(course=course, change=change, source=Source.CLINICIAN, by=by, now=now)


def _page(
    request: StaffRequest,
    course: Course,
    scales: list[InstrumentScale],
    typed: dict[str, forms.Form | None],
    *,
    status: int,
) -> HttpResponse:
    actor, now = request.actor, timezone.now()
    saw(request, "pit_sessions_course", row_id=course.pk, patient_id=course.patient_id)
    answers = typed["answers"]
    code = answers["code"].value() if answers else ""
    context = {
        "course": course,
        "typed": typed,
        "form": next((form for form in typed.values() if form and form.is_bound), typed["change"]),
        "choose": ChooseForm(scales=scales, initial={"code": code}, auto_id="choose_%s"),
        "chosen": next((scale for scale in scales if scale.code == code), None),
        "lines": measures_of(actor, course.pk),
        "banner": banner(actor, course.patient_id, today=local_day(now, actor.zone)),
    }
    return render(request, "sessions/measures/page.html", context, status=status)
