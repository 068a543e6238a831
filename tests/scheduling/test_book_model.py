"""The book against a plain model: whatever people do, it accepts and refuses what a list of spans says it should."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership
from patients.models import Patient
from scheduling.models import Appointment, Room, SlotHold
from scheduling.services import appointments, slot_holds
from scheduling.services.places import SlotTakenError
from tests.scheduling.conftest import NOW, Practice, at

HALF_AN_HOUR = timedelta(minutes=30)
_few = st.integers(0, 1)
_quarters = st.integers(0, 5)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("book"), _few, _few, _few, _quarters),
        st.tuples(st.just("keep"), _few, _few, _few, _quarters),
        st.tuples(st.just("move"), st.integers(0, 9), _few, _few, _quarters),
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(st.just("let_go"), st.integers(0, 9)),
        st.tuples(st.just("undo"), st.integers(0, 9)),
    ),
    min_size=1,
    max_size=14,
)


@dataclass(frozen=True)
class _Taken:
    """What one visit or kept time takes, as a person would note it."""

    patient: Patient
    clinician: Membership
    room: Room
    start: datetime

    def meets(self, other: "_Taken") -> bool:
        shares = self.patient == other.patient or self.clinician == other.clinician or self.room == other.room
        return shares and self.start < other.start + HALF_AN_HOUR and other.start < self.start + HALF_AN_HOUR


@dataclass
class _Model:
    """``before`` is what the last change of a visit left behind: another place, or None when it was not there."""

    practice: Practice
    patients: list[Patient]
    clinicians: list[Membership]
    rooms: list[Room]
    stands: dict[Any, _Taken] = field(default_factory=dict)
    before: dict[Any, _Taken | None] = field(default_factory=dict)
    visits: list[Appointment] = field(default_factory=list)
    holds: list[SlotHold] = field(default_factory=list)

    def place(self, patient: int, clinician: int, room: int, quarter: int) -> _Taken:
        start = at(9) + timedelta(minutes=15 * quarter)
        return _Taken(self.patients[patient], self.clinicians[clinician], self.rooms[room], start)

    @contextmanager
    def expecting(self, wanted: _Taken | None, but: Any = None) -> Iterator[None]:
        """The act is refused exactly when what it wants meets what stands."""
        rivals = [taken for key, taken in self.stands.items() if key != but]
        is_free = wanted is None or not any(wanted.meets(taken) for taken in rivals)
        try:
            with transaction.atomic():
                yield
        except SlotTakenError:
            assert not is_free
            raise
        assert is_free

    def book(self, *where: int) -> None:
        wanted = self.place(*where)
        with self.expecting(wanted):
            visit = self.practice.book(
                patient=wanted.patient,
                clinician=wanted.clinician,
                room=wanted.room,
                starts_at=wanted.start,
                is_override=True,
            )
        self.visits.append(visit)
        self.stands[visit.pk], self.before[visit.pk] = wanted, None

    def keep(self, *where: int) -> None:
        """By a colleague: one's own kept time is given up for one's own booking."""
        wanted = self.place(*where)
        colleague = replace(self.practice.desk, membership_id=self.clinicians[0].pk)
        with self.expecting(wanted):
            place = appointments.place_of(
                patient=wanted.patient,
                clinician=wanted.clinician,
                room=wanted.room,
                visit_type=self.practice.visit_type,
                starts_at=wanted.start,
                by=colleague,
                now=NOW,
            )
            hold = slot_holds.keep(place=place, by=colleague, now=NOW, is_override=True)
        self.holds.append(hold)
        self.stands[hold.pk] = wanted

    def let_go(self, number: int) -> None:
        if self.holds:
            hold = self.holds[number % len(self.holds)]
            slot_holds.end(hold=hold, by=self.practice.desk, now=NOW)
            self.stands.pop(hold.pk, None)

    def _standing(self, number: int) -> Appointment | None:
        standing = [visit for visit in self.visits if visit.pk in self.stands]
        return standing[number % len(standing)] if standing else None

    def move(self, number: int, clinician: int, room: int, quarter: int) -> None:
        visit = self._standing(number)
        if visit is None:
            return
        was = self.stands[visit.pk]
        wanted = replace(self.place(0, clinician, room, quarter), patient=was.patient)
        with self.expecting(wanted, but=visit.pk):
            appointments.move(
                appointment=_fresh(visit),
                by=self.practice.desk,
                now=NOW,
                version=_fresh(visit).version,
                starts_at=wanted.start,
                clinician=wanted.clinician,
                room=wanted.room,
                is_override=True,
            )
        self.stands[visit.pk], self.before[visit.pk] = wanted, was

    def cancel(self, number: int) -> None:
        visit = self._standing(number)
        if visit is not None:
            said = {"version": _fresh(visit).version, "cancelled_by": "patient", "reason": "ill"}
            appointments.cancel(appointment=_fresh(visit), by=self.practice.desk, now=NOW, **said)
            self.before[visit.pk] = self.stands.pop(visit.pk)

    def undo(self, number: int) -> None:
        if not self.visits:
            return
        visit = self.visits[number % len(self.visits)]
        back, stood = self.before[visit.pk], self.stands.get(visit.pk)
        with self.expecting(back, but=visit.pk):
            version = _fresh(visit).version
            appointments.undo(appointment=_fresh(visit), by=self.practice.desk, now=NOW, version=version)
        self.before[visit.pk] = stood
        if back is None:
            self.stands.pop(visit.pk, None)
        else:
            self.stands[visit.pk] = back


def _fresh(visit: Appointment) -> Appointment:
    return Appointment.objects.select_related("patient", "clinician__user", "room", "visit_type").get(pk=visit.pk)


@pytest.mark.usefixtures("practice")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_the_book_accepts_and_refuses_what_a_list_of_spans_says(
    practice: Practice, acts: list[tuple[Any, ...]]
) -> None:
    with transaction.atomic():
        model = _Model(
            practice=practice,
            patients=[practice.patient, practice.another_patient()],
            clinicians=[practice.clinician, practice.another_clinician()],
            rooms=[practice.room, practice.another_room()],
        )
        for name, *given_to in acts:
            try:
                getattr(model, name)(*given_to)
            except SlotTakenError:
                continue  # the model expected it
        standing = Appointment.objects.holding().order_by("pk")
        found = {
            visit.pk: _Taken(visit.patient, visit.clinician, visit.room, visit.starts_at)  # type: ignore[arg-type]  # always a room here
            for visit in standing.select_related("patient", "clinician", "room")
        }
        kept = {hold.pk for hold in model.holds}
        assert found == {key: taken for key, taken in model.stands.items() if key not in kept}
        transaction.set_rollback(True)
