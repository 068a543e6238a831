"""The second step of a sign-in: when its tries are used up, the audit trail tells of it."""

from allauth.mfa.base.forms import AuthenticateForm
from django.core.exceptions import ValidationError

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
