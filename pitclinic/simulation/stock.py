"""What the clinic injects from: products, lots, and the containers and preparations of its last weeks."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Clinic
from catalogue.models import Solution
from common.wall_clock import instant
from pitclinic.simulation.writing import NULL
from sessions.models import Container, Preparation, PreparationPart, Product, SolutionLot

LOT_DAYS = 90
# Only what is recent is told from the container on; older points name their lot alone.
TRAY_DAYS = 30
ON_TRAY = "D5W_BUF"
# code: name on the package, mL, single-dose.
PRODUCTS = {
    "D5W_BUF": ("Dextrose 5 % buffered, bottle", 250, False),
    "D5W_PLAIN": ("Dextrose 5 %, ampoule", 20, True),
    "MANN5_INJ": ("Mannitol 5 %, bottle", 100, False),
}
MAKER = "Example Pharma"
SPARE = 12
OPENED, CLEARED = time(7, 45), time(18, 30)
# Drawn up three times a day, each for four hours (domain.md §4).
MADE = (time(7, 50), time(11, 30), time(15, 10))
MADE_HOURS, MADE_ML = 4, 60


@dataclass(frozen=True)
class Tray:
    """A preparation and the span in which a session may name it, in seconds since 1970."""

    id: str
    made: int
    until: int


@dataclass(frozen=True)
class Stock:
    """Ids of what is there, as text."""

    lots: dict[str, list[str]]
    first_lot: date
    trays: dict[tuple[str, date], list[Tray]] = field(default_factory=dict)

    def lot_for(self, solution: str, day: date) -> str:
        """The lot in use on a day: received at most a quarter before, not expired."""
        return self.lots[solution][_lot_number(self.first_lot, day)]

    def tray_for(self, solution: str, clinician: str, day: date, starts: int) -> str:
        """The preparation in use when a session starts; none for what is told briefly."""
        trays = self.trays.get((clinician, day), []) if solution == ON_TRAY else []
        fresh = [tray.id for tray in trays if tray.made <= starts <= tray.until]
        return fresh[-1] if fresh else NULL


def _lot_number(first_lot: date, day: date) -> int:
    return max((day - first_lot).days // LOT_DAYS, 0)


@dataclass
class Shelf:
    """Fills the shelf of one clinic; ``id_of`` makes ids that follow from the clinic's word."""

    clinic: Clinic
    first: date
    now: datetime
    clinicians: list[str]
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
        opened = list(self._openings())
        counted = Counter(_lot_number(self.first_lot, day) for day, _who, _number in opened)
        lots = {code: self._lots(code, counted if code == ON_TRAY else Counter()) for code in PRODUCTS}
        self._odd_lots()
        stock = Stock(lots, self.first_lot)
        self._open(stock, opened)
        return stock

    def _lots(self, code: str, opened: Counter[int]) -> list[str]:
        """One lot a quarter, usable for a year from the day it comes; the expired ones are long gone."""
        name, size, is_single_dose = PRODUCTS[code]
        solution = Solution.objects.get(code=code)
        product = Product.objects.create(
            id=self.id_of("product", code),
            clinic=self.clinic,
            name=name,
            maker=MAKER,
            solution=solution,
            pack_size_ml=size,
            is_single_dose=is_single_dose,
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
                quantity=opened[number] + SPARE if day + timedelta(365) >= self.today else None,
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
            is_single_dose=False,
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

    def _openings(self) -> Iterator[tuple[date, str, int]]:
        """Day, clinician and the clinician's number: one bottle each on every day at work."""
        for back in range(TRAY_DAYS, -1, -1):
            day = self.today - timedelta(days=back)
            is_open = day >= self.first and (day.weekday() < 5 or back == 0)
            if is_open and instant(day, OPENED, self.zone) <= self.now:
                yield from ((day, who, number) for number, who in enumerate(self.clinicians))

    def _open(self, stock: Stock, opened: list[tuple[date, str, int]]) -> None:
        containers, made, parts = [], [], []
        numbers: Counter[str] = Counter()
        for day, who, number in opened:
            lot = stock.lot_for(ON_TRAY, day)
            numbers[lot] += 1
            bottle = self._bottle(lot, numbers[lot], day, who)
            containers.append(bottle)
            for place, at in enumerate(MADE):
                row = self._preparation(day, who, place + 1 + number * len(MADE), at)
                if row.made_at > self.now:
                    continue
                made.append(row)
                parts.append(self._part(row, bottle))
                span = Tray(str(row.pk), int(row.made_at.timestamp()), int(row.beyond_use_at.timestamp()))
                stock.trays.setdefault((who, day), []).append(span)
        Container.objects.bulk_create(containers, batch_size=1000)
        Preparation.objects.bulk_create(made, batch_size=1000)
        PreparationPart.objects.bulk_create(parts, batch_size=1000)

    def _bottle(self, lot: str, number: int, day: date, who: str) -> Container:
        at = instant(day, OPENED, self.zone)
        return Container(
            id=self.id_of("container", day, who),
            clinic=self.clinic,
            lot_id=UUID(lot),
            number=number,
            volume_ml=PRODUCTS[ON_TRAY][1],
            is_single_dose=False,
            opened_at=at,
            opened_by_id=UUID(who),
            discard_at=at + timedelta(days=28),
            **self._cleared(day, who),
        )

    def _preparation(self, day: date, who: str, number: int, at: time) -> Preparation:
        made_at = instant(day, at, self.zone)
        return Preparation(
            id=self.id_of("preparation", day, who, number),
            clinic=self.clinic,
            solution_id=self._solution_id,
            made_date=day,
            number=number,
            recipe="Drawn up into syringes",
            volume_ml=MADE_ML,
            measured_ph=Decimal("7.40"),
            made_at=made_at,
            made_by_id=UUID(who),
            beyond_use_at=made_at + timedelta(hours=MADE_HOURS),
            **self._cleared(day, who),
        )

    def _part(self, made: Preparation, bottle: Container) -> PreparationPart:
        return PreparationPart(
            id=self.id_of("part", made.pk), clinic=self.clinic, preparation=made, container=bottle, volume_ml=MADE_ML
        )

    def _cleared(self, day: date, who: str) -> dict[str, datetime | UUID]:
        at = instant(day, CLEARED, self.zone)
        return {"discarded_at": at, "discarded_by_id": UUID(who)} if at <= self.now else {}

    @cached_property
    def _solution_id(self) -> UUID:
        return Solution.objects.get(code=ON_TRAY).pk
