"""The stock on its pages: receive, open, prepare, discard, take back, recall."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from catalogue.models import Solution
from common.tenancy import tenant
from common.wall_clock import local_day
from sessions.models import Container, InjectionSession, Preparation, SolutionLot, StockRules
from sessions.services import injection_sessions
from tests.factories.sessions import InjectionSessionFactory
from tests.factories.treatments import (
    ProductFactory,
    SolutionLotFactory,
    a_container,
    a_draft,
    a_preparation,
    actor_of,
)
from tests.sessions.stock import corrected


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def lot(clinic: Clinic) -> SolutionLot:
    with tenant(clinic.pk, actor="test"):
        product = ProductFactory(clinic=clinic, name="Dextrose 5 % bag")
        return SolutionLotFactory(clinic=clinic, product=product, lot_number="BAG-1", quantity=3)


def shown(client: Client, name: str = "lots", *args: object) -> str:
    return client.get(reverse(f"sessions:{name}", args=args)).content.decode()


def do(client: Client, name: str, *args: object, **typed: object) -> int:
    return client.post(reverse(f"sessions:{name}", args=args), typed).status_code


def prepared(client: Client, container: Container, **changes: object) -> dict[str, object]:
    solution = Solution.objects.get(code="D5W_BUF")
    return {"solution": solution.pk, "container_1": container.pk, "ml_1": "20", "hours": "4", **changes}


def test_a_container_is_opened_prepared_from_and_discarded(clinic: Clinic, client: Client, lot: SolutionLot) -> None:
    assert do(client, "open_container", lot.pk) == 302
    with tenant(clinic.pk, actor="test"):
        bag = Container.objects.get()
    with tenant(clinic.pk, actor="test"):
        assert SolutionLot.objects.get().quantity == 2

    typed = prepared(client, bag, bicarbonate_ml="0.1", bicarbonate_percent="8.4", measured_ph="6.9", recipe="ours")
    answer = client.post(reverse("sessions:prepare"), typed, follow=True).content.decode()

    assert "pH 6.9 is outside the usual 7.0 to 7.8." in answer
    with tenant(clinic.pk, actor="test"):
        made = Preparation.objects.get()
    assert made.code in answer
    assert do(client, "discard_preparation", made.pk) == 302
    for nothing in ({}, {"reason": " "}):
        assert do(client, "discard_container", bag.pk, **nothing) == 422
    assert do(client, "discard_container", bag.pk, reason="dropped") == 302
    assert (page := shown(client)).count("Take back") == 2
    assert "dropped" in page
    assert do(client, "take_back_preparation", made.pk) == 302
    assert do(client, "take_back_container", bag.pk) == 302
    assert "Take back" not in shown(client)


def tray_of(client: Client, session: InjectionSession) -> str:
    page = shown(client, "edit", session.pk)
    return page[page.index('id="preparation"') : page.index('id="tray-none"')]


def test_what_was_discarded_says_when_on_the_stock_page_and_in_a_session(clinic: Clinic, client: Client) -> None:
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        session = InjectionSessionFactory(clinic=clinic, clinician=client.member, started_at=now)  # type: ignore[attr-defined]
        bag, bottle = (a_container(clinic, opened_at=now) for _ in range(2))
        made = a_preparation(clinic, bag, made_at=now, beyond_use_at=now + timedelta(hours=3))
        straight = a_preparation(clinic, bottle, made_at=now, is_mixed=False, beyond_use_at=now + timedelta(hours=3))
    assert tray_of(client, session).count(" left</span>") == 2
    do(client, "discard_preparation", made.pk)
    do(client, "discard_container", bottle.pk, reason="leaked")

    with tenant(clinic.pk, actor="test"):
        zone = ZoneInfo(clinic.zone)
        thrown = [Preparation.objects.get(pk=made.pk).discarded_at, Container.objects.get(pk=bottle.pk).discarded_at]
    said = [f"discarded {at.astimezone(zone):%-d %b %H:%M}" for at in thrown if at]
    stock, tray = shown(client), tray_of(client, session)
    for words in (*said, f"could be used until {made.beyond_use_at.astimezone(zone):%-d %b %H:%M}"):
        assert words in stock
    assert [tray.count(words) for words in (made.code, straight.code)] == [2, 2]
    assert tray.count('"status-word">discarded ') == 2
    assert " left</span>" not in tray
    for words in said:
        assert words in tray


def test_what_was_prepared_is_said_once_where_its_name_says_what_it_holds(clinic: Clinic, client: Client) -> None:
    plain = Solution.objects.get(code="D5W_PLAIN")
    with tenant(clinic.pk, actor="test"):
        lot = SolutionLotFactory(clinic=clinic, product=ProductFactory(clinic=clinic, solution=plain), solution=plain)
        bag = a_container(clinic, opened_at=timezone.now(), lot=lot)
    typed = prepared(client, bag, solution=plain.pk)
    answer = client.post(reverse("sessions:prepare"), typed, follow=True).content.decode()
    assert " is Dextrose 5 % and can be chosen in a session." in answer
    assert '<span class="unit">Dextrose 5 %</span>' not in answer


def test_a_slip_is_undone_on_the_page(clinic: Clinic, client: Client, lot: SolutionLot) -> None:
    do(client, "open_container", lot.pk)
    with tenant(clinic.pk, actor="test"):
        bag = Container.objects.get()
    do(client, "use_container", bag.pk)
    with tenant(clinic.pk, actor="test"):
        made = Preparation.objects.get()
    assert do(client, "undo_opening", bag.pk) == 409

    assert do(client, "undo_preparation", made.pk) == 302
    assert do(client, "undo_opening", bag.pk) == 302

    assert "No container is open." in shown(client)


def test_the_page_says_why_no_container_can_be_opened(clinic: Clinic, client: Client, lot: SolutionLot) -> None:
    do(client, "count_lot", lot.pk, counted=0)
    answer = client.post(reverse("sessions:open_container", args=[lot.pk]))
    assert answer.status_code == 409
    assert "No container of this lot is left." in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ml_1": "51"}, "holds 50"),
        ({"ml_1": ""}, "required"),
        ({"measured_ph": "14.1"}, "14"),
        ({"hours": "0"}, "1"),
        ({"container_2": "same", "ml_2": "1"}, "in the list already"),
    ],
)
def test_what_cannot_be_prepared_is_said_beside_the_form(
    clinic: Clinic, client: Client, lot: SolutionLot, changes: dict[str, str], words: str
) -> None:
    with tenant(clinic.pk, actor="test"):
        bag = a_container(clinic, lot=lot, opened_at=timezone.now())
    changes = {name: str(bag.pk) if value == "same" else value for name, value in changes.items()}
    answer = client.post(reverse("sessions:prepare"), prepared(client, bag, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_bicarbonate_from_its_own_bottle_is_typed_once(clinic: Clinic, client: Client, lot: SolutionLot) -> None:
    with tenant(clinic.pk, actor="test"):
        bag = a_container(clinic, lot=lot, opened_at=timezone.now())
        product = ProductFactory(clinic=clinic, solution=None, bicarbonate_percent="8.4")
        of_bicarbonate = SolutionLotFactory(clinic=clinic, product=product, solution=None)
        bottle = a_container(clinic, lot=of_bicarbonate, opened_at=timezone.now())
    do(client, "prepare", **prepared(client, bag, container_2=bottle.pk, ml_2="0.1"))
    with tenant(clinic.pk, actor="test"):
        made = Preparation.objects.get()
    assert [str(made.bicarbonate_percent), str(made.bicarbonate_ml), str(made.volume_ml)] == ["8.40", "0.10", "20.10"]


def test_preparing_from_a_session_goes_back_to_it(clinic: Clinic, client: Client, lot: SolutionLot) -> None:
    with tenant(clinic.pk, actor="test"):
        bag = a_container(clinic, lot=lot, opened_at=timezone.now())
        session = InjectionSessionFactory(clinic=clinic)
    answer = client.post(reverse("sessions:prepare"), prepared(client, bag, session=session.pk))
    assert answer.headers["Location"] == reverse("sessions:edit", args=[session.pk])


def test_what_expires_soon_is_pointed_out(clinic: Clinic, client: Client, lot: SolutionLot) -> None:
    today = local_day(timezone.now(), ZoneInfo(clinic.zone))
    with tenant(clinic.pk, actor="test"):
        corrected(lot, expiry_date=today + timedelta(days=20))
    assert "1 lot expires within 30 days" in shown(client)

    rules = {"mix_hours": 4, "multi_dose_days": 28, "ph_low": 7, "ph_high": "7.8", "near_expiry_days": 10}
    assert do(client, "stock_rules", **rules) == 302

    assert "expires within" not in shown(client)
    with tenant(clinic.pk, actor="test"):
        assert StockRules.objects.get().near_expiry_days == 10


def test_the_rules_of_the_stock_stay_in_their_ranges(client: Client) -> None:
    rules = {"mix_hours": 0, "multi_dose_days": 28, "ph_low": 8, "ph_high": "7.8", "near_expiry_days": 10}
    answer = client.post(reverse("sessions:stock_rules"), rules)
    assert answer.status_code == 422
    assert "The upper end lies below the lower one." in answer.content.decode()


def test_a_recall_finds_who_received_the_lot_directly_or_in_a_mixture(
    clinic: Clinic, client: Client, lot: SolutionLot
) -> None:
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        direct, mixed, neither = (InjectionSessionFactory(clinic=clinic, started_at=now) for _ in range(3))
        by = actor_of(direct.clinician)
        made = a_preparation(
            clinic,
            a_container(clinic, opened_at=now),
            a_container(clinic, lot=lot, opened_at=now),
            made_at=now,
            made_date=now.date(),
        )
        for session, draft in (
            (direct, a_draft(lot=lot)),
            (mixed, a_draft(preparation=made)),
            (neither, a_draft()),
        ):
            injection_sessions.save_draft(injection_session=session, version=1, draft=draft, by=by, now=now)
        names = [str(session.patient) for session in (direct, mixed)]

    page = shown(client, "lot", lot.pk)
    answer = client.get(reverse("sessions:recall", args=[lot.pk]))

    table = answer.content.decode()
    assert all(name in page and name in table for name in names)
    assert len(table.strip().splitlines()) == 3
    with tenant(clinic.pk, actor="test"):
        left = AuditEvent.objects.filter(kind="export", table_name="pit_sessions_injectionsession")
        assert {event.patient_id for event in left} == {direct.patient_id, mixed.patient_id}
        viewed = AuditEvent.objects.filter(kind="view", patient_id__in=[direct.patient_id, mixed.patient_id])
        assert viewed.count() == 2


def test_the_session_page_offers_what_is_prepared_and_takes_it(
    clinic: Clinic, client: Client, lot: SolutionLot
) -> None:
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        session = InjectionSessionFactory(clinic=clinic, started_at=now)
        made = a_preparation(clinic, a_container(clinic, lot=lot, opened_at=now), made_at=now)
        vial = a_container(clinic, opened_at=now, is_single_dose=True)
        taken = a_preparation(clinic, vial, made_at=now)
        other = InjectionSessionFactory(clinic=clinic, started_at=now)
        draft = a_draft(preparation=taken)
        by = actor_of(session.clinician)
        injection_sessions.save_draft(injection_session=other, version=1, draft=draft, by=by, now=now)
    page = shown(client, "edit", session.pk)
    assert f'value="{made.pk}"' in page
    assert "has already served another patient" in page
    typed = {
        "version": 1,
        "technique": session.technique_id,
        "guidance": "palpation",
        "preparation_id": made.pk,
        "points-TOTAL_FORMS": 1,
        "points-INITIAL_FORMS": 0,
        "points-0-nerve": "N054",
        "points-0-side": "left",
        "points-0-volume_ml": "0.5",
        "points-0-depth": "subcutaneous",
        "points-0-solution": made.solution_id,
        "points-0-preparation": made.pk,
    }

    refused = client.post(reverse("sessions:edit", args=[session.pk]), {**typed, "points-0-preparation": taken.pk})
    assert refused.status_code == 422
    assert client.post(reverse("sessions:edit", args=[session.pk]), typed).status_code == 302

    with tenant(clinic.pk, actor="test"):
        session.refresh_from_db()
        made.refresh_from_db()  # its day is the clinic's, which the database says
        point = session.points.get()
        assert (session.preparation, point.preparation, point.lot) == (made, made, lot)
    assert made.code in shown(client, "view", session.pk)
