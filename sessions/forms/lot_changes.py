"""Why a lot is set aside, released or recalled; what its package says after all; what was counted or wasted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.seen_forms import SeenForm
from scheduling.forms.appointments import DayField
from sessions.stock_choices import ContactOutcome, ContactWay

_PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


class QuarantineForm(forms.Form):
    reason = forms.CharField(label=_("Why it is set aside"), max_length=200)


class ReleaseForm(forms.Form):
    reason = forms.CharField(label=_("Why it may be used again"), max_length=200)


class StartRecallForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is recalled"), max_length=200, help_text=_("Whoever calls the patients reads it.")
    )


class CorrectForm(SeenForm, forms.Form):
    """The lot as it stands fills it; the reason is asked for each time."""

    lot_number = forms.CharField(label=_("Lot"), max_length=60, widget=forms.TextInput(attrs=_PLAIN))
    expiry_date = DayField(label=_("Use by"))
    reason = forms.CharField(label=_("Why it is corrected"), max_length=200, help_text=_("Such as: mistyped."))


class WasteForm(forms.Form):
    quantity = forms.IntegerField(
        label=_("Containers"), min_value=1, max_value=100_000, widget=forms.NumberInput(attrs=_NUMBER)
    )
    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("Such as: broken, expired, given back to the supplier.")
    )


class CountForm(forms.Form):
    counted = forms.IntegerField(
        label=_("Unopened containers on the shelf"),
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    reason = forms.CharField(
        label=_("Why the number differs"), max_length=200, required=False, help_text=_("Where you know it.")
    )


class ContactForm(forms.Form):
    """How it went to tell one patient."""

    way = forms.ChoiceField(label=_("How"), choices=ContactWay, widget=forms.RadioSelect, initial=ContactWay.PHONE)
    outcome = forms.ChoiceField(label=_("What came of it"), choices=ContactOutcome, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("The whole desk reads it. No health details.")
    )
