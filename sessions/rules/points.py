"""Rules about single points: side, region, needle, repeats."""

from collections import Counter
from collections.abc import Iterator

from sessions.rules.facts import Point, Session
from sessions.rules.table import RULES, Finding

# Regions that say nothing about a place.
_ANYWHERE = frozenset({"any", "diffuse", "limb"})
_OTHER_SIDE = {"left": "right", "right": "left"}


def has_points(session: Session) -> Iterator[Finding]:
    """P01: a session without a point is possible (a review, a stopped treatment) but never by oversight."""
    if not session.points:
        yield Finding(RULES["no_points"], "")


def sides_are_named(session: Session) -> Iterator[Finding]:
    """V06: a lateral nerve has a left or a right, and it is the side of the condition."""
    for point in session.points:
        words = (("nerve", point.nerve.name), ("side", point.side), ("other", session.condition.side))
        if point.nerve.needs_side and point.side not in _OTHER_SIDE:
            yield Finding(RULES["side_missing"], point.nerve.code, words)
        elif session.condition.side in _OTHER_SIDE and point.side == _OTHER_SIDE[session.condition.side]:
            yield Finding(RULES["side_differs"], f"{point.nerve.code} {point.side}", words)


def regions_fit(session: Session) -> Iterator[Finding]:
    """V07: compared only where both the nerve and the condition name a place."""
    treated = session.condition
    if not treated.regions or treated.regions & _ANYWHERE:
        return
    for point in session.points:
        nerve = point.nerve
        is_elsewhere = not nerve.regions & (treated.regions | _ANYWHERE) and nerve.code not in treated.nerves
        if is_elsewhere and nerve.regions:
            yield Finding(RULES["region_differs"], nerve.code, (("nerve", nerve.name),))


def lung_is_spared(session: Session) -> Iterator[Finding]:
    """V12: a long needle near the pleura; a deep injection without ultrasound."""
    length = session.needle_length_mm
    for point in session.points:
        nerve = point.nerve
        if "PTX" in nerve.flags and length is not None and length > session.limits.needle_mm_near_pleura:
            words = (("nerve", nerve.name), ("length", str(length)))
            yield Finding(RULES["pleura_needle"], f"{nerve.code} {length}", words)
        if point.is_deep and not session.is_image_guided:
            yield Finding(RULES["deep_unguided"], nerve.code, (("nerve", nerve.name),))


def nerves_come_once(session: Session) -> Iterator[Finding]:
    """V14: by nerve and side within one cycle, whatever the order of the points; a later cycle treats them again by
    intent. Several points along one nerve are usual: asked is about more of them than the catalogue expects
    (domain.md §2, ``Pts``). A reason covers as many as there were.
    """
    counts = Counter(_place(point) for point in session.points)
    nerves = {point.nerve.code: point.nerve for point in session.points}
    for (code, side, _cycle), count in counts.items():
        if count > nerves[code].usual_points:
            words = (("nerve", nerves[code].name), ("side", side), ("count", str(count)))
            yield Finding(RULES["nerve_twice"], f"{code} {side} {count}", words)


def _place(point: Point) -> tuple[str, str, int]:
    return point.nerve.code, point.side, point.cycle


POINT_CHECKS = (has_points, sides_are_named, regions_fit, lung_is_spared, nerves_come_once)
