"""A recall worked as tasks: who received the lot, who was told, how, by whom; done and undone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import ContactKind
from patients.models import ContactPoint, Identifier, Patient
from patients.services import merges
from sessions.models import LotRecall, RecallContact, SolutionLot
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import lot_recalls as queries
from sessions.services import lot_changes
from sessions.services import lot_recalls as service
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.sessions import InjectionSessionFactory
from tests.factories.treatments import ProductFactory, SolutionLotFactory, a_container, a_preparation, actor_of
from tests.sessions.stock import a_point, refused


@pytest.fixture
def lot(clinic: Clinic) -> SolutionLot:
    with tenant(clinic.pk, actor="test"):
        return SolutionLotFactory(clinic=clinic, product=ProductFactory(clinic=clinic, name="Dextrose bag"), quantity=9)


@pytest.fixture
def people(clinic: Clinic, staff_client: Callable[..., Client]) -> dict[str, Client]:
    roles = {"clinician": Role.CLINICIAN, "desk": Role.FRONT_DESK, "admin": Role.CLINIC_ADMIN}
    return {name: staff_client(role, clinic=clinic) for name, role in roles.items()}


def given(clinic: Clinic, lot: SolutionLot, number: int, *, is_mixed: bool = False) -> Patient:
    """Somebody who received the lot, in a point or in a preparation."""
    patient: Patient = PatientFactory(clinic=clinic, family_name=f"Received{number}", language="de")
    ContactPoint.objects.create(clinic=clinic, patient=patient, kind=ContactKind.PHONE, value=f"+49301234{number:03}")
    Identifier.objects.create(clinic=clinic, patient=patient, system="clinic", value=f"C-{number}")
    now = timezone.now()
    starts_at = datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(hours=number)
    session = InjectionSessionFactory(
        clinic=clinic, appointment__patient=patient, appointment__starts_at=starts_at, started_at=now
    )
    if is_mixed:
        made = a_preparation(clinic, a_container(clinic, lot=lot, opened_at=now), made_at=now)
        made.refresh_from_db()
        a_point(session, preparation=made)
    else:
        a_point(session, lot=lot)
    return patient


def in_the_bar(client: Client) -> int:
    """Recalled lots with patients to tell, as the top bar counts them."""
    answer = client.get(reverse("sessions:worklist_counts"))
    count = int(answer.context["counts"].lot_recalls)
    assert ("Recalled lots with patients to tell" in answer.content.decode()) == (count > 0)
    return count


def test_a_recall_is_started_worked_undone_and_ended(
    clinic: Clinic, lot: SolutionLot, people: dict[str, Client]
) -> None:
    with tenant(clinic.pk, actor="test"):
        direct = given(clinic, lot, 1)
        mixed = given(clinic, lot, 2, is_mixed=True)
        PatientFactory(clinic=clinic, family_name="Nothing")
    stock, desk = people["admin"], people["desk"]
    start = reverse("sessions:start_lot_recall", args=[lot.pk])
    assert stock.post(start, {"reason": ""}).status_code == 422
    assert stock.post(start, {"reason": "Particles"}).status_code == 302
    with tenant(clinic.pk, actor="test"):
        recall = LotRecall.objects.get()
        assert SolutionLot.objects.get(pk=lot.pk).quarantine_reason == "Particles"
    url = reverse("sessions:lot_recall", args=[recall.pk])
    assert "2 patients to tell" in desk.get(reverse("sessions:worklists")).content.decode()
    assert in_the_bar(desk) == 1
    page = desk.get(url).content.decode()
    for words in ("Received1", "Received2", "C-1", "C-2", "+49301234001", "German", "Particles"):
        assert words in page, words
    assert "Nothing" not in page.partition('<template id="offline"')[0]

    call = reverse("sessions:contact_of_recall", args=[recall.pk, direct.pk])
    assert "+49301234001" in desk.get(call).content.decode()
    assert desk.post(call, {"way": "phone", "outcome": "no_answer"}).status_code == 302
    assert "2 patients to tell" in desk.get(reverse("sessions:worklists")).content.decode()
    told = desk.post(call, {"way": "phone", "outcome": "reached", "note": "rings back"}, follow=True).content.decode()
    assert "reached and told, by phone" in told
    assert "1 patient to tell" in desk.get(reverse("sessions:worklists")).content.decode()
    with tenant(clinic.pk, actor="test"):
        contact = RecallContact.objects.get(outcome="reached")
        assert contact.contacted_by_id == desk.member.pk  # type: ignore[attr-defined]

    desk.post(reverse("sessions:take_back_contact", args=[contact.pk]))
    assert "2 patients to tell" in desk.get(reverse("sessions:worklists")).content.decode()
    assert "taken back" in desk.get(call).content.decode()

    for patient in (direct, mixed):
        desk.post(call.replace(str(direct.pk), str(patient.pk)), {"way": "phone", "outcome": "reached"})
    assert in_the_bar(desk) == 0
    with tenant(clinic.pk, actor="test"):
        slip = RecallContact.objects.get(outcome="reached", patient=direct, taken_back_at=None)
    desk.post(reverse("sessions:take_back_contact", args=[slip.pk]))
    assert in_the_bar(desk) == 1
    assert stock.get(call).status_code == 403
    assert desk.post(reverse("sessions:end_lot_recall", args=[recall.pk])).status_code == 403
    released = stock.post(reverse("sessions:release_lot", args=[lot.pk]), {"reason": "fine"})
    assert released.status_code == 409
    assert stock.post(reverse("sessions:end_lot_recall", args=[recall.pk])).status_code == 302
    assert desk.post(call, {"way": "phone", "outcome": "reached"}).status_code == 422
    assert "Recalled lots" not in desk.get(reverse("sessions:worklists")).content.decode()
    stock.post(reverse("sessions:reopen_lot_recall", args=[recall.pk]))
    assert "Recalled lots" in desk.get(reverse("sessions:worklists")).content.decode()
    other = reverse("sessions:contact_of_recall", args=[recall.pk, recall.pk])
    assert desk.get(other).status_code == 404


def test_whoever_receives_it_later_stands_on_the_list_by_itself_and_a_merge_takes_what_was_told_along(
    in_clinic: Clinic,
) -> None:
    now = timezone.now()
    by = actor_of(MembershipFactory(clinic=in_clinic))
    lot = SolutionLotFactory(clinic=in_clinic, product=ProductFactory(clinic=in_clinic))
    one, other = given(in_clinic, lot, 1), given(in_clinic, lot, 2)
    recall = service.start(lot=lot, reason="x", by=by, now=now)
    with pytest.raises(StockRefusedError, match="recalled already"):
        service.start(lot=lot, reason="x", by=by, now=now)
    note = {"way": "letter", "outcome": "reached", "note": ""}
    service.note_contact(recall=recall, patient=one, by=by, now=now, **note)
    assert [row.to_tell for row in queries.open_recalls(by)] == [1]

    merges.merge(by=by, now=now, survivor_id=other.pk, merged_id=one.pk, reason="the same")

    [row] = queries.rows(queries.patients_of(by, recall))
    assert (row.patient_id, row.is_done, row.sessions) == (other.pk, True, 2)
    assert [row.to_tell for row in queries.open_recalls(by)] == [0]


def test_the_database_refuses_half_a_recall_and_half_a_contact(in_clinic: Clinic) -> None:
    now = timezone.now()
    by = actor_of(MembershipFactory(clinic=in_clinic))
    lot = SolutionLotFactory(clinic=in_clinic, product=ProductFactory(clinic=in_clinic))
    patient = given(in_clinic, lot, 1)
    recall = service.start(lot=lot, reason="x", by=by, now=now)
    who = {"clinic": in_clinic, "started_at": now, "started_by_id": by.membership_id, "lot": lot}
    how = {"clinic": in_clinic, "lot_recall": recall, "patient": patient, "contacted_at": now}
    how |= {"contacted_by_id": by.membership_id, "way": "phone", "outcome": "reached"}
    for rule, act in {
        "sessions_lotrecall_one_open": lambda: LotRecall.objects.create(**who, reason="y"),
        "sessions_lotrecall_reason": lambda: LotRecall.objects.create(
            **who, ended_at=now, ended_by_id=by.membership_id
        ),
        "sessions_lotrecall_ended_whole": lambda: LotRecall.objects.filter(pk=recall.pk).update(ended_at=now),
        "sessions_recallcontact_outcome": lambda: RecallContact.objects.create(**{**how, "outcome": "x"}),
        "sessions_recallcontact_way": lambda: RecallContact.objects.create(**{**how, "way": "x"}),
        "sessions_recallcontact_taken_back_whole": lambda: RecallContact.objects.create(
            **how, taken_back_at=now - timedelta(days=1), taken_back_by_id=by.membership_id
        ),
    }.items():
        refused(rule, act)
    service.end(recall=recall, by=by, now=now)
    lot_changes.release(lot=lot, reason="looked at", by=by, now=now)
    again = service.start(lot=lot, reason="z", by=by, now=now)
    with pytest.raises(StockRefusedError, match="recalled already"):
        service.reopen(recall=recall, by=by, now=now)
    assert again.ended_at is None


def test_the_list_asks_as_much_for_three_as_for_one(
    clinic: Clinic, lot: SolutionLot, people: dict[str, Client], figure: Callable[[str, float], None]
) -> None:
    counts = []
    for number in (1, 3):
        with tenant(clinic.pk, actor="test"):
            one = SolutionLotFactory(clinic=clinic, product=lot.product, quantity=9)
            for each in range(number):
                given(clinic, one, 10 * number + each, is_mixed=each == 1)
        people["admin"].post(reverse("sessions:start_lot_recall", args=[one.pk]), {"reason": "x"})
        with tenant(clinic.pk, actor="test"):
            recall = LotRecall.objects.get(lot=one)
        found = []
        for page in (reverse("sessions:lot_recall", args=[recall.pk]), reverse("sessions:lot", args=[one.pk])):
            people["clinician"].get(page)
            with CaptureQueriesContext(connection) as asked:
                people["clinician"].get(page)
            found.append(len(asked))
        counts.append(found)
    figure("lot_recall_queries", counts[0][0])
    assert counts[0] == counts[1]
