"""“Repeat last”: which points of the last session may be suggested again, and which may not, said in words.

A suggestion carries what a point is (nerve, side, place, volume, depth, solution). Its bottle is today's: what is on
the tray, or none until one is chosen. Last time's lot, preparation and cycle, scores, and anything about how the
patient answered are never copied.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from catalogue.queries import NerveChoice
from sessions.drafts import PointRow
from sessions.models import InjectionPoint

_NEVER_COPIED = {"lot_id", "preparation_id", "cycle"}
_COPIED = [name for name in PointRow.__dataclass_fields__ if name not in _NEVER_COPIED]


@dataclass(frozen=True)
class OnTray:
    """What today's session draws from: a point of the same solution is given it, as any new row is."""

    solution_id: UUID
    preparation_id: UUID
    lot_id: UUID | None
    name: str


@dataclass(frozen=True)
class Suggestion:
    """A point to inject again. ``note`` says which bottle it is given."""

    id: UUID
    number: int
    row: PointRow
    nerve: str
    side: str
    note: str = ""
    is_used: bool = False


@dataclass(frozen=True)
class LeftOut:
    """A point that is not suggested, and why."""

    number: int
    nerve: str
    side: str
    why: str


@dataclass(frozen=True)
class Repeat:
    suggestions: list[Suggestion]
    left_out: list[LeftOut]

    @property
    def unused(self) -> list[Suggestion]:
        return [one for one in self.suggestions if not one.is_used]

    def chosen(self, which: str) -> list[Suggestion]:
        """Those not used yet, or the one whose id was asked for; an unknown id chooses none."""
        return self.unused if which == "all" else [one for one in self.suggestions if str(one.id) == which]


def repeat_of(
    points: Iterable[InjectionPoint],
    *,
    nerves: Mapping[UUID, NerveChoice],
    solutions: Collection[UUID],
    point_types: Collection[UUID],
    tray: OnTray | None = None,
    now_drafted: Sequence[PointRow] = (),
) -> Repeat:
    """What of ``points`` can be suggested. ``nerves``, ``solutions`` and ``point_types`` are those that may be chosen
    today; ``now_drafted`` are the points on the page, each of which uses up one suggestion of its nerve and side."""
    found = Repeat([], [])
    drafted = Counter((row.nerve_id, row.side) for row in now_drafted)
    for point in points:
        why = _why_not(point, nerves, solutions)
        if why:
            found.left_out.append(LeftOut(point.number, point.nerve.name, point.get_side_display(), why))
            continue
        one = _suggestion(point, nerves[point.nerve_id], point_types, tray)
        key = (point.nerve_id, point.side)
        found.suggestions.append(replace(one, is_used=drafted[key] > 0))
        drafted[key] -= 1
    return found


def _why_not(point: InjectionPoint, nerves: Mapping[UUID, NerveChoice], solutions: Collection[UUID]) -> str:
    if point.nerve_id not in nerves:
        return _("this nerve is no longer in the catalogue")
    if point.solution_id not in solutions:
        return _("%(solution)s is no longer in use") % {"solution": point.solution.name}
    return ""


def _suggestion(
    point: InjectionPoint,
    nerve: NerveChoice,
    point_types: Collection[UUID],
    tray: OnTray | None,
) -> Suggestion:
    row = PointRow(**{name: getattr(point, name) for name in _COPIED})
    if row.point_type_id not in point_types:
        row = replace(row, point_type_id=None)
    note = ""
    if tray is not None and tray.solution_id == row.solution_id:
        row = replace(row, lot_id=tray.lot_id, preparation_id=tray.preparation_id)
        note = _("from %(preparation)s") % {"preparation": tray.name}
    return Suggestion(point.pk, point.number, row, nerve.short_name or nerve.name, point.get_side_display(), note)
