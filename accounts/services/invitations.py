"""Invite a person to the clinic, send the link again, withdraw it; and accept it, which proves the mailbox.

Whoever changes an invitation holds the clinic's row first: two acts on the same address come one after the other.
"""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, machine
from accounts.choices import LetterKind, LetterState
from accounts.models import Clinic, Invitation, Membership, StaffLetter, User
from accounts.services import mailboxes
from common.database import new_ids
from common.link_keys import parts_of, token_hash, token_of
from common.tenancy import set_context, tenant

LASTS = timedelta(days=7)
# [DEF] between two mails to one address.
PAUSE = timedelta(minutes=1)


class InvitationRefusedError(Exception):
    """This cannot be done with the invitation as it stands; the text says why."""


@transaction.atomic
def invite(*, by: Actor, now: datetime, email: str, full_name: str, role: str) -> Invitation:
    """Invite the address for the role; its letter is owed. Raises ``InvitationRefusedError`` for who is here."""
    _hold(by)
    email = email.lower()
    if member := Membership.objects.visible_to(by).filter(user__email=email).select_related("user").first():
        words = _("%(name)s works here already. Change the role on the page of that person.")
        gone = _("%(name)s worked here before. Bring the person back on their page.")
        raise InvitationRefusedError((words if member.is_active else gone) % {"name": member.user.full_name})
    if Invitation.objects.visible_to(by).open().to(email).exists():
        raise InvitationRefusedError(_("This address is invited already. Use “Send again” in the list."))
    invitation = Invitation(
        clinic_id=by.clinic_id,
        email=email,
        full_name=full_name,
        role=role,
        invited_by_id=by.membership_id,
        issued=0,
    )
    invitation.pk = new_ids(1)[0]
    return _issue(invitation, now=now)


@transaction.atomic
def send_again(*, by: Actor, now: datetime, invitation_id: UUID, role: str = "") -> Invitation:
    """A new link, good for seven days; the one before opens nothing any more. ``role`` changes what for."""
    _hold(by)
    invitation = Invitation.objects.visible_to(by).get(pk=invitation_id)
    _check_open(invitation)
    if by.membership_id and now - invitation.issued_at < PAUSE:
        raise InvitationRefusedError(_("An invitation was made a moment ago. Wait a minute before sending it again."))
    invitation.role = role or invitation.role
    _stop_letters(invitation)
    return _issue(invitation, now=now)


@transaction.atomic
def withdraw(*, by: Actor, now: datetime, invitation_id: UUID) -> Invitation:
    """The link opens nothing any more, and nothing more is sent."""
    _hold(by)
    invitation = Invitation.objects.visible_to(by).get(pk=invitation_id)
    _check_open(invitation)
    _end(invitation, now=now)
    return invitation


def withdraw_all_to(*, by: Actor, now: datetime, email: str) -> None:
    """Whoever is switched off does not come back through an old link. Inside the transaction that does so."""
    for invitation in Invitation.objects.visible_to(by).open().to(email):
        _end(invitation, now=now)


@transaction.atomic
def expire_all(*, by: Actor, now: datetime) -> int:
    """No link that was ever mailed lets anybody in; each can be sent again. Return how many still let somebody in."""
    _hold(by)
    standing = list(Invitation.objects.visible_to(by).open().filter(expires_at__gt=now))
    for invitation in standing:
        invitation.expires_at = now
        invitation.save(update_fields=["expires_at"])
        _stop_letters(invitation)
    return len(standing)


def key_of(invitation: Invitation, *, clinic: Clinic) -> str:
    """What stands in the link."""
    return f"{clinic.link_code}-{_token(invitation)}"


def renew_hash(invitation: Invitation) -> None:
    """Let the link of a letter that leaves now open, also where the site's secret changed since it was owed."""
    expected = token_hash(_token(invitation))
    if bytes(invitation.token_hash) != expected:
        invitation.token_hash = expected
        invitation.save(update_fields=["token_hash"])


