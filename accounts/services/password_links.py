"""Where a person chooses a new password; the link is made when its letter leaves and is kept nowhere."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from accounts.models import User


def path_for(user: User) -> str:
    """Whoever has the address can: another password, a sign-in or time ends it (``accounts.reset_tokens``)."""
    where = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=where)
