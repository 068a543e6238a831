"""V29 where relief is told: the service explains, the database refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Clinic
from sessions.choices import Source
from sessions.models import InjectionSession, ReliefReport
from sessions.rules.relief_times import ReliefTimeError
from sessions.services.pain_scores import tell_relief
from tests.factories.accounts import MembershipFactory
from tests.factories.sessions import ReliefReportFactory, signed_session
from tests.factories.treatments import actor_of

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def session(in_clinic: Clinic) -> InjectionSession:
    return signed_session(clinic=in_clinic, signed_at=NOW)


@pytest.mark.parametrize("ended_at", [NOW - DAY, NOW + 2 * DAY])
def test_relief_that_cannot_have_been_is_not_taken_in(session: InjectionSession, ended_at: datetime) -> None:
    by = actor_of(MembershipFactory(clinic=session.clinic))
    with pytest.raises(ReliefTimeError):
        tell_relief(
            injection_session=session, has_ended=True, ended_at=ended_at, source=Source.PHONE, by=by, now=NOW + DAY
        )


def test_relief_may_have_ended_with_the_session_itself(session: InjectionSession) -> None:
    by = actor_of(MembershipFactory(clinic=session.clinic))
    told = tell_relief(
        injection_session=session, has_ended=True, ended_at=NOW, source=Source.PHONE, by=by, now=NOW + DAY
    )
    assert told.ended_at == NOW


def test_the_database_refuses_relief_before_its_session(session: InjectionSession) -> None:
    with pytest.raises(IntegrityError, match="before its session"), transaction.atomic():
        ReliefReportFactory(clinic=session.clinic, injection_session=session, has_ended=True, ended_at=NOW - DAY)


def test_the_database_refuses_a_date_before_the_session_given_later(session: InjectionSession) -> None:
    ReliefReportFactory(clinic=session.clinic, injection_session=session, has_ended=True)
    with pytest.raises(IntegrityError, match="before its session"), transaction.atomic():
        ReliefReport.objects.update(ended_at=NOW - DAY)
