"""What a recipe may say: its ingredients make its solution, where all their volumes are known."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from catalogue.models import Solution
from sessions.choices import Substance
from sessions.mixtures import Composition, Draw, becomes, mix
from sessions.policies.solution_lots import StockRefusedError
from sessions.strength_words import strengths_in_words


class Part(Protocol):
    @property
    def substance(self) -> str: ...
    @property
    def percent(self) -> Decimal | None: ...
    @property
    def volume_ml(self) -> Decimal | None: ...


def check_makes_its_solution(solution: Solution, composition: Composition, parts: Sequence[Part]) -> None:
    draws = [
        Draw(part.volume_ml, {} if part.substance == Substance.DILUENT else {part.substance: part.percent})
        for part in parts
        if part.volume_ml is not None
    ]
    if len(draws) < len(parts) or not draws:
        return
    made = mix(draws)
    if not becomes(made, [composition]):
        words = {"solution": solution.name, "holds": strengths_in_words(made.strengths) or _("no active substance")}
        raise StockRefusedError(
            _("These ingredients do not make “%(solution)s”: together they hold %(holds)s.") % words
        )
