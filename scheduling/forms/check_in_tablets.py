"""What is typed on a tablet, and what the admin names one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.forms.birth_dates import BirthDateBoxes


class TabletForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("Where it stands, such as “Counter” or “Waiting room”.")
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class HereForm(BirthDateBoxes):
    """Who it is, as the patient types it. The browser is asked to keep none of it."""

    letters = forms.CharField(
        label=_("The first three letters of your family name"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "autocorrect": "off", "spellcheck": "false"}
        ),
    )
