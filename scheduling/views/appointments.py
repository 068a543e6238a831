"""One visit: its page, its cancellation, another time for it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw, saw_list
from common.query_strings import read_query
from common.undo import offer
from common.wall_clock import local_day
from scheduling.choices import (
    FREE_STATUSES,
    MOVABLE_STATUSES,
    MOVES,
    TREATABLE_STATUSES,
    News,
    SeriesScope,
    VisitStatus,
)
from scheduling.forms.appointments import CancelForm, MoveForm, TimesQuery
from scheduling.models import Appointment, AppointmentMove
from scheduling.policies import VisitRefusedError, asks_more, check_can_reschedule, steps_now
from scheduling.queries.free_times import next_free_times
from scheduling.queries.telling import telling
from scheduling.queries.waiting_matches import Slot, matches
from scheduling.services import appointments, series
from scheduling.views.patients import banner_of, page_of
from scheduling.views.setting_changes import list_url
from scheduling.views.steps import back_first, own_visit, say_step, undo_address
from scheduling.views.times import DAYS, refuse, times_context
from scheduling.visit_letters import Told


@staff(Act.SEE_SCHEDULE)
def appointment(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    visit = own_visit(request, appointment_id)
    moves = AppointmentMove.objects.visible_to(request.actor).filter(appointment=visit)
    next_step, other_steps = steps_now(visit, now=timezone.now(), zone=request.actor.zone)
    can_treat = visit.status in TREATABLE_STATUSES and request.actor.may(Act.LOG_SESSIONS)
    saw(request, "scheduling_appointment", row_id=visit.pk, patient_id=visit.patient_id)
    context = {
        "visit": visit,
        "banner": banner_of(request, visit.patient_id),
        "moves": moves.select_related("moved_by__user", "was_clinician__user", "was_room"),
        "next_step": next_step,
        "other_steps": other_steps,
        "asked_steps": [step for step in other_steps if asks_more(visit.status, step)],
        "can_cancel": VisitStatus.CANCELLED in MOVES[visit.status],
        "can_reschedule": visit.status in MOVABLE_STATUSES,
        "start_url": page_of("sessions:start", appointment_id=visit.pk) if can_treat else "",
    }
    return render(request, "scheduling/appointment.html", context | _waiting(request, visit))


def _waiting(request: StaffRequest, visit: Appointment) -> dict[str, Any]:
    """Who would be asked first to take the time of a cancelled visit; and that a visit to come may wait for another."""
    by, now = request.actor, timezone.now()
    if visit.starts_at <= now:
        return {}
    if visit.status not in FREE_STATUSES:
        return {"can_wait": visit.status in MOVABLE_STATUSES}
    found = matches(by=by, slot=Slot(visit.clinician, visit.starts_at, visit.ends_at), now=now)[:3]
    saw_list(request, "scheduling_waitingentry", [match.entry.patient_id for match in found])
    return {"is_freed": True, "matches": found}


@staff(Act.BOOK_VISITS, methods=("GET", "POST"))
def cancel(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    visit = own_visit(request, appointment_id)
    tell = telling(
        by=request.actor, patient=visit.patient, told=[Told(News.CANCELLED, visit.starts_at)], now=timezone.now()
    )
    form = CancelForm(request.POST or None, initial={"version": visit.version, "tell_patient": tell.is_possible})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _cancel(request, visit, form.cleaned_data)
            except VisitRefusedError as refused:
                status = refuse(form, refused, version=visit.version)
            else:
                return redirect("scheduling:appointment", appointment_id=visit.pk)
    context = {"visit": visit, "form": form, "tell": tell, "banner": banner_of(request, visit.patient_id)}
    context["in_series"] = _in_series(request, visit)
    return render(request, "scheduling/cancel.html", context, status=status)


def _cancel(request: StaffRequest, visit: Appointment, said: dict[str, Any]) -> None:
    by, now, scope = request.actor, timezone.now(), said.pop("scope") or SeriesScope.ONE
    if scope == SeriesScope.ONE:
        say_step(request, appointments.cancel(appointment=visit, by=by, now=now, **said))
        return
    act = series.cancel(appointment=visit, scope=scope, by=by, now=now, **said)
    if visit.patient.departure is None:
        offer(request, _("These visits are cancelled."), undo_url=_undo_series(act))
    else:
        messages.success(request, _("These visits are cancelled.") + f" {back_first()}")


def _undo_series(batch_id: UUID) -> str:
    return reverse("scheduling:undo_series", kwargs={"batch_id": batch_id})


def _in_series(request: StaffRequest, visit: Appointment) -> int:
    """How many visits of its series can still be changed, this one included; 0 when it stands alone."""
    if visit.series_id is None:
        return 0
    count = len(series.members(visit, SeriesScope.ALL, by=request.actor, now=timezone.now()))
    return count if count > 1 else 0


@staff(Act.BOOK_VISITS, methods=("GET", "POST"))
def move(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    visit, now = own_visit(request, appointment_id), timezone.now()
    visit_url = reverse("scheduling:appointment", args=[visit.pk])
    try:
        check_can_reschedule(visit)
    except VisitRefusedError as refused:
        said = {"visit": visit, "banner": banner_of(request, visit.patient_id), "words": refused.words}
        return render(request, "scheduling/cannot_move.html", said, status=409)
    tell = telling(by=request.actor, patient=visit.patient, told=[], now=now)
    query = read_query(TimesQuery, request).cleaned_data
    initial = {"version": visit.version, "tell_patient": tell.is_possible, "list": query["list"]}
    form = MoveForm(request.POST or None, by=request.actor, initial=initial)
    status, taken = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _move(request, visit, form.cleaned_data)
            except VisitRefusedError as refused:
                status, taken = refuse(form, refused, version=visit.version), refused
            else:
                return redirect(list_url(request, form.cleaned_data["list"]) or visit_url)
    query = _asked_around(request, visit, query, form)
    context = _times_of_move(request, visit, query, now)
    context |= {"visit": visit, "form": form, "refused": taken, "banner": banner_of(request, visit.patient_id)}
    context |= {"tell": tell, "news": News.MOVED, "in_series": _in_series(request, visit)}
    context["back_url"] = list_url(request, query["list"]) or visit_url
    template = "scheduling/move.html#times" if request.htmx else "scheduling/move.html"
    return render(request, template, context, status=status)


def _asked_around(request: StaffRequest, visit: Appointment, query: dict[str, Any], form: MoveForm) -> dict[str, Any]:
    """The days around the visit unless others are asked for; around the choice that was just refused."""
    asked = query | {"visit_type": visit.visit_type_id}
    if "clinician" not in request.GET:
        asked["clinician"] = visit.clinician_id
    asked["day"] = query["day"] or local_day(visit.starts_at, request.actor.zone)
    said = getattr(form, "cleaned_data", {}) if form.is_bound else {}
    asked["list"] = query["list"] or said.get("list")
    if not said.get("starts_at"):
        return asked
    day = local_day(said["starts_at"], request.actor.zone)
    if not asked["day"] <= day < asked["day"] + timedelta(days=DAYS):
        asked["day"] = day
    return asked | {"shown": day, "clinician": said["clinician"].pk if said.get("clinician") else None}


def _times_of_move(request: StaffRequest, visit: Appointment, asked: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The days that were asked for; where nobody asked and nothing is free, those from the next free time on."""
    about: dict[str, Any] = {"now": now, "patient_id": visit.patient_id, "leave_out": visit}
    context = times_context(request, asked, **about)
    if request.GET.get("day") or not context["is_week_empty"]:
        return context
    chosen = context["chosen_clinician"]
    found = next_free_times(
        by=request.actor,
        clinicians=[chosen] if chosen else context["clinicians"],
        visit_type=visit.visit_type,
        after=visit.starts_at,
        now=now,
        minutes=int((visit.ends_at - visit.starts_at).total_seconds() // 60),
        patient_id=visit.patient_id,
        left_out=[visit.pk],
        limit=1,
    )
    day = local_day(found[0].starts_at, request.actor.zone) if found else None
    return times_context(request, asked | {"day": day}, **about) if day else context


def _move(request: StaffRequest, visit: Appointment, said: dict[str, Any]) -> None:
    by, now, scope = request.actor, timezone.now(), said["scope"] or SeriesScope.ONE
    wanted = {
        name: said[name]
        for name in ("version", "starts_at", "clinician", "room", "is_override", "reason", "tell_patient")
    }
    if scope == SeriesScope.ONE:
        moved = appointments.move(appointment=visit, by=by, now=now, double_reason=said["double_reason"], **wanted)
        offer(request, _("The visit has its new time."), undo_url=undo_address(moved))
        return
    act = series.move(appointment=visit, scope=scope, by=by, now=now, **wanted)
    offer(request, _("The visits have their new times."), undo_url=_undo_series(act))
