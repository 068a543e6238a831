"""The safety questions of the catalogue, and the reasons that answer what the rules found."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import ScreeningItem
from sessions.forms.dressing import dress
from sessions.rules import Finding

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


@dataclass(frozen=True)
class Question:
    """One question as the page shows it."""

    item: ScreeningItem
    answer: forms.BoundField
    detail: forms.BoundField


class ScreeningForm(forms.Form):
    """Nothing is answered beforehand: an answer holds for the day it is given."""

    def __init__(self, data: Any = None, *, items: list[ScreeningItem], **kwargs: Any) -> None:
        super().__init__(data, prefix="screening", **kwargs)
        self.items = items
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
            yield Question(item, self[item.code], self[f"{item.code}_detail"])

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


class ReasonsForm(forms.Form):
    """A field for each finding that a reason can answer; its name holds no free text."""

    def __init__(self, data: Any = None, *, findings: list[Finding], **kwargs: Any) -> None:
        super().__init__(data, prefix="reason", **kwargs)
        self.findings = findings
        for finding in findings:
            if finding.is_answerable:
                self.fields[self.name_of(finding)] = forms.CharField(
                    label=_("Why it goes ahead"), max_length=300, required=False
                )
        dress(self)

    @staticmethod
    def name_of(finding: Finding) -> str:
        return sha256(finding.key.encode()).hexdigest()[:12]

    @property
    def asked(self) -> Iterator[Asked]:
        for finding in self.findings:
            field = self[self.name_of(finding)] if finding.is_answerable else None
            yield Asked(finding, _(finding.rule.sentence) % _translated(finding), field)

    def reasons(self) -> dict[str, str]:
        return {f.key: self.cleaned_data[self.name_of(f)] for f in self.findings if f.is_answerable}


def _translated(finding: Finding) -> dict[str, str]:
    return {name: str(_(word)) if word else "" for name, word in finding.words}
