"""Workers of the waiting list are killed with SIGKILL at every point: no time is offered twice, and none is lost."""

import random
import signal
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from common.tenancy import tenant
from scheduling.choices import EntryStatus, OfferStatus
from scheduling.models import FreedSlot, SlotHold, SlotOffer, WaitingEntry
from scheduling.queries.waiting_matches import Slot, matches
from scheduling.services import appointments, freed_slots
from tests.reminders.kill9_processes import killed_workers
from tests.scheduling.conftest import NOW, Practice, at
from tests.scheduling.test_waiting_list import FOUND, waiting

SEED = 12
HOURS = (9, 10, 11, 13)  # of Monday, each freed
PATIENTS = 8
# Where a worker dies, and at which call at the latest.
POINTS = {
    "before the offers end": 1,
    "inside an offer's end": 4,
    "inside the offers' end": 1,
    "inside the finding": 1,
    "before the offering": 1,
    "before an offer": 4,
    "after the keeping": 4,
    "inside an offer": 4,
    "after an offer, uncommitted": 4,
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killing_workers_offers_no_time_twice_and_loses_none(open_practice: Practice, figure) -> None:
    practice, dice, killed = open_practice, random.Random(SEED), 0
    with tenant(practice.clinic.pk, actor="test"):
        for _number in range(PATIENTS):
            waiting(practice, notice_hours=0)
        for hour in HOURS:
            visit = practice.book(starts_at=at(hour))
            said = {"cancelled_by": "patient", "reason": "ill", "version": visit.version}
            appointments.cancel(appointment=visit, by=practice.desk, now=NOW, **said)

    with killed_workers(job="waiting list") as processes:
        # Found and offered; ended after half an hour and offered to the next; and once more.
        for minutes in (0, 31, 62):
            now = FOUND + timedelta(minutes=minutes)
            for _round in range(2):
                names = dice.sample(list(POINTS), k=3)
                points = [(name, dice.randint(1, POINTS[name])) for name in names]
                killed += processes.sweep(now, *points).count(-signal.SIGKILL)
                # From outside, wherever it happens to be.
                killed += processes.sweep(now, None, None, kill_after=dice.uniform(0, 0.1)).count(-signal.SIGKILL)
            # However many died, one that lives finishes what this minute asks for.
            assert processes.sweep(now, None) == [0]

    with tenant(practice.clinic.pk, actor="test"):
        twice, lost = _offered_twice(), _lost(practice, now)
        assert {one.starts_at for one in FreedSlot.objects.all()} == {at(hour) for hour in HOURS}
    assert killed >= 6
    figure("waiting_sweep_kill9_workers_killed", killed)
    figure("waiting_sweep_kill9_double_offers", len(twice))
    figure("waiting_sweep_kill9_lost", len(lost))
    assert (twice, lost) == ([], [])


def _offered_twice() -> list[SlotOffer]:
    """Offers of a time that was, at the same moment, on offer to somebody else."""
    offers = list(SlotOffer.objects.order_by("starts_at", "offered_at"))
    assert len(offers) >= 3 * len(HOURS) - 1
    return [
        later
        for earlier, later in pairwise(offers)
        if earlier.starts_at == later.starts_at and later.offered_at < (earlier.decided_at or earlier.expires_at)
    ]


def _lost(practice: Practice, now: datetime) -> list[object]:
    """What nobody would ever take up again: a freed time not offered though it suits somebody, a time kept for nobody,
    a patient who waits for the answer to an offer that is not there."""
    standing = SlotOffer.objects.filter(status=OfferStatus.OFFERED)
    unoffered = [
        slot
        for slot in freed_slots.free_to_offer(practice.desk, now)
        if any(
            match.is_offered
            for match in matches(
                by=practice.desk, slot=Slot(slot.clinician, slot.starts_at, slot.ends_at, slot.pk), now=now
            )
        )
    ]
    kept_for_nobody = SlotHold.objects.filter(ended_at__isnull=True).exclude(pk__in=standing.values("hold"))
    asked_nothing = WaitingEntry.objects.filter(status=EntryStatus.OFFERED).exclude(pk__in=standing.values("entry"))
    return [*unoffered, *kept_for_nobody, *asked_nothing]
