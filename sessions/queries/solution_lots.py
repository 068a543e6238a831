"""Which lots are on the shelf."""

from datetime import date

from accounts.actors import Actor
from sessions.models import SolutionLot
from sessions.models.solution_lots import SolutionLotQuerySet


def usable(actor: Actor, *, day: date) -> SolutionLotQuerySet:
    """Lots that may be injected on that day, the first to expire first."""
    return SolutionLot.objects.visible_to(actor).usable_on(day).select_related("solution")


def shelf(actor: Actor) -> SolutionLotQuerySet:
    """Every lot of the clinic, the last to expire first: what a recall looks through."""
    return SolutionLot.objects.visible_to(actor).select_related("solution").order_by("-expiry_date", "lot_number", "id")
