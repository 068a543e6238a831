"""What a container, a lot and a preparation hold, from the catalogue and from what the clinic stated at the product."""

from collections.abc import Iterable
from decimal import Decimal

from sessions import mixtures
from sessions.choices import Substance
from sessions.models import Container, Preparation, PreparationPart, Product, SolutionLot
from sessions.queries.words import Words


def is_stated(product: Product | None) -> bool:
    """Somebody said what is in it: a solution of the catalogue, an ingredient in its strength, or water."""
    return product is None or bool(product.solution_id or product.substance or product.bicarbonate_percent)


def strengths_of(lot: SolutionLot, words: Words) -> dict[str, Decimal | None]:
    """Substance → percent; None where nobody stated the strength."""
    own, product = words.compositions.get(lot.solution_id), lot.product
    held: dict[str, Decimal | None] = {}
    stated = product.substance if product else ""
    if own is not None:
        named = ((mixtures.DEXTROSE, own.dextrose_percent), (mixtures.MANNITOL, own.mannitol_percent))
        held |= {name: percent for name, percent in named if percent is not None}
        for row in own.anaesthetics:
            if not (row.is_optional and stated and stated != row.name):
                held[row.name] = row.low if row.low == row.high else None
    if product is None:
        return held
    if stated in held or (own is None and stated not in ("", Substance.DILUENT)):
        held[stated] = product.substance_percent
    if product.bicarbonate_percent is not None:
        held[mixtures.BICARBONATE] = product.bicarbonate_percent
    return held


def draw_of(container: Container, volume_ml: Decimal, words: Words) -> mixtures.Draw:
    lot = container.lot
    own = words.compositions.get(lot.solution_id)
    return mixtures.Draw(
        volume_ml, strengths_of(lot, words), own.code if own else "", is_buffered=bool(own and own.is_buffered)
    )


def loose_bicarbonate(volume_ml: Decimal | None, percent: Decimal | None) -> Iterable[mixtures.Draw]:
    """Bicarbonate that came from no container of the stock."""
    if volume_ml:
        yield mixtures.Draw(volume_ml, {mixtures.BICARBONATE: percent})


def mix_of(made: Preparation, parts: Iterable[PreparationPart], words: Words) -> mixtures.Mix | None:
    """What the preparation holds; None where nothing was drawn for it."""
    draws = [draw_of(part.container, part.volume_ml, words) for part in parts]
    if not draws:
        return None
    if not any(mixtures.BICARBONATE in draw.strengths for draw in draws):
        draws += loose_bicarbonate(made.bicarbonate_ml, made.bicarbonate_percent)
    return mixtures.mix(draws)
