"""Every rule of domain.md §11 that concerns a session: one session that trips it, and one just inside."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sessions.rules import RULES, Level, findings
from sessions.rules.consents import Given, Scope, gaps, solution_class
from sessions.rules.facts import (
    Lot,
    Material,
    Place,
    Said,
    Shown,
    Technique,
)
from sessions.rules.time_outs import as_json, fingerprint, from_json, news, standing
from tests.sessions.rule_cases import (
    CASES,
    D5W,
    GOOD,
    LIDOCAINE,
    LOT,
    MADE,
    NOW,
    PLAIN_LOT,
    SALINE,
    SCORES,
    STARTED,
    TODAY,
    WEIGHED,
    confirmed,
    from_preparation,
    la,
    many,
    named,
    point,
    score,
    with_answer,
)


@pytest.mark.parametrize(
    ("lot", "name"),
    [
        (replace(PLAIN_LOT, expiry_date=TODAY - timedelta(days=1)), "lot_expired"),
        (replace(PLAIN_LOT, is_quarantined=True), "lot_quarantined"),
    ],
)
def test_the_lots_a_preparation_was_made_from_are_looked_at_too(lot: Lot, name: str) -> None:
    made = replace(MADE, lots=(LOT, lot))
    assert named(replace(GOOD, started_at=STARTED, points=(point(preparation=made),))) == [name]
    good = replace(MADE, lots=(LOT, PLAIN_LOT))
    assert named(replace(GOOD, started_at=STARTED, points=(point(preparation=good),))) == []


def test_a_mixture_may_hold_another_solution_than_its_lot() -> None:
    assert named(replace(GOOD, **from_preparation())) == []
    other = replace(GOOD, started_at=STARTED, points=(point(preparation=MADE),))
    assert named(other) == ["lot_other"]


def test_a_session_that_keeps_every_rule_has_no_findings() -> None:
    assert named(GOOD) == []


def test_every_rule_has_its_case() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_trips(name: str) -> None:
    assert name in named(replace(GOOD, **CASES[name][0]))


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_quiet_just_inside(name: str) -> None:
    assert name not in named(replace(GOOD, **CASES[name][1]))


@pytest.mark.parametrize("name", RULES)
def test_every_finding_reads_as_a_sentence(name: str) -> None:
    for finding in findings(replace(GOOD, **CASES[name][0])):
        assert "%(" not in finding.english
        assert finding.english.endswith((".", "?"))
        assert len(finding.subject) <= 120
        assert len(finding.english) <= 300


# Level of each rule as domain.md §11 has it; "E + override" is a stop that a clinician's reason lifts.
LEVELS = {
    "V01": {"stop"},
    "V03": {"stop"},
    "V04": {"warning"},
    "V06": {"stop", "warning"},
    "V07": {"warning"},
    "V08": {"stop", "warning"},
    "V09": {"stop"},
    "V10": {"stop", "stop_or_override"},
    "V11": {"stop_or_override"},
    "V12": {"warning"},
    "V13": {"warning"},
    "V14": {"warning"},
    "V15": {"stop"},
    "V16": {"stop"},
    "V17": {"warning"},
    "V18": {"warning", "stop"},
    "V19": {"warning"},
    "V20": {"stop"},
    "V21": {"warning", "stop"},
    "V22": {"stop", "warning"},
    "V23": {"stop", "warning"},
    "V24": {"stop"},
    "V25": {"stop_or_override"},
    "V26": {"warning"},
    "V27": {"stop"},
    "P01": {"warning"},
    "P02": {"warning"},
    "P04": {"stop_or_override", "warning"},
    "P05": {"warning"},
    "P09": {"stop", "warning"},
    "P11": {"warning"},
    "P12": {"warning"},
    "P13": {"stop_or_override", "warning"},
    "P14": {"stop_or_override"},
    "P15": {"warning"},
    "P16": {"warning"},
    "P17": {"stop_or_override", "warning"},
}


def test_each_rule_stops_or_asks_as_the_reference_says() -> None:
    found: dict[str, set[str]] = {}
    for rule in RULES.values():
        found.setdefault(rule.id, set()).add(rule.level.value)
    assert found == LEVELS


def test_what_stops_comes_first() -> None:
    tripped = findings(replace(GOOD, sharps_in=0, amount_drawn_ml=Decimal(9), allergies=frozenset({"corn"})))
    assert [f.rule.level for f in tripped] == [Level.STOP, Level.STOP_OR_OVERRIDE, Level.WARNING]


def test_a_deep_point_may_have_ten_millilitres() -> None:
    deep = replace(GOOD, is_image_guided=True)
    assert "volume_point" not in named(replace(deep, points=many("10", is_deep=True)))
    assert "volume_point" in named(replace(deep, points=many("10.01", is_deep=True)))


def test_a_deep_technique_without_a_limit_of_its_own_asks_above_sixty() -> None:
    deep = replace(GOOD, technique=Technique("X", "X", is_deep=True))
    assert "volume_session" not in named(replace(deep, points=many("1", 60)))
    assert "volume_session" in named(replace(deep, points=many("1", 61)))


def test_a_yes_to_the_allergy_question_counts_for_all_that_is_given() -> None:
    says_yes = with_answer("ALLERGY", "hard_block")
    assert named(replace(GOOD, **says_yes)) == ["allergy"]
    assert "allergy" in named(replace(GOOD, **says_yes, points=many("0.5", solution=SALINE, lot=None)))
    register = replace(GOOD, **says_yes, allergies=frozenset({"corn"}))
    assert [dict(finding.words)["substance"] for finding in findings(register)] == ["corn"]


FLOORS = (
    "no_consent",
    "screening_open",
    "screening_old",
    "weight_missing",
    "anaesthetic_stop",
    "allergy",
    "screening_stop",
)


@pytest.mark.parametrize("name", FLOORS)
def test_no_level_of_a_clinic_takes_a_floor_away(name: str) -> None:
    trips, _inside = CASES[name]
    expected = [finding.rule.level for finding in findings(replace(GOOD, **trips))]
    for level in Level:
        found = [finding.rule.level for finding in findings(replace(GOOD, **trips, levels={name: level}))]
        if level.is_weaker_than(RULES[name].weakest):
            assert found == expected
        assert not found[0].is_weaker_than(RULES[name].weakest)


def test_an_allergy_to_local_anaesthetic_matches_its_solution() -> None:
    session = replace(GOOD, points=la("1"), **WEIGHED, allergies=frozenset({"local_anaesthetic"}))
    assert "allergy" in named(session)


@pytest.mark.parametrize(
    ("flag", "trips"), [("anticoagulant", True), ("pregnancy", True), ("immunosuppression", True), ("diabetes", False)]
)
def test_a_flag_of_the_register_asks_like_its_question(flag: str, trips: bool) -> None:
    assert ("caution" in named(replace(GOOD, risk_flags=((flag, flag),)))) is trips


def test_a_caution_named_twice_asks_once() -> None:
    session = replace(GOOD, **with_answer("BLEEDING", "soft_block"), risk_flags=(("anticoagulant", "x"),))
    assert named(session) == ["caution"]


def test_a_session_without_points_needs_no_consent_no_sharps_and_no_score() -> None:
    empty = replace(GOOD, points=(), scores=(), sharps_in=None, sharps_out=None, consent_gaps=("none",))
    assert named(empty) == ["no_points"]


def test_a_question_asked_before_is_asked_again() -> None:
    asked = (*SCORES, score(7, is_after=False, question="provoked"))
    assert named(replace(GOOD, scores=asked)) == ["no_after_score"]


@pytest.mark.parametrize(
    ("before", "what"),
    [
        (confirmed(side="right"), ("the side",)),
        (confirmed(nerve="N061"), ("the nerves",)),
        (confirmed(lot="B2"), ("the lot",)),
        (replace(confirmed(), materials=frozenset()), ("the solution",)),
    ],
)
def test_a_time_out_is_repeated_for_what_is_new(before: Shown, what: tuple[str, ...]) -> None:
    changed = [f for f in findings(replace(GOOD, time_out=before)) if f.rule.id == "P04"]
    assert tuple(f.subject for f in changed) == what


def test_what_the_needle_is_filled_from_is_named_as_what_it_is() -> None:
    """From no lot, a lot or a preparation to another, of the same solution or not."""

    def held(solution: str, bottle: str, *lots: str) -> Shown:
        said = frozenset(Said("lot", lot, "2030-01-31") for lot in lots)
        return Shown(frozenset({Place("N054", "left")}), frozenset({Material(solution, bottle)}), frozenset(), said)

    none, lot, made = held("D5W", ""), held("D5W", "A1", "A1"), held("D5W", "P-7", "A1")
    other = held("PROC", "P-8", "B1", "B2")
    for before, now, what in (
        (none, lot, ("the lot",)),
        (none, made, ("the preparation",)),
        (none, other, ("the solution", "the preparation")),
        (lot, made, ("the preparation",)),
        (made, lot, ("the lot",)),
        (made, other, ("the solution", "the preparation")),
        (lot, none, ("the lot",)),
        (other, held("D5W", "A1", "A1"), ("the solution", "the lot")),
    ):
        assert news(before, now) == what


def test_a_time_out_asks_again_for_a_new_allergy() -> None:
    session = replace(GOOD, time_out=confirmed(), allergies=frozenset({"latex"}))
    assert named(session) == ["time_out_changed"]


def test_a_time_out_stands_when_something_is_only_taken_away() -> None:
    two = Shown(
        frozenset({Place("N054", "left"), Place("N061", "right")}),
        frozenset({Material("D5W_BUF", "A1"), Material("NS09", "")}),
        frozenset({"latex"}),
    )
    assert named(replace(GOOD, time_out=two)) == []


def test_a_time_out_is_repeated_for_what_reads_otherwise_now() -> None:
    said = {kind: Said(kind, "A1" if kind == "lot" else "", "as confirmed") for kind in ("patient", "consent", "lot")}
    before = replace(confirmed(), said=frozenset(said.values()))
    assert named(replace(GOOD, time_out=before, said=frozenset(said.values()))) == []
    for kind, one in said.items():
        now = frozenset(said.values()) - {one} | {replace(one, value="otherwise")}
        changed = [f.subject for f in findings(replace(GOOD, time_out=before, said=now)) if f.rule.id == "P04"]
        assert changed == [f"the {kind}"]
    # A lot that is there no more, or joined since, is no matter of its use-by date.
    assert named(replace(GOOD, time_out=before, said=frozenset({Said("lot", "B2", "otherwise")}))) == []


def test_what_a_time_out_showed_reads_back_from_its_record() -> None:
    shown = replace(confirmed(allergies="corn latex"), said=frozenset({Said("consent", "", "one")}))
    assert from_json(as_json(shown)) == shown
    assert fingerprint(from_json(as_json(shown))) == fingerprint(shown)


def test_a_time_out_that_was_confirmed_once_stands_again_when_a_change_is_taken_back() -> None:
    left, right = confirmed(), confirmed(side="right")
    assert standing([left, right], left) == left
    assert standing([left, right], confirmed(side="midline")) == right
    assert standing([], left) is None


# What is compared with the first injection, not with the start of the page.
def test_screening_lots_and_beyond_use_are_compared_with_the_injection() -> None:
    next_day = {"first_injected_at": NOW, "injected_date": TODAY + timedelta(days=1)}
    assert named(replace(GOOD, **next_day)) == ["screening_old", "lot_expired"]
    made = from_preparation(beyond_use_at=NOW - timedelta(minutes=1))
    assert named(replace(GOOD, **made)) == []
    assert named(replace(GOOD, **made, first_injected_at=NOW)) == ["past_use"]
    assert named(replace(GOOD, **made, first_injected_at=NOW - timedelta(minutes=1))) == []
    assert named(replace(GOOD, first_injected_at=NOW + timedelta(seconds=1))) == ["injection_future"]


def test_a_consent_is_compared_with_the_injection_to_the_instant() -> None:
    late = "it was given after the first injection (state its time, if that was later)"
    for injected_at, why in ((None, ()), (NOW, ()), (NOW - timedelta(microseconds=1), (late,))):
        assert gaps(Given(SCOPE, TODAY, given_at=NOW), SCOPE, TODAY, injected_at=injected_at) == why


# The clinic's own levels.
def test_a_clinic_may_be_stricter_or_milder_than_the_product() -> None:
    rise = {"scores": (score(3, is_after=False), score(6, is_after=True))}
    strict = replace(GOOD, **rise, levels={"score_rise": Level.STOP})
    mild = replace(GOOD, sharps_in=None, levels={"sharps_missing": Level.WARNING})
    assert [f.rule.level for f in findings(strict)] == [Level.STOP]
    assert [f.rule.level for f in findings(mild)] == [Level.WARNING]


def test_what_the_database_refuses_stays_a_stop_whatever_the_clinic_says() -> None:
    odd = replace(GOOD, sharps_out=2, sharps_in=1, levels={"sharps_differ": Level.WARNING})
    assert [f.rule.level for f in findings(odd)] == [Level.STOP]


# Consent, domain.md §12.
SCOPE = Scope("PIT_SC", "2026-11", frozenset({"dextrose_weak"}), frozenset({"PTX"}))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (None, "none was given yet"),
        (Given(SCOPE, TODAY, is_withdrawn=True), "it was withdrawn"),
        (Given(SCOPE, date(2025, 3, 1)), "it is older than 12 months"),
        (Given(replace(SCOPE, technique="PIT_DEEP"), TODAY), "it was given for another technique"),
        (Given(replace(SCOPE, wording_version="2025-01"), TODAY), "its wording has changed since"),
        (Given(replace(SCOPE, solution_classes=frozenset()), TODAY), "it was given for other solutions"),
        (Given(replace(SCOPE, risk_flags=frozenset({"EYE"})), TODAY), "the region has a risk it does not name"),
    ],
)
def test_a_consent_that_does_not_cover_the_treatment_says_why(given: Given | None, why: str) -> None:
    assert gaps(given, SCOPE, TODAY) == (why,)


def test_a_consent_of_twelve_months_ago_still_covers_the_treatment() -> None:
    wider = replace(SCOPE, risk_flags=frozenset({"PTX", "EYE"}))
    assert gaps(Given(wider, date(2025, 3, 2)), SCOPE, TODAY) == ()


def test_the_class_of_a_solution_follows_what_is_in_it() -> None:
    strong = replace(D5W, dextrose_percent=Decimal(20))
    assert [solution_class(s) for s in (D5W, strong, SALINE, LIDOCAINE)] == [
        "dextrose_weak",
        "dextrose_strong",
        "without_dextrose",
        "local_anaesthetic",
    ]
