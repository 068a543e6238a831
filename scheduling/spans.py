"""Arithmetic of half-open spans of time, ``[start, end)``. No Django here."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in order, as few spans as possible; touching ones become one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return found


def without(spans: Sequence[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of ``spans`` (merged) outside every hole."""
    left = list(spans)
    for hole_start, hole_end in merged(holes):
        left = [piece for span in left for piece in _cut(span, hole_start, hole_end)]
    return left


def _cut(span: Span, hole_start: datetime, hole_end: datetime) -> Iterator[Span]:
    start, end = span
    if hole_end <= start or end <= hole_start:
        yield span
        return
    if start < hole_start:
        yield start, hole_start
    if hole_end < end:
        yield hole_end, end


def holds(spans: Iterable[Span], wanted: Span) -> bool:
    """Whether one of the spans covers the wanted one."""
    return any(start <= wanted[0] and wanted[1] <= end for start, end in spans)


def is_free(busy: Sequence[Span], wanted: Span) -> bool:
    """Whether nothing in ``busy`` (merged) overlaps the wanted span."""
    position = bisect_left(busy, (wanted[1],))
    return position == 0 or busy[position - 1][1] <= wanted[0]


def starts_within(span: Span, *, length: timedelta, step: timedelta) -> Iterator[datetime]:
    """Every start on the clock's grid of ``step`` from which ``length`` fits into the span.

    The grid is that of UTC; every zone's offset is a multiple of a quarter of an hour, so the local clock shows it too.
    """
    past = (span[0] - datetime.min.replace(tzinfo=span[0].tzinfo)) % step
    start = span[0] if not past else span[0] + (step - past)
    while start + length <= span[1]:
        yield start
        start += step
