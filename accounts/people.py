"""Who works at the clinic and who is invited, as the admin's pages show it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, Min, OuterRef, QuerySet

from accounts.actors import Actor
from accounts.choices import LetterKind
from accounts.models import Invitation, Membership, OnCallPerson, StaffLetter


@dataclass(frozen=True)
class Invited:
    """An open invitation with its last letter; ``is_expired``: the link opens nothing any more."""

    invitation: Invitation
    letter: StaffLetter | None
    is_expired: bool


def members(actor: Actor) -> QuerySet[Membership]:
    """Everybody who works here or did, with whether a second step is set up. One query."""
    factors = Authenticator.objects.filter(
        user_id=OuterRef("user_id"), type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    )
    rows = (
        Membership.objects.visible_to(actor)
        .select_related("user", "supervisor__user")
        .annotate(has_second_factor=Exists(factors))
    )
    return rows.order_by("-is_active", "user__full_name", "id")


def invited(actor: Actor, *, now: datetime) -> list[Invited]:
    """Two queries."""
    rows = list(Invitation.objects.visible_to(actor).open().order_by("full_name", "id"))
    letters = StaffLetter.objects.visible_to(actor).filter(invitation__in=rows).with_lateness(now).order_by("issued")
    last: dict[UUID | None, StaffLetter] = {letter.invitation_id: letter for letter in letters}
    return [Invited(row, last.get(row.pk), now >= row.expires_at) for row in rows]


def co_signers(actor: Actor, member: Membership) -> QuerySet[Membership]:
    """Who may co-sign for the member."""
    return Membership.objects.visible_to(actor).co_signers().exclude(pk=member.pk)


def mail_away_since(actor: Actor) -> datetime | None:
    """Since when letters wait because no mail server answers."""
    waiting = StaffLetter.objects.visible_to(actor).without_server()
    since: datetime | None = waiting.aggregate(since=Min("failing_since"))["since"]
    return since


def last_reset_letter(actor: Actor, membership_id: UUID, *, now: datetime) -> StaffLetter | None:
    """What became of the letter about a lost second step."""
    letters = StaffLetter.objects.visible_to(actor).filter(membership_id=membership_id, kind=LetterKind.FACTOR_RESET)
    return letters.with_lateness(now).newest_first().first()


def is_on_call(actor: Actor, membership_id: UUID) -> bool:
    return OnCallPerson.objects.visible_to(actor).filter(membership_id=membership_id).exists()
