"""What the clinic injects from: products and lots, and the ampoules and preparations of its last weeks."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.choices import Role
from accounts.models import Clinic, Membership
from catalogue.models import Solution
from pitclinic.simulation.calendar_grid import iso
from pitclinic.simulation.tables import Tables
from pitclinic.simulation.writing import EMPTY, NULL, Ids
from sessions.models import Product, SolutionLot, StockMovement
from sessions.rules import facts
from sessions.stock_choices import MovementKind

LOT_DAYS = 90
# Only what is recent is told from the container on; older points name their lot alone.
TRAY_DAYS = 30
ON_TRAY = "D5W_BUF"
# code: name on the package, mL. None holds a preservative: one patient, the rest is thrown away (domain.md §4).
PRODUCTS = {
    "D5W_BUF": ("Dextrose 5 % buffered, ampoule", 20),
    "D5W_PLAIN": ("Dextrose 5 %, ampoule", 20),
    "MANN5_INJ": ("Mannitol 5 %, ampoule", 20),
}
MAKER = "Example Pharma"
SPARE = 12
_MINUTE = 60
# For immediate use: four hours (domain.md §4). What is left goes with the patient.
MADE_SECONDS, CLEARED_SECONDS = 4 * 60 * _MINUTE, 45 * _MINUTE


@dataclass(frozen=True)
class Stock:
    """Ids of what is there, as text. ``packages``: what stands on each lot. ``opened`` counts the ampoules of a lot,
    ``made`` the preparations of a day."""

    lots: dict[str, list[str]]
    packages: dict[str, facts.Lot]
    first_lot: date
    today: date
    now: int
    opened: Counter[str] = field(default_factory=Counter)
    made: Counter[date] = field(default_factory=Counter)

    def lot_for(self, solution: str, day: date) -> str:
        """The lot in use on a day: received at most a quarter before, not expired."""
        return self.lots[solution][_lot_number(self.first_lot, day)]

    def is_told_from(self, solution: str, day: date) -> bool:
        return solution == ON_TRAY and timedelta(0) <= self.today - day <= timedelta(days=TRAY_DAYS)

    def open_for(self, tables: Tables, ids: Ids, *, clinician: str, day: date, at: int) -> tuple[str, str]:
        """One ampoule for one patient, drawn up as it is; the preparation's id and its code."""
        lot, container, made = self.lot_for(ON_TRAY, day), ids.take(), ids.take()
        self.opened[lot] += 1
        self.made[day] += 1
        is_cleared = at + CLEARED_SECONDS <= self.now
        cleared = (iso(at + CLEARED_SECONDS), clinician) if is_cleared else (NULL, NULL)
        reason = "empty" if is_cleared else EMPTY
        tables.containers.add(container, lot, str(self.opened[lot]), iso(at), clinician, *cleared, reason)
        number, until = str(self.made[day]), iso(at + MADE_SECONDS)
        tables.preparations.add(made, f"{day}", number, iso(at), clinician, until, *cleared)
        tables.preparation_parts.add(ids.take(), made, container)
        return made, f"{day:%d%m}-{number}"


def _lot_number(first_lot: date, day: date) -> int:
    return max((day - first_lot).days // LOT_DAYS, 0)


def count_lots(clinic: Clinic, *, now: datetime, today: date) -> None:
    """Somebody counted this morning what is left of the lots in use."""
    own = SolutionLot.objects.filter(clinic=clinic, product__solution__code__in=PRODUCTS, expiry_date__gte=today)
    by = Membership.objects.filter(clinic=clinic, role=Role.CLINICIAN).order_by("pk").first()
    for lot in own:
        StockMovement.objects.create(
            clinic=clinic, lot=lot, kind=MovementKind.COUNTED, counted=SPARE, moved_at=now, moved_by=by
        )


@dataclass
class Shelf:
    """Fills the shelf of one clinic; ``id_of`` makes ids that follow from the clinic's word."""

    clinic: Clinic
    first: date
    now: datetime
    id_of: Callable[..., UUID]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.clinic.zone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def first_lot(self) -> date:
        return self.first - timedelta(days=LOT_DAYS)

    def fill(self) -> Stock:
        lots = {code: self._lots(code) for code in PRODUCTS}
        self._odd_lots()
        packages = {
            str(row.pk): facts.Lot(row.lot_number, row.solution.code, row.expiry_date)
            for row in SolutionLot.objects.filter(clinic=self.clinic).select_related("solution")
            if row.solution is not None
        }
        return Stock(lots, packages, self.first_lot, self.today, int(self.now.timestamp()))

    def _lots(self, code: str) -> list[str]:
        """One lot a quarter, usable for a year from the day it comes; the expired ones are long gone."""
        name, size = PRODUCTS[code]
        solution = Solution.objects.get(code=code)
        product = Product.objects.create(
            id=self.id_of("product", code),
            clinic=self.clinic,
            name=name,
            maker=MAKER,
            solution=solution,
            pack_size_ml=size,
            is_single_dose=True,
        )
        days = (self.now.date() - self.first_lot).days + 2 * LOT_DAYS
        comes = [self.first_lot + timedelta(number * LOT_DAYS) for number in range(days // LOT_DAYS + 1)]
        rows = SolutionLot.objects.bulk_create(
            SolutionLot(
                id=self.id_of("lot", code, number),
                clinic=self.clinic,
                product=product,
                solution=solution,
                lot_number=f"{code[:4]}-{day:%y%m}",
                maker=MAKER,
                expiry_date=day + timedelta(365),
            )
            for number, day in enumerate(comes)
        )
        return [str(row.pk) for row in rows]

    def _odd_lots(self) -> None:
        """What a stock page has to point out: one lot that expires soon, one set aside."""
        product = Product.objects.create(
            id=self.id_of("product", "bicarbonate"),
            clinic=self.clinic,
            name="Sodium bicarbonate 8.4 %, ampoule",
            maker=MAKER,
            pack_size_ml=10,
            is_single_dose=True,
            bicarbonate_percent=Decimal("8.4"),
        )
        recalled = {"quarantined_at": self.now - timedelta(days=3), "quarantine_reason": "Recalled by the maker"}
        for number, days, fields in (("BICA-1", 18, {}), ("BICA-2", 200, recalled)):
            SolutionLot.objects.create(
                id=self.id_of("lot", number),
                clinic=self.clinic,
                product=product,
                lot_number=number,
                maker=MAKER,
                expiry_date=self.today + timedelta(days=days),
                quantity=SPARE,
                **fields,
            )
