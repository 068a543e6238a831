"""What a clinic may set about the rules: limits, levels and its own, lower maximums. No Django, no rows.

Every default is the product's ([DEF] in domain.md §4, §5, §11), not a clinical fact. The bounds are those of the record
itself (what a column or a form can hold), not advice; inside them the clinic answers for its figures. A rule has a
floor (``Rule.weakest``) that the database holds as well, and no rule can be switched off.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from sessions.rules.facts import Limits
from sessions.rules.table import RULES, Level, _

# The version of the product's own defaults; a change of any default gets a new one.
DEFAULTS_VERSION = "2026-11"


@dataclass(frozen=True)
class LimitSpec:
    """A limit with its words, unit and bounds, both included. ``weaker``: which way it asks or stops less."""

    name: str
    label: str
    unit: str
    low: Decimal
    high: Decimal
    is_whole: bool = False
    may_be_empty: bool = False
    weaker: str = "up"


def _limit(name: str, label: str, unit: str, low: str, high: str, **more: Any) -> LimitSpec:
    return LimitSpec(name, label, unit, Decimal(low), Decimal(high), **more)


# 60 mL is the most a point can hold and 60 points the most a session can, so 3,600 mL bounds every sum.
LIMITS: dict[str, LimitSpec] = {
    spec.name: spec
    for spec in (
        _limit("point_ml_subcutaneous", _("Volume of a point, subcutaneous: ask above (V17)"), "mL", "0.01", "60"),
        _limit("point_ml_deep", _("Volume of a point or a nerve, deep: ask above (V17)"), "mL", "0.01", "60"),
        _limit(
            "session_ml_subcutaneous", _("Volume of a session, subcutaneous: ask above (V18)"), "mL", "0.01", "3600"
        ),
        _limit("session_ml_deep", _("Volume of a session, deep: ask above (V18)"), "mL", "0.01", "3600"),
        _limit(
            "session_ml_ceiling", _("Volume of a session: stop above (V18)"), "mL", "0.01", "3600", may_be_empty=True
        ),
        _limit(
            "drawn_tolerance", _("Points and drawn up may differ by this share (V19)"), "of what was drawn up", "0", "1"
        ),
        _limit("needle_mm_near_pleura", _("Needle near the lung: ask above (V12)"), "mm", "4", "200", is_whole=True),
        _limit(
            "days_between_sessions",
            _("Days between sessions: ask below (V13)"),
            "days",
            "0",
            "365",
            is_whole=True,
            weaker="down",
        ),
        _limit("sessions_in_course", _("Sessions in a course: ask above (V13)"), "sessions", "1", "50", is_whole=True),
        _limit(
            "months_of_weight",
            _("Weight for a local anaesthetic: not older than (V20)"),
            "months",
            "1",
            "12",
            is_whole=True,
        ),
        _limit("score_rise", _("Pain after: ask when it rose by more than (V04)"), "points", "0", "10", is_whole=True),
        _limit(
            "anaesthetic_fraction_warn",
            _("Share of the maximum local anaesthetic: ask above (V21)"),
            "of the maximum",
            "0",
            "1",
        ),
        # domain.md §4 requires the sum of the fractions to stay at or below 1: a clinic can only be stricter.
        _limit(
            "anaesthetic_fraction_stop",
            _("Share of the maximum local anaesthetic: stop above (V21)"),
            "of the maximum",
            "0.01",
            "1",
        ),
    )
}


@dataclass(frozen=True)
class Maximum:
    """A clinic's own maximum of a local anaesthetic; the lowest of all figures on file counts (domain.md §4)."""

    mg_per_kg: Decimal | None = None
    max_mg: Decimal | None = None

    def lower_of(self, maximum_mg: Decimal, *, weight_kg: Decimal) -> Decimal:
        figures = [maximum_mg]
        figures += [] if self.mg_per_kg is None else [self.mg_per_kg * weight_kg]
        figures += [] if self.max_mg is None else [self.max_mg]
        return min(figures)


# The figures of domain.md §4 lie well inside; these only keep slips of the finger out.
MOST_MG_PER_KG, MOST_MG = Decimal(100), Decimal(10_000)


@dataclass(frozen=True)
class RuleSettings:
    """``levels``: name of a rule in the table → level, only where it differs from the product's."""

    limits: Limits = field(default_factory=Limits)
    levels: Mapping[str, Level] = field(default_factory=dict)
    maximums: Mapping[str, Maximum] = field(default_factory=dict)

    def level_of(self, name: str) -> Level:
        return self.levels.get(name, RULES[name].level)


