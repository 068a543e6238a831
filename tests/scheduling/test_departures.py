"""Nothing new is promised to who died or left, and what was promised is shown as theirs until a person cancels it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from common.tenancy import tenant
from patients.models import Patient
from scheduling.choices import EntryStatus, OfferStatus, VisitStatus
from scheduling.models import Appointment, AppointmentMove, Leave, SlotHold, SlotOffer, WaitingEntry
from scheduling.policies import VisitRefusedError
from scheduling.queries.departures import cancelled_for_departure
from scheduling.queries.waiting_lists import entries
from scheduling.queries.waiting_matches import Slot, matches
from scheduling.services import appointments, departures, series, waiting_list
from scheduling.services.series import Wish
from tests.factories.scheduling import AppointmentFactory
from tests.patients.test_merge_races import own_connection
from tests.scheduling.conftest import MONDAY, NOW, Practice, at
from tests.scheduling.test_waiting_list import freed, offered, reachable, sweep, waiting

GONE: list[dict[str, Any]] = [{"is_deceased": True}, {"left_date": date(2026, 9, 1)}]


def gone(patient: Patient, **how: Any) -> Patient:
    Patient.objects.filter(pk=patient.pk).update(**(how or {"is_deceased": True}))
    patient.refresh_from_db()
    return patient


@pytest.mark.parametrize("how", GONE)
def test_no_time_is_promised_however_it_is_asked(practice: Practice, how: dict[str, Any]) -> None:
    visit = practice.book()
    off = practice.book(starts_at=at(15))
    appointments.cancel(
        appointment=off, by=practice.desk, now=NOW, version=off.version, cancelled_by="clinic", reason="closed"
    )
    patient = gone(practice.patient, **how)
    visit.refresh_from_db()
    off.refresh_from_db()
    place = {"clinician": practice.clinician, "room": practice.room}
    acts = [
        lambda: practice.book(patient=patient, starts_at=at(11)),
        lambda: appointments.move(
            appointment=visit, by=practice.desk, now=NOW, version=visit.version, starts_at=at(11), **place
        ),
        lambda: series.book(
            patient=patient,
            visit_type=practice.visit_type,
            visits=[Wish(starts_at=at(11), clinician=practice.clinician, room=practice.room)],
            every_days=7,
            by=practice.desk,
            now=NOW,
        ),
        lambda: appointments.undo(appointment=off, by=practice.desk, now=NOW, version=off.version),
        lambda: waiting(practice, patient),
    ]
    for act in acts:
        with pytest.raises(VisitRefusedError, match="bring the patient back first"):
            act()


def test_the_database_refuses_a_visit_a_wish_and_an_offer(practice: Practice) -> None:
    offer = offered(practice)
    entry = offer.entry
    visit = practice.book(starts_at=at(13))
    gone(practice.patient)
    gone(entry.patient, left_date=date(2026, 9, 1))
    SlotOffer.objects.update(status=OfferStatus.WITHDRAWN, decided_at=NOW)
    own = {"clinic": practice.clinic, "patient": practice.patient}
    acts = [
        lambda: AppointmentFactory(**own, starts_at=at(11), status="booked"),
        lambda: Appointment.objects.filter(pk=visit.pk).update(starts_at=at(14), ends_at=at(15)),
        lambda: WaitingEntry.objects.create(**own, visit_type=practice.visit_type, since=NOW),
        lambda: SlotOffer.objects.create(
            clinic=practice.clinic,
            patient=entry.patient,
            entry=entry,
            freed_slot=offer.freed_slot,
            hold=SlotHold.objects.create(
                clinic=practice.clinic,
                visit_type=practice.visit_type,
                clinician=practice.clinician,
                starts_at=at(16),
                ends_at=at(16, 30),
                expires_at=NOW + timedelta(hours=1),
            ),
            clinician=practice.clinician,
            starts_at=at(16),
            ends_at=at(16, 30),
            offered_at=NOW,
            expires_at=NOW + timedelta(hours=1),
        ),
    ]
    for act in acts:
        with pytest.raises(IntegrityError, match="has died or left"), transaction.atomic():
            act()
    # What was is kept: a visit of the past, and the steps of one that is under way.
    AppointmentFactory(**own, starts_at=at(9, day=date(2026, 8, 3)), status="done")
    Appointment.objects.filter(pk=visit.pk).update(
        status=VisitStatus.CANCELLED, cancelled_by="clinic", cancel_reason="x"
    )
    with pytest.raises(IntegrityError, match="has died or left"), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(status=VisitStatus.BOOKED)


def test_a_booking_that_was_on_its_way_is_refused_in_words(practice: Practice) -> None:
    Patient.objects.filter(pk=practice.patient.pk).update(is_deceased=True)  # what the page loaded still says alive

    with pytest.raises(VisitRefusedError, match="just been marked"):
        practice.book()
    with pytest.raises(VisitRefusedError, match="just been marked"):
        waiting(practice, practice.patient)


@pytest.mark.django_db(transaction=True)
def test_a_booking_waits_for_whoever_is_marking_the_patient_and_is_refused(open_practice: Practice) -> None:
    clinic = open_practice.clinic

    def book() -> None:
        with own_connection(clinic):
            open_practice.book()

    with ThreadPoolExecutor(1) as pool:
        with tenant(clinic.pk, actor="test"):
            departures.mark_deceased(
                by=open_practice.desk, now=NOW, patient_id=open_practice.patient.pk, deceased_date=None
            )
            booking = pool.submit(book)
            with connection.cursor() as cursor:
                while not booking.done():
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                    if cursor.fetchone()[0]:
                        break
            assert not booking.done()
        with pytest.raises(VisitRefusedError, match="just been marked"):
            booking.result(timeout=20)


@pytest.mark.parametrize("how", GONE)
def test_who_is_gone_is_off_the_waiting_list_and_offered_nothing(practice: Practice, how: dict[str, Any]) -> None:
    entry = waiting(practice)
    gone(entry.patient, **how)
    freed(practice)

    sweep(practice)

    assert not SlotOffer.objects.exists()
    assert not entries(practice.desk).exists()
    assert entries(practice.desk, show="all").get() == entry
    slot = Slot(practice.clinician, at(9), at(9, 30))
    assert matches(by=practice.desk, slot=slot, now=NOW) == []
    # Taken back, the patient waits as before.
    Patient.objects.filter(pk=entry.patient_id).update(is_deceased=False, left_date=None)
    assert entries(practice.desk).get() == entry


def test_marking_withdraws_the_offer_that_stands_and_frees_its_time(practice: Practice) -> None:
    offer = offered(practice)

    departures.mark_deceased(by=practice.desk, now=NOW, patient_id=offer.patient_id, deceased_date=None)

    offer.refresh_from_db()
    offer.entry.refresh_from_db()
    offer.hold.refresh_from_db()
    assert (offer.status, offer.entry.status) == (OfferStatus.WITHDRAWN, EntryStatus.WAITING)
    assert offer.hold.ended_at is not None
    withdrawn = waiting_list.withdraw(entry=offer.entry, by=practice.desk, now=NOW, version=offer.entry.version)
    with pytest.raises(VisitRefusedError, match="bring the patient back first"):
        waiting_list.restore(entry=withdrawn, by=practice.desk, now=NOW, version=withdrawn.version)


def test_the_visits_to_come_are_cancelled_in_one_act_without_a_word_and_taken_back_together(practice: Practice) -> None:
    yesterday = at(9) - timedelta(days=4)
    past = AppointmentFactory(
        clinic=practice.clinic,
        patient=practice.patient,
        clinician=practice.clinician,
        visit_type=practice.visit_type,
        starts_at=yesterday,
        status="done",
    )
    to_come = [practice.book(starts_at=at(hour)) for hour in (9, 11)]
    other = practice.book(patient=reachable(practice), starts_at=at(14))
    with pytest.raises(VisitRefusedError, match="not marked"):
        departures.cancel_visits(by=practice.desk, now=NOW, patient=practice.patient)
    patient = gone(practice.patient)

    assert departures.cancel_visits(by=practice.desk, now=NOW, patient=patient) == 2

    for visit in (*to_come, past, other):
        visit.refresh_from_db()
    assert [visit.status for visit in to_come] == [VisitStatus.CANCELLED] * 2
    assert (past.status, other.status) == ("done", VisitStatus.BOOKED)
    assert to_come[0].cancel_reason == "The patient has died"
    (act,) = {visit.moves.latest("moved_at", "id").batch_id for visit in to_come}
    moves = AppointmentMove.objects.filter(batch_id=act)
    assert {(move.tell_at, move.is_for_departure) for move in moves} == {(None, True)}
    with pytest.raises(VisitRefusedError, match="bring the patient back first"):
        series.undo(batch_id=act, by=practice.desk, now=NOW)
    with pytest.raises(VisitRefusedError, match="bring the patient back first"):
        departures.put_back_visits(by=practice.desk, now=NOW, patient=patient)
    gone(patient, is_deceased=False)
    assert len(departures.put_back_visits(by=practice.desk, now=NOW, patient=patient).visits) == 2
    assert not cancelled_for_departure(practice.desk, patient.pk, now=NOW).exists()


def test_what_fits_is_put_back_and_the_rest_is_named_with_its_reason(practice: Practice) -> None:
    """Taken by somebody else, passed, a clinician who left; what was cancelled for another reason stays cancelled."""
    fits, taken, passed = (practice.book(starts_at=at(hour)) for hour in (9, 11, 8))
    fits = appointments.change_status(appointment=fits, to="confirmed", by=practice.desk, now=NOW, version=fits.version)
    other_reason = practice.book(starts_at=at(14))
    off = {"by": practice.desk, "now": NOW, "cancelled_by": "clinic"}
    appointments.cancel(appointment=other_reason, version=other_reason.version, reason="closed", **off)
    patient = gone(practice.patient, left_date=date(2026, 9, 1))
    by_hand = Appointment.objects.select_related("patient").get(pk=taken.pk)
    appointments.cancel(appointment=by_hand, version=by_hand.version, reason="left", **off)
    departures.cancel_visits(by=practice.desk, now=NOW, patient=patient)
    practice.book(patient=reachable(practice), starts_at=at(11))
    patient = gone(patient, left_date=None)

    back = departures.put_back_visits(by=practice.desk, now=at(8, 30), patient=patient)

    assert [(visit.pk, visit.status) for visit in back.visits] == [(fits.pk, VisitStatus.CONFIRMED)]
    assert list(back.refused) == [taken.pk]
    assert "was just taken" in back.refused[taken.pk]
    assert [one.pk for one in cancelled_for_departure(practice.desk, patient.pk, now=NOW)] == [passed.pk, taken.pk]
    leave = Leave.objects.create(clinic=practice.clinic, clinician=practice.clinician, starts_at=at(8), ends_at=at(9))
    away = departures.put_back_visits(by=practice.desk, now=NOW, patient=patient)
    assert (away.visits, "is away until" in away.refused[passed.pk]) == ([], True)
    leave.delete()
    practice.clinician.is_active = False
    practice.clinician.save()
    again = departures.put_back_visits(by=practice.desk, now=NOW, patient=patient)
    assert again.visits == []
    assert "does not see patients here" in again.refused[passed.pk]


def test_only_a_cancellation_is_for_a_departure(practice: Practice) -> None:
    visit = practice.book()
    with pytest.raises(IntegrityError, match="scheduling_move_departure_cancels"), transaction.atomic():
        AppointmentMove.objects.create(
            clinic=practice.clinic, appointment=visit, to_status="done", moved_at=NOW, is_for_departure=True
        )


@pytest.mark.usefixtures("monday_morning")
def test_calendar_day_list_and_waiting_list_say_it(desk: Client, practice: Practice) -> None:
    practice.book()
    waiting(practice, practice.patient)
    gone(practice.patient)
    pages = [
        reverse("scheduling:calendar") + f"?day={MONDAY}",
        reverse("scheduling:today"),
        reverse("scheduling:waiting_list") + "?show=all",
    ]
    for page in pages:
        assert "Deceased" in desk.get(page).content.decode(), page


@pytest.mark.usefixtures("monday_morning")
def test_the_booking_page_says_why_not(desk: Client, practice: Practice) -> None:
    url = reverse("scheduling:book", args=[practice.patient.pk])
    chosen = desk.get(url).context["times"][0][1][0].key
    gone(practice.patient, left_date=date(2026, 9, 1))

    answer = desk.post(url, {"visit_type": practice.visit_type.pk, "chosen": chosen})

    assert answer.status_code == 422
    assert "Left the clinic on 1 Sep 2026: no time can be promised." in answer.content.decode()
