"""Points with their solution, lot and preparation as the rules look at them."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sessions import mixtures
from sessions.choices import Depth
from sessions.dose_rules import Share
from sessions.models import InjectionPoint, SolutionLot
from sessions.queries.mixtures import strengths_of
from sessions.queries.preparations import OnTray
from sessions.queries.words import Words
from sessions.rules import facts


def lot_fact(lot: SolutionLot) -> facts.Lot:
    """Whether it is unopened counts only where it was loaded: for what stands alone."""
    code = lot.solution.code if lot.solution is not None else ""
    set_aside_at = lot.quarantined_at
    return facts.Lot(
        lot.lot_number,
        code,
        lot.expiry_date,
        is_quarantined=set_aside_at is not None,
        quarantined_at=set_aside_at,
        is_unopened=bool(getattr(lot, "is_unopened", False)),
    )


def made_fact(row: OnTray, zone: ZoneInfo) -> facts.Preparation:
    made = row.made
    return facts.Preparation(
        code=made.code,
        solution_code=made.solution.code,
        beyond_use_at=row.until.astimezone(zone),
        lots=tuple(lot_fact(lot) for lot in row.lots),
        shared=tuple(row.shared_names),
        discarded_at=made.discarded_at,
        needs_check=made.needs_check,
        checked_at=made.checked_at,
        volume_ml=made.volume_ml,
        given_ml=row.given_ml,
    )


def held_of(strengths: Mapping[str, Decimal | None], solution: facts.Solution) -> facts.Held:
    """A strength nobody stated keeps the highest its solution may have."""
    most = {share.name: share.at_most for share in solution.anaesthetics}
    anaesthetics = [(name, percent) for name, percent in strengths.items() if mixtures.is_anaesthetic(name)]
    return facts.Held(
        strengths.get(mixtures.DEXTROSE), tuple(Share(name, percent, most.get(name)) for name, percent in anaesthetics)
    )


def held_by_tray(row: OnTray, words: Words) -> facts.Held | None:
    mix = row.mix(words)
    return held_of(mix.strengths, words.solutions[row.made.solution_id]) if mix else None


def _held(point: InjectionPoint, words: Words, trays: Mapping[UUID, OnTray]) -> facts.Held | None:
    if point.preparation_id:
        return held_by_tray(trays[point.preparation_id], words)
    if point.lot is None:
        return None
    return held_of(strengths_of(point.lot, words), words.solutions[point.solution_id])


def point_fact(
    point: InjectionPoint, words: Words, made: dict[UUID, facts.Preparation], trays: Mapping[UUID, OnTray]
) -> facts.Point:
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
        held=_held(point, words, trays),
        recorded_at=None if point._state.adding else point.created_at,
    )
