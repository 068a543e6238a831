"""What is open of a person who leaves the clinic, and the tap that hands it to a colleague."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw, saw_list
from sessions.forms.leavers import HandOverForm
from sessions.queries import leavers as read
from sessions.services import leavers


@staff(Act.CHANGE_SETTINGS)
def open_work(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    member = _member(request, membership_id)
    return _page(request, member, HandOverForm(by=request.actor, member=member))


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


def _member(request: StaffRequest, membership_id: UUID) -> Membership:
    return get_object_or_404(Membership.objects.visible_to(request.actor).select_related("user"), pk=membership_id)


def _page(request: StaffRequest, member: Membership, form: HandOverForm, status: int = 200) -> HttpResponse:
    work = read.open_work(request.actor, member, now=timezone.now())
    saw(request, "accounts_membership", row_id=member.pk)
    saw_list(request, "pit_sessions_injectionsession", work.patient_ids)
    context = {"member": member, "work": work, "form": form}
    return render(request, "sessions/leavers/page.html", context, status=status)
