"""Bring people into a clinic."""

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Membership, User


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
