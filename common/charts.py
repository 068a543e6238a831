"""Line charts as numbers: what to draw where. Templates turn the result into SVG; no Django here.

Coordinates leave as strings with a decimal point, so that no locale can turn them into broken SVG.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MARKERS = ("circle", "square", "diamond")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One measurement. ``x`` is a number (days, sessions); ``y`` is None when it is missing."""

    x: float
    y: float | None
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Series:
    """A named row of measurements; a missing one breaks the line."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The range of one direction and the word, with its unit, that names it."""

    title: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A horizontal line to compare with, such as what the sham arm of a trial reached."""

    y: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Band:
    """A horizontal band, such as the smallest change that matters below the first score."""

    low: float
    high: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    x: str
    y: str
    path: str
    title: str


@dataclass(frozen=True, kw_only=True)
class DrawnSeries:
    name: str
    number: int
    paths: Sequence[str]
    marks: Sequence[Mark]
    sample: str


@dataclass(frozen=True, kw_only=True)
class DrawnBand:
    y: str
    height: str
    label: str


@dataclass(frozen=True, kw_only=True)
class DrawnReference:
    y: str
    label: str


@dataclass(frozen=True, kw_only=True)
class TableRow:
    label: str
    values: Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class LineChart:
    """Everything ``charts/line.html`` prints."""

    title: str
    width: int
    height: int
    left: str
    right: str
    top: str
    bottom: str
    plot_width: str
    tick_bottom: str
    x_title: str
    y_title: str
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    series: Sequence[DrawnSeries]
    band: DrawnBand | None
    reference: DrawnReference | None
    better: str
    notes: Sequence[str]
    rows: Sequence[TableRow]

    @property
    def is_empty(self) -> bool:
        return not any(row.values.count(None) < len(row.values) for row in self.rows)


def number(value: float) -> str:
    """Write a coordinate with at most one decimal: ``12.5``, ``7``."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def nice_ticks(low: float, high: float, *, count: int = 5) -> list[float]:
    """Return about ``count`` round numbers (1, 2, 2.5 or 5 times a power of ten) inside the range."""
    if high <= low:
        return [low]
    rough = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Return the straight map from [low, high] to [start, end]; a range without width maps to the middle."""
    if high == low:
        return lambda value: (start + end) / 2
    return lambda value: start + (value - low) * (end - start) / (high - low)


def runs(points: Sequence[Point]) -> Iterator[list[tuple[float, float]]]:
    """Cut the points into unbroken runs: a missing value ends one."""
    run: list[tuple[float, float]] = []
    for point in points:
        if point.y is None:
            if run:
                yield run
            run = []
        else:
            run.append((point.x, point.y))
    if run:
        yield run


def marker(shape: str, x: float, y: float, size: float = 4.5) -> str:
    """Return the path of a marker, so that series differ by shape as well as by colour."""
    if shape == "square":
        side = number(2 * size)
        return f"M{number(x - size)} {number(y - size)}h{side}v{side}h-{side}z"
    if shape == "diamond":
        half = number(size * 1.3)
        return f"M{number(x)} {number(y - size * 1.3)}l{half} {half}l-{half} {half}l-{half} -{half}z"
    return (
        f"M{number(x - size)} {number(y)}a{number(size)} {number(size)} 0 1 0 {number(2 * size)} 0"
        f"a{number(size)} {number(size)} 0 1 0 {number(-2 * size)} 0z"
    )


def line_chart(
    *,
    title: str,
    x_axis: Axis,
    y_axis: Axis,
    series: Sequence[Series],
    band: Band | None = None,
    reference: Reference | None = None,
    better: str = "",
    notes: Sequence[str] = (),
    width: int = 560,
    height: int = 270,
) -> LineChart:
    """Lay out a line chart; ``better`` names the direction of improvement, notes carry n and completeness."""
    left, right, top, bottom = 36.0, width - 16.0, 34.0, height - 48.0
    place_x = scale(x_axis.low, x_axis.high, left, right)
    place_y = scale(y_axis.low, y_axis.high, bottom, top)
    return LineChart(
        title=title,
        width=width,
        height=height,
        left=number(left),
        right=number(right),
        top=number(top),
        bottom=number(bottom),
        plot_width=number(right - left),
        tick_bottom=number(bottom + 5),
        x_title=x_axis.title,
        y_title=y_axis.title,
        x_ticks=_ticks(x_axis, place_x),
        y_ticks=_ticks(y_axis, place_y),
        series=[_drawn(index, one, place_x, place_y) for index, one in enumerate(series)],
        band=_drawn_band(band, place_y) if band else None,
        reference=_drawn_reference(reference, place_y) if reference else None,
        better=better,
        notes=tuple(notes),
        rows=_rows(series),
    )


def _ticks(axis: Axis, place: Callable[[float], float]) -> list[Tick]:
    chosen = axis.ticks or [(value, f"{value:g}") for value in nice_ticks(axis.low, axis.high)]
    return [Tick(at=number(place(value)), label=label) for value, label in chosen]


def _drawn(
    index: int, series: Series, place_x: Callable[[float], float], place_y: Callable[[float], float]
) -> DrawnSeries:
    shape = MARKERS[index % len(MARKERS)]
    paths = [
        "M" + "L".join(f"{number(place_x(x))} {number(place_y(y))}" for x, y in run)
        for run in runs(series.points)
        if len(run) > 1
    ]
    marks = [
        Mark(
            x=number(place_x(point.x)),
            y=number(place_y(point.y)),
            path=marker(shape, place_x(point.x), place_y(point.y)),
            title=f"{series.name}: {point.y:g} ({point.label or f'{point.x:g}'})",
        )
        for point in series.points
        if point.y is not None
    ]
    sample = marker(shape, 18, 8)
    return DrawnSeries(name=series.name, number=index + 1, paths=paths, marks=marks, sample=sample)


def _drawn_band(band: Band, place_y: Callable[[float], float]) -> DrawnBand:
    top, bottom = sorted((place_y(band.low), place_y(band.high)))
    return DrawnBand(y=number(top), height=number(bottom - top), label=band.label)


def _drawn_reference(reference: Reference, place_y: Callable[[float], float]) -> DrawnReference:
    return DrawnReference(y=number(place_y(reference.y)), label=reference.label)


def _rows(series: Sequence[Series]) -> list[TableRow]:
    """One row for every x that any series has, in order."""
    labels: dict[float, str] = {}
    for one in series:
        for point in one.points:
            labels[point.x] = point.label or labels.get(point.x, "") or f"{point.x:g}"
    values = [{point.x: point.y for point in one.points} for one in series]
    return [TableRow(label=labels[x], values=[column.get(x) for column in values]) for x in sorted(labels)]
