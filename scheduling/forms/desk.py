"""What the desk taps: what a patient was asked, why nobody came, who walked in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from common.seen_forms import SeenForm
from patients.forms.patients import RegisterForm
from scheduling.choices import IdentityMark, NoShowReason
from scheduling.forms.appointments import PersonField
from scheduling.models import DeskRules, VisitType

# What somebody at the counter is asked for; the rest of the register can wait.
_AT_THE_COUNTER = ("family_name", "given_names", "birth_date", "phone", "guardian_name")


class ConfirmForm(forms.Form):
    """One tap: the version the tapper saw."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000)


class CheckInForm(ConfirmForm):
    marks = forms.MultipleChoiceField(choices=IdentityMark, required=False)


class NoShowForm(ConfirmForm):
    reason = forms.ChoiceField(choices=NoShowReason)


class PageQuery(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class DeskRulesForm(SeenForm, forms.ModelForm):
    class Meta:
        model = DeskRules
        fields = ("no_show_after_minutes",)
        help_texts = {
            "no_show_after_minutes": _("Then the board offers to call, and to note that nobody came. From 1 to 240.")
        }


class CounterForm(RegisterForm):
    """Somebody new at the counter: names, date of birth, a phone. Everything else has its usual value."""

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in [name for name in self.fields if name not in _AT_THE_COUNTER]:
            field = self.fields[name]
            field.required = False
            field.widget = field.hidden_widget()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name, field in self.fields.items():
            if name not in _AT_THE_COUNTER and not data.get(name) and field.initial:
                data[name] = field.initial
        return data


class WalkInForm(forms.Form):
    """What for, with whom (nobody chosen: whoever is free first), and whether now even if nobody is free."""

    visit_type = forms.ModelChoiceField(queryset=VisitType.objects.none(), label=_("Visit type"), empty_label=None)
    clinician = PersonField(
        queryset=Membership.objects.none(), label=_("Clinician"), required=False, empty_label=_("Whoever is free first")
    )
    is_now = forms.BooleanField(
        label=_("Now, even outside hours or, with the clinician chosen here, beside another visit"), required=False
    )
    shares_room = forms.BooleanField(
        label=_("In a room with another visit"),
        help_text=_("Only needed when no room is free. A free room is always taken first."),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, by: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        clinician: Any = self.fields["clinician"]
        clinician.queryset = Membership.objects.visible_to(by).clinicians()
        visit_type: Any = self.fields["visit_type"]
        visit_type.queryset = VisitType.objects.visible_to(by).filter(is_active=True)
