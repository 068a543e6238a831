"""A new password through a mailed link: asked for without telling who works here, and used without being locked out."""

from typing import Any

from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm
from django.db import transaction
from django.http import HttpRequest

from accounts.choices import LetterKind
from accounts.services import mailboxes, sign_in_letters
from accounts.sign_in_forms import name_e_mail


class LostPasswordForm(ResetPasswordForm):
    """allauth's own form, whose ``save`` its view calls: it owes the letter, to somebody or nobody, and sends none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_e_mail(self.fields["email"])

    def save(self, request: HttpRequest, **_more: Any) -> str:
        person = next(iter(self.users), None)
        sign_in_letters.owe(person and person.pk, LetterKind.NEW_PASSWORD)
        return str(self.cleaned_data["email"])


class NewPasswordForm(ResetPasswordKeyForm):
    """allauth's own form, whose ``save`` its view calls: the link proves the mailbox."""

    @transaction.atomic
    def save(self) -> None:
        super().save()
        mailboxes.verify(user=self.user)
