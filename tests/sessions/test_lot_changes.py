"""A lot is corrected, set aside and released with a reason; what was signed stays what was signed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from sessions.models import LotChange, Product, SolutionLot, StockMovement
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries.solution_lots import low_stock
from sessions.services import lot_changes
from sessions.services import solution_lots as service
from sessions.services.stock_movements import Delivery
from tests.factories.accounts import MembershipFactory
from tests.factories.treatments import ProductFactory, SolutionLotFactory, a_container, a_preparation, actor_of
from tests.sessions.sealed import a_full_record
from tests.sessions.stock import refused

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = date(2030, 1, 31)
GTIN = "09506000134352"


@pytest.fixture
def keeper(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


@pytest.fixture
def product(in_clinic: Clinic) -> Product:
    return ProductFactory(clinic=in_clinic)


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


def receive(product: Product, number: str, by: Actor, **changes: object) -> StockMovement:
    given = {"expiry_date": LATER, "delivery": Delivery(5, NOW.date(), "Supplier", "D-7"), **changes}
    return service.receive(product=product, lot_number=number, by=by, now=NOW, **given)  # type: ignore[arg-type]


def test_a_second_delivery_of_a_lot_is_a_receipt_of_its_own(keeper: Actor, product: Product) -> None:
    """Whatever its case and blanks."""
    numbers = ["AB12", "ab12 ", "A B\u00a012", "\tab\u200b12"]
    for number in numbers:
        receive(product, number, keeper)
    lot = SolutionLot.objects.get()
    assert (lot.lot_number, lot.quantity) == ("AB12", 5 * len(numbers))
    row = lot.movements.filter(kind="received").last()
    assert row is not None
    assert (row.change, row.supplier, row.delivery_number, row.moved_by_id) == (
        5,
        "Supplier",
        "D-7",
        keeper.membership_id,
    )
    with pytest.raises(StockRefusedError, match="31 Jan"):
        receive(product, "AB12", keeper, expiry_date=date(2030, 2, 28))


def test_the_database_knows_one_lot_of_a_number_whatever_its_case_and_blanks(
    in_clinic: Clinic, product: Product
) -> None:
    SolutionLotFactory(clinic=in_clinic, product=product, lot_number="AB12")
    for number in ("ab12 ", "a b12", "AB12"):
        refused(
            "sessions_productlot_once",
            lambda number=number: SolutionLotFactory(clinic=in_clinic, product=product, lot_number=number),
        )
    refused(
        "sessions_solutionlot_number", lambda: SolutionLotFactory(clinic=in_clinic, product=product, lot_number=" ")
    )
    SolutionLotFactory(clinic=in_clinic, product=ProductFactory(clinic=in_clinic), lot_number="ab12")


def test_a_correction_keeps_what_stood_before(keeper: Actor, product: Product) -> None:
    lot = receive(product, "AB12", keeper).lot
    receive(product, "AB21", keeper)
    with pytest.raises(StockRefusedError, match="Another lot of this product"):
        lot_changes.correct(lot=lot, lot_number="ab 21", expiry_date=LATER, reason="x", by=keeper, now=NOW)
    for reason, number, words in ((" ", "AB13", "Enter a reason"), ("x", "AB12", "Nothing is changed")):
        with pytest.raises(StockRefusedError, match=words):
            lot_changes.correct(lot=lot, lot_number=number, expiry_date=LATER, reason=reason, by=keeper, now=NOW)

    change = lot_changes.correct(
        lot=lot, lot_number="AB13", expiry_date=date(2029, 1, 31), reason="mistyped", by=keeper, now=NOW
    )

    lot.refresh_from_db()
    assert (lot.lot_number, lot.expiry_date) == ("AB13", date(2029, 1, 31))
    assert (change.was_lot_number, change.was_expiry_date) == ("AB12", LATER)
    refused("sessions_history_fixed", lambda: LotChange.objects.update(reason="other"))


def test_the_database_refuses_a_release_without_a_reason_and_half_a_correction(keeper: Actor, product: Product) -> None:
    lot = receive(product, "AB12", keeper).lot
    lot_changes.quarantine(lot=lot, reason="a crack", by=keeper, now=NOW)
    own = {"clinic": lot.clinic, "lot": lot, "changed_at": NOW, "changed_by_id": keeper.membership_id}
    again = {"was_lot_number": "A", "lot_number": "A", "was_expiry_date": LATER, "expiry_date": LATER}
    for rule, columns in {
        "sessions_lotchange_reason": {"kind": "released"},
        "sessions_lotchange_correction_is_whole": {"kind": "corrected", "reason": "x", "lot_number": "A"},
        "sessions_lotchange_corrects_something": {"kind": "corrected", "reason": "x", **again},
    }.items():
        refused(rule, lambda columns=columns: LotChange.objects.create(**own, **columns))
    refused(
        "sessions_lot_released_with_reason",
        lambda: SolutionLot.objects.filter(pk=lot.pk).update(quarantined_at=None, quarantine_reason=""),
    )
    with pytest.raises(StockRefusedError, match="Enter a reason"):
        lot_changes.release(lot=lot, reason=" ", by=keeper, now=NOW)

    lot_changes.release(lot=lot, reason="looked at each", by=keeper, now=NOW + timedelta(hours=1))

    assert [(row.kind, row.reason) for row in lot.changes.all()] == [
        ("released", "looked at each"),
        ("quarantined", "a crack"),
    ]


def test_the_database_takes_no_other_number_or_use_by_without_its_row(keeper: Actor, product: Product) -> None:
    """Not even back to what stood before, nor to what an older row says."""
    lot = receive(product, "AB12", keeper).lot

    def rewrite(**stands: object) -> Callable[[], None]:
        def act() -> None:
            SolutionLot.objects.filter(pk=lot.pk).update(**stands)
            connection.check_constraints()

        return act

    def correct(number: str, hour: int) -> None:
        at = NOW + timedelta(hours=hour)
        lot_changes.correct(lot=lot, lot_number=number, expiry_date=LATER, reason="mistyped", by=keeper, now=at)
        connection.check_constraints()

    rule = "sessions_lot_corrected_with_reason"
    refused(rule, rewrite(lot_number="AB13"))
    refused(rule, rewrite(expiry_date=date(2031, 1, 31)))
    correct("AB13", 1)
    refused(rule, rewrite(lot_number="AB12"))
    correct("AB12", 2)
    refused(rule, rewrite(lot_number="AB13"))
    rewrite(maker="Example Pharma")()


def test_a_signed_record_says_what_was_signed_and_that_the_lot_was_corrected_since(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    with tenant(clinic.pk, actor="test"):
        session = a_full_record(clinic)
        by = session.clinician.as_actor()
        lot = SolutionLot.objects.get(lot_number="LOT-4711")
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    record = reverse("sessions:view", args=[session.pk])
    assert "was corrected on" not in client.get(record).content.decode()
    with tenant(clinic.pk, actor="test"):
        lot_changes.correct(
            lot=lot, lot_number="LOT-4117", expiry_date=lot.expiry_date, reason="mistyped", by=by, now=timezone.now()
        )

    said = client.get(record).content.decode()

    assert "LOT-4711" in said
    assert "was corrected on" in said
    assert "LOT-4117" in said
    assert "broken" not in said


def test_quarantine_is_seen_on_every_bottle_and_preparation_and_told_on_today(clinic: Clinic, client: Client) -> None:
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        product = ProductFactory(clinic=clinic, low_stock_at=7)
        lot = SolutionLotFactory(clinic=clinic, product=product, quantity=8)
        a_preparation(clinic, a_container(clinic, lot=lot, opened_at=now), made_at=now)
    today = reverse("sessions:stock_today")
    assert today in client.get(reverse("scheduling:today")).content.decode()
    assert "1 product is running low." in client.get(today).content.decode()
    assert client.get(reverse("sessions:lots")).content.decode().count('status-word">quarantined') == 0

    client.post(reverse("sessions:quarantine_lot", args=[lot.pk]), {"reason": "a crack"})

    assert "1 lot is quarantined." in client.get(today).content.decode()
    shelf = client.get(reverse("sessions:lots")).content.decode()
    assert shelf.count('status-word">quarantined') == 3  # the preparation, the bottle, the lot
    assert f'action="{reverse("sessions:release_lot", args=[lot.pk])}"' not in shelf


def test_few_left_counts_only_what_may_be_used(keeper: Actor, in_clinic: Clinic) -> None:

    product = ProductFactory(clinic=in_clinic, low_stock_at=2)
    assert [(row.product, row.left) for row in low_stock(keeper, NOW.date())] == [(product, 0)]
    receive(product, "OLD", keeper, expiry_date=NOW.date() - timedelta(days=1))
    aside = receive(product, "ASIDE", keeper).lot
    lot_changes.quarantine(lot=aside, reason="x", by=keeper, now=NOW)
    receive(product, "GOOD", keeper, delivery=Delivery(2, NOW.date()))
    assert [row.left for row in low_stock(keeper, NOW.date())] == [2]
    SolutionLotFactory(clinic=in_clinic, product=product, lot_number="UNCOUNTED")
    assert low_stock(keeper, NOW.date()) == []


def test_a_scan_and_one_number_receive_a_lot(clinic: Clinic, client: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        product = ProductFactory(clinic=clinic, name="Dextrose bag")
    url = reverse("sessions:receive_lot")
    code = f"01{GTIN}17301200" + "10ab12\x1d21SER"
    unknown = client.get(url, {"scan": code}).content.decode()
    assert f"No product has the code {GTIN} yet" in unknown
    assert 'value="2030-12-31"' in unknown
    typed = {"lot_number": "ab12", "expiry_date": "2030-12-31", "quantity": "3", "gtin": GTIN}

    assert client.post(url, {**typed, "product": product.pk}).status_code == 302

    known = client.get(url, {"scan": f"(01){GTIN}(17)301231(10)AB12"}).content.decode()
    assert f'value="{product.pk}" selected' in known
    answer = client.post(url, {**typed, "lot_number": "AB12", "product": product.pk}, follow=True).content.decode()
    assert "3 received, 6 on the shelf" in answer
    with tenant(clinic.pk, actor="test"):
        lot = SolutionLot.objects.get()
        assert (lot.lot_number, lot.quantity, lot.product.gtin) == ("ab12", 6, GTIN)
        last = lot.movements.first()
    client.post(reverse("sessions:take_back_movement", args=[last.pk]))
    with tenant(clinic.pk, actor="test"):
        assert SolutionLot.objects.get().quantity == 3


def test_a_code_that_cannot_be_read_or_does_not_fit_is_said_kindly(clinic: Clinic, client: Client) -> None:
    url = reverse("sessions:receive_lot")
    with tenant(clinic.pk, actor="test"):
        one, other = ProductFactory(clinic=clinic, gtin=GTIN), ProductFactory(clinic=clinic, gtin="09506000134369")
        retired = ProductFactory(clinic=clinic, gtin="00000096385074", retired_at=NOW)
        for rule, gtin in (
            ("sessions_product_gtin_once", GTIN),
            ("sessions_product_gtin_digits", "12"),
            ("sessions_product_gtin_check_digit", "09506000134353"),
        ):
            refused(rule, lambda gtin=gtin: ProductFactory(clinic=clinic, gtin=gtin))
    for scan, words in {
        "nothing": "This code could not be read.",
        "(01)09506000134353": "The last digit of this number does not fit",
        "(17)301301": "is no date",
        "96385074": f"{retired.name} is retired",
    }.items():
        assert words in client.get(url, {"scan": scan}).content.decode(), scan
    typed = {"lot_number": "AB", "expiry_date": "2031-01-31", "quantity": "3", "product": other.pk}
    wrong = client.post(url, {**typed, "gtin": GTIN})
    assert wrong.status_code == 422
    assert "has the GTIN 09506000134369" in wrong.content.decode()
    page = reverse("sessions:product", args=[one.pk])
    named = {"name": one.name, "solution": one.solution_id, "pack_size_ml": "50", "dose": "multi"}
    for gtin, words in {"09506000134369": "Another product has this GTIN", "12345": "Enter the 8, 12"}.items():
        answer = client.post(page, {**named, "gtin": gtin})
        assert answer.status_code == 422
        assert words in answer.content.decode()


@time_machine.travel(NOW, tick=False)
def test_mistype_correct_count_and_waste_on_the_pages(clinic: Clinic, client: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        lot = SolutionLotFactory(clinic=clinic, product=ProductFactory(clinic=clinic), lot_number="AB21", quantity=6)

    def post(name: str, **typed: object) -> str:
        return client.post(reverse(f"sessions:{name}", args=[lot.pk]), typed, follow=True).content.decode()

    assert "Nothing is changed" in post("correct_lot", lot_number="AB21", expiry_date="2030-01-31", reason="x")
    assert "AB21 → AB12" in post("correct_lot", lot_number="AB12", expiry_date="2030-01-31", reason="mistyped")
    assert "-1, 5 on the shelf" in post("count_lot", counted="5")
    assert "5 on the shelf, as written down" in post("count_lot", counted="5")
    assert "not that many" in post("waste_lot", quantity="6", reason="dropped")
    said = post("waste_lot", quantity="2", reason="dropped")
    assert "-2, 3 on the shelf" in said
    assert "dropped" in said
    assert "data-undo" in said or 'take-back/"' in said
