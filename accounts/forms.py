"""What the pages of this app may be asked for."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from common import phones
from common.lines import cleaned_line


class ClinicPhoneField(forms.CharField):
    """A phone the clinic is called at: the number alone, so that a link to it dials what is written."""

    def __init__(self, *, region: str | None, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"type": "tel"}), **kwargs)
        self.region = region

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        phone = phones.read_alone(typed, region=self.region)
        if phones.EXTENSION in phone:
            raise ValidationError(_("A clinic is called at a number without an extension."))
        return phone


class ClinicForm(forms.ModelForm):
    class Meta:
        model = Clinic
        fields = ("name", "sender_name", "phone", "urgent_phone", "emergency_number", "zone", "locale")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = phones.region_of(self.instance.phone)
        for name in ("phone", "urgent_phone"):
            self.fields[name] = ClinicPhoneField(region=region, label=self.fields[name].label)
            if standing := self.initial.get(name):
                self.initial[name] = phones.shown(str(standing))
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_name(self) -> str:
        return cleaned_line(self.cleaned_data["name"])

    def clean_sender_name(self) -> str:
        return cleaned_line(self.cleaned_data["sender_name"])
