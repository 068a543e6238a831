"""Links to a new password die with the sign-ins of their person."""

from datetime import datetime

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator

from accounts.models import User


class ResetTokens(EmailAwarePasswordResetTokenGenerator):
    def _make_hash_value(self, user: User, timestamp: datetime | int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}:{user.sign_ins_ended}"
