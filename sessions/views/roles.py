"""Change what a person may do: what the new role may not do is listed first, as for somebody who leaves."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import people
from accounts.conflicts import find_conflict
from accounts.decorators import staff
from accounts.models import Membership
from accounts.people_forms import RoleForm
from accounts.permissions import Act
from accounts.requests import StaffRequest
from accounts.services.memberships import MemberRefusedError
from accounts.views.people import person_page
from common.undo import offer
from sessions.forms.leavers import SwitchOffForm
from sessions.queries import leavers as read
from sessions.services import leavers
from sessions.views.leavers import takes_over, work_page

# Sent by the page that lists the work, and by no other.
LISTED = "listed"


@staff(Act.CHANGE_SETTINGS, methods=("POST",), one_by_one=True)
def change_role(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    member = _member(request, membership_id)
    role_form = RoleForm(request.POST, initial={"role": member.role})
    if not role_form.is_valid():
        return person_page(request, member, role_form=role_form, status=422)
    if conflict := find_conflict(request.actor, role_form, member):
        return person_page(request, member, role_form=role_form, conflict=conflict, status=409)
    role = role_form.cleaned_data["role"]
    form = SwitchOffForm(request.POST if LISTED in request.POST else None, by=request.actor, member=member)
    if not form.is_valid():
        lost = read.lost_kinds(member.role, role)
        work = read.open_work(request.actor, member, now=timezone.now()).only(lost)
        if form.is_bound or not work.is_nothing:
            return work_page(request, member, work, form, role_form=role_form, status=422 if form.is_bound else 200)
    return _changed(request, member, role, form.cleaned_data["to"] if form.is_bound else None)


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def give_role_back(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    member = _member(request, membership_id)
    try:
        change = leavers.give_role_back(by=request.actor, now=timezone.now(), member=member)
    except MemberRefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _words(member, change))
    return redirect("accounts:person", member.pk)


def _changed(request: StaffRequest, member: Membership, role: str, to: Membership | None) -> HttpResponse:
    """Lead to the visits that have to be moved, if there are any."""
    try:
        change = leavers.change_role(by=request.actor, now=timezone.now(), member=member, role=role, to=to)
    except MemberRefusedError as refused:
        messages.error(request, str(refused))
        return redirect("accounts:person", member.pk)
    words = _words(member, change)
    if to is not None:
        words += " " + takes_over(to)
    if change.noted is None:
        messages.success(request, words)
        return redirect("accounts:person", member.pk)
    offer(request, words, undo_url=reverse("sessions:give_role_back", args=[member.pk]))
    if change.noted.visits:
        return redirect("scheduling:setting_change", change.noted.pk)
    return redirect("accounts:person", member.pk)


def _words(member: Membership, change: leavers.RoleChange) -> str:
    words = _("The role of %(name)s is changed, from the next page on.") % {"name": member.user.full_name}
    if change.is_back:
        words += " " + _("Weekly hours and open work are as before, except what was done since.")
    return words


def _member(request: StaffRequest, membership_id: UUID) -> Membership:
    return get_object_or_404(people.members(request.actor), pk=membership_id)
