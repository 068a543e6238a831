"""Who takes over the open work of somebody who leaves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from scheduling.forms.appointments import PersonField
from sessions.queries.leavers import colleagues, may_take_all


class ColleagueField(PersonField):
    """By name, with the role: not everybody takes over everything."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.full_name}, {obj.get_role_display()}"


class HandOverForm(forms.Form):
    to = ColleagueField(
        label=_("Hand over to"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose a colleague"),
        error_messages={
            "required": _("Choose a colleague."),
            "invalid_choice": _("This colleague cannot take over any more. Choose another."),
        },
    )

    def __init__(self, *args: Any, by: Actor, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = colleagues(by, member)


class SwitchOffForm(HandOverForm):
    """A colleague may be named, and need not be; the only other clinician is proposed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.required, field.empty_label = False, _("Nobody for now")
        clinicians = [one for one in field.queryset if may_take_all(one)]
        if len(clinicians) == 1:
            self.initial["to"] = clinicians[0]
