"""What is on the shelf: a product, its lots, and what the clinic has set about their use. A recall asks for a lot."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from sessions.choices import Substance

_BLANKS = r"[\s\u00a0\u2000-\u200f\u2060\u3000\ufeff]"


def lot_key(number: models.F | Value) -> Upper:
    """A lot number as it is compared: "ab 12 " and "AB12" are one lot."""
    return Upper(Func(number, Value(_BLANKS), Value(""), Value("g"), function="regexp_replace"))


class StockRules(ClinicOwned):
    """How long opened things last and what is worth a warning. Defaults: domain.md §4; the clinic changes them."""

    mix_hours = models.PositiveSmallIntegerField(_("hours a mixture may be used"), default=4)
    multi_dose_days = models.PositiveSmallIntegerField(_("days an opened multi-dose container may be used"), default=28)
    ph_low = models.DecimalField(_("usual pH from"), max_digits=3, decimal_places=1, default=Decimal("7.0"))
    ph_high = models.DecimalField(_("usual pH to"), max_digits=3, decimal_places=1, default=Decimal("7.8"))
    near_expiry_days = models.PositiveSmallIntegerField(_("days before expiry that a lot is pointed out"), default=30)
    needs_second_check = models.BooleanField(_("a colleague checks each mixture"), default=False)

    objects: ClassVar[ClinicOwnedQuerySet["StockRules"]] = manager_of(ClinicOwnedQuerySet["StockRules"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="sessions_stockrules_one"),
            models.CheckConstraint(
                condition=models.Q(mix_hours__range=(1, 168), multi_dose_days__range=(1, 365)),
                name="sessions_stockrules_spans",
            ),
            models.CheckConstraint(
                condition=models.Q(ph_low__gte=0, ph_high__lte=14, ph_low__lte=models.F("ph_high")),
                name="sessions_stockrules_ph",
            ),
        ]

    def __str__(self) -> str:
        return "stock rules"


class ProductQuerySet(ClinicOwnedQuerySet["Product"]):
    def offered(self) -> Self:
        """Those a new lot may be received of."""
        return self.filter(retired_at__isnull=True)


class Product(ClinicOwned):
    """What is bought: a solution of the catalogue, or an ingredient of a mixture that the catalogue does not hold.

    ``bicarbonate_percent`` is set for sodium bicarbonate only. ``hours_once_opened`` empty: the clinic's rule for
    multi-dose containers, and no rule of its own for single-dose ones. Retired: no new lot of it comes; what is on the
    shelf is used up, and everything that was given keeps it. ``substance`` is what an ingredient holds, or the
    anaesthetic whose strength the catalogue leaves to the clinic; empty is unknown, never nothing.
    shelf is used up, and everything that was given keeps it. ``gtin``: the number in its bar code, 14 digits, checked.
    ``low_stock_at``: few are left when there are this many containers or fewer; empty: nobody is told.
    """

    name = models.CharField(_("name"), max_length=120)
    solution = models.ForeignKey(
        "catalogue.Solution", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    maker = models.CharField(_("maker"), max_length=120, blank=True)
    pack_size_ml = models.DecimalField(_("mL in one container"), max_digits=6, decimal_places=2)
    is_single_dose = models.BooleanField(_("single-dose"))
    bicarbonate_percent = models.DecimalField(
        _("bicarbonate (%)"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    substance = models.CharField(_("what it holds"), max_length=16, choices=Substance, blank=True)
    substance_percent = models.DecimalField(
        _("its strength (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    hours_once_opened = models.PositiveIntegerField(_("hours it may be used once opened"), null=True, blank=True)
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True, default="", db_default="")
    low_stock_at = models.PositiveSmallIntegerField(_("low stock at"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects: ClassVar[ProductQuerySet] = manager_of(ProductQuerySet)

    class Meta:
        ordering = ["name", "pack_size_ml"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name", "maker", "pack_size_ml"], name="sessions_product_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="sessions_product_name"),
            models.CheckConstraint(condition=models.Q(pack_size_ml__gt=0), name="sessions_product_pack_size"),
            models.CheckConstraint(
                condition=models.Q(bicarbonate_percent__isnull=True)
                | models.Q(bicarbonate_percent__gt=0, solution__isnull=True),
                name="sessions_product_bicarbonate",
            ),
            models.CheckConstraint(
                condition=models.Q(substance="", substance_percent__isnull=True)
                | models.Q(
                    substance=Substance.DILUENT,
                    substance_percent__isnull=True,
                    solution__isnull=True,
                    bicarbonate_percent__isnull=True,
                )
                | models.Q(
                    ~models.Q(substance__in=["", Substance.DILUENT, Substance.BICARBONATE]),
                    substance_percent__isnull=False,
                    substance_percent__gt=0,
                    substance_percent__lte=100,
                    bicarbonate_percent__isnull=True,
                ),
                name="sessions_product_substance",
            ),
            models.CheckConstraint(
                condition=models.Q(solution__isnull=True)
                | ~models.Q(substance__in=[Substance.DILUENT, Substance.DEXTROSE, Substance.MANNITOL]),
                name="sessions_product_substance_of_solution",
            ),
            models.UniqueConstraint(
                fields=["clinic", "gtin"], condition=~models.Q(gtin=""), name="sessions_product_gtin_once"
            ),
            models.CheckConstraint(
                condition=models.Q(gtin="") | models.Q(gtin__regex=r"^[0-9]{14}$"), name="sessions_product_gtin_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SolutionLotQuerySet(ClinicOwnedQuerySet["SolutionLot"]):
    def usable_on(self, day: date) -> Self:
        return self.filter(expiry_date__gte=day, quarantined_at__isnull=True)

    def unopened(self) -> Self:
        """Their containers are counted, and none was opened."""
        return self.filter(product__isnull=False, quantity__isnull=False, containers__isnull=True)


class SolutionLot(ClinicOwned):
    """``quantity``: unopened containers on the shelf, the sum of the lot's movements, which alone change it; empty
    where nobody counted. ``solution`` empty: an ingredient only."""

    clinic_rules = ClinicRules(derived=("quantity",))

    product = ClinicForeignKey(Product, null=True, blank=True, related_name="lots")
    solution = models.ForeignKey(
        "catalogue.Solution", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lot_number = models.CharField(_("lot"), max_length=60)
    maker = models.CharField(_("maker"), max_length=120, blank=True)
    expiry_date = models.DateField(_("use by"))
    quantity = models.PositiveIntegerField(_("containers"), null=True, blank=True)
    quarantined_at = models.DateTimeField(null=True, blank=True)
    quarantine_reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[SolutionLotQuerySet] = manager_of(SolutionLotQuerySet)

    class Meta:
        ordering = ["expiry_date", "lot_number"]
        constraints = [
            models.UniqueConstraint(
                "clinic",
                "solution",
                lot_key(models.F("lot_number")),
                condition=models.Q(product__isnull=True),
                name="sessions_solutionlot_once",
            ),
            models.UniqueConstraint(
                "clinic", "product", lot_key(models.F("lot_number")), name="sessions_productlot_once"
            ),
            models.CheckConstraint(
                condition=models.Q(lot_number__regex=_BLANKS.replace("[", "[^", 1)), name="sessions_solutionlot_number"
            ),
            models.CheckConstraint(
                condition=models.Q(product__isnull=False) | models.Q(solution__isnull=False),
                name="sessions_solutionlot_of_something",
            ),
        ]

    def __str__(self) -> str:
        return self.lot_number

    @property
    def is_counted(self) -> bool:
        return self.quantity is not None

    @property
    def name(self) -> str:
        """What it holds, in words."""
        if self.product is not None:
            return str(self.product.name)
        return str(self.solution.name) if self.solution is not None else ""
