"""What is on the shelf: products, lots with what is left of them, and the clinic's rules about their use."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F

from accounts.actors import Actor
from catalogue.models import Solution
from sessions.models import Product, SolutionLot, StockRules
from sessions.models.solution_lots import SolutionLotQuerySet


@dataclass(frozen=True)
class Warnings:
    """Lots to look at: usable, but to expire soon; or expired and still on the shelf."""

    near: list[SolutionLot]
    expired: int


def usable(actor: Actor, *, day: date) -> SolutionLotQuerySet:
    """Lots that may be injected on that day, the first to expire first; ingredients are not injected."""
    own = SolutionLot.objects.visible_to(actor).usable_on(day).filter(solution__isnull=False)
    return own.select_related("solution", "product")


def shelf(actor: Actor) -> SolutionLotQuerySet:
    """Every lot of the clinic with ``opened`` and ``left`` (None where nobody counted), the last to expire first."""
    own = SolutionLot.objects.visible_to(actor).select_related("solution", "product")
    counted = own.annotate(opened=Count("containers")).annotate(left=F("quantity") - F("opened"))
    return counted.order_by("-expiry_date", "lot_number", "id")


def openable(actor: Actor, *, day: date) -> SolutionLotQuerySet:
    """Lots of which a container may be opened today, the first to expire first."""
    own = shelf(actor).usable_on(day).filter(product__isnull=False).exclude(quantity__lte=F("opened"))
    return own.order_by("expiry_date", "lot_number", "id")


def warnings(actor: Actor, *, day: date, near_expiry_days: int) -> Warnings:
    """``near``: what expires within so many days; ``expired``: how many lots with containers have expired."""
    own = shelf(actor).exclude(quantity__lte=F("opened"))
    near = own.usable_on(day).filter(expiry_date__lte=day + timedelta(days=near_expiry_days))
    expired = own.filter(expiry_date__lt=day, quantity__isnull=False, quarantined_at__isnull=True)
    return Warnings(near=list(near.order_by("expiry_date", "lot_number", "id")[:20]), expired=expired.count())


def products(actor: Actor) -> list[Product]:
    """Every product with ``lots_received``, the retired ones last."""
    own = Product.objects.visible_to(actor).select_related("solution").annotate(lots_received=Count("lots"))
    return list(own.order_by(F("retired_at").asc(nulls_first=True), "name", "pack_size_ml", "id"))


def solutions() -> list[Solution]:
    """What can be bought or mixed for a needle, comparators last."""
    return list(Solution.objects.current().filter(is_topical=False).order_by("is_comparator", "name"))


def rules_of(actor: Actor) -> StockRules:
    """The clinic's rules, or the defaults while it has set none."""
    own = StockRules.objects.visible_to(actor).first()
    return own or StockRules(clinic_id=actor.clinic_id)
