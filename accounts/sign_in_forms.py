"""allauth's own form at the door, with its fields named as everywhere else here."""

from typing import Any

from allauth.account.forms import LoginForm
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_e_mail(self.fields["login"])


def name_e_mail(field: Field) -> None:
    field.label = _("E-mail")
    field.widget.attrs.pop("placeholder", None)
