"""Consent as it is signed on the screen, withdrawn, and worded."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.seen_forms import SeenForm
from sessions import signatures
from sessions.choices import ConsentSigner
from sessions.drafts import ConsentRow
from sessions.forms.dressing import dress
from sessions.queries.consent_wordings import Wording

QUIET = forms.HiddenInput(attrs={"autocomplete": "off"})
RISK_NAMES = {
    "PTX": _("near the lung"),
    "EYE": _("near the eye"),
    "SPINE": _("near the spine"),
    "GEN": _("near the intimate area"),
}


class SignatureField(forms.CharField):
    """The strokes of a finger as the page sends them; empty where the name was only typed."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Signature"),
            max_length=60_000,
            required=False,
            widget=forms.HiddenInput(attrs={"autocomplete": "off", "data-strokes": ""}),
        )

    def clean(self, value: Any) -> signatures.Strokes | None:
        try:
            return signatures.parse(super().clean(value))
        except signatures.SignatureError as error:
            raise forms.ValidationError(_("The signature could not be read: sign again, or type the name.")) from error


def consent_row(typed: dict[str, Any]) -> ConsentRow:
    """What was read, signed and drawn, from the clean fields of the session's form."""
    return ConsentRow(
        signed_name=typed["consent_name"].strip(),
        signed_as=typed["consent_as"] or ConsentSigner.PATIENT,
        interpreter_name=typed["consent_interpreter"].strip(),
        signature=typed["consent_signature"],
        risks_shown=frozenset(typed["consent_risks"].split(",")) - {""} if typed["consent_wording"] else None,
        wording_version=typed["consent_wording"] or None,
    )


def consent_problems(
    typed: dict[str, Any], *, needs_guardian: bool, needs_interpreter: bool
) -> Iterator[tuple[str, str]]:
    """Field and sentence of what keeps this from being a consent; nothing while nobody signs."""
    name = (typed.get("consent_name") or "").strip()
    if typed.get("consent_signature") and not name:
        yield "consent_name", str(_("Whose signature is it? Type the full name."))
    if name and needs_guardian and typed.get("consent_as") != ConsentSigner.GUARDIAN:
        yield "consent_as", str(_("A minor needs a parent or guardian to consent."))
    if name and needs_interpreter and not (typed.get("consent_interpreter") or "").strip():
        yield "consent_interpreter", str(_("The patient has an interpreter: who was it?"))


class WithdrawalForm(forms.Form):
    reason = forms.CharField(label=_("Why, in the patient’s words"), max_length=300)


class WordingForm(SeenForm, forms.Form):
    text = forms.CharField(
        label=_("Read to everybody, one paragraph a line"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    says_off_label = forms.BooleanField(label=_("The text still says that the use is off-label"), required=False)
    reason = forms.CharField(label=_("Why it is changed"), max_length=300)

    def __init__(self, data: Any = None, *, wording: Wording) -> None:
        initial = {"text": "\n".join(str(line) for line in wording.lines)}
        initial |= {f"risk_{name}": str(line) for name, line in wording.risk_lines.items()}
        super().__init__(data, initial=initial)
        for name, words in RISK_NAMES.items():
            self.fields[f"risk_{name}"] = forms.CharField(
                label=words, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
            )
        dress(self)

    @property
    def risk_fields(self) -> list[forms.BoundField]:
        return [self[f"risk_{name}"] for name in RISK_NAMES]

    def lines(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["text"].splitlines() if line.strip()]

    def risk_lines(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"risk_{name}"].strip() for name in RISK_NAMES}
