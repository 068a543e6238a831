"""The nerve map on paper: the points where they were put, and everything else at its usual place, dashed."""

import re
from xml.etree import ElementTree

import pytest

from catalogue.atlas import Anchor, Atlas, Figure
from sessions.nerve_maps import Mark, draw, nerve_maps

FRONT = Figure("front-v1", "Front of the body", "body", "front", 460, 1000, "right", "left")
KNEE = Figure("knee-front-v1", "Knee, front", "knee", "front", 640, 470, "right", "left")
ATLAS = Atlas(
    [FRONT, KNEE],
    [
        Anchor("front-v1", "N054", "left", 264, 738),
        Anchor("front-v1", "N054", "right", 196, 738),
        Anchor("knee-front-v1", "N054", "left", 444, 300),
    ],
)


def mark(number=1, nerve="N054", side="left", **place) -> Mark:
    return Mark(number, nerve, side, f"{number} words", **place)


def test_a_point_stands_where_it_was_put():
    (one,) = nerve_maps([mark(figure="knee-front-v1", x=450, y=310)], ATLAS).maps
    assert one.figure == KNEE
    assert [(spot.x, spot.y, spot.is_usual) for spot in one.spots] == [(450, 310, False)]


def test_a_point_that_nobody_put_stands_at_the_usual_place_of_its_nerve_and_says_so():
    (one,) = nerve_maps([mark(side="right")], ATLAS).maps
    assert [(spot.x, spot.y, spot.is_usual) for spot in one.spots] == [(196, 738, True)]
    assert "stroke-dasharray" in one.svg


def test_a_scar_that_was_put_nowhere_is_listed_apart():
    drawn = nerve_maps([mark(nerve="N070")], ATLAS)
    assert (drawn.maps, [row.number for row in drawn.elsewhere]) == ((), [1])


def test_points_on_one_spot_are_drawn_side_by_side():
    marks = [mark(number, figure="front-v1", x=264, y=738) for number in range(1, 13)]
    spots = nerve_maps(marks, ATLAS).maps[0].spots
    assert len({(spot.x, spot.y) for spot in spots}) == 12
    assert all(FRONT.shows("left", spot.x) and FRONT.holds(spot.x, spot.y) for spot in spots)


def test_the_figures_come_in_their_order_whole_body_first():
    marks = [mark(1, figure="knee-front-v1", x=450, y=310), mark(2)]
    assert [one.figure.code for one in nerve_maps(marks, ATLAS).maps] == ["front-v1", "knee-front-v1"]


def test_a_drawing_is_well_formed_and_carries_every_number_and_both_sides():
    (one,) = nerve_maps([mark(1), mark(2)], ATLAS).maps
    text = one.svg
    ElementTree.fromstring(text)
    assert re.findall(r'data-number="(\d+)"', text) == ["1", "2"]
    assert "your patient’s LEFT" in text
    assert "your patient’s RIGHT" in text
    assert "<script" not in text
    assert "style=" not in text


@pytest.mark.parametrize(
    ("side", "x", "is_shown"),
    [
        ("left", 300, True),
        ("left", 100, False),
        ("right", 100, True),
        ("left", 228, True),
        ("left", 226, False),
        ("midline", 230, True),
    ],
)
def test_a_point_belongs_to_the_half_of_its_side(side, x, is_shown):
    assert FRONT.shows(side, x) is is_shown


def test_a_name_cannot_break_the_drawing():
    assert "&lt;b&gt;" in draw(Figure("front-v1", "<b>", "body", "front", 460, 1000, "right", "left"), [])
