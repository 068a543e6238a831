"""The clinic calls back: somebody owns it, completes it with an outcome, and can take that back."""

from datetime import UTC, datetime

import pytest

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from sessions.models import FollowUp
from sessions.policies.follow_ups import FollowUpRefusedError
from sessions.services import follow_ups
from tests.factories.accounts import MembershipFactory
from tests.factories.sessions import FollowUpFactory

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(in_clinic: Clinic) -> Actor:
    return MembershipFactory(clinic=in_clinic, role=Role.FRONT_DESK).as_actor()


@pytest.fixture
def due(in_clinic: Clinic) -> FollowUp:
    return FollowUpFactory(clinic=in_clinic)


def test_a_follow_up_is_taken_and_given_back(due: FollowUp, desk: Actor) -> None:
    assert follow_ups.take(follow_up_id=due.pk, by=desk, now=NOW).owner_id == desk.membership_id
    assert follow_ups.give_back(follow_up_id=due.pk, by=desk, now=NOW).owner_id is None


def test_a_follow_up_is_completed_with_its_outcome_and_opened_again(due: FollowUp, desk: Actor) -> None:
    done = follow_ups.complete(follow_up_id=due.pk, outcome="better", note="Sleeps again", by=desk, now=NOW)
    assert (done.completed_at, done.completed_by_id, done.outcome) == (NOW, desk.membership_id, "better")
    assert not FollowUp.objects.outstanding().exists()

    again = follow_ups.reopen(follow_up_id=due.pk, by=desk, now=NOW)
    assert (again.completed_at, again.outcome, again.note) == (None, "", "Sleeps again")
    assert FollowUp.objects.due(NOW).get() == due


def test_what_somebody_else_completed_is_not_overwritten(due: FollowUp, desk: Actor) -> None:
    follow_ups.complete(follow_up_id=due.pk, outcome="better", note="", by=desk, now=NOW)
    with pytest.raises(FollowUpRefusedError, match="completed already"):
        follow_ups.complete(follow_up_id=due.pk, outcome="worse", note="", by=desk, now=NOW)
    with pytest.raises(FollowUpRefusedError, match="completed already"):
        follow_ups.take(follow_up_id=due.pk, by=desk, now=NOW)


def test_a_follow_up_cancelled_with_its_session_cannot_be_completed(due: FollowUp, desk: Actor) -> None:
    FollowUp.objects.filter(pk=due.pk).update(cancelled_at=NOW)
    with pytest.raises(FollowUpRefusedError, match="cancelled"):
        follow_ups.complete(follow_up_id=due.pk, outcome="better", note="", by=desk, now=NOW)


def test_only_a_completed_follow_up_is_opened_again(due: FollowUp, desk: Actor) -> None:
    with pytest.raises(FollowUpRefusedError, match="not completed"):
        follow_ups.reopen(follow_up_id=due.pk, by=desk, now=NOW)


def test_another_clinics_follow_up_does_not_exist(desk: Actor, other_clinic: Clinic, as_superuser) -> None:
    with tenant(other_clinic.pk):
        foreign = FollowUpFactory(clinic=other_clinic)
    as_superuser()
    with pytest.raises(FollowUp.DoesNotExist):
        follow_ups.take(follow_up_id=foreign.pk, by=desk, now=NOW)
