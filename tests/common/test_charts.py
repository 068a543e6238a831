"""Where a line chart puts its points, and what it leaves out."""

from common.charts import (
    Axis,
    Band,
    Point,
    Reference,
    Series,
    line_chart,
    marker,
    nice_ticks,
    number,
    runs,
    scale,
)


def pain(*scores: float | None) -> Series:
    return Series(name="Before", points=[Point(x=day, y=score) for day, score in enumerate(scores)])


def drawn(*scores: float | None, **more: object):  # type: ignore[no-untyped-def]
    axes = {"x_axis": Axis(title="Day", low=0, high=4), "y_axis": Axis(title="Pain 0-10", low=0, high=10)}
    return line_chart(title="Pain", series=[pain(*scores)], **axes, **more)  # type: ignore[arg-type]


def test_ticks_are_round_numbers_inside_the_range() -> None:
    assert nice_ticks(0, 10) == [0, 2, 4, 6, 8, 10]
    assert nice_ticks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert nice_ticks(3, 97) == [20, 40, 60, 80]
    assert nice_ticks(5, 5) == [5]


def test_a_scale_maps_its_ends_to_the_edges_and_turns_upside_down_when_asked() -> None:
    place = scale(0, 10, 200, 0)
    assert (place(0), place(5), place(10)) == (200, 100, 0)
    assert scale(3, 3, 0, 100)(3) == 50


def test_coordinates_never_use_a_decimal_comma_or_needless_digits() -> None:
    assert [number(value) for value in (7, 7.04, 7.25, 1 / 3)] == ["7", "7", "7.2", "0.3"]


def test_a_missing_score_is_a_gap_and_never_a_line() -> None:
    assert list(runs(pain(7, 6, None, 4, 3).points)) == [[(0, 7), (1, 6)], [(3, 4), (4, 3)]]
    chart = drawn(7, 6, None, 4, 3)
    assert len(chart.series[0].paths) == 2
    assert len(chart.series[0].marks) == 4
    assert [row.values for row in chart.rows] == [[7], [6], [None], [4], [3]]


def test_a_lone_score_is_a_mark_without_a_line() -> None:
    chart = drawn(7)
    assert chart.series[0].paths == []
    assert len(chart.series[0].marks) == 1


def test_a_chart_without_scores_says_so() -> None:
    assert drawn(None, None).is_empty
    assert drawn().is_empty
    assert not drawn(0).is_empty


def test_the_series_differ_by_shape_not_only_by_colour() -> None:
    shapes = {marker(shape, 10, 10) for shape in ("circle", "square", "diamond")}
    assert len(shapes) == 3


def test_a_worse_score_stands_higher_and_the_band_lies_between_its_ends() -> None:
    chart = drawn(10, 0, band=Band(low=5, high=7, label="MCID"), reference=Reference(y=5, label="sham"))
    worst, best = (float(mark.y) for mark in chart.series[0].marks)
    assert worst < best
    assert float(chart.band.y) + float(chart.band.height) == float(chart.reference.y)
