"""Points with their solution, lot and preparation as the rules look at them."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sessions.choices import Depth
from sessions.models import InjectionPoint, SolutionLot
from sessions.queries.preparations import OnTray
from sessions.queries.words import Words
from sessions.rules import facts


def lot_fact(lot: SolutionLot) -> facts.Lot:
    code = lot.solution.code if lot.solution is not None else ""
    return facts.Lot(lot.lot_number, code, lot.expiry_date, lot.quarantined_at is not None)


def made_fact(row: OnTray, zone: ZoneInfo) -> facts.Preparation:
    made = row.made
    return facts.Preparation(
        code=made.code,
        solution_code=made.solution.code,
        beyond_use_at=made.beyond_use_at.astimezone(zone),
        lots=tuple(lot_fact(lot) for lot in row.lots),
        shared=tuple(row.shared_names),
        discarded_at=made.discarded_at,
        volume_ml=made.volume_ml,
        given_ml=row.given_ml,
    )


def point_fact(point: InjectionPoint, words: Words, made: dict[UUID, facts.Preparation]) -> facts.Point:
    return facts.Point(
        number=point.number,
        nerve=words.nerve_fact(point.nerve_id),
        side=point.side,
        volume_ml=point.volume_ml,
        solution=words.solutions[point.solution_id],
        is_deep=point.depth == Depth.DEEP,
        lot=lot_fact(point.lot) if point.lot else None,
        preparation=made[point.preparation_id] if point.preparation_id else None,
        cycle=point.cycle or 1,
    )
