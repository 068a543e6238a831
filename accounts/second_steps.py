"""The second step of a sign-in: its tries, told of in the audit trail when they are used up, and its passkeys."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.core.exceptions import ValidationError
from django.forms import Field
from django.utils.translation import gettext as _

from accounts.services import person_events


class SecondStepForm(AuthenticateForm):
    """allauth's own form."""

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                person_events.locked_out(self.user.email)
            raise


class AddPasskeyForm(AddWebAuthnForm):
    """allauth's own form, with one word for the thing and what the box is for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_it(self.fields["name"])
        box = self.fields["passwordless"]
        box.label = _("Sign in with this passkey alone")
        box.help_text = _(
            "Tick this for the button “Sign in with a passkey” on the sign-in page: no password is typed, and your"
            " device asks for your fingerprint, your face or a PIN each time. Without the tick the passkey is only the"
            " second step after your password."
        )


class RenamePasskeyForm(EditWebAuthnForm):
    """allauth's own form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_it(self.fields["name"])


def _name_it(field: Field) -> None:
    field.label = _("Name")
    field.help_text = _("So that you can tell your passkeys apart: “work laptop”, “my phone”.")
