"""What the pages of this app may be asked for."""

import re
from datetime import date
from typing import Any, Self

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from accounts.models.clinics import EMERGENCY_NUMBER
from common import countries, phones, spoken_languages
from common.languages import written_in
from common.lines import cleaned_line
from common.seen_forms import SeenForm


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


UNUSUAL = "unusual"
# Beside which field the box to tick stands, once it is asked for.
_BOXES = {"emergency_number": "keeps_number", "zone": "keeps_zone"}


class CountryQuery(forms.Form):
    """``country``: what it would propose; ``was``: the zone before the last save."""

    country = forms.CharField(max_length=2, required=False)
    was = forms.CharField(max_length=64, required=False)

    def clean_country(self) -> str:
        said: str = self.cleaned_data["country"]
        if said and said not in countries.codes():
            raise ValidationError(_("This is no country."))
        return said


class ClinicForm(SeenForm, forms.ModelForm):
    """A clinic's details. A number or a zone that its country does not know needs a tick that it is right."""

    keeps_number = forms.BooleanField(required=False, widget=forms.HiddenInput)
    keeps_zone = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Clinic
        fields = (
            "name",
            "sender_name",
            "country",
            "address",
            "zone",
            "locale",
            "languages",
            "phone",
            "urgent_phone",
            "emergency_number",
        )
        widgets = {
            "address": forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
            "emergency_number": forms.TextInput(attrs={"inputmode": "numeric"}),
        }
        help_texts = {
            "locale": _("Names are sorted the way this language sorts them."),
            "emergency_number": _("What patients are told to call when they are in danger: digits alone."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = self.data.get(self.add_prefix("country")) if self.is_bound else ""
        country = typed if typed in countries.codes() else self.instance.country
        for name in ("phone", "urgent_phone"):
            self.fields[name] = ClinicPhoneField(region=country or None, label=self.fields[name].label)
            if standing := self.initial.get(name):
                self.initial[name] = phones.shown(str(standing))
        self.fields["zone"] = forms.ChoiceField(
            label=self.fields["zone"].label, choices=_zones(country, standing=self.instance.zone)
        )
        self.fields["languages"] = forms.MultipleChoiceField(
            label=self.fields["languages"].label,
            choices=_languages([*(self.instance.languages or ()), *countries.languages_of(country)]),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            help_text=_(
                "Languages that patients can speak with you. They stand first where a patient's own is chosen."
                " %(letters)s"
            )
            % {"letters": written_in()},
        )
        self.order_fields([name for field in self.Meta.fields for name in (field, _BOXES.get(field, ""))])
        self.fields["country"].help_text = _what_it_decides(country)
        self.fields["country"].widget.attrs |= _ASKS_WHAT_IT_PROPOSES
        self.helper = FormHelper()
        self.helper.form_tag = False

    @classmethod
    def proposed(cls, *, country: str, clinic: Clinic) -> Self:
        """What another country would say: its number, its zones, what a phone and a date mean. Nothing is stored.

        ``clinic`` is a copy. Where a country has several zones one has to be chosen.
        """
        clinic.country = country
        zones = countries.zones_of(country)
        form = cls(instance=clinic, initial={"emergency_number": countries.emergency_number_of(country)})
        if clinic.zone not in zones:
            field: Any = form.fields["zone"]
            form.initial["zone"] = zones[0] if len(zones) == 1 else ""
            field.choices = [("", _("Choose the time zone")), *field.choices]
        return form

    def clean_name(self) -> str:
        return cleaned_line(self.cleaned_data["name"])

    def clean_sender_name(self) -> str:
        return cleaned_line(self.cleaned_data["sender_name"])

    def clean_address(self) -> str:
        """Each line cleaned, and none empty."""
        lines = (cleaned_line(" ".join(line.split())) for line in self.cleaned_data["address"].splitlines())
        return "\n".join(filter(None, lines))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        keeps = {name: data.pop(name, False) for name in ("keeps_number", "keeps_zone")}
        if data.get("locale") and "languages" in data:
            data["languages"] = list(dict.fromkeys([data["locale"], *data["languages"]]))
        if data.get("country"):
            self._check_number(data, is_kept=keeps["keeps_number"])
            self._check_zone(data, is_kept=keeps["keeps_zone"])
        return data

    def _check_number(self, data: dict[str, Any], *, is_kept: bool) -> None:
        """A number that is not the country's is proposed to be changed, and never changed by itself."""
        country, number = data["country"], data.get("emergency_number")
        usual = countries.emergency_number_of(country)
        is_new = (country, number) != (self.instance.country, self.instance.emergency_number)
        is_number = re.fullmatch(EMERGENCY_NUMBER, number or "")
        if is_number and usual and number != usual and is_new and not is_kept:
            words = _(
                "%(country)s: an ambulance is called at %(usual)s. Write %(usual)s, or tick that %(number)s is right."
            )
            said = {"country": countries.name_of(country), "usual": usual, "number": number}
            self._ask("keeps_number", _("%(number)s is right") % {"number": number})
            self.add_error("emergency_number", ValidationError(words, code=UNUSUAL, params=said))

    def _check_zone(self, data: dict[str, Any], *, is_kept: bool) -> None:
        country, zone = data["country"], data.get("zone")
        is_new = (country, zone) != (self.instance.country, self.instance.zone)
        if zone and zone not in countries.zones_of(country) and is_new and not is_kept:
            words = _(
                "%(country)s: %(zone)s is not a time zone there. Choose one of its own, or tick that it is right."
            )
            self._ask("keeps_zone", _("%(zone)s is right") % {"zone": zone})
            said = {"country": countries.name_of(country), "zone": zone}
            self.add_error("zone", ValidationError(words, code=UNUSUAL, params=said))

    def _ask(self, name: str, label: str) -> None:
        """Show a box to tick where none was asked for before."""
        self.fields[name].widget = forms.CheckboxInput()
        self[name].label = label


# A tap on another country asks for its proposal at once; without script the saving tells.
_ASKS_WHAT_IT_PROPOSES = {
    "hx-get": reverse_lazy("accounts:settings"),
    "hx-trigger": "change",
    "hx-params": "country",
    "hx-swap": "none",
    "hx-select-oob": "#div_id_zone,#div_id_emergency_number,#country-decides:innerHTML",
}


def _what_it_decides(country: str) -> SafeString:
    """How phones, dates and weights are read in the country, in a place that a screen reader follows."""
    said = str(_("It decides what a phone without + means, how a date is typed, and whether a weight is in pounds."))
    if country:
        name, code = countries.name_of(country), phones.calling_code(country)
        day = date_format(date(1981, 3, 4) if countries.is_month_first(country) else date(1981, 4, 3), "j F Y")
        weight = _("a weight is in pounds") if countries.weighs_in_pounds(country) else _("a weight is in kilograms")
        words = _("%(country)s: a phone without + gets %(code)s, 3/4/1981 is read as %(day)s, %(weight)s.")
        said = words % {"country": name, "code": code or "+", "day": day, "weight": weight}
        if number := countries.emergency_number_of(country):
            said += " " + _("An ambulance is called at %(number)s.") % {"number": number}
    return format_html('<span id="country-decides" aria-live="polite">{}</span>', said)


def _zones(country: str, *, standing: str) -> list[tuple[str, Any]]:
    """The country's own first. One that stands but is in no list stays choosable, so that nothing changes unseen."""
    own = countries.zone_words(country)
    named = {zone for zone, _words in own}
    others = [(zone, zone.replace("_", " ")) for zone in sorted(countries.all_zones() - named)]
    unlisted = [(standing, standing)] if standing and standing not in countries.all_zones() else []
    groups = [(countries.name_of(country), own)] if own else []
    return [*unlisted, *groups, (str(_("Elsewhere")), others)]


def _languages(first: list[str]) -> list[tuple[str, str]]:
    """All that we know by name, the likely ones at the top."""
    choices = spoken_languages.choices()
    return sorted(choices, key=lambda choice: choice[0] not in first)
