"""The shelf: receive, quarantine, release; what may be chosen."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import Solution
from common.tenancy import tenant
from sessions.models import Product, SolutionLot
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import solution_lots as queries
from sessions.services import lot_changes
from sessions.services import solution_lots as service
from sessions.services.stock_movements import Delivery
from tests.factories.accounts import MembershipFactory
from tests.factories.treatments import ProductFactory, SolutionLotFactory, a_container, a_preparation, actor_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture
def keeper(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


def received(keeper: Actor, number: str = "A1") -> SolutionLot:
    product = Product.objects.first() or ProductFactory(clinic=keeper.clinic)
    delivery = Delivery(quantity=4, delivered_date=TODAY)
    moved = service.receive(
        product=product, lot_number=number, expiry_date=TODAY, delivery=delivery, by=keeper, now=NOW
    )
    return SolutionLot.objects.get(pk=moved.lot_id)


def test_a_received_lot_can_be_chosen_up_to_its_last_day(keeper: Actor) -> None:
    lot = received(keeper, " A1 ")
    assert lot.lot_number == "A1"
    assert list(queries.usable(keeper, day=TODAY)) == [lot]
    assert list(queries.usable(keeper, day=TODAY + timedelta(days=1))) == []


def test_a_quarantined_lot_cannot_be_chosen_until_it_is_released(keeper: Actor) -> None:
    lot = lot_changes.quarantine(lot=received(keeper), reason="Recall", by=keeper, now=NOW)
    assert not queries.usable(keeper, day=TODAY).exists()
    with pytest.raises(StockRefusedError, match="already"):
        lot_changes.quarantine(lot=lot, reason="Again", by=keeper, now=NOW)

    lot_changes.release(lot=lot, reason="Looked at", by=keeper, now=NOW)

    assert queries.usable(keeper, day=TODAY).exists()
    with pytest.raises(StockRefusedError, match="not quarantined"):
        lot_changes.release(lot=lot, reason="Looked at", by=keeper, now=NOW)


def test_a_quarantine_needs_a_reason(keeper: Actor) -> None:
    with pytest.raises(StockRefusedError, match="reason"):
        lot_changes.quarantine(lot=received(keeper), reason=" ", by=keeper, now=NOW)


def test_another_clinics_lot_is_out_of_reach(
    keeper: Actor, other_clinic: Clinic, as_superuser: Callable[[], None]
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = SolutionLotFactory(clinic=other_clinic)
    as_superuser()
    with pytest.raises(SolutionLot.DoesNotExist):
        lot_changes.quarantine(lot=foreign, reason="x", by=keeper, now=NOW)
    assert foreign not in queries.shelf(keeper)


def test_a_lot_is_received_set_aside_and_given_back_on_the_page(clinic: Clinic, client: Client) -> None:
    solution = Solution.objects.get(code="D5W_BUF")
    lot = {"lot_number": "B-22", "expiry_date": "2031-05-01", "quantity": "6"}
    new = {"name": "Dextrose 5 %", "solution": solution.pk, "maker": "Maker", "pack_size_ml": "50", "dose": "single"}

    assert client.post(reverse("sessions:receive_lot"), lot | new).status_code == 302
    with tenant(clinic.pk, actor="test"):
        product = Product.objects.get()
    otherwise = lot | {"product": product.pk, "expiry_date": "2031-06-01"}
    again = client.post(reverse("sessions:receive_lot"), otherwise)
    assert again.status_code == 422
    assert "on the shelf already" in again.content.decode()
    with tenant(clinic.pk, actor="test"):
        lot = SolutionLot.objects.get()
    client.post(reverse("sessions:quarantine_lot", args=[lot.pk]), {"reason": "Recall 7"})
    shelf = client.get(reverse("sessions:lots")).content.decode()
    assert "quarantined" in shelf
    assert "Recall 7" in shelf
    assert client.post(reverse("sessions:release_lot", args=[lot.pk]), {"reason": ""}).status_code == 422
    client.post(reverse("sessions:release_lot", args=[lot.pk]), {"reason": "Looked at each bottle"})
    assert "Recall 7" not in client.get(reverse("sessions:lots")).content.decode()


def test_an_expired_lot_is_not_received(client: Client) -> None:
    yesterday = (timezone.now() - timedelta(days=2)).date().isoformat()
    new = {"name": "Saline", "solution": Solution.objects.get(code="NS09").pk, "pack_size_ml": "10", "dose": "single"}
    typed = {**new, "lot_number": "C", "expiry_date": yesterday}

    page = client.post(reverse("sessions:receive_lot"), typed)

    assert page.status_code == 422
    assert "already expired" in page.content.decode()


def test_the_shelf_refuses_a_page_that_is_no_number(client: Client) -> None:
    assert client.get(reverse("sessions:lots"), {"page": "\x00"}).status_code == 400


def test_the_shelf_asks_as_much_for_three_lots_as_for_one(
    clinic: Clinic, client: Client, figure: Callable[[str, float], None]
) -> None:
    counts = []
    for more in (1, 2):
        with tenant(clinic.pk, actor="test"):
            for _each in range(more):
                a_preparation(clinic, a_container(clinic, opened_at=timezone.now()), made_at=timezone.now())
        client.get(reverse("sessions:lots"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("sessions:lots"))
        counts.append(len(asked))
    figure("lots_queries", counts[0])
    assert counts[0] == counts[1]
