"""What may be chosen for a point (V23), one patient for a single-dose container (V24), the preparation on the tray."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from accounts.actors import Actor
from accounts.models import Clinic
from catalogue.models import Solution
from common.tenancy import tenant
from sessions.drafts import Draft
from sessions.models import (
    Container,
    ContainerUse,
    InjectionPoint,
    InjectionSession,
)
from sessions.policies.injection_sessions import PreparationRefusedError
from sessions.queries import preparations as queries
from sessions.queries.injection_sessions import draft_of, load
from sessions.services import injection_sessions, lot_changes
from sessions.services import preparations as service
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import InjectionSessionFactory
from tests.factories.treatments import (
    SolutionLotFactory,
    a_container,
    a_draft,
    a_preparation,
    actor_of,
)
from tests.sessions.stock import a_point, at_once, corrected, refused

# The clinic of the tests keeps the time of Auckland: 21:00 UTC is the next morning there.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


HOUR = timedelta(hours=1)


@pytest.fixture
def keeper(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic))


@pytest.fixture
def session(in_clinic: Clinic) -> InjectionSession:
    return InjectionSessionFactory(clinic=in_clinic, started_at=NOW)


# --- V23: choosing for a point ------------------------------------------------------------------------------------


def test_a_lot_is_chosen_up_to_its_last_day_on_the_clinics_wall_clock(
    in_clinic: Clinic, session: InjectionSession
) -> None:
    in_clinic.zone = "Pacific/Auckland"  # 22:00 of 2 March there
    in_clinic.save()
    a_point(session, lot=SolutionLotFactory(clinic=in_clinic, expiry_date=date(2026, 3, 2)))
    expired = SolutionLotFactory(clinic=in_clinic, expiry_date=date(2026, 3, 1))
    refused("sessions_lot_expired", lambda: a_point(session, lot=expired))

    late = InjectionSessionFactory(clinic=in_clinic, started_at=NOW + 2 * HOUR)  # midnight has passed there
    just_expired = SolutionLotFactory(clinic=in_clinic, expiry_date=date(2026, 3, 2))
    refused("sessions_lot_expired", lambda: a_point(late, lot=just_expired))


def test_a_quarantined_lot_is_not_chosen_and_one_chosen_before_stays(
    keeper: Actor, in_clinic: Clinic, session: InjectionSession
) -> None:
    lot = SolutionLotFactory(clinic=in_clinic)
    point = a_point(session, lot=lot)
    lot_changes.quarantine(lot=lot, reason="recall", by=keeper, now=NOW)

    InjectionPoint.objects.filter(pk=point.pk).update(volume_ml=2)

    refused("sessions_lot_quarantined", lambda: a_point(session, lot=lot))


def test_a_preparation_is_chosen_up_to_its_beyond_use_time(in_clinic: Clinic, session: InjectionSession) -> None:
    bag = a_container(in_clinic, opened_at=NOW - 5 * HOUR)
    a_point(session, preparation=a_preparation(in_clinic, bag, made_at=NOW - 4 * HOUR))
    late = a_preparation(in_clinic, bag, made_at=NOW - 4 * HOUR - timedelta(seconds=1))
    refused("sessions_preparation_past_use", lambda: a_point(session, preparation=late))


def test_a_preparation_discarded_after_the_session_began_is_still_written_down(
    keeper: Actor, in_clinic: Clinic, session: InjectionSession
) -> None:
    bag = a_container(in_clinic, opened_at=NOW - 2 * HOUR)
    before, after = (a_preparation(in_clinic, bag, made_at=NOW - HOUR) for _ in range(2))
    service.discard_preparation(preparation=before, by=keeper, now=NOW)
    service.discard_preparation(preparation=after, by=keeper, now=NOW + HOUR)

    a_point(session, preparation=after)

    refused("sessions_preparation_discarded", lambda: a_point(session, preparation=before))


def test_a_preparation_from_a_quarantined_or_expired_lot_is_not_chosen(
    keeper: Actor, in_clinic: Clinic, session: InjectionSession
) -> None:
    good, recalled, old = (a_container(in_clinic, opened_at=NOW - HOUR) for _ in range(3))
    with_recalled = a_preparation(in_clinic, good, recalled, made_at=NOW - HOUR)
    with_old = a_preparation(in_clinic, good, old, made_at=NOW - HOUR)
    lot_changes.quarantine(lot=recalled.lot, reason="recall", by=keeper, now=NOW)
    corrected(old.lot, expiry_date=date(2026, 3, 1))

    refused("sessions_lot_quarantined", lambda: a_point(session, preparation=with_recalled))
    refused("sessions_lot_expired", lambda: a_point(session, preparation=with_old))


def test_a_discarded_container_ends_what_is_used_from_it_as_it_is_but_not_what_was_mixed(
    in_clinic: Clinic, session: InjectionSession
) -> None:
    bag = a_container(in_clinic, opened_at=NOW - HOUR)
    mixed = a_preparation(in_clinic, bag, made_at=NOW - HOUR)
    as_it_is = a_preparation(in_clinic, bag, made_at=NOW - HOUR, is_mixed=False)
    Container.objects.filter(pk=bag.pk).update(discarded_at=NOW, discarded_by=bag.opened_by, discard_reason="empty")

    a_point(session, preparation=mixed)

    refused("sessions_container_discarded", lambda: a_point(session, preparation=as_it_is))


def test_a_point_names_a_preparation_of_its_own_solution_and_lots(in_clinic: Clinic, session: InjectionSession) -> None:
    bag = a_container(in_clinic, opened_at=NOW)
    made = a_preparation(in_clinic, bag, made_at=NOW)
    a_point(session, preparation=made, lot=bag.lot)
    saline = Solution.objects.get(code="NS09")

    other = SolutionLotFactory(clinic=in_clinic)
    refused("sessions_preparation_other_lot", lambda: a_point(session, preparation=made, lot=other))
    refused("sessions_preparation_other_solution", lambda: a_point(session, preparation=made, solution=saline))
    empty = a_preparation(in_clinic, made_at=NOW)
    refused("sessions_preparation_empty", lambda: a_point(session, preparation=empty))


def test_tomorrows_preparation_is_not_given_today(in_clinic: Clinic, session: InjectionSession) -> None:
    bag = a_container(in_clinic, opened_at=NOW)
    made = a_preparation(in_clinic, bag, made_at=NOW + timedelta(days=1))
    refused("sessions_preparation_made_later", lambda: a_point(session, preparation=made))


# --- V24: one patient for a single-dose container -----------------------------------------------------------------


@pytest.fixture
def vial(in_clinic: Clinic) -> Container:
    return a_container(in_clinic, opened_at=NOW - HOUR, is_single_dose=True)


def test_a_single_dose_container_never_serves_a_second_patient(
    in_clinic: Clinic, vial: Container, session: InjectionSession
) -> None:
    first, second = (a_preparation(in_clinic, vial, made_at=NOW - HOUR) for _ in range(2))
    a_point(session, preparation=first)
    a_point(session, preparation=second)
    other = InjectionSessionFactory(clinic=in_clinic, started_at=NOW)

    for made in (first, second):
        refused("sessions_use_one_patient", lambda made=made: a_point(other, preparation=made))


def test_the_same_patient_may_have_the_rest_in_another_session(
    in_clinic: Clinic, vial: Container, session: InjectionSession
) -> None:
    made = a_preparation(in_clinic, vial, made_at=NOW - HOUR)
    again = InjectionSessionFactory(
        clinic=in_clinic,
        appointment=AppointmentFactory(clinic=in_clinic, patient=session.patient, starts_at=NOW + HOUR),
        started_at=NOW,
    )
    for one in (session, again):
        a_point(one, preparation=made)
    assert ContainerUse.objects.count() == 2


def test_a_multi_dose_container_serves_several_patients(in_clinic: Clinic, session: InjectionSession) -> None:
    made = a_preparation(in_clinic, a_container(in_clinic, opened_at=NOW), made_at=NOW)
    for one in (session, InjectionSessionFactory(clinic=in_clinic, started_at=NOW)):
        a_point(one, preparation=made)
    assert ContainerUse.objects.count() == 2


def test_a_container_is_free_again_when_the_draft_lets_go_of_it(
    in_clinic: Clinic, vial: Container, session: InjectionSession
) -> None:
    made = a_preparation(in_clinic, vial, made_at=NOW - HOUR)
    points = [a_point(session, preparation=made), a_point(session, preparation=made)]
    other = InjectionSessionFactory(clinic=in_clinic, started_at=NOW)
    points[0].delete()
    refused("sessions_use_one_patient", lambda: a_point(other, preparation=made))

    InjectionPoint.objects.filter(pk=points[1].pk).update(preparation=None)

    a_point(other, preparation=made)


def test_no_update_goes_round_the_rule(in_clinic: Clinic, vial: Container, session: InjectionSession) -> None:
    made = a_preparation(in_clinic, vial, made_at=NOW - HOUR)
    a_point(session, preparation=made)
    other = InjectionSessionFactory(clinic=in_clinic, started_at=NOW)
    point = a_point(other)

    refused("sessions_use_one_patient", lambda: InjectionPoint.objects.filter(pk=point.pk).update(preparation=made))
    refused("sessions_use_fixed", lambda: ContainerUse.objects.all().delete())
    refused("sessions_use_fixed", lambda: ContainerUse.objects.update(patient=other.patient))
    refused("sessions_use_fixed", lambda: ContainerUse.objects.update(is_single_dose=False))
    refused(
        "sessions_use_one_patient",
        lambda: ContainerUse.objects.create(
            clinic=in_clinic,
            injection_session=other,
            container=vial,
            patient=session.patient,
            is_single_dose=False,
        ),
    )


def test_a_voided_record_lets_go_of_its_container_for_the_right_patient(
    in_clinic: Clinic, vial: Container, keeper: Actor, session: InjectionSession
) -> None:
    made = a_preparation(in_clinic, vial, made_at=NOW - HOUR)
    a_point(session, preparation=made)
    injection_sessions.void(injection_session=session, reason="wrong patient", by=keeper, now=NOW + HOUR)
    a_point(InjectionSessionFactory(clinic=in_clinic, started_at=NOW), preparation=made)


def test_the_refusal_reaches_the_clinician_in_words_and_nothing_is_saved(
    in_clinic: Clinic, vial: Container, keeper: Actor, session: InjectionSession
) -> None:
    made = a_preparation(in_clinic, vial, made_at=NOW - HOUR)
    other = InjectionSessionFactory(clinic=in_clinic, started_at=NOW)
    draft = a_draft(preparation=made, preparation_id=made.pk, note="typed")
    injection_sessions.save_draft(injection_session=session, version=1, draft=draft, by=keeper, now=NOW)

    with pytest.raises(PreparationRefusedError, match="another patient"):
        injection_sessions.save_draft(injection_session=other, version=1, draft=draft, by=keeper, now=NOW)

    other.refresh_from_db()
    assert (other.note, other.version, other.points.count()) == ("", 1, 0)


def _saves(session: InjectionSession, by: Actor, draft: Draft) -> None:
    injection_sessions.save_draft(injection_session=session, version=1, draft=draft, by=by, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_sessions_race_for_one_vial_and_one_wins(figure: Callable[[str, float], None]) -> None:
    clinic = ClinicFactory()
    rounds, winners = 25, []
    for _round in range(rounds):
        with tenant(clinic.pk, actor="test"):
            vial = a_container(clinic, opened_at=NOW - HOUR, is_single_dose=True)
            made = a_preparation(clinic, vial, made_at=NOW - HOUR)
            racers = [InjectionSessionFactory(clinic=clinic, started_at=NOW) for _ in range(3)]
            by, draft = actor_of(racers[0].clinician), a_draft(preparation=made)
        told = at_once(clinic, [partial(_saves, one, by, draft) for one in racers])
        winners.append(sum(told))
        with tenant(clinic.pk, actor="test"):
            assert InjectionPoint.objects.filter(preparation=made).count() == 1
    figure("single_dose_race_rounds", rounds)
    figure("single_dose_race_anomalies", sum(count != 1 for count in winners))
    assert set(winners) == {1}


# --- the session --------------------------------------------------------------------------------------------------


def test_the_preparation_goes_through_draft_and_back(
    in_clinic: Clinic, keeper: Actor, session: InjectionSession
) -> None:
    bag = a_container(in_clinic, opened_at=NOW)
    made = a_preparation(in_clinic, bag, made_at=NOW)
    draft = a_draft(lot=bag.lot, preparation=made, preparation_id=made.pk)

    saved = injection_sessions.save_draft(injection_session=session, version=1, draft=draft, by=keeper, now=NOW)

    found = draft_of(load(saved))
    assert (found.preparation_id, found.points[0].preparation_id, found.points) == (made.pk, made.pk, draft.points)


def begun(clinic: Clinic, by: Actor, at: datetime) -> InjectionSession:
    visit = AppointmentFactory(clinic=clinic, status="arrived", starts_at=at)
    return injection_sessions.start(appointment=visit, by=by, now=at)


def test_the_next_patients_tray_is_empty_until_somebody_chooses(in_clinic: Clinic, keeper: Actor) -> None:
    made = a_preparation(in_clinic, a_container(in_clinic, opened_at=NOW), made_at=NOW)
    first = begun(in_clinic, keeper, NOW)
    assert first.preparation_id is None
    draft = a_draft(preparation_id=made.pk)
    injection_sessions.save_draft(injection_session=first, version=1, draft=draft, by=keeper, now=NOW)

    assert begun(in_clinic, keeper, NOW + HOUR).preparation_id is None


@pytest.mark.parametrize("is_single_dose", [True, False])
def test_the_tray_says_why_a_preparation_may_not_be_chosen(
    in_clinic: Clinic, session: InjectionSession, is_single_dose: bool
) -> None:
    bag = a_container(in_clinic, opened_at=NOW - HOUR, is_single_dose=is_single_dose)
    made = a_preparation(in_clinic, bag, made_at=NOW - HOUR)
    other = InjectionSessionFactory(clinic=in_clinic, started_at=NOW)
    a_point(other, preparation=made)

    [row] = queries.for_session(in_clinic.pk, patient_id=session.patient_id, started_at=NOW, day=NOW.date())

    problem = row.problem(started_at=NOW, day=NOW.date())
    assert problem == ("sessions_use_one_patient" if is_single_dose else "")
