"""Each rule as data: its id in domain.md §11, whether it stops or asks, its sentence on the screen, its field."""

from dataclasses import dataclass
from enum import StrEnum


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated when it is shown."""
    return sentence


class Level(StrEnum):
    """``stop`` cannot be signed; ``stop_or_override`` and ``warning`` can, with a clinician's reason."""

    STOP = "stop"
    STOP_OR_OVERRIDE = "stop_or_override"
    WARNING = "warning"

    def is_weaker_than(self, other: "Level") -> bool:
        return BY_STRENGTH.index(self) > BY_STRENGTH.index(other)


BY_STRENGTH = (Level.STOP, Level.STOP_OR_OVERRIDE, Level.WARNING)


@dataclass(frozen=True)
class Rule:
    """``weakest``: the floor, below which no clinic may set the rule and the database lets none (sql/rule_sets.sql)."""

    id: str
    level: Level
    sentence: str
    field: str
    weakest: Level = Level.WARNING


@dataclass(frozen=True)
class Finding:
    """A rule that a session does not keep. ``subject`` tells which point or figure, so that a reason covers only it."""

    rule: Rule
    subject: str
    words: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        return f"{self.rule.id}:{self.subject}"

    @property
    def field(self) -> str:
        return self.rule.field

    @property
    def is_answerable(self) -> bool:
        return self.rule.level != Level.STOP

    @property
    def english(self) -> str:
        return self.rule.sentence % dict(self.words)


_STOP, _OVERRIDE, _WARN = Level.STOP, Level.STOP_OR_OVERRIDE, Level.WARNING

