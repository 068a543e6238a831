"""Who takes over the open work of somebody who leaves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from scheduling.forms.appointments import PersonField
from sessions.queries.leavers import colleagues


class HandOverForm(forms.Form):
    to = PersonField(
        label=_("Hand over to"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose a colleague"),
        error_messages={"required": _("Choose a colleague.")},
    )

    def __init__(self, *args: Any, by: Actor, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = colleagues(by, member)
