"""What the pages of this app may be asked for."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from audit.models import AuditEvent


class AuditQuery(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=[("", _("Everything")), *AuditEvent.Kind.choices], required=False)
    before = forms.DateTimeField(widget=forms.HiddenInput, required=False)


class ClinicForm(forms.ModelForm):
    class Meta:
        model = Clinic
        fields = ("name", "sender_name", "phone", "urgent_phone", "emergency_number", "zone", "locale")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
