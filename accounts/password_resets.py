"""A new password through a mailed link: it proves the mailbox, so that nobody is locked out of the second step."""

from allauth.account.forms import ResetPasswordKeyForm
from django.db import transaction

from accounts.services import mailboxes


class NewPasswordForm(ResetPasswordKeyForm):
    """allauth's own form, whose ``save`` its view calls."""

    @transaction.atomic
    def save(self) -> None:
        super().save()
        mailboxes.verify(user=self.user)
