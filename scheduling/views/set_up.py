"""Set up what can be booked: rooms, visit types, weekly hours, leave."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.conflicts import Conflict, find_conflict, status_of
from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.query_strings import read_query
from scheduling.forms.set_up import HoursForm, LeaveForm, RoomForm, SetUpQuery, VisitTypeForm
from scheduling.models import AvailabilityBlock, Leave, Room, VisitType
from scheduling.policies import VisitRefusedError
from scheduling.services import availability, rooms, visit_types
from scheduling.views.times import refuse

# Each works on five days, often in two blocks: ten make a hundred lines.
PEOPLE_A_PAGE = 10


@staff(Act.SET_UP_SCHEDULE)
def overview(request: StaffRequest) -> HttpResponse:
    by = request.actor
    blocks = AvailabilityBlock.objects.visible_to(by).exclude(valid_until_date__lt=timezone.localdate())
    working = Membership.objects.visible_to(by).filter(pk__in=blocks.values("clinician_id"))
    number = read_query(SetUpQuery, request).cleaned_data["page"] or 1
    people = Paginator(working.order_by("user__full_name", "pk").values_list("pk", flat=True), PEOPLE_A_PAGE)
    page = people.get_page(number)
    leaves = Leave.objects.visible_to(by).filter(ends_at__gt=timezone.now())
    in_order = ("clinician__user__full_name", "clinician_id", "weekday", "start_time")
    context = {
        "rooms": Room.objects.visible_to(by),
        "visit_types": VisitType.objects.visible_to(by),
        "page": page,
        "blocks": blocks.filter(clinician_id__in=list(page)).select_related("clinician__user").order_by(*in_order),
        "leaves": leaves.select_related("clinician__user").order_by("starts_at", "id"),
    }
    return render(request, "scheduling/set_up.html", context)


def _page(
    request: StaffRequest, form: forms.BaseForm, title: str | Promise, conflict: Conflict | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "conflict": conflict}
    return render(request, "scheduling/set_up_form.html", context, status=status_of(form, conflict))


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True, one_by_one=True)
def room(request: StaffRequest, room_id: UUID | None = None) -> HttpResponse:
    own = get_object_or_404(Room.objects.visible_to(request.actor), pk=room_id) if room_id else Room()
    form = RoomForm(request.POST or None, instance=own)
    conflict = find_conflict(request.actor, form, own) if room_id and form.is_valid() else None
    if form.is_valid() and conflict is None:
        try:
            rooms.save(room=form.instance, by=request.actor)
        except VisitRefusedError as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The room is saved."))
            return redirect("scheduling:set_up")
    return _page(request, form, _("Change a room") if room_id else _("Add a room"), conflict)


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True, one_by_one=True)
def visit_type(request: StaffRequest, visit_type_id: UUID | None = None) -> HttpResponse:
    own = VisitType()
    if visit_type_id:
        own = get_object_or_404(VisitType.objects.visible_to(request.actor), pk=visit_type_id)
    form = VisitTypeForm(request.POST or None, instance=own, by=request.actor)
    conflict = find_conflict(request.actor, form, own) if visit_type_id and form.is_valid() else None
    if form.is_valid() and conflict is None:
        try:
            visit_types.save(visit_type=form.instance, by=request.actor)
        except VisitRefusedError as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The visit type is saved. Visits already booked keep their length."))
            return redirect("scheduling:set_up")
    return _page(request, form, _("Change a visit type") if visit_type_id else _("Add a visit type"), conflict)


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True)
def hours(request: StaffRequest) -> HttpResponse:
    initial = {"valid_from_date": timezone.localdate(), "weekdays": range(5)}
    form = HoursForm(request.POST or None, by=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            availability.add_blocks(by=request.actor, **form.cleaned_data)
        except VisitRefusedError as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The hours are saved."))
            return redirect("scheduling:set_up")
    return _page(request, form, _("Add weekly hours"))


@staff(Act.SET_UP_SCHEDULE, methods=("POST",))
def remove_hours(request: StaffRequest, block_id: UUID) -> HttpResponse:
    block = get_object_or_404(AvailabilityBlock.objects.visible_to(request.actor), pk=block_id)
    availability.remove_block(block=block)
    messages.success(request, _("The hours are removed. Visits already booked stay."))
    return redirect("scheduling:set_up")


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True)
def leave(request: StaffRequest) -> HttpResponse:
    form = LeaveForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            added = availability.add_leave(
                clinician=said["clinician"],
                starts_at=said["starts_at"],
                ends_at=said["ends_at"],
                reason=said["reason"],
                by=request.actor,
            )
        except VisitRefusedError as refused:
            refuse(form, refused)
        else:
            _say_leave(request, added)
            return redirect("scheduling:set_up")
    return _page(request, form, _("Add leave"))


def _say_leave(request: StaffRequest, added: Leave) -> None:
    messages.success(request, _("The leave is saved."))
    count = availability.visits_in_leave(added, by=request.actor)
    if count:
        words = ngettext(
            "%(count)s visit is booked in this time and has to be moved.",
            "%(count)s visits are booked in this time and have to be moved.",
            count,
        )
        messages.warning(request, words % {"count": count})


@staff(Act.SET_UP_SCHEDULE, methods=("POST",))
def remove_leave(request: StaffRequest, leave_id: UUID) -> HttpResponse:
    own = get_object_or_404(Leave.objects.visible_to(request.actor), pk=leave_id)
    availability.remove_leave(leave=own)
    messages.success(request, _("The leave is removed."))
    return redirect("scheduling:set_up")
