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
from sessions.services import solution_lots as service
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
    return service.receive(product=product, lot_number=number, expiry_date=TODAY, by=keeper)


def test_a_received_lot_can_be_chosen_up_to_its_last_day(keeper: Actor) -> None:
    lot = received(keeper, " A1 ")
    assert lot.lot_number == "A1"
    assert list(queries.usable(keeper, day=TODAY)) == [lot]
    assert list(queries.usable(keeper, day=TODAY + timedelta(days=1))) == []


def test_the_same_lot_is_received_once(keeper: Actor) -> None:
    received(keeper)
    with pytest.raises(StockRefusedError, match="already"):
        received(keeper)


def test_a_quarantined_lot_cannot_be_chosen_until_it_is_released(keeper: Actor) -> None:
    lot = service.quarantine(lot=received(keeper), reason="Recall", by=keeper, now=NOW)
    assert not queries.usable(keeper, day=TODAY).exists()
    with pytest.raises(StockRefusedError, match="already"):
        service.quarantine(lot=lot, reason="Again", by=keeper, now=NOW)

    service.release(lot=lot, by=keeper)

    assert queries.usable(keeper, day=TODAY).exists()
    with pytest.raises(StockRefusedError, match="not quarantined"):
        service.release(lot=lot, by=keeper)


def test_a_quarantine_needs_a_reason(keeper: Actor) -> None:
    with pytest.raises(StockRefusedError, match="reason"):
        service.quarantine(lot=received(keeper), reason=" ", by=keeper, now=NOW)


def test_another_clinics_lot_is_out_of_reach(
    keeper: Actor, other_clinic: Clinic, as_superuser: Callable[[], None]
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = SolutionLotFactory(clinic=other_clinic)
    as_superuser()
    with pytest.raises(SolutionLot.DoesNotExist):
        service.quarantine(lot=foreign, reason="x", by=keeper, now=NOW)
    assert foreign not in queries.shelf(keeper)


def test_a_lot_is_received_set_aside_and_given_back_on_the_page(clinic: Clinic, client: Client) -> None:
    solution = Solution.objects.get(code="D5W_BUF")
    lot = {"lot_number": "B-22", "expiry_date": "2031-05-01", "quantity": "6"}
    new = {"name": "Dextrose 5 %", "solution": solution.pk, "maker": "Maker", "pack_size_ml": "50", "dose": "single"}

    assert client.post(reverse("sessions:receive_lot"), lot | new).status_code == 302
    with tenant(clinic.pk, actor="test"):
        product = Product.objects.get()
    again = client.post(reverse("sessions:receive_lot"), lot | {"product": product.pk})
    assert again.status_code == 422
    assert "on the shelf already" in again.content.decode()
    with tenant(clinic.pk, actor="test"):
        lot = SolutionLot.objects.get()
    client.post(reverse("sessions:quarantine_lot", args=[lot.pk]), {"reason": "Recall 7"})
    shelf = client.get(reverse("sessions:lots")).content.decode()
    assert "quarantined" in shelf
    assert "Recall 7" in shelf
    client.post(reverse("sessions:release_lot", args=[lot.pk]))
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
