"""V01 to V30 of domain.md §11: for each id what trips it and what is just inside; a missing id fails."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

from sessions.policies.side_effects import SideEffectRefusedError, check_onset
from sessions.response import relief_percent
from sessions.rules import RULES, findings
from sessions.rules.facts import Condition, Limits, Lot, Preparation, Session
from sessions.rules.instruments import PAIN_NUMBER, ScaleError, answered, pain_line, pain_number
from sessions.rules.reference import REFERENCE
from sessions.rules.relief_times import ReliefTimeError, check_relief
from sessions.triage import is_assessment_overdue
from tests.sessions.rule_cases import (
    COCCYX,
    D5W,
    GOOD,
    NOW,
    RIB,
    SALINE,
    SURAL,
    TODAY,
    WEIGHED,
    la,
    many,
    point,
    score,
    with_answer,
)

Trips = Callable[[], bool]


@dataclass(frozen=True)
class Injected:
    """When the session began, as the policy of side effects asks it."""

    started_at: datetime


def found(id_: str, session: Session, level: str = "") -> bool:
    return any(f.rule.id == id_ and level in ("", f.rule.level) for f in findings(session))


def rule(id_: str, level: str = "", **changes: Any) -> Trips:
    return lambda: found(id_, replace(GOOD, **changes), level)


def raises(kind: type[Exception], act: Callable[[], object]) -> Trips:
    def tried() -> bool:
        try:
            act()
        except kind:
            return True
        return False

    return tried


def none(act: Callable[[], object]) -> Trips:
    return lambda: act() is None


def onset(minutes: int) -> Trips:
    session = Injected(NOW - timedelta(hours=2))
    began = session.started_at + timedelta(minutes=minutes)
    return raises(SideEffectRefusedError, lambda: check_onset(session, began, reported_at=NOW))  # type: ignore[arg-type]


def unjudged(hours: int) -> Trips:
    age = timedelta(hours=hours)
    return lambda: is_assessment_overdue(is_serious=True, outcome="", causality="", age=age)


def relief_of(hours: float) -> Trips:
    """Relief told four hours after the session."""
    ended = NOW + timedelta(hours=hours)
    told = NOW + timedelta(hours=4)
    return raises(ReliefTimeError, lambda: check_relief(ended, session_at=NOW, told_at=told))


def coded(code: str, *, side: str = "left", expired: date | None = None) -> dict[str, Any]:
    sides = frozenset({("right", "G57.11"), ("left", "G57.12"), ("bilateral", "G57.13")})
    return {"condition": Condition(side=side, code=code, codes_of_sides=sides, expired_date=expired)}


MADE = Preparation("0203-1", NOW, (Lot("A1", "D5W_BUF", TODAY),), volume_ml=Decimal(50))


def bottle(**what: Any) -> dict[str, Any]:
    return {"points": many("0.5", preparation=replace(MADE, **what))}


D = Decimal
RIBS = {"points": (point(nerve=RIB),)}
STRONG, WEAK = replace(D5W, dextrose_percent=D("5.1")), replace(D5W, dextrose_percent=D(5))
WORN = Lot("A1", "D5W_BUF", TODAY - timedelta(days=1))

# id → what trips it, what is just inside. Where a rule has two levels or two parts, each has a line.
CASES: dict[str, list[tuple[Trips, Trips]]] = {
    "V01": [
        (rule("V01", scores=(score(11, is_after=True),)), rule("V01", scores=(score(10, is_after=True),))),
        (raises(ScaleError, lambda: pain_number(D("6.5"))), raises(ScaleError, lambda: pain_number(D(6)))),
        (
            raises(ScaleError, lambda: pain_number(D("6.4"), half_points=True)),
            raises(ScaleError, lambda: pain_number(D("6.5"), half_points=True)),
        ),
    ],
    "V02": [
        (
            raises(ScaleError, lambda: pain_line(D("100.5"), unit="mm")),
            raises(ScaleError, lambda: pain_line(D(100), unit="mm")),
        ),
        (
            raises(ScaleError, lambda: pain_line(D(7), unit="cm")),
            raises(ScaleError, lambda: pain_line(D(70), unit="mm")),
        ),
    ],
    "V03": [
        (
            rule("V03", scores=(score(6, is_after=False, minutes=5), score(2, is_after=True, minutes=4))),
            rule("V03", scores=(score(6, is_after=False, minutes=5), score(2, is_after=True, minutes=5))),
        ),
        (
            rule("V03", scores=(score(6, is_after=True, minutes=31),)),
            rule("V03", scores=(score(6, is_after=True, minutes=30),)),
        ),
    ],
    "V04": [
        (
            rule("V04", scores=(score(3, is_after=False), score(6, is_after=True))),
            rule("V04", scores=(score(3, is_after=False), score(5, is_after=True))),
        )
    ],
    "V05": [(none(lambda: relief_percent(0, 3)), none(lambda: relief_percent(1, 3)))],
    "V06": [
        (
            rule("V06", "stop", points=(point(side="midline"),)),
            rule("V06", "stop", points=(point(nerve=COCCYX, side="midline"),)),
        ),
        (
            rule("V06", "warning", condition=Condition(side="right")),
            rule("V06", "warning", condition=Condition(side="left")),
        ),
    ],
    "V07": [
        (
            rule("V07", points=(point(nerve=SURAL),), condition=Condition(regions=frozenset({"knee"}))),
            rule("V07", points=(point(nerve=SURAL),), condition=Condition(regions=frozenset({"foot"}))),
        )
    ],
    "V08": [
        (rule("V08", "stop", **coded("57.12")), rule("V08", "stop", **coded("G57.12"))),
        # A heading, and codes that the years disagree about: G35 was one code until the fiscal year 2026.
        (rule("V08", "stop", **coded("G57.1", side="")), rule("V08", "stop", **coded("G57.10", side=""))),
        (rule("V08", "stop", **coded("Y99.95", side="")), rule("V08", "stop", **coded("U07.1", side=""))),
        (rule("V08", "stop", **coded("QA0.0", side="")), rule("V08", "stop", **coded("QA0.0101", side=""))),
        (
            rule("V08", "warning", **coded("T78.07XA", side="")),
            rule("V08", "warning", **coded("T78.07XA", side=""), today=date(2025, 9, 30)),
        ),
        (
            rule("V08", "warning", **coded("QA0.0101", side=""), today=date(2025, 9, 30)),
            rule("V08", **coded("QA0.0101", side="")),
        ),
        (rule("V08", "stop", **coded("G35", side="")), rule("V08", **coded("G35", side=""), today=date(2025, 9, 30))),
        (rule("V08", "warning", **coded("G57.10")), rule("V08", "warning", **coded("G57.12"))),
        (
            rule("V08", "warning", **coded("G57.12", expired=TODAY)),
            rule("V08", "warning", **coded("G57.12", expired=TODAY + timedelta(days=1))),
        ),
    ],
    "V09": [(rule("V09", consent_gaps=("none was given yet",)), rule("V09", consent_gaps=()))],
    "V10": [
        (rule("V10", screened_date=TODAY - timedelta(days=1)), rule("V10", screened_date=TODAY)),
        (rule("V10", unanswered=("Infection",)), rule("V10", unanswered=())),
    ],
    "V11": [(rule("V11", **with_answer("INFECTION", "hard_block")), rule("V11", **with_answer("DIABETES", "flag")))],
    "V12": [
        (rule("V12", **RIBS, needle_length_mm=26), rule("V12", **RIBS, needle_length_mm=25)),
        (
            rule("V12", points=(point(is_deep=True),)),
            rule("V12", points=(point(is_deep=True),), is_image_guided=True),
        ),
    ],
    "V13": [
        (
            rule("V13", previous_date=TODAY - timedelta(days=4)),
            rule("V13", previous_date=TODAY - timedelta(days=5)),
        ),
        (rule("V13", sessions_before=10), rule("V13", sessions_before=9)),
    ],
    "V14": [
        (
            rule("V14", points=(point(1), point(2, nerve=SURAL), point(3))),
            rule("V14", points=(point(1), point(2, nerve=SURAL), point(3, side="right"))),
        ),
        # Whatever the order.
        (
            rule("V14", points=(point(1), point(2), point(3, nerve=SURAL))),
            rule("V14", points=(point(1), point(2, side="right"), point(3, nerve=SURAL), point(4, cycle=2))),
        ),
    ],
    "V15": [
        (
            rule("V15", scores=(score(6, is_after=False),)),
            rule("V15", scores=(score(6, is_after=False),), no_after_score_reason="Felt faint"),
        )
    ],
    "V16": [(rule("V16", points=many("0")), rule("V16", points=many("0.01")))],
    "V17": [
        (rule("V17", points=many("1.01")), rule("V17", points=many("1"))),
        (rule("V17", points=many("10.01", is_deep=True)), rule("V17", points=many("10", is_deep=True))),
        (rule("V17", points=many("5.01", 2, is_deep=True)), rule("V17", points=many("5", 2, is_deep=True))),
    ],
    "V18": [
        (rule("V18", "warning", points=many("1", 41)), rule("V18", "warning", points=many("1", 40))),
        (
            rule("V18", "stop", points=many("1", 31), limits=Limits(session_ml_ceiling=D(30))),
            rule("V18", "stop", points=many("1", 30), limits=Limits(session_ml_ceiling=D(30))),
        ),
    ],
    "V19": [
        (
            rule("V19", points=many("0.94"), amount_drawn_ml=D("1.0")),
            rule("V19", points=many("0.95"), amount_drawn_ml=D("1.0")),
        )
    ],
    "V20": [
        (
            rule("V20", points=la("1"), **{**WEIGHED, "weight_date": date(2025, 9, 1)}),
            rule("V20", points=la("1"), **{**WEIGHED, "weight_date": date(2025, 9, 2)}),
        ),
        (rule("V20", points=la("1"), **{**WEIGHED, "weight_date": None}), rule("V20", points=many("1"))),
    ],
    # The maximum is 100 mg; a millilitre holds 5 mg.
    "V21": [
        (rule("V21", "stop", points=la("20.01"), **WEIGHED), rule("V21", "stop", points=la("20"), **WEIGHED)),
        (rule("V21", "warning", points=la("16.01"), **WEIGHED), rule("V21", "warning", points=la("16"), **WEIGHED)),
    ],
    "V22": [
        (
            rule("V22", "stop", points=many("0.5", solution=replace(D5W, dextrose_percent=D("50.1")))),
            rule("V22", "stop", points=many("0.5", solution=replace(D5W, dextrose_percent=D(50)))),
        ),
        (
            rule("V22", "stop", points=many("0.5", solution=replace(D5W, dextrose_percent=D("0.9")))),
            rule("V22", "stop", points=many("0.5", solution=replace(D5W, dextrose_percent=D(1)))),
        ),
        (
            rule("V22", "warning", points=many("0.5", solution=STRONG)),
            rule("V22", "warning", points=many("0.5", solution=WEAK)),
        ),
    ],
    "V23": [
        (rule("V23", points=many("0.5", lot=WORN)), rule("V23", points=many("0.5"))),
        (rule("V23", **bottle(beyond_use_at=NOW - timedelta(minutes=1))), rule("V23", **bottle())),
    ],
    "V24": [
        (
            rule("V24", **bottle(shared=("A1/1",))),
            rule("V24", **bottle()),
        )
    ],
    "V25": [
        (
            rule("V25", allergies=frozenset({"corn"})),
            rule("V25", allergies=frozenset({"corn"}), points=many("0.5", solution=SALINE, lot=None)),
        ),
        # A yes of today counts for all that is given, whatever the register knows.
        (
            rule("V25", **with_answer("ALLERGY", "hard_block"), points=many("0.5", solution=SALINE, lot=None)),
            rule("V25", points=many("0.5", solution=SALINE, lot=None)),
        ),
    ],
    "V26": [(rule("V26", **with_answer("BLEEDING", "soft_block")), rule("V26", **with_answer("PLEURA", "flag")))],
    "V27": [
        (rule("V27", sharps_out=2, sharps_in=1), rule("V27", sharps_out=2, sharps_in=2)),
        (rule("V27", sharps_in=None), rule("V27", sharps_in=1)),
    ],
    "V28": [
        (
            raises(ScaleError, lambda: answered([D(11)], PAIN_NUMBER, at_least=1)),
            raises(ScaleError, lambda: answered([D(10)], PAIN_NUMBER, at_least=1)),
        ),
        (
            none(lambda: answered([D(1), None], PAIN_NUMBER, at_least=2)),
            none(lambda: answered([D(1), None], PAIN_NUMBER, at_least=1)),
        ),
    ],
    "V29": [(relief_of(4.1), relief_of(4)), (relief_of(-0.1), relief_of(0))],
    "V30": [(onset(-1), onset(0)), (unjudged(73), unjudged(72))],
}

LINES = [pytest.param(*pair, id=f"{id_}-{n}") for id_, pairs in CASES.items() for n, pair in enumerate(pairs, start=1)]
IDS = [f"V{number:02}" for number in range(1, 31)]


@pytest.mark.parametrize("id_", IDS)
def test_every_rule_of_the_reference_has_its_cases_and_its_place(id_: str) -> None:
    module, _dot, name = REFERENCE[id_].place.rpartition(".")
    assert CASES[id_]
    assert callable(getattr(import_module(module), name))


def test_no_rule_is_known_that_the_reference_does_not_have() -> None:
    own = {"P01", "P02", "P04", "P05", "P09", "P11", "P12", "P13", "P14", "P15", "P16", "P17"}
    assert set(CASES) == set(REFERENCE) == set(IDS)
    assert {rule.id for rule in RULES.values()} - own <= set(IDS)


@pytest.mark.parametrize(("trips", "inside"), LINES)
def test_a_rule_trips(trips: Trips, inside: Trips) -> None:
    assert trips()


@pytest.mark.parametrize(("trips", "inside"), LINES)
def test_a_rule_is_quiet_just_inside(trips: Trips, inside: Trips) -> None:
    assert not inside()


def test_every_rule_of_the_thirty_is_counted(figure: Callable[[str, float], None]) -> None:
    figure("rules_with_cases", len(CASES))
    assert len(CASES) == 30
