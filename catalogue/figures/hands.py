"""A hand seen flat, the fingers down and the thumb to the right; the whole body and the close-ups share it."""

from math import cos, radians, sin

from catalogue.figures.curves import Point

# From the wrist (y = 0) to the tip of the middle finger (y = 190), about one unit to the millimetre.
# Finger: base on the thumb's side, base on the other, tip centre, half width at the middle joint, radius of the tip.
FINGERS = (
    ((43, 103), (22, 108), (39, 172), 10.2, 8.2),
    ((22, 108), (1, 109), (13, 183), 10.4, 8.4),
    ((1, 109), (-19, 105), (-14, 174), 10.0, 8.0),
    ((-19, 105), (-38, 96), (-38, 147), 8.8, 7.2),
)
THUMB_SIDE = ((28, -6), (33, 14), (44, 32), (57, 46), (70, 62), (83, 82), (92, 98), (97, 111), (95, 120), (88, 121))
THUMB_INSIDE = ((80, 113), (70, 99), (59, 87), (50, 81), (45, 84), (43, 92))
EDGE = ((-40, 84), (-42, 62), (-39, 36), (-32, 12), (-28, -6))


def outline() -> list[Point]:
    """From the wrist on the thumb's side round to the wrist on the little finger's side."""
    points: list[Point] = [*THUMB_SIDE, *THUMB_INSIDE]
    for number, shape in enumerate(FINGERS):
        points += finger(*shape, is_last=number == len(FINGERS) - 1)
    return [*points, *EDGE]


def finger(near: Point, far: Point, tip: Point, half_width: float, radius: float, *, is_last: bool) -> list[Point]:
    root = ((near[0] + far[0]) / 2, (near[1] + far[1]) / 2)
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    length = (dx * dx + dy * dy) ** 0.5
    along, across = (dx / length, dy / length), (dy / length, -dx / length)

    def at(forward: float, aside: float) -> Point:
        return (
            root[0] + along[0] * forward + across[0] * aside,
            root[1] + along[1] * forward + across[1] * aside,
        )

    round_tip = [
        (
            tip[0] + radius * (across[0] * cos(a) + along[0] * sin(a)),
            tip[1] + radius * (across[1] * cos(a) + along[1] * sin(a)),
        )
        for a in map(radians, (10, 50, 90, 130, 170))
    ]
    start = [at(length * 0.16, half_width), at(length * 0.55, half_width * 0.98)]
    back = [at(length * 0.55, -half_width * 0.98), at(length * 0.16, -half_width)]
    web = [] if is_last else [far]
    return [*start, *round_tip, *back, *web]


def creases() -> tuple[tuple[Point, ...], ...]:
    """The lines of the palm."""
    return (
        ((22, 12), (14, 34), (13, 56), (22, 76), (42, 84)),
        ((44, 88), (24, 84), (2, 74), (-16, 66)),
        ((-40, 78), (-18, 88), (2, 92), (18, 104)),
    )


def placed(points: tuple[Point, ...] | list[Point], x: float, y: float, scale: float, turn: float = 0) -> list[Point]:
    """Scaled, turned by degrees (clockwise on the screen) about the wrist, and moved."""
    c, s = cos(radians(turn)), sin(radians(turn))
    return [((px * c - py * s) * scale + x, (px * s + py * c) * scale + y) for px, py, *_ in points]
