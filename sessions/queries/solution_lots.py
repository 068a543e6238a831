"""What is on the shelf: products, lots with what is left of them, and the clinic's rules about their use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from catalogue.models import Solution
from sessions.models import LotChange, Product, SolutionLot, StockMovement, StockRules
from sessions.models.solution_lots import SolutionLotQuerySet

_SHOWN = 20
_HISTORY = 100


@dataclass(frozen=True)
class Low:
    """A product of which few containers are left that may be used."""

    product: Product
    left: int


@dataclass(frozen=True)
class Warnings:
    """What to look at: usable lots that expire soon, how many expired or quarantined ones lie on the shelf, and
    products of which few are left."""

    near: list[SolutionLot]
    expired: int
    quarantined: list[SolutionLot]
    low: list[Low]

    @property
    def is_any(self) -> bool:
        return bool(self.near or self.expired or self.quarantined or self.low)


@dataclass(frozen=True)
class LotHistory:
    """``movements``: the newest, each with ``is_taken_back``; ``is_longer``: there are older ones."""

    movements: Sequence[StockMovement]
    changes: list[LotChange]
    is_longer: bool


def usable(actor: Actor, *, day: date) -> SolutionLotQuerySet:
    """Lots that may be injected on that day, the first to expire first; ingredients are not injected."""
    own = SolutionLot.objects.visible_to(actor).usable_on(day).filter(solution__isnull=False)
    own = own.annotate(is_unopened=Exists(SolutionLot.objects.unopened().filter(pk=OuterRef("pk"))))
    return own.select_related("solution", "product")


def shelf(actor: Actor) -> SolutionLotQuerySet:
    """Every lot of the clinic with what is ``left`` (None where nobody counted), the last to expire first."""
    own = SolutionLot.objects.visible_to(actor).select_related("solution", "product")
    return own.annotate(left=F("quantity")).order_by("-expiry_date", "lot_number", "id")


def openable(actor: Actor, *, day: date) -> SolutionLotQuerySet:
    """Lots of which a container may be opened today, the first to expire first."""
    own = shelf(actor).usable_on(day).filter(product__isnull=False).exclude(quantity=0)
    return own.order_by("expiry_date", "lot_number", "id")


def warnings(actor: Actor, *, day: date, near_expiry_days: int) -> Warnings:
    """``near``: what expires within so many days; ``expired``: how many lots with containers have expired."""
    own = shelf(actor).exclude(quantity=0).order_by("expiry_date", "lot_number", "id")
    near = own.usable_on(day).filter(expiry_date__lte=day + timedelta(days=near_expiry_days))
    expired = own.filter(expiry_date__lt=day, quantity__isnull=False, quarantined_at__isnull=True)
    aside = shelf(actor).filter(quarantined_at__isnull=False, expiry_date__gte=day).order_by("-quarantined_at", "id")
    return Warnings(
        near=list(near[:_SHOWN]), expired=expired.count(), quarantined=list(aside[:_SHOWN]), low=low_stock(actor, day)
    )


def low_stock(actor: Actor, day: date) -> list[Low]:
    """Products with as few usable containers left as the clinic wants to be told of; a lot that nobody counted may
    hold enough, so its product is not named."""
    may_be_used = Q(lots__expiry_date__gte=day, lots__quarantined_at__isnull=True)
    own = Product.objects.visible_to(actor).offered().filter(low_stock_at__isnull=False)
    counted = own.annotate(
        left=Coalesce(Sum("lots__quantity", filter=may_be_used), 0),
        uncounted=Count("lots", filter=may_be_used & Q(lots__quantity__isnull=True)),
    )
    low = counted.filter(uncounted=0, left__lte=F("low_stock_at")).order_by("name", "pack_size_ml", "id")
    return [Low(product, product.left) for product in low]  # type: ignore[attr-defined]  # annotated above


def product_of_gtin(actor: Actor, gtin: str) -> Product | None:
    return Product.objects.visible_to(actor).filter(gtin=gtin).first() if gtin else None


def history_of(actor: Actor, lot: SolutionLot) -> LotHistory:
    """What moved the lot's number, and what was set aside, released and corrected; the newest first."""
    taken_back = StockMovement.objects.filter(clinic_id=OuterRef("clinic_id"), takes_back=OuterRef("pk"))
    moves = StockMovement.objects.visible_to(actor).filter(lot=lot).select_related("moved_by__user", "takes_back")
    newest = list(moves.annotate(is_taken_back=Exists(taken_back)).order_by("-moved_at", "-id")[: _HISTORY + 1])
    changes = LotChange.objects.visible_to(actor).filter(lot=lot).select_related("changed_by__user")
    return LotHistory(newest[:_HISTORY], list(changes), len(newest) > _HISTORY)


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
