"""Smooth curves through a few points: Catmull-Rom with centripetal spacing, written as SVG cubic Béziers."""

from collections.abc import Sequence
from math import hypot

# (x, y) in figure units; a third value makes the point a corner instead of a smooth one.
Point = tuple[float, ...]
Points = Sequence[Point]


def mirrored(points: Points, axis: float = 0) -> list[Point]:
    """The same points on the other side of the vertical line x = ``axis``, in the opposite order."""
    return [(2 * axis - x, y, *corner) for x, y, *corner in reversed(points)]


def moved(points: Points, dx: float, dy: float, scale: float = 1) -> list[Point]:
    return [(x * scale + dx, y * scale + dy, *corner) for x, y, *corner in points]


def path(points: Points, *, is_closed: bool = False) -> str:
    """The ``d`` of a path: smooth through every point, sharp at the corners. Needs two points at least."""
    loop = [*points, points[0]] if is_closed else list(points)
    last = len(loop) - 1
    pen = (round(loop[0][0], 1), round(loop[0][1], 1))
    pieces = [f"M{_pair(pen)}"]
    for at in range(last):
        before = _neighbour(loop, at, at - 1, is_closed)
        after = _neighbour(loop, at + 1, at + 2, is_closed)
        handles = (_handle(before, loop[at], loop[at + 1]), _handle(after, loop[at + 1], loop[at]), loop[at + 1])
        # Steps from where the pen is, which is shorter; rounded each time, so that errors do not add up.
        steps = [(round(x - pen[0], 1), round(y - pen[1], 1)) for x, y, *_ in handles]
        pieces.append("c" + " ".join(_pair(step) for step in steps))
        pen = (round(pen[0] + steps[2][0], 1), round(pen[1] + steps[2][1], 1))
    return "".join(pieces) + ("Z" if is_closed else "")


def _neighbour(loop: Points, at: int, wanted: int, is_closed: bool) -> Point:
    """The point beyond ``at``; the point itself where the curve ends or turns a corner."""
    if len(loop[at]) > 2:
        return loop[at]
    if 0 <= wanted < len(loop):
        return loop[wanted]
    if not is_closed:
        return loop[at]
    return loop[-2] if wanted < 0 else loop[1]


def _handle(beyond: Point, here: Point, towards: Point) -> Point:
    """The control point beside ``here`` on the way to ``towards`` (centripetal, alpha 0.5)."""
    near = hypot(towards[0] - here[0], towards[1] - here[1]) ** 0.5
    far = hypot(beyond[0] - here[0], beyond[1] - here[1]) ** 0.5
    if far == 0 or near == 0:
        return (here[0] + (towards[0] - here[0]) / 3, here[1] + (towards[1] - here[1]) / 3)
    weights = (near * near, 2 * far * far + 3 * far * near + near * near, far * far)
    total = 3 * far * (far + near)
    x, y = (
        (far * far * towards[axis] - weights[0] * beyond[axis] + weights[1] * here[axis]) / total for axis in (0, 1)
    )
    return (x, y)


def _pair(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-0.", "-.").removeprefix("0") or "0"
