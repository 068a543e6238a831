"""The shelf is the sum of its movements, whatever the order; what is in the database is never below zero."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from sessions.models import Container, SolutionLot, StockMovement
from sessions.policies.solution_lots import StockRefusedError
from sessions.services import preparations, stock_movements
from sessions.services.stock_movements import Delivery
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.treatments import ProductFactory, SolutionLotFactory, a_container, actor_of
from tests.sessions.stock import at_once, refused

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["deliver", "open", "waste", "count", "undo", "put_back"]), st.integers(1, 6)),
    max_size=14,
)


@pytest.fixture
def keeper(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


@pytest.fixture
def lot(in_clinic: Clinic) -> SolutionLot:
    return a_lot(in_clinic, 3)


def a_lot(clinic: Clinic, quantity: int | None) -> SolutionLot:
    return SolutionLotFactory(clinic=clinic, product=ProductFactory(clinic=clinic), quantity=quantity)


def left(lot: SolutionLot) -> int | None:
    return SolutionLot.objects.get(pk=lot.pk).quantity


def summed(lot: SolutionLot) -> int:
    return lot.movements.aggregate(n=Sum("change"))["n"] or 0


def do(step: Step, lot: SolutionLot, by: Actor) -> None:
    what, n = step
    if what == "deliver":
        stock_movements.deliver(lot=lot, delivery=Delivery(n, TODAY, "Supplier", "D-1"), by=by, now=NOW)
    elif what == "open":
        preparations.open_container(lot=lot, by=by, now=NOW)
    elif what == "waste":
        stock_movements.waste(lot=lot, quantity=n, reason="broken", by=by, now=NOW)
    elif what == "count":
        stock_movements.count(lot=lot, counted=n, by=by, now=NOW)
    elif what == "undo":
        movements = list(lot.movements.order_by("created_at", "id"))
        if movements:
            stock_movements.take_back(movement=movements[n % len(movements)], by=by, now=NOW)
    elif container := Container.objects.filter(lot=lot).first():
        preparations.undo_opening(container=container, by=by, now=NOW)


def expected(step: Step, shelf: int, opened: int) -> int:
    what, n = step
    return {"deliver": shelf + n, "open": shelf - 1, "waste": shelf - n, "count": n}.get(
        what, shelf + bool(opened) if what == "put_back" else shelf
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, start=st.integers(0, 4))
def test_whatever_happens_the_shelf_is_the_sum_of_its_movements(
    keeper: Actor, in_clinic: Clinic, steps: list[Step], start: int
) -> None:
    with transaction.atomic():
        lot = a_lot(in_clinic, start)
        shelf = start
        for step in steps:
            opened = Container.objects.filter(lot=lot).count()
            wanted = expected(step, shelf, opened)
            try:
                do(step, lot, keeper)
            except StockRefusedError:
                assert wanted < 0 or step[0] == "undo"
                assert left(lot) == shelf
            else:
                shelf = left(lot) if step[0] == "undo" else wanted
            assert left(lot) == summed(lot) == shelf >= 0
        transaction.set_rollback(True, using=DEFAULT_DB_ALIAS)


def test_an_uncounted_lot_knows_its_number_from_the_first_count_on(keeper: Actor, in_clinic: Clinic) -> None:
    lot = a_lot(in_clinic, None)
    a_container(in_clinic, lot=lot, opened_at=NOW)
    stock_movements.deliver(lot=lot, delivery=Delivery(2, TODAY), by=keeper, now=NOW)
    assert left(lot) is None

    counted = stock_movements.count(lot=lot, counted=7, by=keeper, now=NOW)

    assert (left(lot), counted.counted, summed(lot)) == (7, 7, 7)


def test_a_count_keeps_what_was_counted_and_the_difference_and_by_whom(keeper: Actor, lot: SolutionLot) -> None:
    counted = stock_movements.count(lot=lot, counted=1, reason="two broke", by=keeper, now=NOW)
    assert (counted.counted, counted.change, counted.reason) == (1, -2, "two broke")
    assert (counted.moved_by_id, counted.moved_at) == (keeper.membership_id, NOW)


def test_what_must_not_be_is_refused_in_words(keeper: Actor, lot: SolutionLot) -> None:
    once = stock_movements.waste(lot=lot, quantity=2, reason="broken", by=keeper, now=NOW)
    stock_movements.take_back(movement=once, by=keeper, now=NOW)
    more: list[tuple[str, Callable[[], object]]] = [
        ("not that many", lambda: stock_movements.waste(lot=lot, quantity=4, reason="x", by=keeper, now=NOW)),
        ("Enter a reason", lambda: stock_movements.waste(lot=lot, quantity=1, reason=" ", by=keeper, now=NOW)),
        ("taken back already", lambda: stock_movements.take_back(movement=once, by=keeper, now=NOW)),
        (
            "cannot be taken back",
            lambda: stock_movements.take_back(movement=lot.movements.get(kind="started"), by=keeper, now=NOW),
        ),
    ]
    for words, act in more:
        with pytest.raises(StockRefusedError, match=words):
            act()
    assert left(lot) == 3


def test_the_database_refuses_what_must_never_be_true(keeper: Actor, in_clinic: Clinic, lot: SolutionLot) -> None:
    opened = a_container(in_clinic, lot=lot, opened_at=NOW)
    other = a_lot(in_clinic, 3)
    plain = {"clinic": in_clinic, "lot": lot, "moved_at": NOW, "moved_by_id": keeper.membership_id}

    def move(**columns: object) -> Callable[[], object]:
        return lambda: StockMovement.objects.create(**{**plain, **columns})

    for rule, act in {
        "sessions_lot_below_zero": move(kind="wasted", change=-3, reason="x"),
        "sessions_movement_direction": move(kind="wasted", change=1, reason="x"),
        "sessions_movement_waste_has_a_reason": move(kind="wasted", change=-1),
        "sessions_movement_count_has_its_number": move(kind="wasted", change=-1, reason="x", counted=1),
        "sessions_movement_delivery_is_whole": move(kind="received", change=1),
        "sessions_movement_by_somebody": move(kind="received", change=1, delivered_date=TODAY, moved_by_id=None),
        "sessions_movement_starts_once": move(kind="started", change=2),
        "sessions_movement_is_typed": move(kind="taken_back", takes_back=other.movements.get()),
        "sessions_lot_moves": lambda: SolutionLot.objects.filter(pk=lot.pk).update(quantity=9),
        "sessions_history_fixed": lambda: lot.movements.update(change=-2),
        "sessions_container_put_back": opened.delete,
    }.items():
        refused(rule, act)
    assert left(lot) == summed(lot) == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_on_the_last_bottle_get_it_once() -> None:
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        lot = a_lot(clinic, 1)
        by = actor_of(MembershipFactory(clinic=clinic))
    told = at_once(
        clinic,
        [
            lambda: preparations.open_container(lot=lot, by=by, now=NOW),
            lambda: stock_movements.waste(lot=lot, quantity=1, reason="broken", by=by, now=NOW),
            lambda: preparations.open_container(lot=lot, by=by, now=NOW),
        ],
    )
    assert sorted(told) == [False, False, True]
    with tenant(clinic.pk, actor="test"):
        assert left(lot) == summed(lot) == 0
