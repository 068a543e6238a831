"""The safety questions of the catalogue, and the reasons that answer what the rules found."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import ScreeningItem
from sessions.choices import OverrideReason
from sessions.forms.dressing import dress
from sessions.override_reasons import is_something, join, split
from sessions.rules import Finding, Level
from sessions.rules.register import PLEURA, Known, contradicts

# The part of the page that a rule's field names → its id there.
ANCHORS = {
    "course": "id_course",
    "guidance": "id_guidance",
    "screening": "screening-title",
    "consent": "consent-title",
    "time_out": "time_out",
    "preparation": "points",
    "points": "points",
    "scores": "after-title",
    "first_injection": "id_response-first_injected_time",
    "needle": "id_needle_length_mm",
    "amount_drawn": "id_amount_drawn_ml",
    "sharps": "id_sharps_out",
    "discharge": "counts-title",
}
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


@dataclass(frozen=True)
class Question:
    """One question as the page shows it."""

    item: ScreeningItem
    answer: forms.BoundField
    detail: forms.BoundField
    known: Known | None = None
    # The codes of the nerves whose points answer it with yes, for the script.
    nerves: str = ""

    @property
    def is_against_register(self) -> bool:
        """Answered no, although the register says yes."""
        return contradicts(self.known, {"yes": True, "no": False}.get(self.answer.value() or ""))


class ScreeningForm(forms.Form):
    """Begins with what the register ``known``; nothing else is answered beforehand, for an answer holds for its day."""

    def __init__(
        self,
        data: Any = None,
        *,
        items: list[ScreeningItem],
        known: Mapping[str, Known] | None = None,
        near_the_lung: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, prefix="screening", **kwargs)
        self.items = items
        self.known = known or {}
        self.near_the_lung = " ".join(near_the_lung)
        for item in items:
            self.fields[item.code] = forms.ChoiceField(
                label=item.question, choices=YES_NO, required=False, widget=forms.RadioSelect
            )
            self.fields[f"{item.code}_detail"] = forms.CharField(
                label=_("Which, and what is known"), max_length=300, required=False
            )
        dress(self)

    @property
    def questions(self) -> Iterator[Question]:
        for item in self.items:
            nerves = self.near_the_lung if item.code == PLEURA else ""
            yield Question(item, self[item.code], self[f"{item.code}_detail"], self.known.get(item.code), nerves)

    def answers(self) -> dict[str, tuple[bool, str]]:
        typed = self.cleaned_data
        return {
            item.code: (typed[item.code] == "yes", typed[f"{item.code}_detail"])
            for item in self.items
            if typed[item.code]
        }


@dataclass(frozen=True)
class Asked:
    """A finding as the page shows it, with the field for its reason where a reason can answer it."""

    finding: Finding
    sentence: str
    reason: forms.BoundField | None
    code: forms.BoundField | None = None

    @property
    def key(self) -> str:
        """The same for as long as the finding says the same at the same level."""
        return f"{ReasonsForm.name_of(self.finding)}-{self.finding.rule.level}"

    @property
    def anchor(self) -> str:
        """The id of the field that the finding is about."""
        return ANCHORS.get(self.finding.field, "")

    @property
    def point(self) -> str:
        """The number of the point it is about, where it is about one."""
        return dict(self.finding.words).get("number", "") if self.finding.field == "points" else ""


class ReasonsForm(forms.Form):
    """A field for each finding that a reason can answer; its name holds no free text."""

    def __init__(self, data: Any = None, *, findings: list[Finding], **kwargs: Any) -> None:
        super().__init__(data, prefix="reason", **kwargs)
        self.findings = findings
        for finding in findings:
            if finding.is_answerable:
                name = self.name_of(finding)
                self.fields[f"{name}_code"] = forms.ChoiceField(
                    label=_("Why it goes ahead"), choices=OverrideReason, required=False, widget=forms.RadioSelect
                )
                needs_words = finding.rule.level == Level.STOP_OR_OVERRIDE
                label = _("In words, needed to lift a stop") if needs_words else _("In words")
                self.fields[name] = forms.CharField(label=label, max_length=300, required=False)
        dress(self)

    @staticmethod
    def name_of(finding: Finding) -> str:
        return sha256(finding.key.encode()).hexdigest()[:12]

    @property
    def asked(self) -> Iterator[Asked]:
        for finding in self.findings:
            sentence = _(finding.rule.sentence) % _translated(finding)
            if finding.is_answerable:
                name = self.name_of(finding)
                yield Asked(finding, sentence, self[name], self[f"{name}_code"])
            else:
                yield Asked(finding, sentence, None)

    def reasons(self) -> dict[str, str]:
        found = {f.key: self._typed(self.name_of(f)) for f in self.findings if f.is_answerable}
        return {key: reason for key, reason in found.items() if reason}

    def _typed(self, name: str) -> str:
        """Words alone are another reason; another reason alone is none."""
        reason = join(*split(join(self.cleaned_data[f"{name}_code"], self.cleaned_data[name])))
        return reason if is_something(reason) else ""

    @staticmethod
    def initial_of(finding: Finding, reason: str) -> dict[str, str]:
        code, words = split(reason)
        name = ReasonsForm.name_of(finding)
        return {name: words, f"{name}_code": code}


def _translated(finding: Finding) -> dict[str, str]:
    return {name: str(_(word)) if word else "" for name, word in finding.words}
