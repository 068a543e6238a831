"""Whoever opened a mailed link has the mailbox: say so to the sign-in, which asks before a second step is set up."""

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User


@transaction.atomic
def verify(*, user: User) -> None:
    """The person's own address is verified and the only one: another, unverified one would close the second step."""
    EmailAddress.objects.filter(user_id=user.pk).exclude(email=user.email).delete()
    EmailAddress.objects.filter(email=user.email).exclude(user_id=user.pk).delete()
    EmailAddress.objects.update_or_create(
        user_id=user.pk, email=user.email, defaults={"verified": True, "primary": True}
    )
