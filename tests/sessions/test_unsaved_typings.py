"""What was typed and never saved is let go a month after its record was closed; a draft's never."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.actors import machine
from accounts.models import Clinic
from common.tenancy import tenant
from sessions.models import InjectionSession, UnsavedTyping
from sessions.services import unsaved_typings
from sessions.tasks import let_old_typing_go
from tests.factories.sessions import InjectionSessionFactory, signed_session, void

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
MONTH = timedelta(days=unsaved_typings.KEPT_DAYS)


def typing(session: InjectionSession, *, ago: timedelta, now: datetime = NOW) -> UnsavedTyping:
    return UnsavedTyping.objects.create(
        clinic_id=session.clinic_id,
        injection_session=session,
        member=session.clinician,
        version=1,
        typed={"note": ["half a word"]},
        typed_at=now - ago,
    )


def let_go(clinic: Clinic) -> int:
    return unsaved_typings.let_old_go(by=machine(clinic, "task:test"), now=NOW)


@pytest.mark.parametrize(("more", "deleted"), [(timedelta(minutes=1), 1), (timedelta(0), 0)])
def test_typing_beside_a_signed_record_goes_after_a_month(more: timedelta, deleted: int, in_clinic: Clinic) -> None:
    typing(signed_session(clinic=in_clinic, signed_at=NOW - MONTH - more), ago=MONTH + timedelta(days=1))
    assert let_go(in_clinic) == deleted
    assert UnsavedTyping.objects.count() == 1 - deleted


def test_typing_beside_a_voided_record_goes_a_month_after_the_voiding(in_clinic: Clinic) -> None:
    old = void(
        signed_session(clinic=in_clinic, signed_at=NOW - 3 * MONTH), voided_at=NOW - MONTH - timedelta(minutes=1)
    )
    fresh = void(signed_session(clinic=in_clinic, signed_at=NOW - 3 * MONTH), voided_at=NOW - timedelta(days=1))
    for session in (old, fresh):
        typing(session, ago=3 * MONTH)
    assert let_go(in_clinic) == 1
    assert UnsavedTyping.objects.get().injection_session == fresh


def test_typing_that_waits_beside_a_draft_stays_however_old_it_is(in_clinic: Clinic) -> None:
    typing(InjectionSessionFactory(clinic=in_clinic, started_at=NOW - 20 * MONTH), ago=20 * MONTH)
    assert let_go(in_clinic) == 0


def test_the_daily_task_goes_through_every_clinic(clinic: Clinic, other_clinic: Clinic) -> None:
    now = timezone.now()
    for one in (clinic, other_clinic):
        with tenant(one.pk, actor="test"):
            typing(signed_session(clinic=one, signed_at=now - 2 * MONTH), ago=2 * MONTH, now=now)
    let_old_typing_go()
    for one in (clinic, other_clinic):
        with tenant(one.pk):
            assert not UnsavedTyping.objects.exists()


def test_the_clock_calls_it_once_a_day() -> None:
    found = [row for row in settings.CELERY_BEAT_SCHEDULE.values() if row["task"] == let_old_typing_go.name]
    assert len(found) == 1
    assert (len(found[0]["schedule"].hour), len(found[0]["schedule"].minute)) == (1, 1)
