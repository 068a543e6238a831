"""A kept time and whom it is for: the second half of a phone call."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_list
from common.query_strings import read_query
from common.undo import offer
from common.wall_clock import local_day
from patients.forms.patients import SearchForm
from patients.queries import Candidate, Likeness, possible_duplicates
from scheduling.choices import News
from scheduling.forms.time_searches import CallerForm, VisitsForm
from scheduling.models import AppointmentMove, SlotHold
from scheduling.policies import VisitRefusedError
from scheduling.queries.series_plans import plan_series, repeated
from scheduling.queries.telling import Telling, telling
from scheduling.services import callers, series, slot_holds
from scheduling.services.callers import Booked, NewCaller, hold_minutes
from scheduling.services.series import Wish
from scheduling.views.patients import banner_of
from scheduling.views.plans import SKIP, Choice, is_read_back, is_settled, kinds_of, seen, types_in_use, wishes
from scheduling.views.steps import undo_address
from scheduling.visit_letters import Told


def _own_hold(request: StaffRequest, hold_id: UUID) -> SlotHold:
    holds = slot_holds.of_desk(request.actor).select_related(
        "clinician__user", "room", "visit_type__equipment", "equipment", "patient"
    )
    return get_object_or_404(holds, pk=hold_id)


@staff(Act.BOOK_VISITS, methods=("GET", "POST"), once=True)
def kept(request: StaffRequest, hold_id: UUID) -> HttpResponse:
    hold, now = _own_hold(request, hold_id), timezone.now()
    if request.method == "POST":
        # Even when the time ran out while somebody typed: nobody may have taken it.
        return _book(request, hold, now)
    if hold.ended_at is not None or hold.expires_at <= now:
        return render(request, "scheduling/kept_ended.html", {"hold": hold}, status=409)
    form = _caller_form(request, now, initial={"visits": 1, "every_days": 7, "tell_patient": True})
    if request.htmx:
        plan = read_query(VisitsForm, request).cleaned_data
        return render(request, "scheduling/kept.html#plan", _context(request, hold, form, _plan(request, hold, plan)))
    return render(request, "scheduling/kept.html", _context(request, hold, form, []))


def _context(request: StaffRequest, hold: SlotHold, form: CallerForm, plan: list[Choice], **more: Any) -> Any:
    return {
        "hold": hold,
        "form": form,
        "plan": plan,
        "read": seen(plan),
        "visit_types": types_in_use(request) if plan else [],
        "is_first_held": True,
        "banner": banner_of(request, hold.patient_id) if hold.patient_id else None,
        "search_form": SearchForm(),
        "tell": _tell(request, hold, plan) if hold.patient else None,
        "skip": SKIP,
        **more,
    }


def _tell(request: StaffRequest, hold: SlotHold, plan: list[Choice]) -> Telling:
    starts = [one.planned.starts_at for one in plan if one.planned.is_free] or [hold.starts_at]
    told = [Told(News.BOOKED, moment) for moment in starts]
    return telling(by=request.actor, patient=hold.patient, told=told, now=timezone.now())


def _plan(request: StaffRequest, hold: SlotHold, said: dict[str, Any]) -> list[Choice]:
    """The visits after the kept one, with what was chosen where one cannot be."""
    if said["visits"] == 1:
        return []
    by = request.actor
    starts = repeated(hold.starts_at, every_days=said["every_days"], count=said["visits"], zone=by.zone)
    patient = hold.patient or said.get("patient")
    kinds = kinds_of(request, types_in_use(request), hold.visit_type, len(starts))
    planned = plan_series(
        by=by,
        clinician=hold.clinician,
        visit_type=hold.visit_type,
        starts=starts,
        now=timezone.now(),
        minutes=hold_minutes(hold),
        equipment=hold.equipment,
        patient_id=patient.pk if patient else None,
        left_out=[hold.pk],
        kinds=[hold.visit_type, *kinds[1:]],
    )
    typed = request.POST or request.GET
    return [Choice(one, typed.get(f"visit-{one.number}", "")) for one in planned]


def _book(request: StaffRequest, hold: SlotHold, now: datetime) -> HttpResponse:
    data = request.POST.copy()
    if hold.patient_id:
        data["patient"] = str(hold.patient_id)
    form = _caller_form(request, now, data)
    if not form.is_valid():
        return render(request, "scheduling/kept.html", _context(request, hold, form, []), status=422)
    plan = _plan(request, hold, form.cleaned_data)
    candidates = _candidates(request, form, now)
    booked = None
    if not candidates or request.POST.get("register_anyway") == _seen(candidates):
        apart = [candidate.row.id for candidate in candidates]
        candidates = []
        booked = _settle(request, hold, form, plan, now, apart)
    if booked is not None:
        return _told(request, booked)
    saw_list(request, "patients_patient", [candidate.row.id for candidate in candidates])
    more = {"candidates": candidates, "seen": _seen(candidates)}
    return render(request, "scheduling/kept.html", _context(request, hold, form, plan, **more), status=409)


def _caller_form(request: StaffRequest, now: datetime, data: QueryDict | None = None, **kwargs: Any) -> CallerForm:
    return CallerForm(data, by=request.actor, today=local_day(now, request.actor.zone), **kwargs)


def _settle(
    request: StaffRequest, hold: SlotHold, form: CallerForm, plan: list[Choice], now: datetime, apart: list[UUID]
) -> Booked | None:
    """What was booked; None with the reason on the form."""
    if not is_settled(plan[1:], form) or not is_read_back(plan, request.POST.get("read", ""), form):
        return None
    try:
        return _booked(request, hold, form, plan, now, apart)
    except VisitRefusedError as refused:
        form.add_error(None, refused.words)
    except ValidationError as error:
        said = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, words in said.items():
            form.add_error(name if name in form.fields else None, words)
    return None


def _candidates(request: StaffRequest, form: CallerForm, now: datetime) -> list[Candidate]:
    """Who a new caller may already be."""
    if form.cleaned_data["patient"]:
        return []
    details = form.details()
    like = Likeness(names=details.names, birth_date=details.birth_date, contacts=[one.value for one in form.contacts()])
    return possible_duplicates(request.actor, like, today=local_day(now, request.actor.zone))


def _seen(candidates: list[Candidate]) -> str:
    ids = ",".join(sorted(str(candidate.row.id) for candidate in candidates))
    return hashlib.sha256(ids.encode()).hexdigest()[:16]


def _booked(
    request: StaffRequest, hold: SlotHold, form: CallerForm, plan: list[Choice], now: datetime, apart: list[UUID]
) -> Booked:
    by, said = request.actor, form.cleaned_data
    first = Wish(starts_at=hold.starts_at, clinician=hold.clinician, room=hold.room)
    clinicians = Membership.objects.visible_to(by).clinicians()
    return callers.book(
        hold=hold,
        caller=said["patient"] or NewCaller(details=form.details(), contacts=form.contacts(), told_apart_from=apart),
        visits=[first, *wishes(plan[1:], hold.clinician, clinicians)],
        every_days=said["every_days"],
        by=by,
        now=now,
        tell_patient=said["tell_patient"],
    )


def _told(request: StaffRequest, booked: Booked) -> HttpResponse:
    first, count = booked.visits[0], len(booked.visits)
    words = ngettext("The visit is booked.", "%(count)s visits are booked.", count) % {"count": count}
    undo = undo_address(first)
    if booked.batch_id:
        undo = reverse("scheduling:undo_series", kwargs={"batch_id": booked.batch_id})
    offer(request, words, undo_url=undo)
    return redirect("scheduling:appointment", appointment_id=first.pk)


@staff(Act.BOOK_VISITS, methods=("POST",))
def let_go(request: StaffRequest, hold_id: UUID) -> HttpResponse:
    hold = _own_hold(request, hold_id)
    slot_holds.end(hold=hold, by=request.actor, now=timezone.now())
    messages.success(request, _("The time is free again."))
    if hold.patient_id:
        return redirect("scheduling:find_for", patient_id=hold.patient_id)
    return redirect("scheduling:find")


@staff(Act.BOOK_VISITS, methods=("POST",))
def keep_longer(request: StaffRequest, hold_id: UUID) -> HttpResponse:
    hold = _own_hold(request, hold_id)
    try:
        slot_holds.renew(hold=hold, by=request.actor, now=timezone.now())
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
    return redirect("scheduling:kept", hold_id=hold.pk)


@staff(Act.BOOK_VISITS, methods=("POST",))
def undo_series(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Take an act on several visits back, and show the first of them."""
    if not AppointmentMove.objects.visible_to(request.actor).filter(batch_id=batch_id).exists():
        raise Http404
    try:
        visits = series.undo(batch_id=batch_id, by=request.actor, now=timezone.now())
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
        return redirect("scheduling:today")
    messages.success(request, _("Undone."))
    return redirect("scheduling:appointment", appointment_id=visits[0].pk)
