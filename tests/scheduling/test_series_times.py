"""This and the later visits move together: each by as many days and as much of the clock, from its own time of day."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Actor
from common.wall_clock import is_shown, is_shown_twice
from scheduling.models import Appointment
from scheduling.services import appointments, series
from scheduling.services.series import Wish, moved_starts
from tests.access.pages import form_with
from tests.scheduling.conftest import MONDAY, NOW, Practice, at

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo")
# Two years, by the quarter of an hour.
moments = st.integers(0, 2 * 365 * 96).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * timedelta(minutes=15))


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


@given(st.lists(moments, min_size=1, max_size=6), moments, st.sampled_from(ZONES).map(ZoneInfo))
def test_every_visit_keeps_its_own_distance_on_the_wall_clock_of_the_one_that_was_moved(
    starts: list[datetime], to: datetime, zone: ZoneInfo
) -> None:
    by = cast(Actor, SimpleNamespace(zone=zone))
    visits = [Appointment(pk=uuid4(), starts_at=start) for start in starts]
    first, target = visits[0], to

    moved = moved_starts(first, visits, target, by=by)

    assert moved[0] == target
    for visit, new in zip(visits[1:], moved[1:], strict=True):
        wanted = _wall(target, zone) + (_wall(visit.starts_at, zone) - _wall(first.starts_at, zone))
        if is_shown(wanted.date(), wanted.time(), zone):
            assert _wall(new, zone) == wanted
            assert not is_shown_twice(new, zone) or new.astimezone(zone).fold == 0
        else:  # the moment the clock jumped
            assert timedelta(0) < _wall(new, zone) - wanted <= timedelta(hours=1)


@pytest.mark.usefixtures("monday_morning")
def test_who_moves_this_and_the_later_ones_leaves_a_visit_with_a_time_of_its_own_its_own(
    practice: Practice, desk: Client
) -> None:
    week = timedelta(days=7)
    wishes = [Wish(starts_at=at(9) + week * n, clinician=practice.clinician) for n in range(3)]
    given: dict[str, Any] = {"patient": practice.patient, "visit_type": practice.visit_type, "by": practice.desk}
    first, own, last = series.book(visits=wishes, now=NOW, **given)
    appointments.move(
        appointment=own, starts_at=at(14, 30) + week, clinician=practice.clinician, room=None, version=1,
        by=practice.desk, now=NOW,
    )  # fmt: skip
    address = reverse("scheduling:move", args=[first.pk])
    form = form_with(desk.get(address).content, "version", "scope")
    chosen = f"{at(10, day=MONDAY + timedelta(days=1)).isoformat()}/{practice.clinician.pk}"

    answer = desk.post(address, form | {"scope": "later", "chosen": chosen})

    assert answer.status_code == 302
    starts = [Appointment.objects.get(pk=one.pk).starts_at for one in (first, own, last)]
    tuesday = timedelta(days=1)
    assert starts == [at(10) + tuesday, at(15, 30) + week + tuesday, at(10) + 2 * week + tuesday]
