"""A figure as data: what is drawn, how wide, and which words stand on it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from catalogue.figures.curves import Point, Points, mirrored, moved, path

# A whole-body figure shows one side; every other figure shows both, one in each half.
LEFT, RIGHT = "left", "right"
# How far from the edge a word stands on a narrow figure, in figure units; how many letter heights two words and the
# space between them take.
LABEL_INSET = 8
LABEL_ROOM = 28


@dataclass(frozen=True)
class Shape:
    """``kind``: "skin" is filled and outlined, "flesh" filled only, "edge" outlined only (where a close-up cuts a limb
    off), "line" is a thin line of the surface, "fold" a fainter one.
    """

    points: tuple[Point, ...]
    kind: str = "line"
    is_closed: bool = False

    def at(self, dx: float, dy: float = 0, scale: float = 1) -> "Shape":
        return Shape(tuple(moved(self.points, dx, dy, scale)), self.kind, self.is_closed)

    def mirrored(self, axis: float = 0) -> "Shape":
        return Shape(tuple(mirrored(self.points, axis)), self.kind, self.is_closed)


def line(*points: Point) -> Shape:
    return Shape(points, "line")


def fold(*points: Point) -> Shape:
    return Shape(points, "fold")


def skin(*points: Point) -> Shape:
    return Shape(points, "skin", True)


def edge(*points: Point) -> Shape:
    return Shape(points, "edge")


def segment(one: tuple[Point, ...], other: tuple[Point, ...]) -> tuple[Shape, ...]:
    """A piece of a limb between its two edges, both given from top to bottom; the cut ends stay open."""
    around = [*_sharp_ends(one), *_sharp_ends(other[::-1])]
    return (Shape(tuple(around), "flesh", True), edge(*one), edge(*other))


def _sharp_ends(points: tuple[Point, ...]) -> list[Point]:
    return [(*points[0][:2], 1), *points[1:-1], (*points[-1][:2], 1)]


@dataclass(frozen=True)
class Sheet:
    """One figure. ``shapes`` are given for the right half of the picture, from its middle line x = 0 outwards;
    the other half is their mirror image. ``side_at_right``: which side of the patient the right half shows.
    A figure of one side (``only_side``) is drawn whole, from x = 0 at its left edge.
    """

    code: str
    name: str
    part: str
    view: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    side_at_right: str = LEFT
    only_side: str = ""
    middle: tuple[Shape, ...] = field(default=())
    # Half outlines from the middle line round to the middle line again: mirrored and joined into one skin.
    outlines: tuple[tuple[Point, ...], ...] = field(default=())
    # Half outlines from the middle line to where the figure is cut off.
    open_outlines: tuple[tuple[Point, ...], ...] = field(default=())
    version: int = 1
    label_y: int = 0
    label_size: int = 17

    @property
    def file_code(self) -> str:
        return f"{self.code}-v{self.version}"

    @property
    def centre(self) -> float:
        return self.width / 2

    def drawn(self) -> Iterator[Shape]:
        """Every shape in figure units, both halves."""
        if self.only_side:
            yield from self.shapes
            return
        for half in self.outlines:
            whole = (*half, *mirrored(half))
            yield Shape(tuple(moved(_joined(whole), self.centre, 0)), "skin", True)
        for half in self.open_outlines:
            whole = tuple(moved(_joined((*mirrored(half), *half)), self.centre, 0))
            yield Shape(tuple(_sharp_ends(whole)), "flesh", True)
            yield Shape(whole, "edge")
        for shape in self.shapes:
            yield shape.at(self.centre)
            yield shape.mirrored().at(self.centre)
        for shape in self.middle:
            yield shape.at(self.centre)

    @property
    def halves(self) -> tuple[str, str]:
        """Which side of the patient the left and the right half of the picture show."""
        if self.only_side:
            return self.only_side, self.only_side
        return (RIGHT if self.side_at_right == LEFT else LEFT), self.side_at_right

    def labels(self) -> dict[str, tuple[int, int]]:
        """Side → where its word stands in figure units: the middle of the text, its outer end on a narrow figure."""
        y = self.label_y or 24
        if self.only_side:
            return {self.only_side: (round(self.centre), y)}
        at_left, at_right = self.halves
        inset = LABEL_INSET if self.has_narrow_halves else round(self.width * 0.25)
        return {at_left: (inset, y), at_right: (self.width - inset, y)}

    @property
    def has_narrow_halves(self) -> bool:
        """Two words over the middle of their halves would all but touch: they stand at the edges instead."""
        return not self.only_side and self.width < LABEL_ROOM * self.label_size


def _joined(points: Points) -> list[Point]:
    """Without the points on the middle line that the mirror image repeats."""
    kept: list[Point] = []
    for point in points:
        if not kept or (abs(kept[-1][0] - point[0]) + abs(kept[-1][1] - point[1])) > 0.01:
            kept.append(point)
    if abs(kept[0][0] - kept[-1][0]) + abs(kept[0][1] - kept[-1][1]) <= 0.01:
        kept.pop()
    return kept


WORDS = {LEFT: "your patient’s LEFT", RIGHT: "your patient’s RIGHT"}


def _anchored(sheet: Sheet, x: int) -> str:
    if not sheet.has_narrow_halves:
        return ""
    return f' text-anchor="{"start" if x < sheet.width / 2 else "end"}"'


def svg(sheet: Sheet) -> str:
    """The figure as a file of its own. Lines take the colour of the text around; style sheets may say more."""
    paths = [
        f'<path class="nm-{shape.kind}" d="{path(shape.points, is_closed=shape.is_closed)}"/>'
        for shape in sheet.drawn()
    ]
    words = [
        f'<text class="nm-side" data-side="{side}" x="{x}" y="{y}"{_anchored(sheet, x)}>{WORDS[side]}</text>'
        for side, (x, y) in sheet.labels().items()
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {sheet.width} {sheet.height}">',
            '<g class="nm-drawing" fill="none" stroke="currentColor" stroke-width="2" '
            'stroke-linecap="round" stroke-linejoin="round">',
            *paths,
            "</g>",
            '<g class="nm-sides" fill="currentColor" text-anchor="middle" direction="ltr" '
            f'font-size="{sheet.label_size}" font-weight="700">',
            *words,
            "</g>",
            "</svg>",
            "",
        ]
    )
