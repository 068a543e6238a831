"""What is open of a person who leaves, who takes it over, and the one tap that does all of it; bringing them back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Role
from accounts.decorators import staff
from accounts.models import Membership
from accounts.people_forms import RoleForm
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw, saw_list
from accounts.services.memberships import MemberRefusedError
from common.undo import offer
from sessions.forms.leavers import HandOverForm, SwitchOffForm
from sessions.queries import leavers as read
from sessions.services import leavers


@staff(Act.CHANGE_SETTINGS)
def open_work(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    member = _member(request, membership_id)
    kind = SwitchOffForm if member.is_active else HandOverForm
    return _page(request, member, kind(by=request.actor, member=member))


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def hand_over(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    member = _member(request, membership_id)
    form = HandOverForm(request.POST, by=request.actor, member=member)
    if not form.is_valid():
        return _page(request, member, form, status=422)
    to = form.cleaned_data["to"]
    count = leavers.hand_over(by=request.actor, member=member, to=to)
    if count:
        words = ngettext("%(n)s item is handed over to %(name)s.", "%(n)s items are handed over to %(name)s.", count)
        messages.success(request, words % {"n": count, "name": to.user.full_name})
    else:
        messages.info(request, _("No open work that %(name)s can take over.") % {"name": to.user.full_name})
    return redirect("sessions:open_work", member.pk)


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def switch_off(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    """Lead to the visits that have to be moved, if there are any."""
    member = _member(request, membership_id)
    form = SwitchOffForm(request.POST, by=request.actor, member=member)
    if not form.is_valid():
        return _page(request, member, form, status=422)
    to = form.cleaned_data["to"]
    try:
        change = leavers.switch_off(by=request.actor, now=timezone.now(), member=member, to=to)
    except MemberRefusedError as refused:
        messages.error(request, str(refused))
        return redirect("accounts:person", member.pk)
    words = _("%(name)s is switched off, and signed out.") % {"name": member.user.full_name}
    if to is not None:
        words += " " + takes_over(to)
    offer(request, words, undo_url=reverse("sessions:bring_person_back", args=[member.pk]))
    return redirect("scheduling:setting_change", change.pk) if change.visits else redirect("accounts:person", member.pk)


def takes_over(to: Membership) -> str:
    """Only a clinician takes over all of it."""
    if to.role == Role.CLINICIAN:
        return _("%(name)s takes over.") % {"name": to.user.full_name}
    words = _("%(name)s takes over what the role allows. What only a clinician may do waits on Worklists for somebody.")
    return words % {"name": to.user.full_name}


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def bring_person_back(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    member = _member(request, membership_id)
    try:
        leavers.bring_back(by=request.actor, now=timezone.now(), member=member)
    except MemberRefusedError as refused:
        messages.error(request, str(refused))
    else:
        words = _("%(name)s works here again. Weekly hours and open work are as before, except what was done since.")
        messages.success(request, words % {"name": member.user.full_name})
        if member.role == Role.CLINICIAN:
            messages.warning(
                request, _("The place on call and alarms that were given back stay with who has them now.")
            )
    return redirect("accounts:person", member.pk)


def _member(request: StaffRequest, membership_id: UUID) -> Membership:
    return get_object_or_404(Membership.objects.visible_to(request.actor).select_related("user"), pk=membership_id)


def _page(request: StaffRequest, member: Membership, form: HandOverForm, status: int = 200) -> HttpResponse:
    work = read.open_work(request.actor, member, now=timezone.now())
    can_switch_off = member.is_active and member.pk != request.actor.membership_id
    return work_page(request, member, work, form, status=status, can_switch_off=can_switch_off)


def work_page(
    request: StaffRequest,
    member: Membership,
    work: read.OpenWork,
    form: HandOverForm,
    *,
    status: int,
    can_switch_off: bool = False,
    role_form: RoleForm | None = None,
) -> HttpResponse:
    """What is open and who takes it over: before the member is switched off, before their role changes, or after."""
    saw(request, "accounts_membership", row_id=member.pk)
    saw_list(request, "pit_sessions_injectionsession", work.patient_ids)
    context = {
        "member": member,
        "work": work,
        "form": form,
        "is_alone": not read.has_other_clinicians(request.actor, member),
        "can_switch_off": can_switch_off,
        "role_form": role_form,
        "new_role": Role(role_form.cleaned_data["role"]).label if role_form else "",
    }
    return render(request, "sessions/leavers/page.html", context, status=status)
