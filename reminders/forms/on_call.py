"""Who is on call and where a text reaches them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, OnCallPerson
from common.seen_forms import SeenForm
from patients.contacts import is_mobile, phone_in_e164
from scheduling.forms.appointments import PersonField


class MobileForm(forms.Form):
    """An empty phone means no text messages."""

    mobile = forms.CharField(
        label=_("Mobile phone for text messages (optional)"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = by.clinic.country

    def clean_mobile(self) -> str:
        typed = self.cleaned_data["mobile"].strip()
        if not typed:
            return ""
        phone = phone_in_e164(typed, region=self.region)
        if not is_mobile(phone):
            raise ValidationError(_("A text does not reach this number. Write a mobile phone, without an extension."))
        return phone


class AddForm(MobileForm):
    """The clinicians who are not on call yet."""

    membership = PersonField(label=_("Clinician"), queryset=Membership.objects.none())
    field_order = ("membership", "mobile")

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        taken = OnCallPerson.objects.visible_to(by).values("membership_id")
        field: Any = self.fields["membership"]
        field.queryset = Membership.objects.visible_to(by).clinicians().exclude(pk__in=taken)


class ChangeMobileForm(SeenForm, MobileForm):
    """The phone of somebody who is on call."""


class MoveForm(forms.Form):
    """One place up or down, in the ``order`` that the page showed."""

    order = forms.CharField(max_length=20_000, required=False)
    to = forms.ChoiceField(choices=[("up", _("up")), ("down", _("down"))])


class RemoveForm(forms.Form):
    """``is_sure`` is the second tap, below the warning that nobody would be left."""

    is_sure = forms.BooleanField(required=False)


class PagesQuery(forms.Form):
    """``whole``: the state of the report too, not only what was sent."""

    whole = forms.BooleanField(required=False)
