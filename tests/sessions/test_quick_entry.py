"""One line of points: every way to say it, every refusal, and parse ∘ print = identity."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.nerve_names import Nerve
from sessions.quick_entry import (
    DEPTHS,
    POINTS_AT_MOST,
    Item,
    Parsed,
    Problem,
    Refusal,
    Vocabulary,
    completions,
    parse,
    printed,
)

DATA = Path(__file__).resolve().parents[2] / "catalogue" / "data"
NERVES = tuple(
    Nerve(
        row["code"],
        f"{row['code']} {row['name']}",
        row["short_name"],
        (row["name"], *row["synonyms"]),
        row["laterality"],
    )
    for row in json.loads((DATA / "nerves.json").read_text())
)
SOLUTIONS = tuple(row["code"] for row in json.loads((DATA / "solutions.json").read_text()))
WORDS = Vocabulary(NERVES, SOLUTIONS)
BY_CODE = {nerve.code: nerve for nerve in NERVES}
INFRAPATELLAR, SURAL, COCCYX = BY_CODE["N054"], BY_CODE["N061"], BY_CODE["N045"]


def item(text: str) -> Item:
    (answer,) = parse(text, WORDS).answers
    assert isinstance(answer, Item), answer
    return answer


def refusal(text: str) -> Refusal:
    (answer,) = parse(text, WORDS).answers
    assert isinstance(answer, Refusal), answer
    return answer


def test_the_line_a_clinician_would_say() -> None:
    assert parse("saph infrapat L 4x0.5; sural r 3x.4", WORDS) == Parsed(
        (
            Item(INFRAPATELLAR, "left", 4, Decimal("0.5")),
            Item(SURAL, "right", 3, Decimal("0.4")),
        )
    )


@pytest.mark.parametrize("name", ["sural", "SURAL", "N061", "n061", "sural nerve", "short saphenous", "N061 Sural"])
def test_a_nerve_goes_by_any_of_its_names(name: str) -> None:
    assert item(f"{name} l 0.5").nerve == SURAL


@pytest.mark.parametrize("nerve", NERVES, ids=lambda nerve: nerve.code)
def test_each_code_and_each_label_means_its_nerve(nerve: Nerve) -> None:
    side = "midline" if nerve.laterality == "M" else "left"
    assert {item(f"{name} {side}").nerve for name in (nerve.code, nerve.label)} == {nerve}


@pytest.mark.parametrize(
    ("word", "side"),
    [
        *[(word, "left") for word in ("l", "L", "left", "Left", "li", "lt", "l.", "(l)")],
        *[(word, "right") for word in ("r", "R", "right", "re", "rt", "rechts")],
        *[(word, "both") for word in ("b", "both", "bilateral", "beidseits")],
    ],
)
def test_a_side_goes_by_any_of_its_words(word: str, side: str) -> None:
    assert item(f"sural {word} 0.5").side == side
    assert item(f"{word} sural 0.5").side == side


@pytest.mark.parametrize(
    ("typed", "count", "volume"),
    [
        ("4x0.5", 4, "0.5"),
        ("3x.4", 3, "0.4"),
        ("4 x 0,5", 4, "0.5"),
        ("4×0.5 mL", 4, "0.5"),
        ("4*0.5ml", 4, "0.5"),
        ("0.5", 1, "0.5"),
        (".25", 1, "0.25"),
        ("1ml", 1, "1"),
        ("2 ml", 1, "2"),
        ("3x1", 3, "1"),
        ("3x1,", 3, "1"),
        ("5x", 5, None),
        ("", 1, None),
    ],
)
def test_an_amount_is_a_count_of_a_volume(typed: str, count: int, volume: str | None) -> None:
    said = item(f"sural l {typed}")
    assert (said.count, said.volume_ml) == (count, Decimal(volume) if volume else None)


def test_both_sides_get_the_count_each() -> None:
    assert item("gon b 2x0.5").sides == ("left", "right")
    assert item("gon b 2x0.5").points == 4


def test_a_solution_and_a_depth_may_follow() -> None:
    said = item("sural l 2x0.5 d5w_buf deep 8 mm")
    assert (said.solution, said.depth, said.depth_mm) == ("D5W_BUF", "deep", 8)


def test_deep_is_part_of_the_name_until_a_side_or_amount_stands() -> None:
    assert item("deep peroneal l 0.5") == Item(BY_CODE["N063"], "left", 1, Decimal("0.5"))
    assert item("deep peroneal l 0.5 deep").depth == "deep"


def test_a_nerve_of_the_middle_needs_no_side() -> None:
    assert item("coccygeal plexus 2x0.5").side == "midline"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("sural 3x0.4", Problem.NO_SIDE),
        ("sural l r 0.5", Problem.TWO_SIDES),
        ("l 0.5", Problem.NO_NERVE),
        ("3x0.4", Problem.NO_NERVE),
        ("nonsense l 0.5", Problem.UNKNOWN_NERVE),
        ("cluneal l 0.5", Problem.WHICH_NERVE),
        ("sural m 0.5", Problem.NO_MIDLINE),
        ("coccygeal plexus both 0.5", Problem.ONLY_MIDLINE),
        ("sural l 3", Problem.BARE_NUMBER),
        ("sural l 3 0.5", Problem.BARE_NUMBER),
        ("sural l 0.5 0.4", Problem.TWO_AMOUNTS),
        ("sural l 0x0.5", Problem.COUNT),
        ("sural l 61x0.5", Problem.COUNT),
        ("sural l 9999999999999x0.5", Problem.COUNT),
        ("sural l 0.0", Problem.VOLUME),
        ("sural l 60.01", Problem.VOLUME),
        ("sural l 0.555", Problem.VOLUME),
        ("sural l 0.5 201mm", Problem.DEPTH),
        ("sural l " + "x" * 500, Problem.TOO_LONG),
    ],
)
def test_what_cannot_be_understood_is_asked_back(typed: str, problem: Problem) -> None:
    assert refusal(typed).problem == problem


@pytest.mark.parametrize("typed", ["sural l 60.00", "sural l 60x0.5", "sural l 0.01", "sural l 0.5 200mm"])
def test_the_last_value_that_fits_is_taken(typed: str) -> None:
    assert parse(typed, WORDS).refusals == ()


def test_what_could_be_several_nerves_names_them() -> None:
    assert refusal("cluneal l 0.5").names == (
        "N042 Superior cluneal",
        "N043 Middle cluneal",
        "N044 Inferior cluneal",
    )


def test_a_refusal_names_the_piece_and_leaves_the_others_understood() -> None:
    said = parse("sural; gon r 0.5", WORDS)
    assert said.refusals == (Refusal("sural", Problem.NO_SIDE),)
    assert [each.nerve.code for each in said.items] == ["N009"]


def test_more_points_than_a_session_holds_are_refused() -> None:
    assert parse("sural b 31x0.5", WORDS).refusals[-1].problem == Problem.TOO_MANY
    assert parse("sural b 30x0.5", WORDS).refusals == ()


VOLUMES = st.none() | st.decimals(min_value="0.01", max_value=60, places=2)


@st.composite
def items(draw: st.DrawFn) -> Item:
    nerve = draw(st.sampled_from(NERVES))
    sides = {"L": ("left", "right", "both"), "M": ("left", "right", "midline")}
    side = draw(st.sampled_from(sides.get(nerve.laterality, ("left", "right", "both", "midline"))))
    return Item(
        nerve=nerve,
        side=side,
        count=draw(st.integers(1, POINTS_AT_MOST // (2 if side == "both" else 1))),
        volume_ml=draw(VOLUMES),
        solution=draw(st.none() | st.sampled_from(SOLUTIONS)),
        depth=draw(st.none() | st.sampled_from(sorted(set(DEPTHS.values())))),
        depth_mm=draw(st.none() | st.integers(0, 200)),
    )


@given(items())
def test_what_is_printed_is_understood_as_it_was(said: Item) -> None:
    assert parse(printed(said), WORDS) == Parsed((said,))


PARTS = [*SOLUTIONS, "sural", "l", "r", "b", "m", "4x0.5", "3x", ".4", "0,5", "x", ";", "deep", "sc", "8mm", "٣x٤", "٣"]


@given(st.text(max_size=600) | st.lists(st.sampled_from(PARTS)).map(" ".join), st.integers(-5, 700))
def test_no_text_breaks_it_and_none_is_left_without_an_answer(line: str, caret: int) -> None:
    said = parse(line, WORDS)
    assert bool(said.answers) == bool(line.replace(";", "").strip() or len(line) > 500)
    assert all(parse(printed(each), WORDS) == Parsed((each,)) for each in said.items)
    for offered in completions(line, caret, WORDS):
        assert 0 <= offered.start <= offered.end <= len(line)


def completed(line: str) -> list[str]:
    return [line[: each.start] + each.text + line[each.end :] for each in completions(line, len(line), WORDS)]


def test_a_begun_nerve_is_completed_to_a_word_that_is_safe() -> None:
    assert completed("infrapat") == ["saph infrapat"]
    assert completed("sural l 0.5; cluneal") == [
        f"sural l 0.5; {name}" for name in ("sup cluneal", "mid cluneal", "inf cluneal")
    ]


@pytest.mark.parametrize("nerve", NERVES, ids=lambda nerve: nerve.code)
def test_each_completion_means_the_nerve_it_names(nerve: Nerve) -> None:
    (offered,) = completions(nerve.code, 4, WORDS)
    side = "midline" if nerve.laterality == "M" else "left"
    assert item(f"{offered.text} {side}").nerve == nerve


def test_a_named_nerve_goes_on_with_a_side() -> None:
    assert completed("sural ") == ["sural left", "sural right", "sural both"]
    assert completed("coccygeal plexus ") == ["coccygeal plexus midline"]


def test_a_piece_with_a_side_has_nothing_to_complete() -> None:
    assert completed("sural l") == []
