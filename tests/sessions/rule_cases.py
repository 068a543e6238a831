"""A session that keeps every rule, and for each rule one that trips it beside one just inside (domain.md §11)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sessions.dose_rules import Share
from sessions.rules import RULES, findings
from sessions.rules.facts import (
    Answer,
    Condition,
    Limits,
    Lot,
    Material,
    Nerve,
    Place,
    Point,
    Preparation,
    Score,
    Session,
    Shown,
    Solution,
    Technique,
    TimeOut,
)
from sessions.rules.register import Fact, Known

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
D5W = Solution("D5W_BUF", "Dextrose 5 %, buffered", Decimal(5), has_corn_dextrose=True)
SALINE = Solution("NS09", "Saline 0.9 %")
LIDOCAINE = Solution("DEX125_LA", "With lidocaine", Decimal("12.5"), True, True, (Share("lidocaine", Decimal("0.5")),))
KNEE = Nerve("N054", "Infrapatellar", regions=frozenset({"knee"}))
SURAL = Nerve("N061", "Sural", regions=frozenset({"ankle", "foot"}))
COCCYX = Nerve("N045", "Coccygeal plexus", needs_side=False, regions=frozenset({"sacral"}))
RIB = Nerve("N035", "Intercostal", flags=frozenset({"PTX"}), regions=frozenset({"thorax"}))
LOT = Lot("A1", "D5W_BUF", date(2026, 3, 2))
PLAIN_LOT = Lot("P1", "D5W_PLAIN", date(2026, 3, 2))
STARTED = NOW - timedelta(minutes=40)
MADE = Preparation("0203-1", STARTED, (PLAIN_LOT,), volume_ml=Decimal(20), given_ml=Decimal(20))


def point(number: int = 1, **changes: Any) -> Point:
    fields = {"nerve": KNEE, "side": "left", "volume_ml": Decimal("0.5"), "solution": D5W, "lot": LOT}
    return Point(number=number, **{**fields, **changes})


def score(value: int, *, is_after: bool, minutes: int = 0, question: str = "rest") -> Score:
    return Score(question, is_after, value, NOW - timedelta(minutes=30 - minutes))


def from_preparation(**changes: Any) -> dict[str, Any]:
    """A session whose point was given from a preparation of a lot of plain dextrose."""
    made = replace(MADE, **changes)
    return {"started_at": STARTED, "points": (point(lot=PLAIN_LOT, preparation=made),)}


SCORES = (score(6, is_after=False), score(2, is_after=True, minutes=20))
GOOD = Session(
    now=NOW,
    today=TODAY,
    technique=Technique("PIT_SC", "Superficial PIT", False, Decimal(5)),
    points=(point(),),
    scores=SCORES,
    screened_date=TODAY,
    sharps_out=1,
    sharps_in=1,
)


def many(volume: str, count: int = 1, **changes: Any) -> tuple[Point, ...]:
    return tuple(point(n, volume_ml=Decimal(volume), **changes) for n in range(1, count + 1))


def la(volume: str) -> tuple[Point, ...]:
    """Points with lidocaine 0.5 %: 5 mg a millilitre."""
    return (point(volume_ml=Decimal(volume), solution=LIDOCAINE, lot=None, is_deep=True),)


def with_answer(item: str, effect: str) -> dict[str, Any]:
    return {"concerns": (Answer(item, item.title(), effect),)}


def confirmed(nerve: str = "N054", side: str = "left", lot: str = "A1", allergies: str = "") -> Shown:
    """A time-out over one place and one bottle of buffered dextrose."""
    places = frozenset({Place(nerve, side)})
    return Shown(places, frozenset({Material("D5W_BUF", lot)}), frozenset(allergies.split()))


HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def needle_after(minutes: int) -> dict[str, Any]:
    """Before the injection by so many minutes: a score asked half an hour ago."""
    return {"needle_at": NOW - timedelta(minutes=60 - minutes), "scores": (score(6, is_after=False), *SCORES[1:])}


def quarantined(*, after: timedelta | None) -> dict[str, Any]:
    """So long after the first injection; None: never."""
    lot = LOT if after is None else replace(LOT, is_quarantined=True, quarantined_at=STARTED + after)
    return {"needle_at": STARTED, "points": many("0.5", lot=lot)}


WEIGHED = {"weight_date": TODAY, "maximum_mg": {"lidocaine": Decimal(100)}, "is_image_guided": True}

# rule → its id and level, what trips it, what is just inside.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "score_range": ({"scores": (score(11, is_after=True),)}, {"scores": (score(10, is_after=True),)}),
    "score_order": (
        {"scores": (score(6, is_after=False, minutes=5), score(2, is_after=True, minutes=4))},
        {"scores": (score(6, is_after=False, minutes=5), score(2, is_after=True, minutes=5))},
    ),
    "score_before_injection": (
        {"injected_at": (NOW - timedelta(minutes=9),)},
        {"injected_at": (NOW - timedelta(minutes=10),)},
    ),
    "injection_future": (
        {"injected_at": (NOW + timedelta(seconds=1),), "scores": ()},
        {"injected_at": (NOW,), "scores": ()},
    ),
    "discharge_open": (
        {"discharge": (("walking", True), ("sites dry", None))},
        {"discharge": (("walking", True), ("sites dry", True))},
    ),
    "discharge_unexplained": (
        {"discharge": (("walking", False),)},
        {"discharge": (("walking", False),), "discharge_note": "Left in a wheelchair, as he came"},
    ),
    "score_future": (
        {"scores": (score(6, is_after=True, minutes=31),)},
        {"scores": (score(6, is_after=True, minutes=30),)},
    ),
    "score_rise": (
        {"scores": (score(3, is_after=False), score(6, is_after=True))},
        {"scores": (score(3, is_after=False), score(5, is_after=True))},
    ),
    "side_missing": ({"points": (point(side="midline"),)}, {"points": (point(nerve=COCCYX, side="midline"),)}),
    "side_differs": ({"condition": Condition(side="right")}, {"condition": Condition(side="bilateral")}),
    "region_differs": (
        {"points": (point(nerve=SURAL),), "condition": Condition(regions=frozenset({"knee"}))},
        {
            "points": (point(nerve=SURAL),),
            "condition": Condition(regions=frozenset({"knee"}), nerves=frozenset({"N061"})),
        },
    ),
    "code_malformed": ({"condition": Condition(code="G5")}, {"condition": Condition(code="G57.12")}),
    "code_heading": ({"condition": Condition(code="G57.1")}, {"condition": Condition(code="G57.10")}),
    "code_without_side": (
        {"condition": Condition(side="left", code="G57.10", codes_of_sides=frozenset({("left", "G57.12")}))},
        {"condition": Condition(side="left", code="G57.12", codes_of_sides=frozenset({("left", "G57.12")}))},
    ),
    "code_expired": (
        {"condition": Condition(code="G57.12", expired_date=TODAY)},
        {"condition": Condition(code="G57.12", expired_date=TODAY + timedelta(days=1))},
    ),
    "no_consent": ({"consent_gaps": ("none was given yet",)}, {"consent_gaps": ()}),
    "screening_old": ({"screened_date": TODAY - timedelta(days=1)}, {"screened_date": TODAY}),
    "screening_open": ({"unanswered": ("Infection",)}, {"unanswered": ()}),
    "screening_stop": (with_answer("INFECTION", "hard_block"), with_answer("DIABETES", "flag")),
    "pleura_needle": (
        {"points": (point(nerve=RIB),), "needle_length_mm": 26},
        {"points": (point(nerve=RIB),), "needle_length_mm": 25},
    ),
    "deep_unguided": (
        {"points": (point(is_deep=True),), "is_image_guided": False},
        {"points": (point(is_deep=True),), "is_image_guided": True},
    ),
    "interval_short": ({"previous_date": date(2026, 2, 26)}, {"previous_date": date(2026, 2, 25)}),
    "course_long": ({"sessions_before": 10}, {"sessions_before": 9}),
    "nerve_twice": (
        {"points": (point(1), point(2, nerve=SURAL), point(3))},
        {"points": (point(1), point(2, side="right"), point(3, nerve=SURAL))},
    ),
    "no_after_score": (
        {"scores": (score(6, is_after=False),)},
        {"scores": (score(6, is_after=False),), "no_after_score_reason": "Felt faint"},
    ),
    "volume_zero": ({"points": many("0")}, {"points": many("0.01")}),
    "volume_point": ({"points": many("1.01")}, {"points": many("1")}),
    "volume_nerve": (
        {"points": many("5.01", 2, is_deep=True), "is_image_guided": True},
        {"points": many("5", 2, is_deep=True), "is_image_guided": True},
    ),
    "volume_session": ({"points": many("1", 41)}, {"points": many("1", 40)}),
    "volume_solution": (
        {"points": many("1", 6, solution=replace(D5W, max_total_ml=Decimal(5)))},
        {"points": many("1", 5, solution=replace(D5W, max_total_ml=Decimal(5)))},
    ),
    "volume_ceiling": (
        {"points": many("1", 31), "limits": Limits(session_ml_ceiling=Decimal(30))},
        {"points": many("1", 30), "limits": Limits(session_ml_ceiling=Decimal(30))},
    ),
    "drawn_differs": (
        {"points": many("0.94", 1), "amount_drawn_ml": Decimal("1.0")},
        {"points": many("0.95", 1), "amount_drawn_ml": Decimal("1.0")},
    ),
    "weight_missing": (
        {"points": la("1"), **WEIGHED, "weight_date": date(2025, 9, 1)},
        {"points": la("1"), **WEIGHED, "weight_date": date(2025, 9, 2)},
    ),
    # 20 mL hold 100 mg, which is the maximum of 100 mg; 16 mL hold 80 mg.
    "anaesthetic_stop": ({"points": la("20.2"), **WEIGHED}, {"points": la("20"), **WEIGHED}),
    "anaesthetic_warn": ({"points": la("16.2"), **WEIGHED}, {"points": la("16"), **WEIGHED}),
    "anaesthetic_unknown": (
        {"points": la("1"), **WEIGHED, "maximum_mg": {}},
        {"points": la("1"), **WEIGHED},
    ),
    "dextrose_range": (
        {"points": many("0.5", solution=replace(D5W, dextrose_percent=Decimal("50.1")))},
        {"points": many("0.5", solution=replace(D5W, dextrose_percent=Decimal(50)))},
    ),
    "dextrose_strong": (
        {"points": many("0.5", solution=replace(D5W, dextrose_percent=Decimal("5.1")))},
        {"points": many("0.5", solution=replace(D5W, dextrose_percent=Decimal(5)))},
    ),
    "lot_expired": (
        {"points": many("0.5", lot=replace(LOT, expiry_date=TODAY - timedelta(days=1)))},
        {"points": many("0.5", lot=replace(LOT, expiry_date=TODAY))},
    ),
    "lot_quarantined": (
        {"points": many("0.5", lot=replace(LOT, is_quarantined=True))},
        {"points": many("0.5", lot=LOT)},
    ),
    "lot_quarantined_later": (
        {**quarantined(after=timedelta(seconds=1)), "is_needle_stated": True},
        quarantined(after=None),
    ),
    "lot_other": ({"points": many("0.5", solution=SALINE)}, {"points": many("0.5")}),
    "time_out_missing": ({"open_items": ("lot",)}, {"time_out": confirmed()}),
    "time_out_changed": ({"time_out": confirmed(side="right")}, {"time_out": confirmed()}),
    "past_use": (
        from_preparation(beyond_use_at=STARTED - timedelta(seconds=1)),
        from_preparation(beyond_use_at=STARTED),
    ),
    "preparation_discarded": (
        from_preparation(discarded_at=STARTED),
        from_preparation(discarded_at=STARTED + timedelta(seconds=1)),
    ),
    "preparation_unchecked": (
        {**from_preparation(needs_check=True, checked_at=STARTED + timedelta(seconds=1)), "first_injected_at": STARTED},
        {**from_preparation(needs_check=True, checked_at=STARTED), "first_injected_at": STARTED},
    ),
    "container_shared": (from_preparation(shared=("P1/3",)), from_preparation()),
    "preparation_overdrawn": (from_preparation(given_ml=Decimal("20.1")), from_preparation()),
    "allergy": (
        {"allergies": frozenset({"corn"})},
        {"allergies": frozenset({"corn"}), "points": many("0.5", solution=SALINE, lot=None)},
    ),
    "caution": (with_answer("BLEEDING", "soft_block"), with_answer("PLEURA", "flag")),
    "sharps_missing": ({"sharps_in": None}, {"sharps_in": 1}),
    "sharps_differ": ({"sharps_out": 2, "sharps_in": 1}, {"sharps_out": 2, "sharps_in": 2}),
    "no_points": ({"points": (), "scores": ()}, {}),
    "no_lot": ({"points": many("0.5", lot=None)}, {"points": many("0.5", lot=None, preparation=MADE)}),
    "register_denied": (
        {"answers": (("ALLERGY", "Allergy", False),), "known": {"ALLERGY": Known((Fact("Corn"),), is_yes=True)}},
        {"answers": (("ALLERGY", "Allergy", True),), "known": {"ALLERGY": Known((Fact("Corn"),), is_yes=True)}},
    ),
    "score_late": (needle_after(29), needle_after(30)),
    "screening_late": (
        {"needle_at": NOW, "screened_at": NOW + timedelta(minutes=1)},
        {"needle_at": NOW, "screened_at": NOW + timedelta(seconds=59)},
    ),
    "screening_other_day": (
        {"needle_at": NOW, "screened_at": NOW + timedelta(hours=14), "screened_date": TODAY + timedelta(days=1)},
        {"needle_at": NOW, "screened_at": NOW + timedelta(hours=13, minutes=59)},
    ),
    "time_out_late": (
        {"needle_at": NOW, "time_outs": (TimeOut(NOW + timedelta(minutes=1), confirmed()),)},
        {"needle_at": NOW, "time_outs": (TimeOut(NOW, confirmed()), TimeOut(NOW + timedelta(hours=1), confirmed()))},
    ),
    "time_out_again": (
        {"needle_at": NOW, "time_outs": (TimeOut(NOW, confirmed()), TimeOut(NOW + HOUR, confirmed(allergies="corn")))},
        {"needle_at": NOW, "time_outs": (TimeOut(NOW, confirmed()), TimeOut(NOW + HOUR, confirmed(nerve="N061")))},
    ),
    "confirmed_otherwise": (
        {"needle_at": NOW, "time_outs": (TimeOut(NOW, confirmed(lot="B2")), TimeOut(NOW + HOUR, confirmed()))},
        {"needle_at": NOW, "time_outs": (TimeOut(NOW, confirmed()), TimeOut(NOW + HOUR, confirmed(lot="B2")))},
    ),
    "confirmed_no_more": (
        {"needle_at": NOW, "time_outs": (TimeOut(NOW, confirmed(side="right")),)},
        {"needle_at": NOW, "time_outs": (TimeOut(NOW, confirmed()),)},
    ),
    "needle_restated": (
        {"as_first_stated": replace(GOOD, first_injected_at=STARTED, consent_gaps=("none was given yet",))},
        {"as_first_stated": replace(GOOD, first_injected_at=STARTED)},
    ),
    "tray_differs": (
        {"points": (point(lot=PLAIN_LOT, preparation=MADE),), "tray": replace(MADE, code="0203-2")},
        {"points": (point(lot=PLAIN_LOT, preparation=MADE),), "tray": MADE},
    ),
    "tray_unnamed": (
        {"points": (point(lot=None),), "tray": replace(MADE, solution_code="D5W_PLAIN")},
        {"points": (point(),), "tray": replace(MADE, solution_code="D5W_PLAIN")},
    ),
    "site_denied": (
        {"answers": (("PLEURA", "Lung risk", False),), "points": (point(nerve=RIB),)},
        {"answers": (("PLEURA", "Lung risk", True),), "points": (point(nerve=RIB),)},
    ),
    "lot_unopened": (
        {"points": many("0.5", lot=replace(LOT, is_unopened=True))},
        {"points": many("0.5", lot=replace(LOT, is_unopened=True), preparation=MADE)},
    ),
    "withdrawn_at_needle": (
        {"needle_at": NOW, "withdrawn_at": NOW, "last_injected_at": NOW},
        {"needle_at": NOW, "withdrawn_at": NOW + MINUTE, "last_injected_at": NOW},
    ),
    "injected_after_withdrawal": (
        {"needle_at": NOW, "withdrawn_at": NOW + MINUTE, "last_injected_at": NOW + 2 * MINUTE},
        {"needle_at": NOW, "withdrawn_at": NOW + MINUTE, "last_injected_at": NOW + MINUTE},
    ),
    "withdrawn_since": (
        {"needle_at": NOW, "withdrawn_at": NOW + MINUTE},
        {"needle_at": NOW, "withdrawn_at": None},
    ),
    "consented_anew": (
        {"needle_at": NOW, "withdrawn_at": NOW + MINUTE, "consented_anew_at": NOW + HOUR},
        {"needle_at": NOW, "withdrawn_at": NOW + MINUTE, "consented_anew_at": NOW + HOUR, "last_injected_at": NOW},
    ),
    "lot_beside_tray": (
        {"tray": replace(MADE, solution_code="D5W_BUF")},
        {"tray": replace(MADE, solution_code="D5W_BUF", lots=(LOT,))},
    ),
}


def named(session: Session) -> list[str]:
    names = {rule.sentence + rule.level: name for name, rule in RULES.items()}
    return [names[finding.rule.sentence + finding.rule.level] for finding in findings(session)]
