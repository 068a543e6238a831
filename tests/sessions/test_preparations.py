"""From the lot to the needle: what the database refuses, in the words of the form, whatever path is taken."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Clinic
from catalogue.models import Solution
from common.tenancy import tenant
from sessions import use_by
from sessions.models import (
    Container,
    InjectionSession,
    Preparation,
    PreparationPart,
    Product,
    SolutionLot,
)
from sessions.policies.solution_lots import StockRefusedError
from sessions.services import preparations as service
from sessions.services import solution_lots
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.sessions import InjectionSessionFactory
from tests.factories.treatments import (
    ProductFactory,
    SolutionLotFactory,
    a_container,
    a_preparation,
    actor_of,
)
from tests.sessions.stock import a_point, at_once, corrected, refused

# The clinic of the tests keeps the time of Auckland: 21:00 UTC is the next morning there.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


@pytest.fixture
def keeper(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


@pytest.fixture
def session(in_clinic: Clinic) -> InjectionSession:
    return InjectionSessionFactory(clinic=in_clinic, started_at=NOW)


# --- opening and drawing ------------------------------------------------------------------------------------------


def test_an_opened_container_takes_its_size_and_kind_from_its_product(keeper: Actor, in_clinic: Clinic) -> None:
    product = ProductFactory(clinic=in_clinic, pack_size_ml=Decimal(10), is_single_dose=True)
    lot = SolutionLotFactory(clinic=in_clinic, product=product, quantity=2)

    opened = service.open_container(lot=lot, by=keeper, now=NOW)
    opened.refresh_from_db()

    assert (opened.number, opened.volume_ml, opened.is_single_dose) == (1, Decimal(10), True)


def test_no_path_opens_a_single_dose_product_as_a_multi_dose_one(in_clinic: Clinic) -> None:
    lot = SolutionLotFactory(clinic=in_clinic, product=ProductFactory(clinic=in_clinic, is_single_dose=True))
    opened = Container.objects.create(
        clinic=in_clinic,
        lot=lot,
        number=1,
        volume_ml=1000,
        is_single_dose=False,
        opened_at=NOW,
        opened_by=MembershipFactory(clinic=in_clinic),
    )
    opened.refresh_from_db()
    assert (opened.is_single_dose, opened.volume_ml) == (True, Decimal(50))
    refused("sessions_container_fixed", lambda: Container.objects.filter(pk=opened.pk).update(is_single_dose=False))
    refused("sessions_product_fixed", lambda: Product.objects.filter(lots=lot).update(is_single_dose=False))


def test_a_multi_dose_container_is_to_be_discarded_after_28_days_unless_the_clinic_says_otherwise(
    keeper: Actor, in_clinic: Clinic
) -> None:
    lot = SolutionLotFactory(clinic=in_clinic, product=ProductFactory(clinic=in_clinic))
    assert service.open_container(lot=lot, by=keeper, now=NOW).discard_at == NOW + timedelta(days=28)

    solution_lots.set_rules(by=keeper, multi_dose_days=7)

    assert service.open_container(lot=lot, by=keeper, now=NOW).discard_at == NOW + timedelta(days=7)


def test_a_single_dose_container_has_no_span_of_its_own() -> None:
    assert use_by.discard_at(NOW, is_single_dose=True, hours_once_opened=None, multi_dose_days=28) is None
    assert use_by.discard_at(NOW, is_single_dose=True, hours_once_opened=6, multi_dose_days=28) == NOW + 6 * HOUR


def test_a_mixture_ends_with_the_first_container_that_ends_before_it() -> None:
    for end, hours in ((NOW + 9 * HOUR, 4), (NOW + HOUR, 1)):
        ends = use_by.beyond_use_at(NOW, hours=4, containers=[None, end], use_by=[date(2030, 1, 31)], zone=BERLIN)
        assert ends == NOW + hours * HOUR


def test_a_mixture_ends_with_the_last_day_of_its_lot_on_the_clinics_clock() -> None:
    ends = use_by.beyond_use_at(NOW, hours=24, containers=[], use_by=[date(2030, 1, 31), NOW.date()], zone=BERLIN)
    assert ends.astimezone(BERLIN).isoformat() == "2026-03-02T23:59:00+01:00"


def test_no_more_containers_are_opened_than_were_received(keeper: Actor, in_clinic: Clinic) -> None:
    lot = SolutionLotFactory(clinic=in_clinic, product=ProductFactory(clinic=in_clinic), quantity=1)
    service.open_container(lot=lot, by=keeper, now=NOW)

    with pytest.raises(StockRefusedError, match="left"):
        service.open_container(lot=lot, by=keeper, now=NOW)
    refused("sessions_lot_empty", lambda: a_container(in_clinic, lot=lot, opened_at=NOW))


@pytest.mark.parametrize(
    ("fields", "rule", "words"),
    [
        ({"expiry_date": date(2026, 3, 1)}, "sessions_lot_expired", "expired"),
        ({"quarantined_at": NOW, "quarantine_reason": "x"}, "sessions_lot_quarantined", "quarantined"),
        ({"product": None}, "sessions_lot_without_product", "product"),
    ],
)
def test_a_lot_that_may_not_be_used_is_not_opened(
    keeper: Actor, in_clinic: Clinic, fields: dict[str, object], rule: str, words: str
) -> None:
    lot = SolutionLotFactory(clinic=in_clinic, **{"product": ProductFactory(clinic=in_clinic), **fields})

    with pytest.raises(StockRefusedError, match=words):
        service.open_container(lot=lot, by=keeper, now=NOW)
    who = MembershipFactory(clinic=in_clinic)
    refused(
        rule,
        lambda: Container.objects.create(
            clinic=in_clinic, lot=lot, number=1, volume_ml=1, is_single_dose=True, opened_at=NOW, opened_by=who
        ),
    )


def mixture(*drawn: tuple[Container, int], **fields: object) -> service.Mixture:
    return service.Mixture(
        solution=Solution.objects.get(code="D5W_BUF"),
        drawn=tuple((container.pk, Decimal(ml)) for container, ml in drawn),
        hours=4,
        **fields,  # type: ignore[arg-type]
    )


def test_a_mixture_remembers_what_went_into_it(keeper: Actor, in_clinic: Clinic) -> None:
    bag = a_container(in_clinic, opened_at=NOW)

    made = service.prepare(
        mixture=mixture(
            (bag, 20),
            recipe="20 mL D5W + 0.1 mL bicarbonate",
            bicarbonate_ml=Decimal("0.1"),
            bicarbonate_percent=Decimal("8.4"),
            measured_ph=Decimal("7.4"),
        ),
        by=keeper,
        now=NOW,
    )

    assert made.volume_ml == Decimal("20.1")
    assert made.beyond_use_at == NOW + 4 * HOUR
    assert [(part.container, part.volume_ml) for part in made.parts.all()] == [(bag, Decimal(20))]
    assert made.code == "0203-1"


def test_the_preparations_of_a_day_are_numbered(keeper: Actor, in_clinic: Clinic) -> None:
    bag = a_container(in_clinic, opened_at=NOW)
    codes = [service.prepare(mixture=mixture((bag, 1)), by=keeper, now=NOW).code for _ in range(2)]
    assert codes == ["0203-1", "0203-2"]


def test_a_container_gives_no_more_than_it_holds(keeper: Actor, in_clinic: Clinic) -> None:
    bag = a_container(in_clinic, opened_at=NOW)
    made = service.prepare(mixture=mixture((bag, 50)), by=keeper, now=NOW)

    with pytest.raises(StockRefusedError, match="holds 0"):
        service.prepare(mixture=mixture((bag, 1)), by=keeper, now=NOW)
    refused(
        "sessions_container_overdrawn",
        lambda: a_preparation(in_clinic, bag, made_at=NOW),
    )
    assert made.parts.get().volume_ml == Decimal(50)


@pytest.mark.django_db(transaction=True)
def test_two_who_draw_the_last_millilitresat_once_get_them_once() -> None:
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        bag = a_container(clinic, opened_at=NOW)
        by = actor_of(bag.opened_by)
    told = at_once(clinic, [lambda: service.prepare(mixture=mixture((bag, 30)), by=by, now=NOW)] * 4)

    assert sorted(told) == [False, False, False, True]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda bag: Container.objects.filter(pk=bag.pk).update(
                discarded_at=NOW, discarded_by=bag.opened_by, discard_reason="dropped"
            ),
            "discarded",
        ),
        (lambda bag: SolutionLot.objects.filter(pk=bag.lot_id).update(quarantined_at=NOW), "quarantined"),
        (lambda bag: corrected(bag.lot, expiry_date=date(2026, 3, 1)), "expired"),
    ],
)
def test_nothing_is_drawn_from_what_may_not_be_used(
    keeper: Actor, in_clinic: Clinic, change: Callable[[Container], object], words: str
) -> None:
    bag = a_container(in_clinic, opened_at=NOW - HOUR)
    change(bag)
    with pytest.raises(StockRefusedError, match=words):
        service.prepare(mixture=mixture((bag, 1)), by=keeper, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_preparation(in_clinic, bag, made_at=NOW)


def test_nothing_is_drawn_from_a_container_opened_too_long_ago(keeper: Actor, in_clinic: Clinic) -> None:
    bag = a_container(in_clinic, opened_at=NOW - HOUR, discard_at=NOW)
    service.prepare(mixture=mixture((bag, 1)), by=keeper, now=NOW - timedelta(seconds=1))
    with pytest.raises(StockRefusedError, match="too long ago"):
        service.prepare(mixture=mixture((bag, 1)), by=keeper, now=NOW)
    refused("sessions_container_past_use", lambda: a_preparation(in_clinic, bag, made_at=NOW, number=9))


def test_a_container_is_used_as_it_is(keeper: Actor, in_clinic: Clinic) -> None:
    bag = a_container(in_clinic, opened_at=NOW, discard_at=NOW + 9 * HOUR)
    made = service.use_as_it_is(container=bag, by=keeper, now=NOW)
    assert (made.is_mixed, made.volume_ml, made.beyond_use_at) == (False, Decimal(50), NOW + 9 * HOUR)


# --- slips --------------------------------------------------------------------------------------------------------


def test_a_slip_is_undone_while_nothing_came_of_it(keeper: Actor, in_clinic: Clinic) -> None:
    bag = a_container(in_clinic, opened_at=NOW)
    made = service.prepare(mixture=mixture((bag, 5)), by=keeper, now=NOW)
    with pytest.raises(StockRefusedError, match="discard it instead"):
        service.undo_opening(container=bag, by=keeper, now=NOW)

    service.undo_preparation(preparation=made, by=keeper)
    service.undo_opening(container=bag, by=keeper, now=NOW)

    assert not Container.objects.exists()


def test_a_preparation_somebody_received_stays(keeper: Actor, in_clinic: Clinic, session: InjectionSession) -> None:
    made = a_preparation(in_clinic, a_container(in_clinic, opened_at=NOW), made_at=NOW)
    a_point(session, preparation=made)

    with pytest.raises(StockRefusedError, match="discard it instead"):
        service.undo_preparation(preparation=made, by=keeper)
    refused("sessions_preparation_in_use", lambda: made.parts.all().delete())
    refused("sessions_part_fixed", lambda: made.parts.all().update(volume_ml=1))
    refused("sessions_preparation_fixed", lambda: Preparation.objects.filter(pk=made.pk).update(recipe="x"))
    other = a_container(in_clinic, opened_at=NOW)
    refused(
        "sessions_preparation_in_use",
        lambda: PreparationPart.objects.create(clinic=in_clinic, preparation=made, container=other, volume_ml=1),
    )


def test_what_was_discarded_is_taken_back(keeper: Actor, in_clinic: Clinic) -> None:
    bag = a_container(in_clinic, opened_at=NOW)
    as_it_is = service.use_as_it_is(container=bag, by=keeper, now=NOW)

    with pytest.raises(StockRefusedError, match="why"):
        service.discard_container(container=bag, reason=" ", by=keeper, now=NOW)
    without_reason = {"discarded_at": NOW, "discarded_by": bag.opened_by}
    for change in (without_reason, {"discard_reason": "dropped"}):
        refused("sessions_container_discarded_whole", lambda: Container.objects.filter(pk=bag.pk).update(**change))  # noqa: B023 - called at once
    service.discard_container(container=bag, reason="dropped", by=keeper, now=NOW)
    own = Preparation.objects.filter(pk=as_it_is.pk)
    assert own.get().discarded_at == NOW
    with pytest.raises(StockRefusedError, match="already"):
        service.discard_container(container=bag, reason="again", by=keeper, now=NOW)
    service.take_back_container(container=bag, by=keeper)

    assert own.get().discarded_at is None
    service.discard_preparation(preparation=as_it_is, by=keeper, now=NOW)
    assert service.take_back_preparation(preparation=as_it_is, by=keeper).discarded_at is None
