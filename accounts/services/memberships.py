"""Bring people into a clinic."""

from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Membership, User


@transaction.atomic
def ask_for_co_signature(*, by: Actor, membership_id: UUID, is_needed: bool) -> Membership:
    """From now on the member's signed records need a second name, or no longer do; what is signed stays as it was."""
    member = Membership.objects.visible_to(by).select_for_update(of=("self",)).get(pk=membership_id)
    member.needs_co_signature = is_needed
    member.save(update_fields=["needs_co_signature"])
    return member


@transaction.atomic
def add(*, by: Actor, email: str, full_name: str, role: str) -> Membership:
    """Give the person with this address a role at the actor's clinic, making their account when it is new.

    A new account has no password: the person sets one by “Forgot your password?”. Somebody who already is a member gets
    the new role and becomes active again.
    """
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        user = User.objects.create_user(email, full_name=full_name)
    membership, _created = Membership.objects.update_or_create(
        clinic_id=by.clinic_id, user=user, defaults={"role": role, "is_active": True}
    )
    return membership
