"""Who works at the clinic: invite, ask for a co-signature, help with a lost second step."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import people as read
from accounts.choices import Role
from accounts.conflicts import Conflict
from accounts.decorators import staff
from accounts.models import Invitation, Membership
from accounts.people_forms import InviteForm, ReasonForm, RoleForm, SupervisorForm
from accounts.permissions import Act
from accounts.requests import StaffRequest
from accounts.services import invitations, memberships
from accounts.services.invitations import InvitationRefusedError
from accounts.services.memberships import MemberRefusedError


@staff(Act.CHANGE_SETTINGS)
def people(request: StaffRequest) -> HttpResponse:
    return _people(request, InviteForm())


@staff(Act.CHANGE_SETTINGS, methods=("POST",), once=True)
def invite(request: StaffRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _people(request, form, status=422)
    try:
        made = invitations.invite(by=request.actor, now=timezone.now(), **form.cleaned_data)
    except InvitationRefusedError as refused:
        form.add_error("email", str(refused))
        return _people(request, form, status=422)
    words = _("%(name)s is invited. The mail leaves within a minute.")
    if read.mail_away_since(request.actor):
        words = _("%(name)s is invited. The mail leaves by itself when the mail server is back.")
    messages.success(request, words % {"name": made.full_name})
    return redirect("accounts:people")


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def resend_invitation(request: StaffRequest, invitation_id: UUID) -> HttpResponse:
    words = _("A new link leaves within a minute; the one before opens nothing any more.")
    if read.mail_away_since(request.actor):
        words = _("A new link leaves when the mail server is back; the one before opens nothing any more.")
    return _with_invitation(request, invitation_id, invitations.send_again, words)


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def withdraw_invitation(request: StaffRequest, invitation_id: UUID) -> HttpResponse:
    return _with_invitation(
        request, invitation_id, invitations.withdraw, _("The invitation is withdrawn. Its link opens nothing any more.")
    )


@staff(Act.CHANGE_SETTINGS)
def person(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    return person_page(request, _member(request, membership_id))


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def co_signature(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    """Whether this clinician's records need a second name."""
    clinicians = Membership.objects.visible_to(request.actor).filter(role=Role.CLINICIAN)
    member = get_object_or_404(clinicians.select_related("user"), pk=membership_id)
    is_needed = request.POST.get("needed") == "yes"
    form = SupervisorForm(request.POST, members=read.co_signers(request.actor, member))
    if not form.is_valid():
        return person_page(request, _member(request, membership_id), supervisor_form=form, status=422)
    words = _("Records of %(name)s now need a co-signature.") if is_needed else _("%(name)s now signs alone.")
    given = {"is_needed": is_needed, "supervisor_id": form.supervisor_id}
    return _with_member(
        request, member, memberships.ask_for_co_signature, words % {"name": member.user.full_name}, **given
    )


@staff(Act.CHANGE_SETTINGS, methods=("POST",))
def reset_second_factor(request: StaffRequest, membership_id: UUID) -> HttpResponse:
    member = _member(request, membership_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return person_page(request, member, reason_form=form, status=422)
    words = _("%(name)s sets up a new second step at the next sign-in, and is told by e-mail.")
    done = words % {"name": member.user.full_name}
    act = memberships.reset_second_factor
    return _with_member(request, member, act, done, now=timezone.now(), reason=form.cleaned_data["reason"])


def _member(request: StaffRequest, membership_id: UUID) -> Membership:
    return get_object_or_404(read.members(request.actor), pk=membership_id)


def _with_invitation(
    request: StaffRequest, invitation_id: UUID, act: Callable[..., Invitation], done: str
) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.actor), pk=invitation_id)
    try:
        act(by=request.actor, now=timezone.now(), invitation_id=invitation.pk)
    except InvitationRefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("accounts:people")


def _with_member(
    request: StaffRequest, member: Membership, act: Callable[..., Membership], done: str, **given: Any
) -> HttpResponse:
    try:
        act(by=request.actor, membership_id=member.pk, **given)
    except MemberRefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("accounts:person", member.pk)


def _people(request: StaffRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {
        "members": read.members(request.actor),
        "invited": read.invited(request.actor, now=now),
        "mail_away_since": read.mail_away_since(request.actor),
        "form": form,
    }
    return render(request, "accounts/people.html", context, status=status)


def person_page(
    request: StaffRequest,
    member: Membership,
    *,
    role_form: RoleForm | None = None,
    reason_form: ReasonForm | None = None,
    supervisor_form: SupervisorForm | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one member, with what was typed into one of its forms; ``member`` is one of ``people.members``."""
    context = {
        "member": member,
        "is_self": member.pk == request.actor.membership_id,
        "is_on_call": read.is_on_call(request.actor, member.pk),
        "letter": read.last_reset_letter(request.actor, member.pk, now=timezone.now()),
        "role_form": role_form or RoleForm(initial={"role": member.role}),
        "reason_form": reason_form or ReasonForm(),
        "supervisor_form": supervisor_form or SupervisorForm(members=read.co_signers(request.actor, member)),
        "conflict": conflict,
    }
    return render(request, "accounts/person.html", context, status=status)
