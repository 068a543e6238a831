"""Two people in one draft: what each of them wrote, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from common.local_words import local_clock_words
from sessions.choices import Moment, PointSide, Question, TimeOutItem
from sessions.drafts import DISCHARGE_FIELDS, OBSERVATION_FIELDS, Draft, PointRow
from sessions.models import InjectionSession
from sessions.queries.words import Words

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
        yield _label(name), "" if value is None else str(value)
    for number, row in enumerate(draft.points, start=1):
        yield _("Point %(number)s") % {"number": number}, _point(row, words, stock)
    yield from _response(draft, words)
    if draft.time_out is not None:
        ticked = [str(TimeOutItem(item).label) for item in TimeOutItem.values if item in draft.time_out.items]
        yield _("Time-out confirmed"), ", ".join(ticked)
    names = {item.code: item.name for item in words.items}
    for item, (is_yes, detail) in draft.answers.items():
        yield names.get(item, item), " ".join(filter(None, [_("yes") if is_yes else _("no"), detail]))


def _response(draft: Draft, words: Words) -> Iterator[tuple[str, str]]:
    for score in draft.scores:
        place = (
            f"{words.nerves[score.nerve_id].name}, {PointSide(score.side).label}"
            if score.nerve_id and score.side
            else ""
        )
        parts = [place, str(Question(score.question).label), str(Moment(score.moment).label)]
        parts += [_("cycle %(number)s") % {"number": score.cycle}] if score.cycle > 1 else []
        yield ", ".join(filter(None, parts)), str(score.score)
    for number, injected_at in enumerate(draft.cycles_injected_at, start=1):
        label = _("Last injection, cycle %(number)s") % {"number": number}
        yield label, _said(injected_at)
    yield _label("first_injected_at"), _said(draft.first_injected_at)
    yield _label("ended_at"), _said(draft.ended_at)
    for name in (*OBSERVATION_FIELDS, *DISCHARGE_FIELDS):
        yield _label(name), _said(getattr(draft, name))
    yield _("Discharge note"), draft.discharge_note


def _label(name: str) -> str:
    field = InjectionSession._meta.get_field(name)
    return str(getattr(field, "verbose_name", name))


def _said(value: datetime | bool | int | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return local_clock_words(value, get_current_timezone()) if isinstance(value, datetime) else str(value)


def _point(row: PointRow, words: Words, stock: dict[UUID, str]) -> str:
    nerve, solution = words.nerves[row.nerve_id], words.solutions[row.solution_id]
    given = [nerve.label, str(PointSide(row.side).label), f"{row.volume_ml.normalize():f} mL", solution.name]
    given += [stock[pk] for pk in (row.preparation_id, row.lot_id) if pk in stock]
    if row.cycle is not None:
        given.append(_("cycle %(number)s") % {"number": row.cycle})
    if row.figure_id is not None:
        given.append(f"{words.figures[row.figure_id].name} ({row.x}, {row.y})")
    return ", ".join(given)