def find(key: str) -> tuple[Clinic | None, Invitation | None]:
    """The clinic whose code stands in a key, and the invitation whose link it is; whoever is signed in."""
    parts = parts_of(key)
    clinic = Clinic.objects.filter(link_code=parts[0]).first() if parts else None
    if parts is None or clinic is None:
        return None, None
    with tenant(clinic.pk, actor="invitation", user_id=""):
        return clinic, Invitation.objects.filter(clinic_id=clinic.pk, token_hash=token_hash(parts[1])).first()


def user_of(invitation: Invitation) -> User | None:
    """Who signs in with this address already and can; an account that nobody can enter yet is not counted."""
    user = User.objects.filter(email=invitation.email).first()
    if user is None or user.has_usable_password():
        return user
    return user if Authenticator.objects.filter(user_id=user.pk).exists() else None


def accept_as_new(*, clinic: Clinic, invitation_id: UUID, password: str, now: datetime) -> User:
    """Make the account with this password and the membership. Raises ``InvitationRefusedError``."""
    with tenant(clinic.pk, actor=machine(clinic, "invitation").audit_name, user_id=""):
        invitation = _held_open(clinic, invitation_id, now=now)
        if user_of(invitation) is not None:
            raise InvitationRefusedError(_("This address has a sign-in already. Open the link again and sign in."))
        user = User.objects.filter(email=invitation.email).first() or _new_user(invitation)
        user.set_password(password)
        user.save(update_fields=["password"])
        _join(invitation, user, now=now)
    return user


def accept_as(*, clinic: Clinic, invitation_id: UUID, user: User, now: datetime) -> Membership:
    """The person who is signed in joins. Raises ``InvitationRefusedError`` for anybody else."""
    with tenant(clinic.pk, actor=machine(clinic, "invitation").audit_name, user_id=""):
        invitation = _held_open(clinic, invitation_id, now=now)
        if user.email != invitation.email:
            raise InvitationRefusedError(_("This invitation is for another address."))
        return _join(invitation, user, now=now)


def _hold(by: Actor) -> None:
    Clinic.objects.select_for_update(no_key=True).get(pk=by.clinic_id)


def _held_open(clinic: Clinic, invitation_id: UUID, *, now: datetime) -> Invitation:
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    invitation = Invitation.objects.filter(clinic_id=clinic.pk).get(pk=invitation_id)
    if not invitation.lets_in(now):
        raise InvitationRefusedError(_("This invitation has ended meanwhile."))
    return invitation


def _check_open(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise InvitationRefusedError(_("%(name)s accepted this invitation already.") % {"name": invitation.full_name})
    if invitation.withdrawn_at:
        raise InvitationRefusedError(_("This invitation was withdrawn. Invite the person again."))


def _issue(invitation: Invitation, *, now: datetime) -> Invitation:
    invitation.issued += 1
    invitation.token_hash = token_hash(_token(invitation))
    invitation.issued_at, invitation.expires_at = now, now + LASTS
    invitation.save()
    StaffLetter.objects.create(
        clinic_id=invitation.clinic_id,
        kind=LetterKind.INVITATION,
        invitation=invitation,
        issued=invitation.issued,
        next_at=now,
    )
    return invitation


def _end(invitation: Invitation, *, now: datetime) -> None:
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    _stop_letters(invitation)


def _stop_letters(invitation: Invitation) -> None:
    own = StaffLetter.objects.filter(clinic_id=invitation.clinic_id, invitation=invitation)
    own.planned().update(state=LetterState.STOPPED)


def _token(invitation: Invitation) -> str:
    return token_of("accounts.invitations", f"{invitation.pk}:{invitation.issued}")


def _new_user(invitation: Invitation) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(invitation.email, full_name=invitation.full_name)
    except IntegrityError as error:
        words = _("This address got a sign-in at this moment. Open the link again.")
        raise InvitationRefusedError(words) from error


def _join(invitation: Invitation, user: User, *, now: datetime) -> Membership:
    set_context(actor=f"user:{user.pk}")
    mailboxes.verify(user=user)
    membership, is_new = Membership.objects.get_or_create(
        clinic_id=invitation.clinic_id, user=user, defaults={"role": invitation.role}
    )
    if not is_new:
        raise InvitationRefusedError(_("You work at this clinic already. Sign in."))
    invitation.accepted_at, invitation.accepted_by = now, membership
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return membership
