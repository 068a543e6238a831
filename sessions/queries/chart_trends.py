"""The course in figures and in one picture: trough and peak as two series, hours of relief, nothing averaged away."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.models import InstrumentThreshold, StudyResult
from common.charts import Axis, Band, LineChart, Point, Reference, Series, line_chart, nice_ticks
from common.local_words import local_day_words
from sessions.queries.chart import SessionLine
from sessions.relief import ReliefState, median, slope_per_week

NRS = "NRS:score"
TWO_WEEKS_MINUTES = 14 * 24 * 60
SMALL_WIDTH, SMALL_HEIGHT = 320, 190
DAY_SECONDS = 24 * 60 * 60
IMPORTANT_CHANGE = "NRS:score:points"


@dataclass(frozen=True)
class Trend:
    """First and last score of a series and its Theil-Sen slope in points a week; None where there are too few."""

    first: int | None
    last: int | None
    per_week: float | None

    @property
    def change(self) -> int | None:
        return None if self.first is None or self.last is None else self.last - self.first


@dataclass(frozen=True)
class Figures:
    """What the course card shows at a glance."""

    done: int
    trough: Trend
    peak: Trend
    relief_ended: int
    relief_bounded: int
    relief_lasting: int
    relief_unknown: int
    median_hours: float | None


def figures(lines: Sequence[SessionLine]) -> Figures:
    """Sum a course up. The median is of relief whose end is known; how many ended at a time that nobody knows, still
    last or never answered is said."""
    reliefs = [line.scores.relief for line in lines]
    all_ended = [one for one in reliefs if one.state is ReliefState.ENDED]
    ended = [one.hours for one in all_ended if one.hours is not None and not one.is_at_most]
    return Figures(
        done=len(lines),
        trough=_trend(lines, [line.scores.trough for line in lines]),
        peak=_trend(lines, [line.scores.peak for line in lines]),
        relief_ended=len(ended),
        relief_bounded=len(all_ended) - len(ended),
        relief_lasting=sum(one.state is ReliefState.LASTING for one in reliefs),
        relief_unknown=sum(one.state is ReliefState.UNKNOWN for one in reliefs),
        median_hours=median(ended),
    )


def drawn(lines: Sequence[SessionLine], question: str) -> LineChart:
    """Draw trough and peak over the weeks of the course, with the change that matters and what a sham arm reached."""
    weeks = _weeks(lines)
    labels = [_label(line) for line in lines]
    troughs = [line.scores.trough for line in lines]
    peaks = [line.scores.peak for line in lines]
    baseline = next((score for score in troughs if score is not None), None)
    reference, band, notes = _comparison(baseline)
    return line_chart(
        title=_("Pain before and after each session"),
        x_axis=Axis(title=_("weeks since the first session"), low=0, high=_last_week(weeks), ticks=_ticks(weeks)),
        y_axis=Axis(
            title=_("pain 0–10, %(question)s") % {"question": question},
            low=0,
            high=10,
            ticks=[(value, str(value)) for value in range(0, 11, 2)],
        ),
        series=[
            Series(name=_("Before (trough)"), points=_points(weeks, troughs, labels)),
            Series(name=_("After (peak)"), points=_points(weeks, peaks, labels)),
        ],
        band=band,
        reference=reference,
        better=_("lower is better ↓"),
        notes=[_completeness(troughs, peaks), *notes],
    )


def small(lines: Sequence[SessionLine], question: str) -> LineChart:
    """The trough alone, small enough for a card, over the same band and reference as the chart's picture."""
    weeks, troughs = _weeks(lines), [line.scores.trough for line in lines]
    reference, band, notes = _comparison(next((score for score in troughs if score is not None), None))
    return line_chart(
        title=_("Trough: pain before each session, %(question)s") % {"question": question},
        x_axis=Axis(title=_("weeks"), low=0, high=_last_week(weeks), ticks=_ticks(weeks)),
        y_axis=Axis(
            title=_("0–10"),
            low=0,
            high=10,
            ticks=[(value, str(value)) for value in (0, 5, 10)],
        ),
        series=[Series(name=_("Before"), points=_points(weeks, troughs, [_label(line) for line in lines]))],
        band=band,
        reference=reference,
        better=_("lower is better ↓"),
        notes=[_one_completeness(troughs), *notes],
        width=SMALL_WIDTH,
        height=SMALL_HEIGHT,
    )