RULES: dict[str, Rule] = {
    "score_range": Rule("V01", _STOP, _("A pain score is a whole number from 0 to 10."), "scores", _STOP),
    "score_order": Rule(
        "V03", _STOP, _("The score after the injection has an earlier time than the one before."), "scores"
    ),
    "score_before_injection": Rule(
        "V03", _STOP, _("The score after the injection has an earlier time than the injection itself."), "scores"
    ),
    "injection_future": Rule("V03", _STOP, _("An injection has a time that is still to come."), "scores"),
    "score_future": Rule("V03", _STOP, _("A pain score has a time that is still to come."), "scores"),
    "score_rise": Rule(
        "V04", _WARN, _("Pain %(question)s rose from %(before)s to %(after)s. Is that right?"), "scores"
    ),
    "side_missing": Rule("V06", _STOP, _("%(nerve)s needs a side: left or right."), "points"),
    "side_differs": Rule(
        "V06", _WARN, _("%(nerve)s was treated on the %(side)s, but the condition is on the %(other)s."), "points"
    ),
    "region_differs": Rule("V07", _WARN, _("%(nerve)s is outside the region being treated."), "points"),
    "code_malformed": Rule(
        "V08", _STOP, _("%(code)s is not an ICD-10-CM code: correct it in the patient’s conditions."), "course"
    ),
    "code_heading": Rule(
        "V08",
        _STOP,
        _("%(code)s is only the heading of more exact ICD-10-CM codes: choose one in the patient’s conditions."),
        "course",
    ),
    "code_without_side": Rule(
        "V08", _WARN, _("The code %(code)s does not say the side, and the condition does: %(side)s."), "course"
    ),
    "code_expired": Rule("V08", _WARN, _("%(code)s was not a valid ICD-10-CM code on the day of the visit."), "course"),
    "no_consent": Rule("V09", _STOP, _("There is no consent for this treatment: %(why)s."), "consent", _STOP),
    "screening_old": Rule("V10", _STOP, _("The safety questions were answered on another day."), "screening", _STOP),
    "screening_open": Rule(
        "V10", _STOP, _("The safety questions are not all answered: %(items)s."), "screening", _STOP
    ),
    "screening_stop": Rule(
        "V11", _OVERRIDE, _("%(item)s: do not treat, unless a clinician writes down why."), "screening", _OVERRIDE
    ),
    "pleura_needle": Rule(
        "V12", _WARN, _("The needle is %(length)s mm long and %(nerve)s lies near the lung."), "needle"
    ),
    "deep_unguided": Rule("V12", _WARN, _("%(nerve)s was injected deep without ultrasound."), "guidance"),
    "interval_short": Rule("V13", _WARN, _("The last session was only %(days)s days ago."), "course"),
    "course_long": Rule("V13", _WARN, _("This is session %(number)s of the course."), "course"),
    "nerve_twice": Rule("V14", _WARN, _("%(nerve)s, %(side)s, is in the list %(count)s times."), "points"),
    "no_after_score": Rule(
        "V15", _STOP, _("Write down the pain after the injection, or why there is no score."), "scores"
    ),
    "volume_zero": Rule("V16", _STOP, _("Point %(number)s has no volume."), "points", _STOP),
    "volume_point": Rule(
        "V17", _WARN, _("Point %(number)s received %(volume)s mL; more than %(limit)s mL is unusual."), "points"
    ),
    "volume_nerve": Rule(
        "V17", _WARN, _("%(nerve)s received %(volume)s mL deep; more than %(limit)s mL is unusual."), "points"
    ),
    "volume_session": Rule(
        "V18", _WARN, _("The session adds up to %(volume)s mL; more than %(limit)s mL is unusual."), "points"
    ),
    "volume_solution": Rule(
        "V18", _WARN, _("%(solution)s adds up to %(volume)s mL; its protocol ends at %(limit)s mL."), "points"
    ),
    "volume_ceiling": Rule(
        "V18", _STOP, _("The session adds up to %(volume)s mL; this clinic's limit is %(limit)s mL."), "points"
    ),
    "drawn_differs": Rule(
        "V19", _WARN, _("%(drawn)s mL were drawn up, but the points add up to %(volume)s mL."), "amount_drawn"
    ),
    "weight_missing": Rule(
        "V20",
        _STOP,
        _("%(solution)s holds a local anaesthetic: a weight not older than %(months)s months is needed."),
        "points",
        _STOP,
    ),
    "anaesthetic_stop": Rule(
        "V21", _STOP, _("The local anaesthetic is %(percent)s %% of the maximum for this patient."), "points", _STOP
    ),
    "anaesthetic_warn": Rule(
        "V21", _WARN, _("The local anaesthetic is %(percent)s %% of the maximum for this patient."), "points"
    ),
    "anaesthetic_unknown": Rule(
        "V21",
        _WARN,
        _("The strength of the local anaesthetic is not on file, so its dose cannot be checked."),
        "points",
    ),
    "dextrose_range": Rule("V22", _STOP, _("%(solution)s: dextrose must be between 1 and 50 %%."), "points"),
    "dextrose_strong": Rule(
        "V22", _WARN, _("%(solution)s is stronger than the %(limit)s %% that is usual for %(technique)s."), "points"
    ),
    "lot_expired": Rule("V23", _STOP, _("Lot %(lot)s was to be used by %(date)s."), "points", _STOP),
    "lot_quarantined": Rule(
        "V23",
        _STOP,
        _("Lot %(lot)s is quarantined%(since)s. If it was injected before that, say when the first injection was."),
        "points",
        _STOP,
    ),
    "lot_quarantined_later": Rule(
        "V23",
        _WARN,
        _("Lot %(lot)s was quarantined at %(at)s, after it was injected (first injection at %(needle)s)."),
        "points",
    ),
    "lot_other": Rule("V23", _STOP, _("Lot %(lot)s is not a lot of %(solution)s."), "points", _STOP),
    "past_use": Rule("V23", _STOP, _("Preparation %(code)s was to be used by %(time)s."), "preparation", _STOP),
    "preparation_discarded": Rule(
        "V23", _STOP, _("Preparation %(code)s was discarded before the session."), "preparation", _STOP
    ),
    "preparation_unchecked": Rule(
        "V23",
        _STOP,
        _("Preparation %(code)s was not checked by a colleague before the first injection."),
        "preparation",
        _STOP,
    ),
    "container_shared": Rule(
        "V24",
        _STOP,
        _("Container %(container)s of preparation %(code)s is for one patient only, and served another patient."),
        "preparation",
        _STOP,
    ),
    "allergy": Rule(
        "V25",
        _OVERRIDE,
        _("Allergy: %(substance)s. %(solution)s must not be given without a clinician's reason."),
        "points",
        _OVERRIDE,
    ),
    "caution": Rule("V26", _WARN, _("%(item)s: write down why the treatment goes ahead."), "screening"),
    "sharps_missing": Rule("V27", _STOP, _("Count the sharps: opened and disposed of."), "sharps"),
    "sharps_differ": Rule(
        "V27", _STOP, _("Sharps opened: %(opened)s, disposed of: %(disposed)s. Count them again."), "sharps", _STOP
    ),
    # domain.md §12: the time-out before the needle. It cannot be made up for afterwards, so a reason can lift it.
    "time_out_missing": Rule(
        "P04", _OVERRIDE, _("The time-out before the injection is not confirmed: %(items)s."), "time_out"
    ),
    "time_out_changed": Rule(
        "P04", _WARN, _("After the time-out this was changed: %(what)s. Confirm it again."), "time_out"
    ),
    "discharge_unexplained": Rule(
        "P09", _STOP, _("Not fine at discharge: %(items)s. Write down what was done."), "discharge"
    ),
    "discharge_open": Rule("P09", _WARN, _("The discharge check is not complete: %(items)s."), "discharge"),
    # Ours, beside the table of domain.md: what a record without points or lots would hide.
    "no_points": Rule("P01", _WARN, _("No point is written down. Was nothing injected?"), "points"),
    "no_lot": Rule(
        "P02", _WARN, _("%(solution)s was given without a lot: a recall would not find this patient."), "points"
    ),
    "register_denied": Rule(
        "P12",
        _WARN,
        _("%(item)s: answered no, but the register says %(known)s. Put one of them right, or say why."),
        "screening",
    ),
    # What comes before the needle and was done after it.
    "score_late": Rule(
        "P13", _WARN, _("The pain before was asked at %(at)s, after the first injection at %(needle)s."), "scores"
    ),
    "screening_late": Rule(
        "P13",
        _WARN,
        _("The safety questions were answered at %(at)s, after the first injection at %(needle)s."),
        "screening",
    ),
    "screening_other_day": Rule(
        "V10",
        _OVERRIDE,
        _("The safety questions were answered on %(at)s, a later day than the first injection at %(needle)s."),
        "screening",
        _OVERRIDE,
    ),
    "time_out_late": Rule(
        "P13",
        _OVERRIDE,
        _("The time-out was confirmed at %(at)s, after the first injection at %(needle)s."),
        "time_out",
    ),
    "time_out_again": Rule(
        "P13",
        _WARN,
        _("The time-out was confirmed again at %(at)s, after the first injection at %(needle)s, for %(what)s."),
        "time_out",
    ),
    "confirmed_otherwise": Rule(
        "P13",
        _OVERRIDE,
        _("Changed and confirmed again at %(at)s, after the first injection at %(needle)s%(known)s: %(what)s."),
        "time_out",
    ),
    "confirmed_no_more": Rule(
        "P13",
        _OVERRIDE,
        _(
            "Changed after the time-out of %(at)s, not confirmed again; "
            "first injection at %(needle)s%(known)s: %(what)s."
        ),
        "time_out",
    ),
    "needle_restated": Rule(
        "P14",
        _OVERRIDE,
        _("The first injection was stated as %(before)s and is now %(now)s; only that keeps %(rules)s. Say why."),
        "first_injection",
    ),
    # Consent stood at the first injection and was taken back since: what came after that is said.
    "withdrawn_at_needle": Rule(
        "P17",
        _OVERRIDE,
        _("The consent was withdrawn at %(at)s, in the minute of the first injection. Write down which came first."),
        "consent",
        _OVERRIDE,
    ),
    "injected_after_withdrawal": Rule(
        "P17",
        _OVERRIDE,
        _("The consent was withdrawn at %(at)s, and the last injection was at %(last)s. Write down why."),
        "consent",
        _OVERRIDE,
    ),
    "withdrawn_since": Rule(
        "P17",
        _WARN,
        _("The consent was withdrawn at %(at)s, after the first injection. Write down what was injected after that."),
        "consent",
    ),
    "consented_anew": Rule(
        "P17",
        _WARN,
        _("The consent was withdrawn at %(at)s and given again at %(anew)s. Write down what was injected in between."),
        "consent",
    ),
    "lot_beside_tray": Rule(
        "P11",
        _WARN,
        _("Lot %(lot)s is not what stands on the tray, %(code)s. Was it injected today?"),
        "points",
    ),
    "lot_unopened": Rule("P11", _WARN, _("No container of lot %(lot)s has been opened. What was injected?"), "points"),
    "tray_differs": Rule(
        "P15",
        _WARN,
        _("Points %(numbers)s name preparation %(own)s, but %(code)s stands on the tray. Which one was injected?"),
        "preparation",
    ),
    "tray_unnamed": Rule(
        "P15",
        _WARN,
        _("Points %(numbers)s name no preparation, but %(code)s stands on the tray. Which one was injected?"),
        "preparation",
    ),
    "site_denied": Rule(
        "P16",
        _WARN,
        _("%(item)s: answered no, but %(nerves)s is among the points. Put one of them right, or say why."),
        "screening",
    ),
    "preparation_overdrawn": Rule(
        "P05", _WARN, _("Preparation %(code)s held %(held)s mL; the points add up to %(given)s mL."), "points"
    ),
}

NAMES: dict[Rule, str] = {rule: name for name, rule in RULES.items()}
