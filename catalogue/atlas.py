"""The nerve map without its drawings: figures, where each nerve is met on them, and the rules of placing a point.

Units are figure units, from the top left of the figure's view box. Sides are the patient's own. The script of the page
(static/js/session/map.js) keeps the same rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

LEFT, RIGHT, MIDLINE = "left", "right", "midline"
# A point may lie this far over the middle line and still belong to its side.
OVER_THE_MIDDLE = 3
# Points on the same spot are drawn this far from one another, five in a column, columns away from the middle.
STEP = 24
IN_A_COLUMN = (0, 1, -1, 2, -2)


@dataclass(frozen=True)
class Figure:
    """``left_half`` and ``right_half``: the side of the patient that half of the picture shows."""

    code: str
    name: str
    part: str
    view: str
    width: int
    height: int
    left_half: str
    right_half: str

    def holds(self, x: int, y: int) -> bool:
        return 0 <= x <= self.width and 0 <= y <= self.height

    def shows(self, side: str, x: int) -> bool:
        """Whether a point of that side may lie at ``x``; one in the midline may lie anywhere."""
        if side == MIDLINE:
            return True
        middle = self.width / 2
        in_left, in_right = x <= middle + OVER_THE_MIDDLE, x >= middle - OVER_THE_MIDDLE
        return (in_left and self.left_half == side) or (in_right and self.right_half == side)

    def spread(self, x: int, y: int, number: int) -> tuple[int, int]:
        """Where the ``number``-th point (from 0) on the same spot is drawn."""
        column, row = divmod(number, len(IN_A_COLUMN))
        outwards = 1 if x >= self.width / 2 else -1
        across, down = x + outwards * column * STEP, y + IN_A_COLUMN[row] * STEP
        return min(max(across, 0), self.width), min(max(down, 0), self.height)


@dataclass(frozen=True)
class Anchor:
    figure: str
    nerve: str
    side: str
    x: int
    y: int


@dataclass(frozen=True)
class Atlas:
    """Figures in their order, whole body first."""

    figures: Sequence[Figure]
    anchors: Sequence[Anchor]
    _first: dict[tuple[str, str, str], Anchor] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for anchor in self.anchors:
            self._first.setdefault((anchor.figure, anchor.nerve, anchor.side), anchor)

    def figure(self, code: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.code == code), None)

    def usual_place(self, figure: str, nerve: str, side: str) -> Anchor | None:
        """The first anchor of the nerve on that side of the figure."""
        return self._first.get((figure, nerve, side))

    def first_place(self, nerve: str, side: str) -> Anchor | None:
        """The nerve's anchor on the first figure that shows it."""
        places = (self.usual_place(figure.code, nerve, side) for figure in self.figures)
        return next((place for place in places if place), None)


def parts(figures: Iterable[Figure]) -> dict[str, list[Figure]]:
    """Part of the body → its figures, both in order."""
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.part, []).append(figure)
    return found
