"""A signature drawn with a finger: strokes of points on a board of 1,000 by 300, bounded. No Django, no rows."""

import json
from typing import Any

WIDTH, HEIGHT = 1000, 300
MOST_STROKES, MOST_POINTS = 60, 3000
LEAST_POINTS = 5
Strokes = tuple[tuple[tuple[int, int], ...], ...]


class SignatureError(ValueError):
    """These are not the strokes of a signature."""


def parse(text: str) -> Strokes | None:
    """The strokes as the page sends them (JSON ``[[[x, y], …], …]``), None where nothing was drawn.

    Raises ``SignatureError`` for anything else, for points off the board, and for too much or too little ink.
    """
    if not text.strip():
        return None
    try:
        strokes = from_json(json.loads(text))
    except SignatureError:
        raise
    except (ValueError, TypeError, RecursionError) as error:  # no JSON, or a number of thousands of digits
        raise SignatureError("This is no drawing.") from error
    points = sum(len(stroke) for stroke in strokes)
    if len(strokes) > MOST_STROKES or points > MOST_POINTS:
        raise SignatureError("This drawing is too large.")
    if points < LEAST_POINTS:
        raise SignatureError("This is too little for a signature.")
    return strokes


def from_json(drawn: Any) -> Strokes:
    """Strokes of whole numbers on the board. Raises ``SignatureError`` or ``TypeError`` for anything else."""
    strokes = tuple(tuple(_point(point) for point in stroke) for stroke in drawn)
    if not all(strokes):
        raise SignatureError("A stroke has points.")
    return strokes


def _point(point: Any) -> tuple[int, int]:
    if not isinstance(point, list | tuple) or len(point) != 2 or not all(type(value) is int for value in point):
        raise SignatureError("A point is two whole numbers.")
    x, y = point
    if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        raise SignatureError("A point lies on the board.")
    return x, y


def svg_path(strokes: Strokes) -> str:
    """The ``d`` of one SVG path; a dot is drawn as a line to itself."""
    return " ".join(_stroke(stroke) for stroke in strokes)


def _stroke(stroke: tuple[tuple[int, int], ...]) -> str:
    (x, y), *rest = stroke
    return f"M{x} {y}" + "".join(f"L{a} {b}" for a, b in rest or [(x, y)])
