"""The table of domain.md §11, V01 to V30: each rule in one sentence, and the one place that keeps it.

``place`` is a function or a database rule by its dotted name, so that a test can look it up. A rule that a form and the
database hold as well is named where it is decided.
"""

from dataclasses import dataclass

_CHECKS = "sessions.rules"


@dataclass(frozen=True)
class Reference:
    sentence: str
    place: str


REFERENCE: dict[str, Reference] = {
    "V01": Reference("A pain number is whole, from 0 to 10", f"{_CHECKS}.instruments.pain_number"),
    "V02": Reference("A pain line is 0 to 100 mm, its unit stored", f"{_CHECKS}.instruments.pain_line"),
    "V03": Reference(
        "No score after comes before the one before, or in the future", f"{_CHECKS}.visit.scores_are_possible"
    ),
    "V04": Reference("Pain that rose by more than 2 is asked about", f"{_CHECKS}.visit.scores_fall"),
    "V05": Reference("There is no percentage from a score of 0", "sessions.response.relief_percent"),
    "V06": Reference("A lateral nerve has a side, the condition's", f"{_CHECKS}.points.sides_are_named"),
    "V07": Reference("A nerve lies in the treated region", f"{_CHECKS}.points.regions_fit"),
    "V08": Reference("The ICD code is one, says the side and was valid", f"{_CHECKS}.codes.code_is_valid"),
    "V09": Reference("Nothing is injected without a current consent", f"{_CHECKS}.visit.is_consented"),
    "V10": Reference("The screening is of the same day", f"{_CHECKS}.visit.is_screened_today"),
    "V11": Reference("Infection, fever and red flags stop", f"{_CHECKS}.visit.nothing_forbids"),
    "V12": Reference("A long needle near the lung, or deep without ultrasound", f"{_CHECKS}.points.lung_is_spared"),
    "V13": Reference("The interval and the length of the course", f"{_CHECKS}.visit.interval_is_usual"),
    "V14": Reference("One nerve and side once", f"{_CHECKS}.points.nerves_come_once"),
    "V15": Reference("A score after, or a reason", f"{_CHECKS}.visit.is_scored_after"),
    "V16": Reference("A point has a volume", f"{_CHECKS}.amounts.point_volumes"),
    "V17": Reference("The volume of a point, and deep of a nerve", f"{_CHECKS}.amounts.point_volumes"),
    "V18": Reference("The volume of a session", f"{_CHECKS}.amounts.session_volume"),
    "V19": Reference("The points add up to what was drawn", f"{_CHECKS}.amounts.drawn_amount"),
    "V20": Reference("A local anaesthetic needs a recent weight", f"{_CHECKS}.amounts.anaesthetic"),
    "V21": Reference("The summed fraction of the local anaesthetics", f"{_CHECKS}.amounts.anaesthetic"),
    "V22": Reference("The strength of the dextrose", f"{_CHECKS}.amounts.strength"),
    "V23": Reference("Nothing expired, quarantined or past its use", f"{_CHECKS}.amounts.lots"),
    "V24": Reference("A single-dose container serves one patient", f"{_CHECKS}.amounts.preparations"),
    "V25": Reference("No allergy to what is given", f"{_CHECKS}.amounts.allergies"),
    "V26": Reference("Cautions are weighed", f"{_CHECKS}.visit.cautions_are_weighed"),
    "V27": Reference("Every sharp is back", f"{_CHECKS}.visit.sharps_are_back"),
    "V28": Reference("Answers on their scale, enough of them for a score", f"{_CHECKS}.instruments.answered"),
    "V29": Reference("Relief no longer than the time since the session", f"{_CHECKS}.relief_times.check_relief"),
    "V30": Reference(
        "A side effect after its session; a serious one judged in 72 h", "sessions.policies.side_effects.check_onset"
    ),
}
