"""The nerve map: every nerve has its places, left is where the figure itself says LEFT, and both sides mirror."""

import re
from math import hypot
from pathlib import Path

import pytest

from catalogue.atlas import Atlas, Figure
from catalogue.figures.files import files
from catalogue.models import Nerve, NerveAnchor, NerveFigure
from catalogue.queries import atlas

ROOT = Path(__file__).resolve().parents[2]
# The sole of the foot is on no figure of the whole body.
ON_THE_SOLE = {"N067", "N068"}
WITHOUT_A_PLACE = {"N070"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole() -> Atlas:
    return atlas()


def drawing(code: str) -> str:
    return (ROOT / "static" / "figures" / f"{code}.svg").read_text(encoding="utf-8")


def printed(code: str) -> dict[str, float]:
    """What the drawing itself says: LEFT or RIGHT → the x where the word stands."""
    words = re.findall(r'<text class="nm-side"[^>]* x="(\d+)"[^>]*>your patient’s (LEFT|RIGHT)</text>', drawing(code))
    return {word.lower(): float(x) for x, word in words}


def test_the_files_are_what_the_command_draws():
    assert [name for name, content in files() if (ROOT / name).read_text(encoding="utf-8") != content] == []


def test_no_drawing_is_left_over():
    named = {f"{code}.svg" for code in NerveFigure.objects.values_list("code", flat=True)}
    assert {path.name for path in (ROOT / "static" / "figures").glob("*.svg")} == named


def test_every_part_of_the_product_has_its_figures(whole):
    views = {}
    for figure in whole.figures:
        views.setdefault(figure.part, []).append(figure.view)
    assert views["body"] == ["front", "back", "left", "right"]
    assert set(views) == {"body", "head", "shoulder", "elbow", "hand", "knee", "ankle", "foot"}


def test_every_nerve_is_on_the_map_except_the_scar(whole, figure):
    placed = {anchor.nerve for anchor in whole.anchors}
    figure("nerve_map_nerves_placed", len(placed))
    figure("nerve_map_anchors", len(whole.anchors))
    assert set(Nerve.objects.values_list("code", flat=True)) - placed == WITHOUT_A_PLACE


def test_every_nerve_is_on_the_whole_body_except_those_of_the_sole(whole):
    body = {figure.code for figure in whole.figures if figure.part == "body"}
    placed = {anchor.nerve for anchor in whole.anchors if anchor.figure in body}
    assert {anchor.nerve for anchor in whole.anchors} - placed == ON_THE_SOLE


def test_every_lateral_nerve_is_there_on_both_sides(whole):
    sides = {}
    for anchor in whole.anchors:
        sides.setdefault(anchor.nerve, set()).add(anchor.side)
    lateral = Nerve.objects.filter(laterality="L").values_list("code", flat=True)
    assert {code: sides[code] for code in lateral if sides[code] != {"left", "right"}} == {}
    assert sides["N045"] == {"midline"}


REGIONS = {
    "head": {"head", "face"},
    "shoulder": {"shoulder"},
    "elbow": {"elbow"},
    "hand": {"hand", "wrist"},
    "knee": {"knee"},
    "ankle": {"ankle"},
    "foot": {"foot"},
}
# The regions of ankle and foot name the same nerves; each of them is on one of the two close-ups.
ANKLE_AND_FOOT = {"ankle", "foot"}


@pytest.mark.parametrize("part", REGIONS)
def test_a_close_up_has_the_nerves_of_its_region(part, whole):
    near = {
        figure.code for figure in whole.figures if figure.part in (ANKLE_AND_FOOT if part in ANKLE_AND_FOOT else {part})
    }
    placed = {anchor.nerve for anchor in whole.anchors if anchor.figure in near}
    expected = set(Nerve.objects.filter(regions__code__in=REGIONS[part]).values_list("code", flat=True))
    assert expected - placed == set()


def test_every_anchor_lies_on_the_half_its_figure_calls_that_side(whole):
    """The right-left mix-up test: it asks the words that are printed on the drawing."""
    wrong = []
    for anchor in whole.anchors:
        labels = printed(anchor.figure)
        if anchor.side == "midline":
            continue
        own = labels.get(anchor.side)
        others = [x for side, x in labels.items() if side != anchor.side]
        if own is None or any(abs(anchor.x - other) <= abs(anchor.x - own) for other in others):
            wrong.append(anchor)
    assert wrong == []


def test_the_figures_table_says_what_the_drawings_print(whole):
    for figure in whole.figures:
        labels = printed(figure.code)
        if len(labels) == 1:
            assert {figure.left_half, figure.right_half} == set(labels)
            continue
        assert labels[figure.left_half] < figure.width / 2 < labels[figure.right_half]


def test_seen_from_the_front_the_right_of_the_patient_is_at_the_left(whole):
    halves = {figure.code: figure.left_half for figure in whole.figures}
    assert halves["front-v1"] == "right"
    assert halves["back-v1"] == "left"


def test_an_anchor_belongs_to_its_side_by_the_rule_that_points_are_held_to(whole):
    known = {figure.code: figure for figure in whole.figures}
    assert [
        a for a in whole.anchors if not known[a.figure].shows(a.side, a.x) or not known[a.figure].holds(a.x, a.y)
    ] == []


def mirrored(figure: Figure, side: str, x: int, y: int) -> tuple[str, int, int]:
    return {"left": "right", "right": "left"}.get(side, side), figure.width - x, y


def test_both_sides_mirror_each_other(whole):
    other = {"left-v1": "right-v1", "right-v1": "left-v1"}
    places = {(a.figure, a.nerve, a.side, a.x, a.y) for a in whole.anchors}
    known = {figure.code: figure for figure in whole.figures}
    images = {(other.get(f, f), nerve, *mirrored(known[f], side, x, y)) for f, nerve, side, x, y in places}
    assert images == places


def test_every_anchor_lies_inside_its_drawing_with_room_for_a_finger(whole):
    known = {figure.code: figure for figure in whole.figures}
    edge = [
        a
        for a in whole.anchors
        if not (10 <= a.x <= known[a.figure].width - 10 and 10 <= a.y <= known[a.figure].height - 10)
    ]
    assert edge == []


def test_different_nerves_of_a_close_up_are_a_target_apart_or_asked_back(whole, figure):
    """24 units is about 24 px on a tablet, the least a target may be; nearer ones are asked back in a list."""
    close = {f.code for f in whole.figures if f.part != "body"}
    near = []
    for code in sorted(close):
        mine = [a for a in whole.anchors if a.figure == code]
        for number, one in enumerate(mine):
            near += [
                (code, one.nerve, two.nerve)
                for two in mine[number + 1 :]
                if one.nerve != two.nerve and hypot(one.x - two.x, one.y - two.y) < 24
            ]
    figure("nerve_map_close_up_anchors_under_24_units", len(near))
    assert near == []


def test_every_anchor_carries_its_source():
    assert set(NerveAnchor.objects.values_list("source_mark", flat=True)) == {"[GK]"}


@pytest.mark.parametrize("code", [path.stem for path in sorted((ROOT / "static" / "figures").glob("*.svg"))])
def test_a_drawing_is_small_and_has_no_style_of_its_own(code):
    text = drawing(code)
    assert len(text) < 13_000
    assert "style" not in text
    assert "#" not in text
