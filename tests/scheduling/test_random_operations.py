"""Thousands of random acts from many hands: at the end nothing overlaps, nobody saw a deadlock, nothing was lost.

``PIT_RANDOM_OPERATIONS`` says how many; a run of the whole suite does a part of what a release is shown with.
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Membership
from common.tenancy import tenant
from patients.models import Patient
from scheduling.choices import FREE_STATUSES
from scheduling.models import Appointment, Claim, Room
from scheduling.queries.series_plans import repeated
from scheduling.services import appointments, series, slot_holds
from scheduling.services.series import Wish
from tests.factories.scheduling import RoomFactory
from tests.scheduling.conftest import BERLIN, NOW, Practice, at
from tests.scheduling.crowds import at_once, everybody, patients_of, told

OPERATIONS = int(os.environ.get("PIT_RANDOM_OPERATIONS", "300"))
HANDS = 12
# What a person may be told; anything else is a fault of ours.
KIND_WORDS = {
    "done",
    "SlotTakenError",
    "SeriesRefusedError",
    "VisitChangedError",
    "VisitRefusedError",
    "NotOfferedError",
}


class _Town:
    """Few people, places and hours, so that acts meet."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.patients: list[Patient] = patients_of(practice, 12)
        with tenant(practice.clinic.pk, actor="test"):
            self.clinicians: list[Membership] = [practice.clinician, practice.another_clinician()]
            self.rooms: list[Room] = [practice.room, RoomFactory(clinic=practice.clinic, capacity=2)]

    def act(self, number: int) -> tuple[str, str]:
        """One person's random act and what came of it."""
        dice = random.Random(number)
        name = dice.choice(["book", "book", "book", "move", "move", "cancel", "undo", "hold", "series", "move_series"])
        with at_once(self.practice):
            return name, told(lambda: getattr(self, name)(dice)).split(":")[0].replace("taken", "SlotTakenError")

    def _when(self, dice: random.Random) -> datetime:
        return at(8) + timedelta(minutes=15 * dice.randrange(34), days=7 * dice.randrange(3))

    def _place(self, dice: random.Random) -> dict[str, Any]:
        return {"clinician": dice.choice(self.clinicians), "room": dice.choice([*self.rooms, None])}

    def _some_visit(self, dice: random.Random, **wanted: Any) -> Appointment | None:
        visits = Appointment.objects.filter(clinic=self.practice.clinic, **wanted).exclude(status__in=FREE_STATUSES)
        found = list(visits.select_related("patient", "clinician__user", "room", "visit_type").order_by("pk"))
        return dice.choice(found) if found else None

    def book(self, dice: random.Random) -> None:
        self.practice.book(patient=dice.choice(self.patients), starts_at=self._when(dice), **self._place(dice))

    def move(self, dice: random.Random) -> None:
        if visit := self._some_visit(dice):
            to = {"starts_at": self._when(dice), **self._place(dice), "minutes": dice.choice([None, 15, 60])}
            appointments.move(appointment=visit, by=self.practice.desk, now=NOW, version=visit.version, **to)

    def cancel(self, dice: random.Random) -> None:
        if visit := self._some_visit(dice):
            said = {"cancelled_by": "patient", "reason": "ill", "version": visit.version}
            appointments.cancel(appointment=visit, by=self.practice.desk, now=NOW, **said)

    def undo(self, dice: random.Random) -> None:
        visits = list(Appointment.objects.filter(clinic=self.practice.clinic).order_by("pk"))
        if visits:
            visit = dice.choice(visits)
            appointments.undo(appointment=visit, by=self.practice.desk, now=NOW, version=visit.version)

    def hold(self, dice: random.Random) -> None:
        """Keep a time; then book it, let it go, or forget it."""
        desk, visit_type = self.practice.desk, self.practice.visit_type
        patient, starts_at, where = dice.choice(self.patients), self._when(dice), self._place(dice)
        place = appointments.place_of(
            patient=patient, visit_type=visit_type, starts_at=starts_at, by=desk, now=NOW, **where
        )
        hold = slot_holds.keep(place=place, by=desk, now=NOW, kept_for=timedelta(minutes=dice.choice([0, 5])))
        then = dice.randrange(3)
        if then == 0:
            self.practice.book(patient=patient, starts_at=starts_at, hold=hold, **where)
        elif then == 1:
            slot_holds.end(hold=hold, by=desk, now=NOW)

    def series(self, dice: random.Random) -> None:
        starts = repeated(self._when(dice), every_days=7, count=3, zone=BERLIN)
        series.book(
            patient=dice.choice(self.patients),
            visit_type=self.practice.visit_type,
            visits=[Wish(starts_at=start, clinician=dice.choice(self.clinicians)) for start in starts],
            by=self.practice.desk,
            now=NOW,
        )

    def move_series(self, dice: random.Random) -> None:
        if visit := self._some_visit(dice, series__isnull=False):
            series.move(
                appointment=visit,
                scope=dice.choice(["one", "later", "all"]),
                by=self.practice.desk,
                now=NOW,
                version=visit.version,
                starts_at=self._when(dice),
                clinician=dice.choice(self.clinicians),
                room=None,
            )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_random_acts_from_many_hands_leave_no_overlap_and_show_nobody_a_deadlock(
    open_practice: Practice, figure: Callable[[str, float], None]
) -> None:
    town = _Town(open_practice)

    said = Counter(everybody(town.act, OPERATIONS, at_a_time=HANDS))

    outcomes: Counter[str] = Counter()
    for (_name, outcome), count in said.items():
        outcomes[outcome] += count
    with tenant(open_practice.clinic.pk, actor="test"):
        visits = list(Appointment.objects.holding())
        overlaps = _overlaps(visits, {room.pk: room.capacity for room in town.rooms})
        wrong = _claimed_wrongly(visits)
    figure("random_operations", OPERATIONS)
    figure("overlaps_after_random_ops", overlaps)
    figure("booking_deadlocks", outcomes["CalendarBusyError"])
    assert (overlaps, wrong) == (0, 0)
    assert set(outcomes) <= KIND_WORDS
    assert {name for name, outcome in said if outcome == "done"} == {name for name, _outcome in said}


def _overlaps(visits: list[Appointment], places: dict[object, int]) -> int:
    """Moments at which more visits hold a clinician, a patient or a room than there are of it, counted plainly."""
    holders: dict[object, list[Appointment]] = defaultdict(list)
    for visit in visits:
        for key in (visit.clinician_id, visit.patient_id, visit.room_id):
            if key is not None:
                holders[key].append(visit)
    found = 0
    for key, own in holders.items():
        for moment in {visit.starts_at for visit in own}:
            found += sum(visit.starts_at <= moment < visit.ends_at for visit in own) > places.get(key, 1)
    return found


def _claimed_wrongly(visits: list[Appointment]) -> int:
    """Visits whose claims are not exactly what they hold, and claims of visits that hold nothing."""
    claims: dict[object, set[tuple[object, datetime, datetime]]] = defaultdict(set)
    for claim in Claim.objects.filter(appointment__isnull=False):
        claims[claim.appointment_id].add((claim.resource_id, claim.starts_at, claim.ends_at))
    wrong = 0
    for visit in visits:
        held = {key for key in (visit.clinician_id, visit.patient_id, visit.room_id) if key is not None}
        wrong += claims.pop(visit.pk, set()) != {(key, visit.starts_at, visit.ends_at) for key in held}
    return wrong + len(claims)
