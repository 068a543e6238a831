"""The desk's morning: who is it, who did not come and why, who walked in, who has not confirmed."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import ContactKind
from patients.models import ContactPoint, Patient
from patients.services import name_tokens
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, AppointmentMove, DeskRules, IdentityCheck, NoShow
from scheduling.queries.boards import Card
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import VisitTypeFactory
from tests.scheduling.conftest import MONDAY, Practice, at, make_practice
from tests.scheduling.visits import a_visit, again

pytestmark = pytest.mark.usefixtures("monday_morning")

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


def with_phone(patient: Patient, number: str = "+493012345678") -> Patient:
    with tenant(patient.clinic_id, actor="test"):
        ContactPoint.objects.create(clinic=patient.clinic, patient=patient, kind=ContactKind.PHONE, value=number)
    return patient


def with_name_to_find(patient: Patient) -> Patient:
    with tenant(patient.clinic_id, actor="test"):
        patient.family_name = "Quillfeather"
        patient.save()
        names = (patient.given_names, patient.family_name, "")
        name_tokens.add(clinic_id=patient.clinic_id, names={patient.pk: names})
    return patient


def card_of(desk: Client, visit: Appointment) -> Card:
    lanes = desk.get(reverse("scheduling:today")).context["board"].lanes
    return next(card for lane in lanes for card in lane.cards if card.visit.pk == visit.pk)


def missed_before(practice: Practice, count: int) -> None:
    for number in range(count):
        a_visit(practice, starts_at=at(9, day=MONDAY - timedelta(days=7 * (number + 1))), status="no_show")


# --- two identifiers --------------------------------------------------------------------------------------------------
def test_the_step_arrived_on_the_board_opens_the_check_in(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)

    body = desk.get(reverse("scheduling:today")).content.decode()

    assert reverse("scheduling:check_in", args=[visit.pk]) in body
    assert reverse("scheduling:change_status", args=[visit.pk]) not in body


def test_the_check_in_shows_what_the_register_holds_and_asks_for_nothing_it_does_not(
    practice: Practice, desk: Client
) -> None:
    visit = a_visit(practice)

    page = desk.get(reverse("scheduling:check_in", args=[visit.pk]))

    assert [mark for mark, _value in page.context["known"]] == ["birth_date", "full_name"]
    assert "17 May 1970" in page.content.decode()


def test_two_matched_identifiers_are_kept_in_the_history_with_who_asked(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, patient=with_phone(practice.patient))
    given = {"marks": ["birth_date", "phone"], "version": 1}

    desk.post(reverse("scheduling:check_in", args=[visit.pk]), given)

    assert again(visit).status == VisitStatus.ARRIVED
    with tenant(practice.clinic.pk):
        check = IdentityCheck.objects.get(appointment=visit)
        move = AppointmentMove.objects.get(appointment=visit, to_status="arrived")
    member = desk.member.pk  # type: ignore[attr-defined]
    assert (check.has_birth_date, check.has_full_name, check.has_phone, check.has_number) == (True, False, True, False)
    assert (check.checked_by_id, move.moved_by_id) == (member, member)
    assert move.reason == "Asked and matched: Date of birth, Phone"


@pytest.mark.parametrize("marks", [[], ["birth_date"], ["birth_date", "birth_date"]])
def test_fewer_than_two_identifiers_let_nobody_in(practice: Practice, desk: Client, marks: list[str]) -> None:
    visit = a_visit(practice)

    page = desk.post(reverse("scheduling:check_in", args=[visit.pk]), {"marks": marks, "version": 1})

    assert page.status_code == 422
    assert "Ask for two things" in page.content.decode()
    assert again(visit).status == VisitStatus.BOOKED


def test_the_database_keeps_no_check_of_one_identifier(practice: Practice) -> None:
    visit = a_visit(practice)

    with tenant(practice.clinic.pk), pytest.raises(IntegrityError, match="two_marks"), transaction.atomic():
        IdentityCheck.objects.create(
            clinic=practice.clinic,
            appointment=visit,
            has_phone=True,
            checked_at=at(9),
            checked_by_id=practice.desk.membership_id,
        )


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"starts_at": at(9, day=TUESDAY)}, "on a later day"), ({"status": "done"}, "cannot become")],
)
def test_a_visit_that_cannot_begin_now_says_so_before_anybody_is_asked(
    practice: Practice, desk: Client, changes: dict[str, object], words: str
) -> None:
    visit = a_visit(practice, **changes)

    page = desk.get(reverse("scheduling:check_in", args=[visit.pk]))

    assert page.status_code == 409
    assert words in page.content.decode()


def test_a_check_in_on_an_old_page_changes_nothing(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, version=3)

    page = desk.post(
        reverse("scheduling:check_in", args=[visit.pk]), {"marks": ["birth_date", "full_name"], "version": 2}
    )

    assert page.status_code == 409
    assert again(visit).status == VisitStatus.BOOKED
    with tenant(practice.clinic.pk):
        assert not IdentityCheck.objects.exists()


# --- nobody came ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("minutes", "is_offered"), [(14, False), (15, True)])
def test_a_visit_nobody_came_to_offers_a_call_and_a_no_show_after_a_while(
    practice: Practice, desk: Client, minutes: int, is_offered: bool
) -> None:
    visit = a_visit(practice, patient=with_phone(practice.patient))

    with time_machine.travel(at(9, minutes), tick=False):
        card = card_of(desk, visit)
        body = desk.get(reverse("scheduling:today")).content.decode()

    assert (card.is_missed, bool(card.phone)) == (is_offered, is_offered)
    assert ('href="tel:+493012345678"' in body) == is_offered
    assert (reverse("scheduling:no_show", args=[visit.pk]) in body) == is_offered


def test_how_late_is_too_late_is_the_clinics_to_say(practice: Practice, desk: Client, admin: Client) -> None:
    visit = a_visit(practice)

    for minutes in ("30", "25"):
        admin.post(reverse("scheduling:desk_rules"), {"no_show_after_minutes": minutes})

    with time_machine.travel(at(9, 24), tick=False):
        assert not card_of(desk, visit).is_missed
    with time_machine.travel(at(9, 25), tick=False):
        assert card_of(desk, visit).is_missed
    with tenant(practice.clinic.pk):
        assert DeskRules.objects.count() == 1


@pytest.mark.parametrize("minutes", ["0", "241", "soon"])
def test_an_odd_limit_is_refused_beside_its_field(admin: Client, minutes: str) -> None:
    page = admin.post(reverse("scheduling:desk_rules"), {"no_show_after_minutes": minutes})

    assert page.status_code == 422
    assert page.context["form"].errors["no_show_after_minutes"]


def test_one_tap_on_a_reason_notes_the_no_show_and_undo_takes_it_back(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)

    with time_machine.travel(at(9, 20), tick=False):
        page = desk.post(
            reverse("scheduling:no_show", args=[visit.pk]), {"reason": "transport", "version": 1}, follow=True
        )
        assert again(visit).status == VisitStatus.NO_SHOW
        undo = reverse("scheduling:undo", args=[visit.pk, 2])
        assert undo in page.content.decode()
        desk.post(undo)

    assert again(visit).status == VisitStatus.BOOKED
    with tenant(practice.clinic.pk):
        assert NoShow.objects.get(appointment=visit).reason == "transport"
        assert AppointmentMove.objects.filter(reason="could not get here").exists()


def test_a_no_show_noted_again_keeps_the_last_reason(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    with time_machine.travel(at(9, 20), tick=False):
        desk.post(reverse("scheduling:no_show", args=[visit.pk]), {"reason": "forgot", "version": 1})
        desk.post(reverse("scheduling:undo", args=[visit.pk, 2]))
        desk.post(reverse("scheduling:no_show", args=[visit.pk]), {"reason": "ill", "version": 3})

    with tenant(practice.clinic.pk):
        assert [row.reason for row in NoShow.objects.all()] == ["ill"]


def test_before_it_begins_nobody_can_have_missed_a_visit(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)

    page = desk.post(reverse("scheduling:no_show", args=[visit.pk]), {"reason": "ill", "version": 1})

    assert page.status_code == 422
    assert "has not begun yet" in page.content.decode()
    with tenant(practice.clinic.pk):
        assert not NoShow.objects.exists()


@pytest.mark.parametrize(
    ("count", "status", "is_asked"), [(1, "booked", False), (2, "booked", True), (2, "confirmed", False)]
)
def test_after_two_no_shows_the_next_visit_needs_a_confirmation(
    practice: Practice, desk: Client, count: int, status: str, is_asked: bool
) -> None:
    missed_before(practice, count)
    visit = a_visit(practice, status=status)

    assert card_of(desk, visit).needs_confirmation is is_asked
    assert ("needs confirmation" in desk.get(reverse("scheduling:today")).content.decode()) is is_asked


# --- to confirm -------------------------------------------------------------------------------------------------------
def test_the_list_holds_what_is_booked_and_not_confirmed_from_tomorrow_on(practice: Practice, desk: Client) -> None:
    tomorrow = a_visit(practice, starts_at=at(9, day=TUESDAY), patient=with_phone(practice.patient))
    a_visit(practice)
    a_visit(practice, starts_at=at(11, day=TUESDAY), status="confirmed")
    a_visit(practice, starts_at=at(9, day=MONDAY + timedelta(days=8)))

    page = desk.get(reverse("scheduling:unconfirmed"))

    assert [visit.pk for visit in page.context["visits"]] == [tomorrow.pk]
    assert 'href="tel:+493012345678"' in page.content.decode()


def test_one_tap_confirms_and_undo_takes_it_back(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, starts_at=at(9, day=TUESDAY))

    page = desk.post(reverse("scheduling:confirm", args=[visit.pk]), {"version": 1}, follow=True)

    assert again(visit).status == VisitStatus.CONFIRMED
    assert page.context["visits"] == []
    desk.post(reverse("scheduling:undo", args=[visit.pk, 2]))
    assert again(visit).status == VisitStatus.BOOKED


def test_who_missed_two_visits_is_marked_on_the_list(practice: Practice, desk: Client) -> None:
    missed_before(practice, 2)
    a_visit(practice, starts_at=at(9, day=TUESDAY))

    assert "missed 2 visits" in desk.get(reverse("scheduling:unconfirmed")).content.decode()


def test_the_list_costs_the_same_with_one_visit_and_with_three(practice: Practice, desk: Client) -> None:
    counts = []
    desk.get(reverse("scheduling:unconfirmed"))
    for number in (1, 2, 3):
        with tenant(practice.clinic.pk, actor="test"):
            patient = PatientFactory(clinic=practice.clinic)
        a_visit(practice, patient=patient, starts_at=at(8 + number, day=TUESDAY))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            desk.get(reverse("scheduling:unconfirmed"))
        counts.append(len(queries))
    assert counts == [17, 17, 17]


# --- walk-ins ---------------------------------------------------------------------------------------------------------
def put(desk: Client, patient: Patient, **given: object) -> Appointment:
    """What two taps do: the patient found, then “Put on the board”."""
    url = reverse("scheduling:put_on_board", args=[patient.pk])
    usual = desk.get(url).context["form"].initial["visit_type"]
    page = desk.post(url, {"visit_type": usual.pk} | given)
    assert page.status_code == 302, page.context["form"].errors
    with tenant(patient.clinic_id):
        return Appointment.objects.select_related("clinician").get(patient=patient)


def test_a_known_patient_is_found_and_put_on_the_board_with_whoever_is_free_first(
    practice: Practice, desk: Client
) -> None:
    patient = with_name_to_find(practice.patient)
    found = desk.post(reverse("scheduling:walk_in"), {"q": patient.family_name})
    assert reverse("scheduling:put_on_board", args=[practice.patient.pk]) in found.content.decode()

    visit = put(desk, practice.patient)

    assert (visit.starts_at, visit.clinician_id) == (at(9), practice.clinician.pk)
    assert card_of(desk, visit).visit.status == VisitStatus.BOOKED


def test_next_the_walk_in_is_asked_who_they_are(practice: Practice, desk: Client) -> None:
    url = reverse("scheduling:put_on_board", args=[practice.patient.pk])

    page = desk.post(url, {"visit_type": practice.visit_type.pk})

    with tenant(practice.clinic.pk):
        visit = Appointment.objects.get()
    assert page["Location"] == reverse("scheduling:check_in", args=[visit.pk])


def test_now_books_this_minute_outside_hours_and_the_history_says_what_spoke_against_it(
    practice: Practice, desk: Client
) -> None:
    with time_machine.travel(at(19, 30), tick=False):
        url = reverse("scheduling:put_on_board", args=[practice.patient.pk])
        refused = desk.post(url, {"visit_type": practice.visit_type.pk})
        visit = put(desk, practice.patient, is_now="on")

    assert refused.status_code == 422
    assert "Nobody has time left today" in refused.content.decode()
    assert visit.starts_at == at(19, 31)
    with tenant(practice.clinic.pk):
        assert AppointmentMove.objects.get(appointment=visit).reason


def test_now_takes_somebody_who_is_with_nobody(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        colleague, other, room = practice.another_clinician(), practice.another_patient(), practice.another_room()
    a_visit(practice, patient=other, starts_at=at(8, 45))

    visit = put(desk, practice.patient, is_now="on")

    assert (visit.clinician_id, visit.room_id) == (colleague.pk, room.pk)


def test_when_everybody_is_with_somebody_now_is_refused(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        other = practice.another_patient()
    a_visit(practice, patient=other, starts_at=at(8, 45))
    url = reverse("scheduling:put_on_board", args=[practice.patient.pk])

    page = desk.post(url, {"visit_type": practice.visit_type.pk, "is_now": "on"})

    assert page.status_code == 422
    assert "Everybody is with somebody" in page.content.decode()


def test_a_chosen_clinician_sees_a_walk_in_beside_another_visit_and_it_is_visible_as_such(
    practice: Practice, desk: Client
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        other, room = practice.another_patient(), practice.another_room()
    a_visit(practice, patient=other, starts_at=at(8, 45))

    visit = put(desk, practice.patient, is_now="on", clinician=practice.clinician.pk)

    assert (visit.starts_at, visit.double_reason, visit.room_id) == (at(8, 51), "Walk-in", room.pk)
    assert visit.doubled == ["clinician"]


def test_a_walk_in_shares_a_room_with_another_visit_only_when_the_desk_says_so(
    practice: Practice, desk: Client
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        other = practice.another_patient()
    a_visit(practice, patient=other, starts_at=at(8, 45))
    url = reverse("scheduling:put_on_board", args=[practice.patient.pk])
    given = {"visit_type": practice.visit_type.pk, "is_now": "on", "clinician": practice.clinician.pk}

    warned = desk.post(url, given)

    assert warned.status_code == 422
    assert "the walk-in would be in Room A, where another visit is" in warned.content.decode()
    with tenant(practice.clinic.pk):
        assert not Appointment.objects.filter(patient=practice.patient).exists()

    visit = put(desk, practice.patient, is_now="on", clinician=practice.clinician.pk, shares_room="on")

    assert (visit.room_id, visit.double_reason) == (practice.room.pk, "Walk-in")
    assert "room" in visit.doubled


def test_somebody_who_is_expected_today_is_offered_the_check_in_for_that_visit_and_its_own_type(
    practice: Practice, desk: Client
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        own = VisitTypeFactory(clinic=practice.clinic, code="long-visit", name="Long visit")
    visit = a_visit(practice, visit_type=own, starts_at=at(11))

    page = desk.get(reverse("scheduling:put_on_board", args=[practice.patient.pk]))

    assert page.context["form"].initial["visit_type"] == own
    assert reverse("scheduling:check_in", args=[visit.pk]) in page.content.decode()
    assert "expected today at 11:00: Long visit" in page.content.decode()


@pytest.mark.parametrize(("day", "status"), [(MONDAY + timedelta(days=1), "booked"), (MONDAY, "done")])
def test_a_visit_of_another_day_or_one_that_is_over_is_not_offered_to_a_walk_in(
    practice: Practice, desk: Client, day: date, status: str
) -> None:
    a_visit(practice, starts_at=at(11, day=day), status=status)

    page = desk.get(reverse("scheduling:put_on_board", args=[practice.patient.pk]))

    assert page.context["expected"] is None
    assert "Check in for that visit" not in page.content.decode()


def test_somebody_new_is_registered_with_four_fields(practice: Practice, desk: Client) -> None:
    given = {"family_name": "Sample", "given_names": "Ruth", "birth_date": "1980-02-03", "phone": "030 1234567"}

    page = desk.post(reverse("scheduling:register_walk_in"), given)

    with tenant(practice.clinic.pk):
        patient = Patient.objects.get(family_name="Sample")
        phone = ContactPoint.objects.get(patient=patient)
    assert page["Location"] == reverse("scheduling:put_on_board", args=[patient.pk])
    assert (patient.birth_date, patient.zone) == (date(1980, 2, 3), practice.clinic.zone)
    assert phone.kind == ContactKind.PHONE


def test_who_may_already_be_here_is_offered_first(practice: Practice, desk: Client) -> None:
    known = with_name_to_find(practice.patient)
    given = {
        "family_name": known.family_name,
        "given_names": known.given_names,
        "birth_date": known.birth_date.isoformat(),
    }

    page = desk.post(reverse("scheduling:register_walk_in"), given)

    assert page.status_code == 409
    assert reverse("scheduling:put_on_board", args=[known.pk]) in page.content.decode()
    anyway = given | {"register_anyway": page.context["seen"]}
    assert desk.post(reverse("scheduling:register_walk_in"), anyway).status_code == 302


@pytest.mark.parametrize("missing", ["birth_date", "family_name"])
def test_what_is_missing_is_said_and_what_was_typed_is_kept(practice: Practice, desk: Client, missing: str) -> None:
    given = {"family_name": "Sample", "birth_date": "1980-02-03"}

    page = desk.post(reverse("scheduling:register_walk_in"), given | {missing: ""})

    assert page.status_code == 422
    assert ("Sample" in page.content.decode()) is (missing == "birth_date")


def test_the_usual_type_is_a_follow_up_for_somebody_who_was_here(
    practice: Practice, staff_client: Callable[..., Client]
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        first = VisitTypeFactory(clinic=practice.clinic, code="initial-evaluation")
        follow_up = VisitTypeFactory(clinic=practice.clinic, code="follow-up")
        newcomer = practice.another_patient()
    a_visit(practice, starts_at=at(9, day=MONDAY - timedelta(days=7)), status="done")
    desk = staff_client(Role.FRONT_DESK, clinic=practice.clinic)

    types = [
        desk.get(reverse("scheduling:put_on_board", args=[one.pk])).context["form"].initial["visit_type"]
        for one in (practice.patient, newcomer)
    ]

    assert types == [follow_up, first]
