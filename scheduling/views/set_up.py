"""Set up what can be booked: rooms, visit types, weekly hours, leave."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.conflicts import Conflict, find_conflict, status_of
from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.query_strings import read_query
from common.wall_clock import local_day
from scheduling.choices import Weekday
from scheduling.forms.set_up import HoursForm, RoomForm, SetUpQuery, VisitTypeForm
from scheduling.models import AvailabilityBlock, Leave, Room, VisitType
from scheduling.policies import VisitRefusedError
from scheduling.queries import staffing, touched_visits
from scheduling.services import availability, rooms, visit_types
from scheduling.services import setting_changes as changing
from scheduling.views import setting_changes
from scheduling.views.removed import removed_already
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
    today = timezone.localdate()
    worked = set(
        blocks.filter(clinician__in=Membership.objects.visible_to(by).clinicians()).values_list("weekday", flat=True)
    )
    context = {
        "idle_days": [day.label for day in Weekday if day not in worked] if worked else [],
        "held": staffing.held_techniques(by=by, day=today),
        "rooms": Room.objects.visible_to(by),
        "visit_types": VisitType.objects.visible_to(by),
        "page": page,
        "blocks": blocks.filter(clinician_id__in=list(page)).select_related("clinician__user").order_by(*in_order),
        "leaves": leaves.select_related("clinician__user").order_by("starts_at", "id"),
    }
    return render(request, "scheduling/set_up.html", context)


FORM = "scheduling/set_up_form.html"


def _page(
    request: StaffRequest, form: forms.BaseForm, title: str | Promise, conflict: Conflict | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "conflict": conflict}
    return render(request, FORM, context, status=status_of(form, conflict))


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True, one_by_one=True)
def room(request: StaffRequest, room_id: UUID | None = None) -> HttpResponse:
    own = get_object_or_404(Room.objects.visible_to(request.actor), pk=room_id) if room_id else Room()
    form = RoomForm(request.POST or None, instance=own)
    if room_id:
        return _change_room(request, form, own)
    if form.is_valid():
        try:
            rooms.save(room=form.instance, by=request.actor)
        except VisitRefusedError as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The room is saved."))
            return redirect("scheduling:set_up")
    return _page(request, form, _("Add a room"))


def _change_room(request: StaffRequest, form: RoomForm, room: Room) -> HttpResponse:
    by, now, title = request.actor, timezone.now(), _("Change a room")
    conflict = find_conflict(by, form, room) if form.is_valid() else None
    if not form.is_valid() or conflict is not None:
        return _page(request, form, title, conflict)
    visits = touched_visits.losing_room(by, form.instance, now=now)
    if setting_changes.unseen(request, visits) and not form.instance.is_for_observation:
        return setting_changes.ask_first(request, FORM, visits, form=form, title=title)
    try:
        change = changing.change_room(room=form.instance, by=by, now=now)
    except VisitRefusedError as refused:
        refuse(form, refused)
        return _page(request, form, title)
    if change is not None:
        setting_changes.warn_of_no_room(request)
    return setting_changes.saved(request, change, _("The room is saved."), back="scheduling:set_up")


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
            warn_of_unheld(request, form.instance)
            return redirect("scheduling:set_up")
    return _page(request, form, _("Change a visit type") if visit_type_id else _("Add a visit type"), conflict)


def warn_of_unheld(request: StaffRequest, visit_type: VisitType) -> None:
    """Say it when nobody could be booked for the type."""
    today = local_day(timezone.now(), request.actor.zone)
    if visit_type.is_active and staffing.is_unheld(by=request.actor, visit_type=visit_type, day=today):
        words = _("Nobody holds the technique “%(technique)s”: “%(type)s” cannot be booked before a clinician does.")
        messages.warning(request, words % {"technique": visit_type.technique, "type": visit_type.name})


@staff(Act.SET_UP_SCHEDULE, methods=("GET", "POST"), once=True)
def hours(request: StaffRequest) -> HttpResponse:
    initial = {"valid_from_date": timezone.localdate(), "weekdays": range(5)}
    form = HoursForm(request.POST or None, by=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        overlaps = staffing.overlapping(by=request.actor, **form.cleaned_data)
        try:
            availability.add_blocks(by=request.actor, **form.cleaned_data)
        except VisitRefusedError as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The hours are saved."))
            if overlaps:
                _warn_of_overlaps(request, form.cleaned_data["clinician"], overlaps)
            return redirect("scheduling:set_up")
    return _page(request, form, _("Add weekly hours"))


def _warn_of_overlaps(request: StaffRequest, clinician: Membership, found: list[AvailabilityBlock]) -> None:
    """Both hold: nobody is booked twice by it, but one of the two is often a slip."""
    hours = ", ".join(f"{one.get_weekday_display()} {one.hours}" for one in found)
    words = _("These overlap with other weekly hours of %(name)s: %(hours)s. Both hold: remove what is wrong.")
    messages.warning(request, words % {"name": clinician.user.full_name, "hours": hours})


@staff(Act.SET_UP_SCHEDULE, methods=("POST",))
def remove_hours(request: StaffRequest, block_id: UUID) -> HttpResponse:
    by, now = request.actor, timezone.now()
    rows = AvailabilityBlock.objects.visible_to(by).select_related("clinician__user")
    block = rows.filter(pk=block_id).first()
    if block is None:
        return removed_already(request, AvailabilityBlock, block_id, back="scheduling:set_up")
    visits = touched_visits.losing_hours(by, block, now=now)
    if setting_changes.unseen(request, visits):
        context = {"title": _("Remove weekly hours"), "back_url": reverse("scheduling:set_up")}
        return setting_changes.ask_first(request, "scheduling/touched.html", visits, **context)
    weekday = block.weekday
    change = changing.remove_hours(block=block, by=by, now=now)
    if not AvailabilityBlock.objects.visible_to(by).on_weekday(weekday, local_day(now, by.zone)).exists():
        day = str(Weekday(weekday).label)
        messages.warning(request, _("Nobody works on %(day)s now: no visit can be booked then.") % {"day": day})
    return setting_changes.saved(request, change, _("The hours are removed."), back="scheduling:set_up")
