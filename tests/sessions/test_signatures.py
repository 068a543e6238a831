"""Strokes of a finger: bounded, whole numbers, drawn back as they were."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.signatures import HEIGHT, MOST_POINTS, MOST_STROKES, WIDTH, SignatureError, from_json, parse, svg_path

LINE = [[n, n] for n in range(6)]
points = st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT)).map(list)


def test_nothing_drawn_is_no_signature() -> None:
    assert parse("  ") is None


@given(st.lists(st.lists(points, min_size=5, max_size=8), min_size=1, max_size=4))
def test_strokes_read_back_as_they_were_drawn(strokes: list[list[list[int]]]) -> None:
    read = parse(json.dumps(strokes))
    assert read is not None
    assert [[list(point) for point in stroke] for stroke in read] == strokes
    assert from_json(json.loads(json.dumps(read))) == read
    assert svg_path(read).count("M") == len(strokes)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "7",
        "null",
        '"<script>"',
        "[[]]",
        "[[[1]]]",
        "[[[1, 2.5]]]",
        '[[[1, "2"]]]',
        "[[[true, 2]]]",
        json.dumps([[[WIDTH + 1, 0]] * 6]),
        json.dumps([[[0, -1]] * 6]),
        json.dumps([LINE[:4]]),
        json.dumps([LINE] * (MOST_STROKES + 1)),
        json.dumps([[[1, 1]] * (MOST_POINTS + 1)]),
        "[" * 100_000,
    ],
)
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(SignatureError):
        parse(text)


def test_the_largest_signature_is_taken() -> None:
    assert parse(json.dumps([[[WIDTH, HEIGHT]] * MOST_POINTS])) is not None


def test_a_dot_is_drawn_as_a_line_to_itself() -> None:
    assert svg_path((((3, 4),), ((1, 2), (5, 6)))) == "M3 4L3 4 M1 2L5 6"
