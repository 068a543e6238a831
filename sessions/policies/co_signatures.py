"""Who may put a second name under a record; each refusal is a sentence fit for the screen."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Membership
from accounts.permissions import Act
from sessions.choices import RecordStatus
from sessions.models import CoSignature, InjectionSession
from sessions.policies.injection_sessions import SessionRefusedError


def check_can_co_sign(session: InjectionSession, member: Membership, *, is_given: bool, seen_sha256: str) -> None:
    """``member`` is the one who would co-sign; ``seen_sha256`` the hash on the page that was read."""
    if session.status != RecordStatus.SIGNED:
        raise SessionRefusedError(_("Only a signed session can be co-signed."))
    if not session.needs_co_signature:
        raise SessionRefusedError(_("This session needs no co-signature."))
    if is_given:
        raise SessionRefusedError(_("This session is already co-signed."))
    if refusal := refusal_of_person(session, member):
        raise SessionRefusedError(refusal)
    if seen_sha256 != session.content_sha256:
        raise SessionRefusedError(_("This is not the record you read. Open it again."))


def refusal_of_person(session: InjectionSession, member: Membership) -> str:
    """Why this member cannot co-sign this session; empty when they may."""
    signer = session.signed_by
    if signer is not None and signer.user_id == member.user_id:
        return _("Nobody co-signs their own signature: another clinician does.")
    if member.role != Role.CLINICIAN or not member.is_active:
        return _("A clinician co-signs.")
    if member.needs_co_signature:
        return _("Your own records need a co-signature, so you cannot give one.")
    return ""


@dataclass(frozen=True)
class CoSigning:
    """``given`` stands, or the record waits; then ``refusal`` says why the reader cannot give it (empty: may)."""

    given: CoSignature | None
    refusal: str = ""


def co_signing_of(session: InjectionSession, actor: Actor) -> CoSigning | None:
    """None where no co-signature is needed."""
    if not session.needs_co_signature:
        return None
    given = CoSignature.objects.select_related("co_signed_by__user").filter(injection_session=session).first()
    if given or actor.membership_id is None or not actor.may(Act.SIGN_SESSIONS):
        return CoSigning(given)
    member = Membership.objects.visible_to(actor).get(pk=actor.membership_id)
    return CoSigning(None, refusal_of_person(session, member))
