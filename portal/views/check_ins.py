"""One question a screen. Every tap is a form of its own, so that it works without a script."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.decorators import PatientRequest, no_sign_after, page_context, patient
from portal.forms import RELIEF_HOURS, ChangeForm, PainForm, ReliefEndForm, ReliefForm
from portal.queries import Visit, has_told_all_clear, inside, page_of_urgent, told_change, told_pain, told_priority
from portal.services import check_ins
from sessions.choices import OverallChange, Priority
from sessions.models import ReliefReport

SKIP = "skip"
URGENT = (Priority.P0, Priority.P1)
# The tap → (relief has ended, it never began)
_RELIEF: dict[str, tuple[bool | None, bool]] = {
    "lasting": (False, False),
    "ended": (True, False),
    "never": (True, True),
    SKIP: (None, False),
}


def _ask(request: PatientRequest, name: str, form: forms.Form, **context: object) -> HttpResponse:
    """The page of one question, with the way back to the one before it."""
    visit = request.visit
    before = visit.check_in.question_before(name)
    with inside(visit.by):
        is_urgent = told_priority(visit) in URGENT
    shown = page_context(visit) | {
        "urgent_url": visit.url("call") if is_urgent else "",
        "check_in": visit.check_in,
        "number": visit.check_in.questions.index(name) + 1,
        "back_url": visit.url(before) if before else "",
        "form": form,
        **context,
    }
    return render(request, f"portal/{name}.html", shown, status=422 if form.is_bound else 200)


def _go_on(visit: Visit) -> HttpResponse:
    return redirect(visit.url("start"))


@patient(methods=("GET", "HEAD"))
def start(request: PatientRequest) -> HttpResponse:
    """Go to the first question that is still open."""
    visit = request.visit
    return redirect(visit.url(visit.check_in.next_question or "done"))


@patient(methods=("GET", "HEAD", "POST"))
def pain(request: PatientRequest) -> HttpResponse:
    visit = request.visit
    form = PainForm(request.POST if request.method == "POST" else None)
    if visit.check_in.is_final:
        return _go_on(visit)
    if form.is_valid():
        answer = form.cleaned_data["score"]
        score = int(answer) if answer.isdecimal() else None
        with inside(visit.by):
            check_ins.answer_pain(visit=visit, score=score, by=visit.by, now=timezone.now())
        return _go_on(visit)
    told = None
    if visit.check_in.pain_at:
        with inside(visit.by):
            told = told_pain(visit).score
    return _ask(request, "pain", form, scores=range(11), told=told)


@patient(methods=("GET", "HEAD", "POST"))
def relief(request: PatientRequest) -> HttpResponse:
    visit = request.visit
    form = ReliefForm(request.POST if request.method == "POST" else None)
    if visit.check_in.is_final:
        return _go_on(visit)
    if form.is_valid():
        answer = form.cleaned_data["answer"]
        has_ended, never_began = _RELIEF[answer]
        with inside(visit.by):
            check_ins.answer_relief(
                visit=visit, has_ended=has_ended, never_began=never_began, by=visit.by, now=timezone.now()
            )
        return redirect(visit.url("relief_end" if answer == "ended" else "start"))
    return _ask(request, "relief", form, told=_told_relief(visit))


def _told_relief(visit: Visit) -> str:
    """Which button was tapped, or empty."""
    report: ReliefReport | None = visit.check_in.relief_report
    if report is None:
        return ""
    if not report.has_ended:
        return "lasting"
    return "never" if report.ended_at == visit.session.ended_at else "ended"


@patient(methods=("GET", "HEAD", "POST"))
def relief_end(request: PatientRequest) -> HttpResponse:
    visit, now = request.visit, timezone.now()
    form = ReliefEndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if form.cleaned_data["hours"].isdecimal():
            with inside(visit.by):
                hours = int(form.cleaned_data["hours"])
                check_ins.say_when_relief_ended(visit=visit, hours_ago=hours, by=visit.by, now=now)
        return _go_on(visit)
    report = visit.check_in.relief_report
    if report is None or not report.has_ended or report.ended_at or visit.session.ended_at is None:
        return _go_on(visit)
    since = (now - visit.session.ended_at).total_seconds() / 3600
    context = page_context(visit) | {
        "check_in": visit.check_in,
        "number": visit.check_in.questions.index("relief") + 1,
        "back_url": visit.url("relief"),
        "form": form,
        "hours": [n for n in RELIEF_HOURS if n <= since],
    }
    return render(request, "portal/relief_end.html", context, status=422 if form.is_bound else 200)


@patient(methods=("GET", "HEAD", "POST"))
def change(request: PatientRequest) -> HttpResponse:
    visit = request.visit
    form = ChangeForm(request.POST if request.method == "POST" else None)
    if "change" not in visit.check_in.questions or visit.check_in.is_final:
        return _go_on(visit)
    if form.is_valid():
        answer = form.cleaned_data["change"]
        value = int(answer) if answer.isdecimal() else None
        with inside(visit.by):
            check_ins.answer_change(visit=visit, change=value, by=visit.by, now=timezone.now())
        return _go_on(visit)
    told = None
    if visit.check_in.change_at:
        with inside(visit.by):
            told = told_change(visit)
    return _ask(request, "change", form, changes=OverallChange.choices, told=told)


@patient(methods=("GET", "HEAD"))
def done(request: PatientRequest) -> HttpResponse:
    """Thanks; or what is urgent once more, for whoever told something urgent."""
    visit = request.visit
    if visit.check_in.next_question:
        return _go_on(visit)
    with inside(visit.by):
        urgent = page_of_urgent(visit, no_sign_after=no_sign_after(request))
        told = {"is_alarming": told_pain(visit).is_alarming, "has_words": has_told_all_clear(visit)}
    if urgent:
        return redirect(visit.url(urgent))
    return render(request, "portal/done.html", page_context(visit) | told)
