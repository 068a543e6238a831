"""Change what a person may do at a clinic, switch them off and bring them back, help with a lost second step.

Each act holds the clinic's row first, so that two admins who act on each other come one after the other; the database
refuses to lose the last admin all the same (accounts/sql/last_admin.sql).
"""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.choices import LetterKind, Role
from accounts.models import Clinic, Membership, StaffLetter, User
from accounts.services import invitations, person_events
from audit.models import AuditEvent
from common.tenancy import set_context, tenant


class MemberRefusedError(Exception):
    """This cannot be done with this person as things stand; the text says why."""


@transaction.atomic
def ask_for_co_signature(
    *, by: Actor, membership_id: UUID, is_needed: bool, supervisor_id: UUID | None = None
) -> Membership:
    """From now on the member's signed records need a second name, or no longer do; what is signed stays as it was.

    ``supervisor_id`` co-signs; the only one who may is taken without asking. Raises ``MemberRefusedError`` where nobody
    would be left who may, and where several may and none is named.
    """
    Clinic.objects.select_for_update(no_key=True).get(pk=by.clinic_id)
    member = Membership.objects.visible_to(by).select_related("user").get(pk=membership_id)
    member.supervisor_id = _supervisor(by, member, supervisor_id) if is_needed else None
    if is_needed:
        _hand_supervision_over(by, member)
    member.needs_co_signature = is_needed
    member.save(update_fields=["needs_co_signature", "supervisor"])
    return member


@transaction.atomic
def change_role(*, by: Actor, membership_id: UUID, role: str) -> Membership:
    """From the next page on the person may do what the role may. Raises ``MemberRefusedError``.

    The work that the new role may not do is handed over with it: ``sessions.services.leavers.change_role``.
    """
    member = _held(by, membership_id)
    if role == member.role:
        return member
    if not member.is_active:
        raise MemberRefusedError(_("%(name)s is switched off.") % {"name": member.user.full_name})
    if role != Role.CLINIC_ADMIN:
        _check_another_admin(by, member)
    _check_another_co_signer(by, member)
    _hand_supervision_over(by, member)
    member.role = role
    member.save(update_fields=["role"])
    return member


@transaction.atomic
def switch_off(*, by: Actor, now: datetime, membership_id: UUID) -> Membership:
    """The person sees nothing of this clinic any more; who works nowhere else is signed out everywhere at once."""
    member = _held(by, membership_id)
    if not member.is_active:
        raise MemberRefusedError(_("%(name)s is switched off already.") % {"name": member.user.full_name})
    _check_another_admin(by, member)
    _check_another_co_signer(by, member)
    _hand_supervision_over(by, member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    invitations.withdraw_all_to(by=by, now=now, email=member.user.email)
    if not _works_elsewhere(by, member):
        _end_sign_ins(member)
    return member


@transaction.atomic
def bring_back(*, by: Actor, membership_id: UUID) -> Membership:
    """The person works here again, in the role they had."""
    member = _held(by, membership_id)
    if member.is_active:
        raise MemberRefusedError(_("%(name)s works here already.") % {"name": member.user.full_name})
    member.is_active = True
    member.save(update_fields=["is_active"])
    return member


@transaction.atomic
def reset_second_factor(*, by: Actor, now: datetime, membership_id: UUID, reason: str) -> Membership:
    """Take away every second step of the person, who sets up a new one at the next sign-in; a letter tells them.

    The reason stands in the audit trail beside the letter.
    """
    member = _held(by, membership_id)
    if not member.is_active:
        raise MemberRefusedError(_("%(name)s is switched off.") % {"name": member.user.full_name})
    deleted, _rows = Authenticator.objects.filter(user_id=member.user_id).delete()
    if not deleted:
        raise MemberRefusedError(
            _("%(name)s has no second step yet, and is asked for one at the next sign-in.")
            % {"name": member.user.full_name}
        )
    before = set_context(reason=reason)
    person_events.record(member.user_id, AuditEvent.Kind.FACTORS_RESET)
    StaffLetter.objects.create(clinic_id=by.clinic_id, kind=LetterKind.FACTOR_RESET, membership=member, next_at=now)
    set_context(**before)
    _end_sign_ins(member)
    return member


def _held(by: Actor, membership_id: UUID) -> Membership:
    """The member, who nobody else changes until the transaction ends. Raises for the actor's own membership."""
    Clinic.objects.select_for_update(no_key=True).get(pk=by.clinic_id)
    member = Membership.objects.visible_to(by).select_related("user", "clinic").get(pk=membership_id)
    if member.pk == by.membership_id:
        raise MemberRefusedError(_("You cannot change this for yourself. Ask another clinic admin."))
    return member


def _check_another_admin(by: Actor, member: Membership) -> None:
    if member.role != Role.CLINIC_ADMIN or not member.is_active:
        return
    if not Membership.objects.visible_to(by).admins().exclude(pk=member.pk).exists():
        raise MemberRefusedError(
            _("%(name)s is the only clinic admin. Make somebody else a clinic admin first.")
            % {"name": member.user.full_name}
        )


def _supervisor(by: Actor, member: Membership, supervisor_id: UUID | None) -> UUID:
    able = list(Membership.objects.visible_to(by).co_signers().exclude(pk=member.pk).values_list("pk", flat=True))
    name = {"name": member.user.full_name}
    if not able:
        raise MemberRefusedError(_("Nobody else could co-sign: %(name)s is the only clinician who may.") % name)
    if supervisor_id is None and len(able) == 1:
        return able[0]
    if supervisor_id not in able:
        raise MemberRefusedError(_("Choose who co-signs for %(name)s: a clinician who signs alone.") % name)
    return supervisor_id


def _check_another_co_signer(by: Actor, member: Membership) -> None:
    if member.role != Role.CLINICIAN or not member.is_active or member.needs_co_signature:
        return
    others = Membership.objects.visible_to(by).clinicians().exclude(pk=member.pk)
    if others.filter(needs_co_signature=True).exists() and not others.filter(needs_co_signature=False).exists():
        raise MemberRefusedError(
            _("%(name)s is the only clinician who may co-sign, and records of others need it. Let another sign alone.")
            % {"name": member.user.full_name}
        )


def _hand_supervision_over(by: Actor, member: Membership) -> None:
    """Whoever the member co-signs for is taken over by the only one left who may; with several, by any of them."""
    able = Membership.objects.visible_to(by).co_signers().exclude(pk=member.pk)
    left = list(able.values_list("pk", flat=True)[:2])
    own = Membership.objects.visible_to(by).filter(supervisor=member)
    for trainee in own:
        trainee.supervisor_id = left[0] if len(left) == 1 and left[0] != trainee.pk else None
        trainee.save(update_fields=["supervisor"])


def _works_elsewhere(by: Actor, member: Membership) -> bool:
    """Memberships of other clinics are seen by their own person only, so the question is asked as that person."""
    with tenant(by.clinic_id, user_id=member.user_id):
        return Membership.objects.of_user(member.user_id).active().exclude(pk=member.pk).exists()


def _end_sign_ins(member: Membership) -> None:
    User.objects.filter(pk=member.user_id).update(sign_ins_ended=F("sign_ins_ended") + 1)
