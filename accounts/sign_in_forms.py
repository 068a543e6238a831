"""allauth's own forms at the door, with its fields named as everywhere else here."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["login"])


class LostPasswordForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["email"])


def _name(field: Field) -> None:
    field.label = _("E-mail")
    field.widget.attrs.pop("placeholder", None)