def _trend(lines: Sequence[SessionLine], scores: Sequence[int | None]) -> Trend:
    known = [
        (line.session.started_at.timestamp() / DAY_SECONDS, score) for line, score in zip(lines, scores, strict=True)
    ]
    points = [(day, float(score)) for day, score in known if score is not None]
    told = [score for score in scores if score is not None]
    return Trend(told[0] if told else None, told[-1] if told else None, slope_per_week(points))


def _weeks(lines: Sequence[SessionLine]) -> list[float]:
    if not lines:
        return []
    start = lines[0].session.started_at
    return [(line.session.started_at - start).total_seconds() / (7 * DAY_SECONDS) for line in lines]


def _last_week(weeks: Sequence[float]) -> float:
    return max([1.0, *weeks])


def _ticks(weeks: Sequence[float]) -> list[tuple[float, str]]:
    return [(value, f"{value:g}") for value in nice_ticks(0, _last_week(weeks)) if value == int(value)]


def _label(line: SessionLine) -> str:
    day = local_day_words(line.session.started_at, get_current_timezone())
    if not line.number:
        return day
    return _("Session %(number)s, %(day)s") % {"number": line.number, "day": day}


def _points(weeks: Sequence[float], scores: Sequence[int | None], labels: Sequence[str]) -> list[Point]:
    return [Point(x=x, y=score, label=label) for x, score, label in zip(weeks, scores, labels, strict=True)]


def _comparison(baseline: int | None) -> tuple[Reference | None, Band | None, list[str]]:
    """The reviewed figures of the catalogue, drawn below the first score before a session; none, nothing drawn."""
    notes = [_("Before and after, without a control group: time, placebo and other treatment change scores too.")]
    if baseline is None:
        return None, None, notes
    return _sham(baseline), _important_change(baseline), notes


def _sham(baseline: int) -> Reference | None:
    row = StudyResult.objects.sham_reference().filter(scale__code=NRS, time_minutes=TWO_WEEKS_MINUTES).first()
    if row is None or baseline < row.value:
        return None
    words = _(
        "%(fall)s below the first score: the %(arm)s arm of %(study)s after %(time)s"
        " (%(condition)s, %(design)s, n = %(n)s)"
    )
    facts = {
        "fall": f"{float(row.value):g}",
        "arm": row.arm.lower(),
        "study": row.study.name,
        "time": row.time_text,
        "condition": row.study.condition_text.lower(),
        "design": row.study.design,
        "n": row.study.participants,
    }
    return Reference(y=float(baseline - row.value), label=words % facts)


def _important_change(baseline: int) -> Band | None:
    row = InstrumentThreshold.objects.current().filter(code=IMPORTANT_CHANGE).first()
    if row is None or row.value is None:
        return None
    words = ngettext(
        "less than %(points)s point below the first score: a change too small to matter",
        "less than %(points)s points below the first score: a change too small to matter",
        int(row.value),
    )
    low = max(0.0, float(baseline - row.value))
    return Band(low=low, high=float(baseline), label=words % {"points": f"{float(row.value):g}"})


def _completeness(troughs: Sequence[int | None], peaks: Sequence[int | None]) -> str:
    return _("Scores before: %(before)s of %(n)s sessions; after: %(after)s of %(n)s.") % {
        "before": len(troughs) - troughs.count(None),
        "after": len(peaks) - peaks.count(None),
        "n": len(troughs),
    }


def _one_completeness(troughs: Sequence[int | None]) -> str:
    words = {"told": len(troughs) - troughs.count(None), "n": len(troughs)}
    return _("Scores before: %(told)s of %(n)s sessions.") % words
