"""A review task: the evidence, who has it, what is decided and why."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
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
from sessions.choices import ReviewDecision
from sessions.forms.course_reviews import DecideForm
from sessions.models import CourseReview
from sessions.policies.course_reviews import ReviewRefusedError
from sessions.queries.course_reviews import evidence_of, review_for_page
from sessions.services import course_reviews


@staff(Act.PLAN_COURSES, methods=("GET", "POST"))
def page(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """The evidence and the form. “Stop” leads on to ending the course, which stays a separate act."""
    review = _get(request, review_id)
    form = DecideForm(request.POST or None)
    if request.method != "POST":
        return _page(request, review, form)
    if not form.is_valid():
        return _page(request, review, form, status=422)
    try:
        course_reviews.decide(review_id=review.pk, by=request.actor, now=timezone.now(), **form.cleaned_data)
    except ReviewRefusedError as refused:
        form.add_error(None, str(refused))
        return _page(request, review, form, status=409)
    undo = reverse("sessions:reopen_course_review", args=[review_id])
    if form.cleaned_data["decision"] == ReviewDecision.STOP:
        offer(request, _("The decision is kept. End the course here when you are ready."), undo_url=undo)
        return redirect(reverse("sessions:course", args=[review.course_id]) + "#end")
    offer(request, _("The decision is kept."), undo_url=undo)
    return redirect("sessions:worklists")


@staff(Act.PLAN_COURSES, methods=("POST",))
def take(request: StaffRequest, review_id: UUID) -> HttpResponse:
    return _act(request, review_id, course_reviews.take, _("The review is yours."), undo="give_back")


@staff(Act.PLAN_COURSES, methods=("POST",))
def give_back(request: StaffRequest, review_id: UUID) -> HttpResponse:
    return _act(request, review_id, course_reviews.give_back, _("The review waits for somebody to take it."))


@staff(Act.PLAN_COURSES, methods=("POST",))
def reopen(request: StaffRequest, review_id: UUID) -> HttpResponse:
    return _act(request, review_id, course_reviews.reopen, _("The review waits for a decision again."))


def _get(request: StaffRequest, review_id: UUID) -> CourseReview:
    review = review_for_page(request.actor, review_id)
    if review is None:
        raise Http404
    return review


def _act(
    request: StaffRequest, review_id: UUID, service: Callable[..., CourseReview], done: str, undo: str = ""
) -> HttpResponse:
    review = _get(request, review_id)
    try:
        service(review_id=review.pk, by=request.actor, now=timezone.now())
    except ReviewRefusedError as refused:
        messages.warning(request, str(refused))
    else:
        if undo:
            offer(request, done, undo_url=reverse(f"sessions:{undo}_course_review", args=[review_id]))
        else:
            messages.success(request, done)
    return redirect("sessions:worklists")


def _page(request: StaffRequest, review: CourseReview, form: DecideForm, *, status: int = 200) -> HttpResponse:
    actor, now = request.actor, timezone.now()
    saw(request, "pit_sessions_coursereview", row_id=review.pk, patient_id=review.patient_id)
    context = {
        "review": review,
        "evidence": evidence_of(review.rule, review.evidence),
        "form": form,
        "banner": banner(actor, review.patient_id, today=local_day(now, actor.zone)),
        "now": now,
    }
    return render(request, "sessions/course_reviews/page.html", context, status=status)
