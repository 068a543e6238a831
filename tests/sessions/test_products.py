"""A product is described anew or retired; no new lot comes of a retired one, and what was received stays what it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from catalogue.models import Solution
from common.tenancy import tenant
from sessions.models import Product, SolutionLot
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries.signatures import broken_signatures
from sessions.services import injection_sessions, lot_changes
from sessions.services import solution_lots as service
from sessions.services.stock_movements import Delivery
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import ProductFactory, SolutionLotFactory, a_draft, actor_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LAST_DAY = date(2030, 1, 31)


@pytest.fixture
def keeper(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


@pytest.fixture
def product(in_clinic: Clinic) -> Product:
    return ProductFactory(clinic=in_clinic, name="Dextrose bag")


def goods(product: Product, **changes: object) -> service.Goods:
    columns = {name: getattr(product, name) for name in service.Goods.__dataclass_fields__}
    return service.Goods(**{**columns, **changes})  # type: ignore[arg-type]


def receive(product: Product, keeper: Actor) -> None:
    delivery = Delivery(quantity=4, delivered_date=NOW.date())
    service.receive(product=product, lot_number="A1", expiry_date=LAST_DAY, delivery=delivery, by=keeper, now=NOW)


def lots_of(product: Product) -> list[str]:
    return list(SolutionLot.objects.filter(product=product).values_list("lot_number", flat=True))


def test_no_lot_is_received_of_a_retired_product_until_it_is_back(product: Product, keeper: Actor) -> None:
    service.retire_product(product=product, by=keeper, now=NOW)
    with pytest.raises(StockRefusedError, match="retired"):
        receive(product, keeper)
    service.bring_back_product(product=product, by=keeper)
    receive(product, keeper)
    assert lots_of(product) == ["A1"]


def test_the_database_refuses_a_lot_of_a_retired_product(product: Product, keeper: Actor) -> None:
    service.retire_product(product=product, by=keeper, now=NOW)
    with pytest.raises(IntegrityError, match="retired"), transaction.atomic():
        SolutionLotFactory(clinic=product.clinic, product=product)


def test_the_database_lets_a_lot_of_a_retired_product_be_quarantined(product: Product, keeper: Actor) -> None:
    lot = SolutionLotFactory(clinic=product.clinic, product=product)
    service.retire_product(product=product, by=keeper, now=NOW)
    assert lot_changes.quarantine(lot=lot, reason="Recall", by=keeper, now=NOW).quarantined_at == NOW


def test_retiring_twice_keeps_the_first_time(product: Product, keeper: Actor) -> None:
    service.retire_product(product=product, by=keeper, now=NOW)
    again = service.retire_product(product=product, by=keeper, now=NOW.replace(hour=10))
    assert again.retired_at == NOW


def test_a_product_without_lots_can_be_described_anew(product: Product, keeper: Actor) -> None:
    service.change_product(product=product, goods=goods(product, pack_size_ml=Decimal(100)), by=keeper)
    product.refresh_from_db()
    assert product.pack_size_ml == 100


@pytest.mark.parametrize("change", [{"pack_size_ml": Decimal(100)}, {"is_single_dose": True}, {"solution": None}])
def test_what_a_lot_was_received_as_stays(change: dict[str, object], product: Product, keeper: Actor) -> None:
    SolutionLotFactory(clinic=product.clinic, product=product)
    with pytest.raises(StockRefusedError, match="Lots of this product were received"):
        service.change_product(product=product, goods=goods(product, **change), by=keeper)


def test_a_slip_in_the_name_is_put_right_after_lots_came(product: Product, keeper: Actor) -> None:
    SolutionLotFactory(clinic=product.clinic, product=product)
    changed = service.change_product(product=product, goods=goods(product, name=" Glucose bag "), by=keeper)
    assert changed.name == "Glucose bag"
    assert AuditEvent.objects.filter(table_name="pit_sessions_product", kind="update", row_id=product.pk).exists()


def test_two_products_are_never_made_alike(product: Product, keeper: Actor) -> None:
    other = ProductFactory(clinic=product.clinic, name="Other bag")
    with pytest.raises(StockRefusedError, match="there already"):
        service.change_product(product=other, goods=goods(product), by=keeper)


def test_a_signed_record_is_untouched_by_what_happens_to_its_product(product: Product, keeper: Actor) -> None:
    lot = SolutionLotFactory(clinic=product.clinic, product=product)
    visit = AppointmentFactory(clinic=product.clinic, starts_at=NOW, status="arrived")
    by = actor_of(visit.clinician)
    session = injection_sessions.start(appointment=visit, by=by, now=NOW)
    injection_sessions.save_draft(injection_session=session, version=1, draft=a_draft(lot=lot), by=by, now=NOW)
    injection_sessions.sign(injection_session=session, version=2, by=by, now=NOW)
    service.change_product(product=product, goods=goods(product, name="Renamed", maker="Another"), by=keeper)
    service.retire_product(product=product, by=keeper, now=NOW)
    assert broken_signatures(product.clinic_id) == []


# The pages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


@pytest.fixture
def bought(clinic: Clinic) -> Product:
    with tenant(clinic.pk, actor="test"):
        return ProductFactory(clinic=clinic, name="Dextrose bag")


def typed(**changes: object) -> dict[str, object]:
    solution = Solution.objects.get(code="D5W_BUF")
    return {"name": "Dextrose bag", "solution": solution.pk, "pack_size_ml": "50", "dose": "multi", **changes}


def test_a_retired_product_is_not_offered_for_a_new_lot_and_undo_brings_it_back(
    bought: Product, client: Client
) -> None:
    receive = reverse("sessions:receive_lot")
    assert "Dextrose bag" in client.get(receive).content.decode()
    said = client.post(reverse("sessions:retire_product", args=[bought.pk]), follow=True).content.decode()
    undo = reverse("sessions:bring_back_product", args=[bought.pk])
    assert f'action="{undo}"' in said
    assert "Dextrose bag" not in client.get(receive).content.decode()
    client.post(undo)
    assert "Dextrose bag" in client.get(receive).content.decode()


def test_a_lot_sent_for_a_retired_product_is_refused_at_the_form(bought: Product, client: Client) -> None:
    client.post(reverse("sessions:retire_product", args=[bought.pk]))
    answer = client.post(
        reverse("sessions:receive_lot"),
        {"product": bought.pk, "lot_number": "A1", "expiry_date": "2031-05-01", "quantity": 4},
    )
    assert answer.status_code == 422


def test_a_product_is_changed_on_its_page(clinic: Clinic, bought: Product, client: Client) -> None:
    url = reverse("sessions:product", args=[bought.pk])
    assert client.post(url, typed(name="Glucose bag", maker="Maker")).status_code == 302
    with tenant(clinic.pk):
        stored = Product.objects.get()
        assert (stored.name, stored.maker, stored.is_single_dose) == ("Glucose bag", "Maker", False)


@pytest.mark.parametrize(
    ("change", "said"), [({"name": ""}, "What is the product called?"), ({"pack_size_ml": ""}, "How much does one")]
)
def test_a_product_half_described_is_asked_for_the_rest(
    change: dict[str, object], said: str, bought: Product, client: Client
) -> None:
    answer = client.post(reverse("sessions:product", args=[bought.pk]), typed(**change))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_what_lots_fix_is_explained_on_the_page(clinic: Clinic, bought: Product, client: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        SolutionLotFactory(clinic=clinic, product=bought)
    answer = client.post(reverse("sessions:product", args=[bought.pk]), typed(pack_size_ml="100"))
    assert answer.status_code == 422
    assert "Lots of this product were received" in answer.content.decode()


def test_the_desk_has_no_part_in_it(clinic: Clinic, staff_client: Callable[..., Client], bought: Product) -> None:
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    assert desk.get(reverse("sessions:products")).status_code == 403
