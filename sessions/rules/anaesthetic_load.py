"""How much of the maximum local anaesthetic the points use: what the page shows while they are typed (V21)."""

from dataclasses import dataclass
from decimal import Decimal

from sessions.dose_rules import summed_fraction, totals
from sessions.rules.facts import Limits, Session


@dataclass(frozen=True)
class AnaestheticShare:
    """``maximum_mg`` is None where no weight or no figure is on file. ``is_at_most``: the strength is not stated, and
    the highest its solution may have is counted."""

    name: str
    dose_mg: Decimal
    maximum_mg: Decimal | None
    is_at_most: bool = False


@dataclass(frozen=True)
class AnaestheticLoad:
    """``fraction`` is the sum of dose ÷ maximum; it says nothing of what ``is_unknown`` in strength or maximum."""

    shares: tuple[AnaestheticShare, ...]
    fraction: Decimal
    is_unknown: bool
    limits: Limits

    @property
    def percent(self) -> Decimal:
        return (self.fraction * 100).quantize(Decimal("0.1"))

    @property
    def is_wholly_unknown(self) -> bool:
        """Nothing of it could be counted: there is no percentage to show."""
        return self.is_unknown and not self.fraction

    @property
    def bar(self) -> str:
        """Whole percent for the bar, which ends at the maximum."""
        return str(min(int(self.fraction * 100), 100))

    @property
    def warn_bar(self) -> str:
        return str(int(self.limits.anaesthetic_fraction_warn * 100))

    @property
    def is_too_much(self) -> bool:
        return self.fraction > self.limits.anaesthetic_fraction_stop

    @property
    def is_near(self) -> bool:
        return not self.is_too_much and self.fraction > self.limits.anaesthetic_fraction_warn


def anaesthetic_load(session: Session) -> AnaestheticLoad | None:
    """The load of the session's points; None where nothing holds a local anaesthetic."""
    if not any(point.solution.has_local_anaesthetic for point in session.points):
        return None
    sums = totals(session.amounts)
    shares = tuple(
        AnaestheticShare(name, dose, session.maximum_mg.get(name), dose != sums.anaesthetics_mg.get(name))
        for name, dose in sorted(sums.most_mg.items())
    )
    known = [(share.dose_mg, share.maximum_mg) for share in shares if share.maximum_mg is not None]
    is_unknown = sums.has_uncounted_anaesthetic or len(known) < len(shares)
    return AnaestheticLoad(shares, summed_fraction(known), is_unknown, session.limits)
