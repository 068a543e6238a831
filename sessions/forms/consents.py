"""Consent as it is signed on the screen, withdrawn, and worded."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.seen_forms import SeenForm
from sessions import signatures
from sessions.choices import ConsentSigner
from sessions.drafts import ConsentRow
from sessions.forms.dressing import dress
from sessions.policies.consent_wordings import problems
from sessions.policies.injection_sessions import problem_of_paper
from sessions.queries.consent_wordings import Wording
from sessions.services.consents import Text

QUIET = forms.HiddenInput(attrs={"autocomplete": "off"})
RISK_NAMES = {
    "PTX": _("near the lung"),
    "EYE": _("near the eye"),
    "SPINE": _("near the spine"),
    "GEN": _("near the intimate area"),
}


class PaperTimeField(forms.DateTimeField):
    """When a consent was given that is on paper, on the clinic's clock by the minute; empty for one given here."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Consented on paper at"),
            required=False,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )


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
        solutions_shown=frozenset(typed["consent_solutions"].split(",")) - {""} if typed["consent_wording"] else None,
        wording_version=typed["consent_wording"] or None,
        on_paper_at=typed["consent_on_paper_at"],
    )


def consent_problems(
    typed: dict[str, Any], *, needs_guardian: bool, needs_interpreter: bool, now: datetime
) -> Iterator[tuple[str, str]]:
    """Field and sentence of what keeps this from being a consent; nothing while nobody signs."""
    name = (typed.get("consent_name") or "").strip()
    if typed.get("consent_signature") and not name:
        yield "consent_name", str(_("Whose signature is it? Type the full name."))
    if name and needs_guardian and typed.get("consent_as") != ConsentSigner.GUARDIAN:
        yield "consent_as", str(_("A minor needs a parent or guardian to consent."))
    if name and needs_interpreter and not (typed.get("consent_interpreter") or "").strip():
        yield "consent_interpreter", str(_("The patient has an interpreter: who was it?"))
    on_paper_at = typed.get("consent_on_paper_at")
    if on_paper_at and not name:
        yield "consent_name", str(_("Whose signature is on the paper? Type the full name."))
    if problem := problem_of_paper(on_paper_at, is_drawn=bool(typed.get("consent_signature")), now=now):
        yield "consent_on_paper_at", problem


class WithdrawalForm(forms.Form):
    reason = forms.CharField(label=_("Why, in the patient’s words"), max_length=300)


class WordingForm(SeenForm, forms.Form):
    """``wording``: what is in force in ``language``; None where there is nothing yet. ``previewed`` names the text that
    was looked at."""

    text = forms.CharField(
        label=_("When the patient signs, one paragraph a line"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    guardian_text = forms.CharField(
        label=_("When a parent, guardian or legal representative signs for the patient, one paragraph a line"),
        help_text=_("Write {patient} where the patient’s name goes, {birth_date} for the date of birth."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    kind = forms.ChoiceField(
        label=_("What kind of change"),
        choices=[
            ("new", _("New wording: every patient signs again")),
            ("correction", _("Minor correction (a typing mistake): what was signed stands")),
        ],
        initial="new",
        required=False,
    )
    says_off_label = forms.BooleanField(label=_("The text still says that the use is off-label"), required=False)
    reason = forms.CharField(label=_("Why it is changed"), max_length=300)
    previewed = forms.CharField(max_length=64, required=False, widget=QUIET)

    def __init__(self, data: Any = None, *, language: str, wording: Wording | None) -> None:
        initial = {}
        if wording:
            initial = {f"risk_{name}": str(line) for name, line in wording.risk_lines.items()}
            initial["text"] = "\n".join(str(line) for line in wording.lines)
            initial["guardian_text"] = "\n".join(str(line) for line in wording.guardian_lines)
        super().__init__(data, initial=initial)
        self.language = language
        for name, words in RISK_NAMES.items():
            self.fields[f"risk_{name}"] = forms.CharField(
                label=words, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
            )
        dress(self)

    @property
    def risk_fields(self) -> list[forms.BoundField]:
        return [self[f"risk_{name}"] for name in RISK_NAMES]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors:
            text = self.typed_text()
            for name, sentence in problems(text.lines, text.guardian_lines, text.risk_lines).items():
                self.add_error(name, sentence)
        return typed

    def typed_text(self) -> Text:
        typed = self.cleaned_data
        return Text(
            self.language,
            _paragraphs(typed["text"]),
            _paragraphs(typed["guardian_text"]),
            {name: " ".join(typed[f"risk_{name}"].split()) for name in sorted(RISK_NAMES)},
        )

    @property
    def is_correction(self) -> bool:
        return bool(self.cleaned_data["kind"] == "correction")

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.typed_text(), is_correction=self.is_correction)

    @property
    def is_previewed(self) -> bool:
        return bool(self.cleaned_data["previewed"] == self.fingerprint)


def fingerprint(text: Text, *, is_correction: bool = False) -> str:
    """Names what a preview showed: the text, and whether it asks everybody again."""
    return sha256(f"{text.language}\n{is_correction}\n{text.whole}".encode()).hexdigest()


def _paragraphs(typed: str) -> list[str]:
    return [" ".join(line.split()) for line in typed.splitlines() if line.strip()]
