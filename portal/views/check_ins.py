"""One question a screen. Every tap is a form of its own, so that it works without a script."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.decorators import PatientRequest, patient
from portal.forms import RELIEF_HOURS, ChangeForm, PainForm, ReliefEndForm, ReliefForm, WorryForm
from portal.queries import inside, told_priority
from portal.services import check_ins
from sessions.choices import DangerSign, OverallChange, Priority

# The tap → (relief has ended, it never began)
_RELIEF: dict[str, tuple[bool | None, bool]] = {
    "lasting": (False, False),
    "ended": (True, False),
    "never": (True, True),
    "skip": (None, False),
}


def _page(request: PatientRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    visit = request.visit
    shown = {"clinic": visit.by.clinic, "check_in": visit.check_in, **context}
    return render(request, template, shown, status=status)


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound else 200


@patient(methods=("GET", "HEAD"))
def start(request: PatientRequest) -> HttpResponse:
    """Go to the first question that is still open."""
    return redirect(f"portal:{request.visit.check_in.next_question or 'done'}")


@patient(methods=("GET", "HEAD", "POST"))
def pain(request: PatientRequest) -> HttpResponse:
    form = PainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = form.cleaned_data["score"]
        score = int(answer) if answer.isdecimal() else None
        with inside(request.visit.by):
            check_ins.answer_pain(visit=request.visit, score=score, by=request.visit.by, now=timezone.now())
        return redirect("portal:start")
    if request.visit.check_in.pain_at:
        return redirect("portal:start")
    return _page(request, "portal/pain.html", status=_status(form), form=form, scores=range(11))


@patient(methods=("GET", "HEAD", "POST"))
def relief(request: PatientRequest) -> HttpResponse:
    form = ReliefForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = form.cleaned_data["answer"]
        has_ended, never_began = _RELIEF[answer]
        with inside(request.visit.by):
            check_ins.answer_relief(
                visit=request.visit,
                has_ended=has_ended,
                never_began=never_began,
                by=request.visit.by,
                now=timezone.now(),
            )
        return redirect("portal:relief_end" if answer == "ended" else "portal:start")
    if request.visit.check_in.relief_at:
        return redirect("portal:start")
    return _page(request, "portal/relief.html", status=_status(form), form=form)


@patient(methods=("GET", "HEAD", "POST"))
def relief_end(request: PatientRequest) -> HttpResponse:
    visit, now = request.visit, timezone.now()
    form = ReliefEndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if form.cleaned_data["hours"].isdecimal():
            with inside(visit.by):
                hours = int(form.cleaned_data["hours"])
                check_ins.say_when_relief_ended(visit=visit, hours_ago=hours, by=visit.by, now=now)
        return redirect("portal:start")
    report = visit.check_in.relief_report
    if report is None or not report.has_ended or report.ended_at or visit.session.signed_at is None:
        return redirect("portal:start")
    since = (now - visit.session.signed_at).total_seconds() / 3600
    return _page(
        request,
        "portal/relief_end.html",
        status=_status(form),
        form=form,
        hours=[n for n in RELIEF_HOURS if n <= since],
    )


@patient(methods=("GET", "HEAD", "POST"))
def change(request: PatientRequest) -> HttpResponse:
    form = ChangeForm(request.POST if request.method == "POST" else None)
    check_in = request.visit.check_in
    if "change" not in check_in.questions or check_in.change_at:
        return redirect("portal:start")
    if form.is_valid():
        answer = form.cleaned_data["change"]
        told = int(answer) if answer.isdecimal() else None
        with inside(request.visit.by):
            check_ins.answer_change(visit=request.visit, change=told, by=request.visit.by, now=timezone.now())
        return redirect("portal:start")
    return _page(request, "portal/change.html", status=_status(form), form=form, changes=OverallChange.choices)


@patient(methods=("GET", "HEAD", "POST"))
def worry(request: PatientRequest) -> HttpResponse:
    """A danger sign is stored first, then answered with the emergency words; nobody has to read a queue before."""
    visit, now = request.visit, timezone.now()
    form = WorryForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        signs = [(sign.value, sign.label) for sign in DangerSign]
        return _page(request, "portal/worry.html", form=form, signs=signs, status=_status(form))
    sign, words = form.cleaned_data["sign"], form.cleaned_data["words"]
    if not sign and not words:
        with inside(visit.by):
            check_ins.say_all_is_well(visit=visit, by=visit.by, now=now)
        return redirect("portal:done")
    with inside(visit.by):
        told = check_ins.tell_worry(
            visit=visit, signs=[DangerSign(sign)] if sign else [], words=words, by=visit.by, now=now
        )
    if told.priority in (Priority.P0, Priority.P1):
        return _page(request, "portal/call.html", is_emergency=told.priority == Priority.P0)
    return redirect("portal:done")


@patient(methods=("GET", "HEAD"))
def done(request: PatientRequest) -> HttpResponse:
    """Thanks, and what is urgent once more for whoever told something urgent."""
    if request.visit.check_in.next_question:
        return redirect("portal:start")
    with inside(request.visit.by):
        priority = told_priority(request.visit)
    return _page(request, "portal/done.html", is_emergency=priority == Priority.P0, is_urgent=priority == Priority.P1)
