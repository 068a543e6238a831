"""The clinic's rules as a form: every limit with its default, every level with what may be chosen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.seen_forms import SeenForm
from sessions.forms.dressing import dress
from sessions.rules import RULES, Level, Rule
from sessions.rules.settings import LIMITS, LimitSpec, Maximum, RuleSettings, changes, problems
from sessions.rules.table import BY_STRENGTH

LEVELS = {
    Level.STOP: _("stops"),
    Level.STOP_OR_OVERRIDE: _("stops, a clinician can lift it"),
    Level.WARNING: _("asks for a reason"),
}
PARTS = {"mg_per_kg": _("mg/kg"), "max_mg": _("mg at most")}


@dataclass(frozen=True)
class LimitRow:
    spec: LimitSpec
    label: str
    unit: str
    default: str
    field: forms.BoundField


@dataclass(frozen=True)
class LevelRow:
    """``in_force`` in words; without a field the rule stands at its floor and offers no choice."""

    rule: Rule
    in_force: str
    sentence: str
    default: str
    field: forms.BoundField | None


@dataclass(frozen=True)
class MaximumRow:
    name: str
    on_file: list[tuple[Decimal, Decimal | None, str]]
    fields: list[forms.BoundField]


class RuleSetForm(SeenForm, forms.Form):
    """``anaesthetics``: name → the plain figures on file (mg/kg, ceiling in mg, mark of the source)."""

    reason = forms.CharField(label=_("Why it is changed"), max_length=300)

    def __init__(
        self,
        data: Any = None,
        *,
        settings: RuleSettings,
        anaesthetics: dict[str, list[tuple[Decimal, Decimal | None, str]]],
    ) -> None:
        super().__init__(data, initial=_initial(settings))
        self.before, self.anaesthetics = settings, anaesthetics
        for name, spec in LIMITS.items():
            kind = forms.IntegerField if spec.is_whole else forms.DecimalField
            self.fields[f"limit_{name}"] = kind(label=_(spec.label), required=not spec.may_be_empty)
        for name, rule in RULES.items():
            if rule.weakest != Level.STOP:
                allowed = [
                    (level.value, LEVELS[level]) for level in BY_STRENGTH if not level.is_weaker_than(rule.weakest)
                ]
                self.fields[f"level_{name}"] = forms.ChoiceField(label=_(rule.sentence), choices=allowed)
        for name in anaesthetics:
            for part, words in PARTS.items():
                self.fields[f"maximum_{name}_{part}"] = forms.DecimalField(
                    label=f"{name}, {words}", required=False, max_digits=8, decimal_places=3
                )
        dress(self)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors:
            for name, sentence in problems(self.settings()).items():
                spec = LIMITS.get(name)
                words = {"low": _plain(spec.low), "high": _plain(spec.high)} if spec else {}
                self.add_error(f"limit_{name}" if spec else name.replace(".", "_"), _(sentence) % words)
        return typed

    def settings(self) -> RuleSettings:
        """What was typed; call it when the fields are clean."""
        typed = self.cleaned_data
        limits = {name: typed[f"limit_{name}"] for name in LIMITS}
        levels = {name: Level(typed[f"level_{name}"]) for name in RULES if f"level_{name}" in typed}
        return RuleSettings(
            limits=replace(self.before.limits, **limits),
            levels={name: level for name, level in levels.items() if level != RULES[name].level},
            maximums={
                name: row
                for name in self.anaesthetics
                if (row := Maximum(*(typed[f"maximum_{name}_{part}"] for part in PARTS))) != Maximum()
            },
        )

    @property
    def is_weaker(self) -> bool:
        """Whether anything typed stops or asks less than it does now."""
        return any(change.is_weaker for change in changes(self.before, self.settings()))

    @staticmethod
    def sentence_of(name: str) -> str:
        """The sentence of a rule with an ellipsis where a session puts its own words."""
        return _as_words(RULES[name].sentence)

    @property
    def limit_rows(self) -> Iterator[LimitRow]:
        defaults = RuleSettings().limits
        for name, spec in LIMITS.items():
            default = getattr(defaults, name)
            words = "–" if default is None else _plain(default)
            yield LimitRow(
                spec, str(_(spec.label)), str(_(spec.unit)) if spec.unit else "", words, self[f"limit_{name}"]
            )

    @property
    def level_rows(self) -> Iterator[LevelRow]:
        for name, rule in sorted(RULES.items(), key=lambda item: item[1].id):
            field = self[f"level_{name}"] if f"level_{name}" in self.fields else None
            in_force = str(LEVELS[self.before.level_of(name)])
            yield LevelRow(rule, in_force, self.sentence_of(name), str(LEVELS[rule.level]), field)

    @property
    def maximum_rows(self) -> Iterator[MaximumRow]:
        for name, figures in self.anaesthetics.items():
            yield MaximumRow(name, figures, [self[f"maximum_{name}_{part}"] for part in PARTS])


class RefusalForm(forms.Form):
    answer = forms.CharField(
        label=_("Why not"), max_length=300, error_messages={"required": _("Enter why it is refused.")}
    )


def _as_words(sentence: str) -> str:
    return str(_(sentence)) % dict.fromkeys(_placeholders(sentence), "…")


def _placeholders(sentence: str) -> list[str]:
    return [part.partition(")s")[0] for part in sentence.split("%(")[1:]]


def _plain(number: Decimal | int) -> str:
    return f"{Decimal(number).normalize():f}"


def _initial(settings: RuleSettings) -> dict[str, Any]:
    found: dict[str, Any] = {f"limit_{name}": getattr(settings.limits, name) for name in LIMITS}
    found |= {f"level_{name}": settings.level_of(name).value for name in RULES}
    for name, row in settings.maximums.items():
        found |= {f"maximum_{name}_{part}": getattr(row, part) for part in PARTS}
    return found