@dataclass(frozen=True)
class Change:
    """One setting before and after, as stored; ``name`` tells which."""

    name: str
    before: str
    after: str

    @property
    def is_weaker(self) -> bool:
        """A rule that stops or asks less than it did: a named clinician has to agree (sql/rule_sets.sql)."""
        kind, _dot, name = self.name.partition(".")
        if kind == "level":
            return Level(self.after).is_weaker_than(Level(self.before))
        if not (self.before and self.after):
            return not self.after
        is_up = Decimal(self.after) > Decimal(self.before)
        return is_up == (kind == "maximum" or LIMITS[name].weaker == "up")


def problems(settings: RuleSettings) -> dict[str, str]:
    """Field → why it cannot be so, in a sentence with the placeholders low and high; nothing when all is well."""
    found = dict(_limit_problems(settings.limits))
    if settings.limits.anaesthetic_fraction_warn > settings.limits.anaesthetic_fraction_stop:
        found.setdefault("anaesthetic_fraction_warn", _("Asking must come before stopping."))
    for name, level in settings.levels.items():
        if level.is_weaker_than(RULES[name].weakest):
            found[f"level.{name}"] = _("This is a floor that holds for every clinic.")
    for name, maximum in settings.maximums.items():
        for part, most in (("mg_per_kg", MOST_MG_PER_KG), ("max_mg", MOST_MG)):
            figure = getattr(maximum, part)
            if figure is not None and not 0 < figure <= most:
                found[f"maximum.{name}.{part}"] = _("This cannot be a maximum dose.")
    return found


def _limit_problems(limits: Limits) -> Iterator[tuple[str, str]]:
    for name, spec in LIMITS.items():
        value = getattr(limits, name)
        if value is None:
            if not spec.may_be_empty:
                yield name, _("This cannot be left empty.")
        elif not spec.low <= value <= spec.high:
            yield name, _("This lies between %(low)s and %(high)s.")


def changes(before: RuleSettings, after: RuleSettings) -> list[Change]:
    """Every setting that differs."""
    old, new = as_json(before), as_json(after)
    names = {f"limit.{name}": (old["limits"][name], new["limits"][name]) for name in LIMITS}
    names |= {f"level.{name}": (before.level_of(name).value, after.level_of(name).value) for name in RULES}
    for name in sorted({*old["maximums"], *new["maximums"]}):
        for part in ("mg_per_kg", "max_mg"):
            pair = (old["maximums"].get(name, {}).get(part), new["maximums"].get(name, {}).get(part))
            names[f"maximum.{name}.{part}"] = pair
    return [Change(name, was or "", now or "") for name, (was, now) in names.items() if was != now]


def as_json(settings: RuleSettings) -> dict[str, Any]:
    """The whole snapshot, numbers as text, so that an old version reads the same for good."""
    return {
        "limits": {name: _text(getattr(settings.limits, name)) for name in LIMITS},
        "levels": {name: settings.level_of(name).value for name in RULES},
        "maximums": {
            name: {"mg_per_kg": _text(row.mg_per_kg), "max_mg": _text(row.max_mg)}
            for name, row in settings.maximums.items()
            if row != Maximum()
        },
    }


def from_json(stored: Mapping[str, Any]) -> RuleSettings:
    """The settings as stored. What a later product added has its default; what it dropped is left out."""
    known = {name: _number(name, text) for name, text in stored["limits"].items() if name in LIMITS}
    levels = {name: Level(value) for name, value in stored["levels"].items() if name in RULES}
    return RuleSettings(
        limits=replace(Limits(), **known),
        levels={name: level for name, level in levels.items() if level != RULES[name].level},
        maximums={
            name: Maximum(*(None if row.get(part) is None else Decimal(row[part]) for part in ("mg_per_kg", "max_mg")))
            for name, row in stored["maximums"].items()
        },
    )


def _number(name: str, text: str | None) -> Any:
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{name} is no number.") from error
    return int(number) if LIMITS[name].is_whole else number


def _text(value: Decimal | int | None) -> str | None:
    return None if value is None else f"{Decimal(value).normalize():f}"


# A reason that says nothing lets nobody judge what was weakened: this many letters, of which so many differ.
LEAST_LETTERS, LEAST_LETTERS_OF_SYLLABLES, LEAST_DIFFERENT = 10, 5, 5


def is_real_reason(text: str) -> bool:
    """Words and not an "x": scripts that write a syllable or a word in one sign need fewer of them."""
    letters = [letter for letter in text.casefold() if letter.isalpha()]
    least = LEAST_LETTERS if any(ord(letter) < _SYLLABLES for letter in letters) else LEAST_LETTERS_OF_SYLLABLES
    return len(letters) >= least and len(set(letters)) >= min(LEAST_DIFFERENT, least)


_SYLLABLES = 0x0E00  # Thai and what follows: Lao, Hangul, kana, Han
