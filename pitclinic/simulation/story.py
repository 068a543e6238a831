"""One made-up patient from registration to today: register, visits, courses, what is booked next."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from pitclinic.simulation import words
from pitclinic.simulation.afterwards import Afterwards
from pitclinic.simulation.calendar_grid import Grid, Slot
from pitclinic.simulation.course_model import CourseNumbers, course_numbers
from pitclinic.simulation.persona import Person, register
from pitclinic.simulation.reference import ConditionFacts, Reference
from pitclinic.simulation.set_up import Staffed
from pitclinic.simulation.tables import Tables
from pitclinic.simulation.treatment import Treatment, TreatmentRoom
from pitclinic.simulation.visits import Visit, VisitBook
from pitclinic.simulation.writing import NULL, Ids, text
from scheduling.choices import VisitStatus

_DAY = 86_400
BOOKED_AHEAD = 3
# The share of the slots taken today and on the next working days.
DAYS_FILLED = (0.9, 0.5, 0.45, 0.4, 0.35, 0.3)


@dataclass
class Chapter:
    """A course as it is being told."""

    person: Person
    treatment: Treatment
    numbers: CourseNumbers
    clinician: int
    interval: int
    done: int = 0
    booked: int = 0
    missed: int = 0


@dataclass
class Storyteller:
    """Tells patients of one batch. ``idle`` collects people who can still be asked to come today."""

    rng: Random
    ids: Ids
    tables: Tables
    staffed: Staffed
    reference: Reference
    grid: Grid
    now: int
    details_since: int
    idle: list[str] = field(default_factory=list)
    recent: list[tuple[Person, str, Visit]] = field(default_factory=list)
    has_left_open: bool = False

    def __post_init__(self) -> None:
        common: dict[str, Any] = {"rng": self.rng, "ids": self.ids, "tables": self.tables, "staffed": self.staffed}
        self.visits = VisitBook(**common, now=self.now, moves_since=self.details_since)
        self.room = TreatmentRoom(**common, reference=self.reference, grid=self.grid, answers_since=self.details_since)
        self.afterwards = Afterwards(
            **common, reference=self.reference, grid=self.grid, now=self.now, messages_since=self.details_since
        )

    def tell(self, *, number: int, start_day: int) -> None:
        """One patient whose first visit is wanted on ``start_day`` of the grid."""
        rng, grid = self.rng, self.grid
        waited = 2 + int(rng.random() * 12)
        created_at = min(grid.at(start_day - waited, 9 * 60 + int(rng.random() * 480)), self.now - 3_600)
        today = grid.date_of(grid.today)
        person = register(
            rng=rng,
            ids=self.ids,
            tables=self.tables,
            number=number,
            created_at=created_at,
            today=today,
            zone=self.staffed.clinic.zone,
            locale=self.staffed.clinic.locale,
        )
        day = self._course(person, start_day)
        if rng.random() < 0.12 and day < grid.today - 60:
            day = self._course(person, day + 60 + int(rng.random() * 200))
        if day < grid.today - 14:
            self.idle.append(person.id)

    def _course(self, person: Person, start_day: int) -> int:
        """Tell one course; return the last day of the grid on which the patient came or will come."""
        rng = self.rng
        condition = self.reference.pick_condition(rng)
        side = rng.choice(list(condition.codes))
        clinician = int(rng.random() * self.grid.clinicians)
        first = self._first_visits(person, start_day, clinician)
        if first is None:
            return start_day
        course = self.ids.take()
        chapter = Chapter(
            person=person,
            treatment=self.room.plan(person, course=course, condition=condition, side=side),
            numbers=course_numbers(rng),
            clinician=clinician,
            interval=rng.choice((7, 7, 10, 14)),
        )
        self._write_course(chapter, condition, side, first)
        return self._sessions(chapter, first)

    def _first_visits(self, person: Person, start_day: int, clinician: int) -> Visit | None:
        """The evaluation, with the first treatment in half of the courses."""
        kind = "initial-treatment" if self.rng.random() < 0.5 else "initial-evaluation"
        slot = self.grid.take(self.rng, day=self._working_day(start_day), clinician=clinician, slots=2)
        if slot is None:
            return None
        status = self.visits.status_of(slot, kind)
        if status in (VisitStatus.NO_SHOW, VisitStatus.CANCELLED, VisitStatus.DEFERRED):
            status = VisitStatus.DONE
        visit = self.visits.write(patient=person.id, slot=slot, kind=kind, status=status)
        self._is_treatment = kind == "initial-treatment"
        return visit

    def _write_course(self, chapter: Chapter, condition: ConditionFacts, side: str, first: Visit) -> None:
        rng, tables, ids = self.rng, self.tables, self.ids
        person = chapter.person
        started = self.grid.date_of(first.slot.day)
        onset = started - timedelta(days=int(rng.expovariate(1 / 400)) + 20)
        row = ids.take()
        tables.conditions.add(
            row, person.id, condition.id, text(condition.name), condition.codes[side], side, onset.isoformat()
        )
        for nerve in chapter.treatment.nerves:
            tables.condition_nerves.add(ids.take(), row, nerve.id)
        self._course_row = (row, started.isoformat())

    def _sessions(self, chapter: Chapter, first: Visit) -> int:
        """Come again until the course is over or the calendar lies ahead."""
        day = first.slot.day
        if self._is_treatment:
            self._treat(chapter, first)
            wanted = day + self._gap(chapter)
        else:
            wanted = day + 3 + int(self.rng.random() * 5)
        while self._is_going_on(chapter):
            slot = self._slot(chapter, wanted, after=day)
            if slot is None:
                break
            day = slot.day
            visit = self._follow_up_visit(chapter, slot)
            wanted = day + (self._gap(chapter) if visit.was_held or slot.starts > self.now else 4)
        self._end_course(chapter, first, day)
        return day

    def _is_going_on(self, chapter: Chapter) -> bool:
        left = len(chapter.numbers.sessions) - chapter.done - chapter.booked
        return left > 0 and chapter.booked < BOOKED_AHEAD and chapter.missed < 3

    def _gap(self, chapter: Chapter) -> int:
        return min(max(chapter.interval + self.rng.choice((-1, 0, 0, 0, 1, 2)), 7), 14)

    def _slot(self, chapter: Chapter, wanted: int, *, after: int) -> Slot | None:
        """A place on the wanted day or later; visits due these days gather on today while it has room."""
        rng, today = self.rng, self.grid.today
        is_near = today - 1 <= wanted <= today + 2 and after <= today - 5
        gathers = is_near and self.grid.free_on(today) and rng.random() < 0.6
        day = today if gathers else self._working_day(wanted)
        return self.grid.take(rng, day=max(day, after + 1), clinician=chapter.clinician)

    def _working_day(self, wanted: int) -> int:
        """The day itself, or any near it: whoever wanted a weekend does not always come on the Monday."""
        is_closed = wanted < self.grid.days and not self.grid.is_open[wanted]
        return wanted + self.rng.choice((-2, 2, 3, 4)) if is_closed else wanted

    def _follow_up_visit(self, chapter: Chapter, slot: Slot) -> Visit:
        status = self.visits.status_of(slot, "follow-up")
        visit = self.visits.write(patient=chapter.person.id, slot=slot, kind="follow-up", status=status)
        if visit.was_held:
            self._treat(chapter, visit)
        elif slot.starts > self.now - 3_600 and status in _WAITING:
            chapter.booked += 1
        else:
            chapter.missed += 1
        return visit

    def _treat(self, chapter: Chapter, visit: Visit) -> None:
        if not visit.was_held:
            chapter.booked += 1
            return
        numbers = chapter.numbers.sessions[chapter.done]
        is_draft = visit.status != VisitStatus.DONE or self._is_left_open(visit)
        if chapter.done == 0:
            self.room.consent(chapter.person, chapter.treatment, visit)
        session = self.room.write(chapter.person, chapter.treatment, visit, numbers, is_finished=not is_draft)
        chapter.done += 1
        if not is_draft:
            self.afterwards.write(chapter.person, session, visit, numbers)
            if self.now - 6 * _DAY < visit.starts < self.now - 5 * 3_600:
                self.recent.append((chapter.person, session, visit))

    def _is_left_open(self, visit: Visit) -> bool:
        """A few sessions of the last day wait for their signature, one at least."""
        is_chosen = visit.ends > self.now - 1.5 * _DAY and (self.rng.random() < 0.12 or not self.has_left_open)
        self.has_left_open |= is_chosen
        return is_chosen

    def _end_course(self, chapter: Chapter, first: Visit, last_day: int) -> None:
        is_open = chapter.booked > 0 or last_day > self.grid.today - 21
        row, started = self._course_row
        self.tables.courses.add(
            chapter.treatment.course,
            chapter.person.id,
            row,
            "open" if is_open else "ended",
            started,
            NULL if is_open else self.grid.date_of(last_day).isoformat(),
            str(max(len(chapter.numbers.sessions), 1)),
            str(chapter.interval),
            "" if is_open else "completed",
        )
        self.tables.goals.add(self.ids.take(), chapter.treatment.course, text(self.rng.choice(words.GOALS)))

    def fill_calendar(self) -> None:
        """Today nearly full, the coming days partly: earlier patients come to a review."""
        coming = [day for day in range(self.grid.today + 1, self.grid.days) if self.grid.is_open[day]]
        for day, share in zip([self.grid.today, *coming], DAYS_FILLED, strict=False):
            self._fill(day, share)

    def _fill(self, day: int, share: float) -> None:
        free = list(self.grid.free_slots(day))
        self.rng.shuffle(free)
        keep = int(self.grid.capacity_of_a_day * (1 - share))
        for clinician, number in free[keep:]:
            if not self.idle:
                return
            patient = self.idle.pop(int(self.rng.random() * len(self.idle)))
            slot = self.grid.take_exactly(day, clinician, number)
            status = self.visits.status_of(slot, "review")
            self.visits.write(patient=patient, slot=slot, kind="review", status=status)

    def report_harm(self) -> None:
        """Leave three reports open for the worklist: one to call back today, one for tomorrow, one to log."""
        reports = (("INFECTION", "P1", 40), ("RASH_LOCAL", "P2", 280), ("FLARE", "P3", 95))
        for (person, session, visit), (event, priority, minutes) in zip(self.recent, reports, strict=False):
            self.afterwards.side_effect(person, session, visit, event, self.now - minutes * 60, priority, 1)


_WAITING = (VisitStatus.BOOKED, VisitStatus.CONFIRMED, VisitStatus.ARRIVED)
