"""Who is away and which room is blocked: entered by the desk as somebody calls in sick, by the admin for the summer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.conflicts import status_of
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.query_strings import read_query
from common.wall_clock import local_day
from scheduling.forms.set_up import AwayQuery, LeaveForm, RoomBlockForm, SetUpQuery
from scheduling.models import Leave, RoomBlock
from scheduling.policies import VisitRefusedError
from scheduling.queries import touched_visits
from scheduling.services import setting_changes as changing
from scheduling.views import setting_changes
from scheduling.views.removed import removed_already
from scheduling.views.times import refuse

FORM = "scheduling/absence_form.html"
_PER_PAGE = 20
_MOST_BLOCKS = 100


@staff(Act.ENTER_LEAVE)
def absences(request: StaffRequest) -> HttpResponse:
    """Who is away now or later, the earliest first."""
    number = read_query(SetUpQuery, request).cleaned_data["page"] or 1
    rows = Leave.objects.visible_to(request.actor).filter(ends_at__gt=timezone.now())
    leaves = rows.select_related("clinician__user").order_by("starts_at", "id")
    blocks = RoomBlock.objects.visible_to(request.actor).filter(ends_at__gt=timezone.now())
    context = {
        "page": Paginator(leaves, _PER_PAGE).get_page(number),
        "blocks": blocks.select_related("room").order_by("starts_at", "id")[:_MOST_BLOCKS],
    }
    return render(request, "scheduling/absences.html", context)


@staff(Act.ENTER_LEAVE, methods=("GET", "POST"), once=True)
def leave(request: StaffRequest) -> HttpResponse:
    by, now = request.actor, timezone.now()
    query = read_query(AwayQuery, request).cleaned_data
    day = query["day"] or local_day(now, by.zone)
    back = _back(query)
    form = LeaveForm(
        request.POST or None, by=by, initial={"clinician": query["clinician"], "first_day": day, "last_day": day}
    )
    context = {"form": form, "title": _("Enter leave"), "back_url": back}
    if not form.is_valid():
        return render(request, FORM, context, status=status_of(form, None))
    said = {name: form.cleaned_data[name] for name in ("clinician", "starts_at", "ends_at", "reason")}
    visits = touched_visits.between(
        by, (said["starts_at"], said["ends_at"]), now=now, clinician_id=said["clinician"].pk
    )
    if setting_changes.unseen(request, visits):
        return setting_changes.ask_first(request, FORM, visits, **context)
    try:
        change = changing.add_leave(by=by, now=now, **said)
    except VisitRefusedError as refused:
        return render(request, FORM, context, status=refuse(form, refused))
    return setting_changes.saved(request, change, _("The leave is saved."), back=back)


def _back(query: dict[str, Any]) -> str:
    """The day somebody came from, or the list of who is away."""
    if query["day"]:
        return f"{reverse('scheduling:calendar')}?day={query['day']}" + ("&show=rooms" if query["room"] else "")
    return reverse("scheduling:absences")


@staff(Act.ENTER_LEAVE, methods=("POST",))
def remove_leave(request: StaffRequest, leave_id: UUID) -> HttpResponse:
    own = Leave.objects.visible_to(request.actor).filter(pk=leave_id).first()
    if own is None:
        return removed_already(request, Leave, leave_id, back="scheduling:absences")
    changing.take_away(row=own, by=request.actor, now=timezone.now())
    messages.success(request, _("The leave is removed."))
    return redirect("scheduling:absences")


@staff(Act.ENTER_LEAVE, methods=("GET", "POST"), once=True)
def block_room(request: StaffRequest) -> HttpResponse:
    by, now = request.actor, timezone.now()
    query = read_query(AwayQuery, request).cleaned_data
    day = query["day"] or local_day(now, by.zone)
    back = _back(query)
    initial = {"room": query["room"], "first_day": day, "last_day": day}
    form = RoomBlockForm(request.POST or None, by=by, initial=initial)
    context = {"form": form, "title": _("Block a room"), "back_url": back}
    if not form.is_valid():
        return render(request, FORM, context, status=status_of(form, None))
    said = {name: form.cleaned_data[name] for name in ("room", "starts_at", "ends_at", "reason")}
    visits = touched_visits.between(by, (said["starts_at"], said["ends_at"]), now=now, room_id=said["room"].pk)
    if setting_changes.unseen(request, visits):
        return setting_changes.ask_first(request, FORM, visits, **context)
    try:
        change = changing.block_room(by=by, now=now, **said)
    except VisitRefusedError as refused:
        return render(request, FORM, context, status=refuse(form, refused))
    return setting_changes.saved(request, change, _("The room is blocked."), back=back)


@staff(Act.ENTER_LEAVE, methods=("POST",))
def open_room(request: StaffRequest, room_block_id: UUID) -> HttpResponse:
    own = RoomBlock.objects.visible_to(request.actor).filter(pk=room_block_id).first()
    if own is None:
        return removed_already(request, RoomBlock, room_block_id, back="scheduling:absences")
    changing.take_away(row=own, by=request.actor, now=timezone.now())
    messages.success(request, _("The room can be used again."))
    return redirect("scheduling:absences")
