"""Two people in one draft: what each of them wrote, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from sessions.choices import Moment, PointSide, Question
from sessions.drafts import Draft, PointRow
from sessions.models import InjectionSession
from sessions.queries.injection_sessions import Words

_SHOWN = (
    "guidance",
    "needle_gauge",
    "needle_length_mm",
    "provoked_movement",
    "amount_drawn_ml",
    "sharps_out",
    "sharps_in",
    "note",
    "no_after_score_reason",
)


@dataclass(frozen=True)
class Difference:
    label: str
    yours: str
    theirs: str


def differences(yours: Draft, theirs: Draft, words: Words, stock: dict[UUID, str]) -> list[Difference]:
    """Only what differs; what both wrote alike is not repeated. ``stock``: lots and preparations in words."""
    left, right = dict(_lines(yours, words, stock)), dict(_lines(theirs, words, stock))
    labels = list(dict.fromkeys([*left, *right]))
    rows = [Difference(label, left.get(label, ""), right.get(label, "")) for label in labels]
    return [row for row in rows if row.yours != row.theirs]


def _lines(draft: Draft, words: Words, stock: dict[UUID, str]) -> Iterator[tuple[str, str]]:
    yield _("Preparation"), stock.get(draft.preparation_id, "") if draft.preparation_id else ""
    for name in _SHOWN:
        value = getattr(draft, name)
        yield str(InjectionSession._meta.get_field(name).verbose_name), "" if value is None else str(value)  # type: ignore[union-attr]
    for number, row in enumerate(draft.points, start=1):
        yield _("Point %(number)s") % {"number": number}, _point(row, words, stock)
    for score in draft.scores:
        label = f"{Question(score.question).label}, {Moment(score.moment).label}"
        yield label, str(score.score)
    names = {item.code: item.name for item in words.items}
    for item, (is_yes, detail) in draft.answers.items():
        yield names.get(item, item), " ".join(filter(None, [_("yes") if is_yes else _("no"), detail]))


def _point(row: PointRow, words: Words, stock: dict[UUID, str]) -> str:
    nerve, solution = words.nerves[row.nerve_id], words.solutions[row.solution_id]
    given = [nerve.label, str(PointSide(row.side).label), f"{row.volume_ml.normalize():f} mL", solution.name]
    given += [stock[pk] for pk in (row.preparation_id, row.lot_id) if pk in stock]
    if row.figure_id is not None:
        given.append(f"{words.figures[row.figure_id].name} ({row.x}, {row.y})")
    return ", ".join(given)
