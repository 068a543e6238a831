"""A session as it is being typed: the stored rows with what the page holds instead, nothing of it saved."""

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sessions.drafts import DISCHARGE_FIELDS, OBSERVATION_FIELDS, PLAIN_FIELDS, SCREENING, Draft, PointRow, ScoreRow
from sessions.models import InjectionPoint, PainScore, ScreeningAnswer, SolutionLot
from sessions.queries.injection_sessions import Loaded
from sessions.queries.preparations import OnTray
from sessions.queries.session_times import times_of


def as_typed(
    loaded: Loaded, draft: Draft, *, lots: Iterable[SolutionLot], preparations: Iterable[OnTray], now: datetime
) -> Loaded:
    """What ``save_draft`` would store, as rows in memory; the course chosen is left as it is stored."""
    session = copy(loaded.session)
    for name in (*PLAIN_FIELDS, *OBSERVATION_FIELDS, *DISCHARGE_FIELDS, "discharge_note"):
        setattr(session, name, getattr(draft, name))
    session.cycles_injected_at = list(draft.cycles_injected_at)
    begun_at = session.begun_at or session.started_at
    known = {lot.pk: lot for lot in lots}
    made = loaded.preparations | {row.id: row for row in preparations}
    if draft.answers != {row.item: (row.is_yes, row.detail) for row in loaded.answers}:
        session.screened_at = draft.done_at(SCREENING, since=begun_at, now=now)
    typed = replace(
        loaded,
        session=session,
        points=[_point(number, row, known) for number, row in enumerate(draft.points, start=1)],
        scores=[_score(row, draft.done_at(row.key, since=begun_at, now=now)) for row in draft.scores],
        preparations=made,
        tray=made.get(draft.preparation_id) if draft.preparation_id else None,
        answers=[
            ScreeningAnswer(item=item, is_yes=is_yes, detail=detail) for item, (is_yes, detail) in draft.answers.items()
        ],
    )
    times = times_of(typed, draft, time_outs=loaded.time_outs, now=now)
    times.write_to(session)
    return typed


def _point(number: int, row: PointRow, lots: dict[UUID, SolutionLot]) -> InjectionPoint:
    point = InjectionPoint(number=number, **{name: getattr(row, name) for name in PointRow.__dataclass_fields__})
    if row.lot_id is not None:
        point.lot = lots[row.lot_id]
    return point


def _score(row: ScoreRow, done_at: datetime) -> PainScore:
    fields = {name: getattr(row, name) for name in ScoreRow.__dataclass_fields__}
    return PainScore(**{**fields, "measured_at": row.measured_at or done_at})
