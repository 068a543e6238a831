"""Who is invited, as what; why a second step is taken away; the first password."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import Membership, User
from common.lines import check_line
from common.seen_forms import SeenForm


class InviteForm(forms.Form):
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        validators=[check_line],
        error_messages={"required": _("Enter the person's full name.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Their own, like ada@example.org: the link to sign in goes there."),
        error_messages={
            "required": _("Enter an e-mail address."),
            "invalid": _("Enter an e-mail address like ada@example.org."),
        },
    )
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Choose a role")), *Role.choices])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RoleForm(SeenForm, forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class SupervisorForm(forms.Form):
    """Who co-signs; left out where only one may."""

    def __init__(self, *args: Any, members: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervisor"] = forms.ChoiceField(
            label=_("Who co-signs"),
            required=False,
            choices=[("", _("Choose a clinician")), *((str(one.pk), one.user.full_name) for one in members)],
            error_messages={"invalid_choice": _("Choose a clinician who signs alone.")},
        )

    @property
    def supervisor_id(self) -> UUID | None:
        typed = self.cleaned_data["supervisor"]
        return UUID(typed) if typed else None


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        validators=[check_line],
        help_text=_("For example: phone lost, asked in person. It stands in the audit trail."),
        error_messages={"required": _("Enter a reason.")},
    )


class FirstPasswordForm(forms.Form):
    """A new person's own password, twice; ``user`` is who it must not resemble."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Fifteen characters or more. Four or five words you can remember make a good one."),
        error_messages={"required": _("Enter a password.")},
    )
    again = forms.CharField(
        label=_("Password, once more"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter the password once more.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if "password" in typed and "again" in typed and typed["password"] != typed["again"]:
            self.add_error("again", ValidationError(_("The two passwords are not the same. Type them again.")))
        return typed
