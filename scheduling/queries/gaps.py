"""Where nothing is claimed: PostgreSQL takes the claims out of the days, and only the stretches left are read.

Of a clinic that is nearly full almost nothing is left, of an empty one a stretch a day: either way little is read.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.actors import Actor
from scheduling.models.claims import LONGEST_CLAIM
from scheduling.spans import Span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A claim may touch two of the stretches wanted; aggregating ranges counts it once all the same.
_SQL = """
WITH wanted AS (
  SELECT * FROM unnest(%(since)s::timestamptz[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
    AS w (since, starts_at, ends_at)
), taken AS (
  SELECT c.resource_id, c.unit, range_agg(tstzrange(c.starts_at, c.free_at)) AS spans
  FROM wanted w
  JOIN scheduling_claim c ON c.starts_at < w.ends_at AND c.starts_at > w.since
    AND c.free_at > w.starts_at
  WHERE c.clinic_id = %(clinic)s AND c.resource_id = ANY(%(resources)s::uuid[])
    AND (c.expires_at IS NULL OR c.expires_at > %(now)s)
    AND coalesce(c.appointment_id, c.hold_id, c.room_block_id) <> ALL(%(left_out)s::uuid[])
  GROUP BY c.resource_id, c.unit
)
SELECT t.resource_id, t.unit, (extract(epoch FROM lower(gap)) * 1000000)::bigint,
  (extract(epoch FROM upper(gap)) * 1000000)::bigint
FROM taken t LEFT JOIN LATERAL unnest(
  (SELECT range_agg(tstzrange(w.starts_at, w.ends_at)) FROM wanted w) - t.spans
) AS gap ON upper(gap) - lower(gap) >= %(at_least)s
ORDER BY gap
"""


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """By resource and unit the stretches nobody claimed, in order.

    What is not in ``found`` nobody claimed at all: its gaps are ``unclaimed``.
    """

    unclaimed: Sequence[Span]
    found: dict[tuple[UUID, int], list[Span]] = field(default_factory=dict)

    def of(self, resource_id: UUID, unit: int = 1) -> Sequence[Span]:
        return self.found.get((resource_id, unit), self.unclaimed)

    def is_free(self, resource_id: UUID, span: Span, *, units: int = 1) -> bool:
        """Whether one of the resource's units is free for the whole span."""
        return any(_holds(self.of(resource_id, unit), span) for unit in range(1, units + 1))


def gaps_of(
    *,
    by: Actor,
    resources: Collection[UUID],
    wanted: Sequence[Span],
    at_least: timedelta,
    now: datetime,
    left_out: Collection[UUID] = (),
) -> Gaps:
    """One query. ``wanted`` are spans in order that do not touch; shorter stretches than ``at_least`` are left out.

    Turnover counts as claimed; a hold that has run out at ``now``, and the visits and holds ``left_out``, do not.
    """
    given: dict[str, Any] = {
        "clinic": by.clinic_id,
        "resources": list(resources),
        # The index is asked with plain values: row-level security keeps arithmetic out of it.
        "since": [start - LONGEST_CLAIM for start, _end in wanted],
        "starts": [start for start, _end in wanted],
        "ends": [end for _start, end in wanted],
        "at_least": at_least,
        "now": now,
        "left_out": list(left_out),
    }
    found: dict[tuple[UUID, int], list[Span]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, given)
        for resource_id, unit, starts, ends in cursor.fetchall():
            gaps = found.setdefault((resource_id, unit), [])
            if starts is not None:
                gaps.append((_at(starts), _at(ends)))
    return Gaps(unclaimed=[span for span in wanted if span[1] - span[0] >= at_least], found=found)


def both(left: Sequence[Span], right: Sequence[Span]) -> Iterator[Span]:
    """What lies in a span of each; either is in order and without overlaps."""
    position = 0
    for start, end in left:
        while position < len(right) and right[position][1] <= start:
            position += 1
        for other_start, other_end in right[position:]:
            if other_start >= end:
                break
            yield max(start, other_start), min(end, other_end)


def _holds(spans: Sequence[Span], wanted: Span) -> bool:
    position = bisect_right(spans, wanted[0], key=lambda span: span[0])
    return position > 0 and wanted[1] <= spans[position - 1][1]


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
