"""The course: open it, plan it, see how its plan changed, end it with a reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common.undo import offer
from common.wall_clock import local_day
from patients.queries.banners import banner
from scheduling.services.series import unused
from sessions.forms.courses import CourseForm, EndCourseForm, OpenCourseForm, initial_of
from sessions.models import Course
from sessions.policies.courses import CourseChangedError, CourseRefusedError
from sessions.queries.course_reviews import reviews_of_course, standing
from sessions.queries.courses import conditions_without_course, course_for_page, history_of, series_of
from sessions.services import courses


@staff(Act.PLAN_COURSES, methods=("GET", "POST"), once=True)
def open_course(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A new course for one of the patient's conditions."""
    actor, now = request.actor, timezone.now()
    shown = banner(actor, patient_id, today=local_day(now, actor.zone))
    if shown is None:
        raise Http404
    conditions = conditions_without_course(actor, patient_id)
    form = OpenCourseForm(request.POST or None, conditions=conditions)
    if request.method == "POST" and form.is_valid():
        try:
            course = courses.open_course(
                patient_condition=form.cleaned_data["condition"],
                plan=form.plan(),
                goals=form.goals(),
                by=actor,
                now=now,
            )
        except CourseRefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The course is open."))
            return redirect("sessions:course", course_id=course.pk)
    saw(request, "patients_patient", row_id=patient_id, patient_id=patient_id)
    context = {"banner": shown, "form": form, "patient_id": patient_id, "has_condition": conditions.exists()}
    return render(request, "sessions/courses/open.html", context, status=422 if form.is_bound else 200)


@staff(Act.PLAN_COURSES, methods=("GET", "POST"))
def page(request: StaffRequest, course_id: UUID) -> HttpResponse:
    """The plan as a form, and how it came to be."""
    course = _get(request, course_id)
    form = CourseForm(request.POST or None, initial=initial_of(course))
    if request.method != "POST":
        return _page(request, course, form)
    if not form.is_valid():
        return _page(request, course, form, status=422)
    try:
        courses.change(
            course=course,
            version=form.cleaned_data["version"],
            plan=form.plan(),
            goals=form.goals(),
            by=request.actor,
            now=timezone.now(),
        )
    except CourseChangedError as changed:
        typed: QueryDict = request.POST.copy()
        typed["version"] = str(course.version)  # saving again from here keeps what was typed, knowingly
        form = CourseForm(typed)
        form.is_valid()
        form.add_error(None, str(changed))
        return _page(request, course, form, status=409)
    except CourseRefusedError as refused:
        form.add_error(None, str(refused))
        return _page(request, course, form, status=409)
    messages.success(request, _("The course is saved."))
    return redirect("sessions:course", course_id=course_id)


@staff(Act.PLAN_COURSES, methods=("POST",))
def end(request: StaffRequest, course_id: UUID) -> HttpResponse:
    course, form = _get(request, course_id), EndCourseForm(request.POST)
    if not form.is_valid():
        return _page(request, course, CourseForm(initial=initial_of(course)), end_form=form, status=422)
    try:
        courses.end(course=course, by=request.actor, now=timezone.now(), **form.cleaned_data)
    except CourseRefusedError as refused:
        messages.error(request, str(refused))
    else:
        offer(request, _("The course has ended."), undo_url=reverse("sessions:reopen_course", args=[course_id]))
    return redirect("sessions:course", course_id=course_id)


@staff(Act.PLAN_COURSES, methods=("POST",))
def reopen(request: StaffRequest, course_id: UUID) -> HttpResponse:
    course = _get(request, course_id)
    try:
        courses.reopen(course=course, by=request.actor, now=timezone.now())
    except CourseRefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The course is open again."))
    return redirect("sessions:course", course_id=course_id)


def _get(request: StaffRequest, course_id: UUID) -> Course:
    course = course_for_page(request.actor, course_id)
    if course is None:
        raise Http404
    return course


def _page(
    request: StaffRequest, course: Course, form: CourseForm, *, end_form: Any = None, status: int = 200
) -> HttpResponse:
    actor = request.actor
    saw(request, "pit_sessions_course", row_id=course.pk, patient_id=course.patient_id)
    found = standing(course)
    context = {
        "course": course,
        "form": form,
        "end_form": end_form or EndCourseForm(initial={"reason": request.GET.get("reason", "")}),
        "first": found.sessions[0] if found.sessions else None,
        "first_score": found.scores[0].before if found.scores else None,
        "done": len(found.sessions),
        "reviews": reviews_of_course(actor, course.pk),
        "entries": history_of(actor, course),
        "to_give_back": unused(series_of(actor, course), by=actor, now=timezone.now()).count(),
        "banner": banner(actor, course.patient_id, today=local_day(timezone.now(), actor.zone)),
    }
    return render(request, "sessions/courses/page.html", context, status=status)
